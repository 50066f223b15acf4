"""What a crawl is given and what it hands back, beside the pages themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

RobotsVerdict = Literal["allowed", "disallowed", "unreachable"]
"""What robots.txt said of the source's own addresses; `unreachable` (5xx, no answer) means we stayed away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """What a server gave to ask "has it changed?" with, for one address."""

    etag: str | None = None
    last_modified: str | None = None
    saved_at: datetime
    """When the body was last fetched whole. After a day it is fetched whole again: some servers answer 304 for ever."""


def none_known(urls: Sequence[str]) -> Mapping[str, datetime]:
    """Return nothing: no address has been read before."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPages:
    """What earlier crawls left: validators by address, and the question which addresses we have, and since when."""

    validators: Mapping[str, Validator] = field(default_factory=lambda: MappingProxyType({}))
    have: Callable[[Sequence[str]], Mapping[str, datetime]] = none_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one crawl. Nothing a server sends makes it cost more than these."""

    pages: int = 500
    """Articles fetched in one crawl, at most."""
    changed: int = 50
    """Of these, articles fetched again because a listing says that they were changed."""
    page_bytes: int = 8_000_000
    """Size of one body, on the wire and unpacked."""
    sitemap_bytes: int = 50_000_000
    """The same for a sitemap, whose protocol allows 50 MB."""
    sitemaps: int = 50
    """Sitemaps, or pages of a listing, read in one crawl."""
    depth: int = 3
    """Steps from a source's own address, through sitemap indexes and listing pages."""
    redirects: int = 5
    page_seconds: float = 30
    """Time from asking to the last byte of one body."""
    seconds: float = 600
    """Time of the whole crawl."""
    megabytes: int = 512
    """Memory of the child process."""
    delay: float = 1.0
    """Seconds between two requests to one host; a longer Crawl-delay wins."""
    per_host: int = 1
    """Requests in flight to one host."""
    in_flight: int = 16
    wait_seconds: float = 60
    """The longest Retry-After that is waited for; a longer one ends the crawl of that host."""
    retries: int = 2
    failures: int = 5
    """Failures in a row after which a host is left alone for the rest of the crawl."""
    obey_robots: bool = True
    """Off only to measure on one's own server."""


@dataclass(slots=True, kw_only=True)
class CrawlReport:
    """What one crawl did. `attempted == fetched + unchanged + sum(dropped.values())`."""

    source_id: str
    started_at: datetime
    ended_at: datetime | None = None
    attempted: int = 0
    """Addresses the crawl wished to read: the source's own, and each article or sitemap they list."""
    fetched: int = 0
    """Of these, bodies that came whole."""
    unchanged: int = 0
    """Not changed (304), or listed and read in an earlier crawl."""
    delivered: int = 0
    """Pages handed to `deliver`."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Reason → addresses not read."""
    refused: Counter[str] = field(default_factory=Counter)
    """Reason → entries of feeds and sitemaps that name no readable address; `empty_feed` counts whole feeds."""
    robots: RobotsVerdict | None = None
    validators: dict[str, Validator] = field(default_factory=dict)
    """To keep for the next crawl."""
    listed: int = 0
    """Articles that feeds, sitemaps and listings named, known ones too."""
    oldest: datetime | None = None
    newest: datetime | None = None
    """The oldest and newest publication times among them."""
    retry_at: datetime | None = None
    """When the server allows us back (Retry-After), where it asked us to wait longer than a crawl lasts."""
    error: str | None = None
    """Why the crawl as a whole failed; null for one that ended well."""
