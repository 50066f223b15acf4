"""Feeds: RSS, Atom and JSON Feed, read from bytes; every entry becomes an item or is refused with a reason."""

from __future__ import annotations

import json
from calendar import timegm
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from crawler.dates import parse_time, plausible

MAX_ENTRIES = 5_000
"""Entries read from one feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a feed or sitemap: where an article stands and what is said of it."""

    url: str
    title: str | None = None
    published: datetime | None = None
    changed: datetime | None = None
    """When it was last changed, where the listing says so."""
    text: str | None = None
    """The text that the feed itself carries, HTML or plain."""


@dataclass(slots=True, kw_only=True)
class FeedReading:
    """What a feed holds. `entries == len(items) + sum(refused.values())`."""

    items: list[Item] = field(default_factory=list)
    entries: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Reason → entries left out."""
    problem: str | None = None
    """Why the whole is no feed: `not_a_feed`, `entities_declared`; null for a feed, be it an empty one."""
    title: str | None = None
    _seen: set[str] = field(default_factory=set, repr=False)


def declares_entities(body: bytes) -> bool:
    """Return whether an XML document declares entities, as only attacks on its readers have reason to."""
    return b"<!ENTITY" in body.replace(b"\0", b"").upper()


def read_feed(body: bytes, url: str, now: datetime, headers: Mapping[str, str] | None = None) -> FeedReading:
    """Return what a feed fetched from `url` at `now` (UTC) holds. Never raises for what a server may send."""
    start = body.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if start == b"{":
        return _json_feed(body, url, now)
    if declares_entities(body):
        return FeedReading(problem="entities_declared")
    # always bytes: feedparser would fetch a text that looks like an address
    try:
        parsed = feedparser.parse(
            body,
            response_headers={**(headers or {}), "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # feedparser is tolerant, not total
        return FeedReading(problem="not_a_feed")
    if not parsed.get("version") and not parsed.get("entries"):
        return FeedReading(problem="not_a_feed")
    reading = FeedReading(title=_text(parsed.get("feed", {}).get("title")))
    for entry in parsed.entries:
        stated = entry.get("published_parsed") or entry.get("updated_parsed")
        bodies = [content.get("value", "") for content in entry.get("content", [])]
        _add(
            reading,
            url,
            link=entry.get("link") or _permalink(entry),
            title=_text(entry.get("title")),
            published=_struct(stated, now),
            # not `entry.get`: where there is none, feedparser would warn and give the publication time
            changed=_struct(dict.get(entry, "updated_parsed"), now),
            text=max(bodies, key=len, default=None) or entry.get("summary"),
        )
    return reading


def _permalink(entry: Any) -> str | None:
    identity = entry.get("id")
    return identity if isinstance(identity, str) and identity.startswith(("http://", "https://")) else None


def _json_feed(body: bytes, url: str, now: datetime) -> FeedReading:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        return FeedReading(problem="not_a_feed")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org/version/" not in str(feed.get("version")):
        return FeedReading(problem="not_a_feed")
    reading = FeedReading(title=_text(feed.get("title")))
    for item in items:
        item = item if isinstance(item, dict) else {}
        stated = item.get("date_published") or item.get("date_modified")
        moment = parse_time(stated, now) if isinstance(stated, str) else None
        modified = item.get("date_modified")
        changed = parse_time(modified, now) if isinstance(modified, str) else None
        _add(
            reading,
            url,
            link=item.get("url") or item.get("external_url") or _permalink(item),
            title=_text(item.get("title")),
            published=moment.at if moment else None,
            changed=changed.at if changed else None,
            text=_text(item.get("content_html") or item.get("content_text") or item.get("summary")),
        )
    return reading


def _add(
    reading: FeedReading,
    base: str,
    *,
    link: Any,
    title: str | None,
    published: datetime | None,
    changed: datetime | None,
    text: str | None,
) -> None:
    reading.entries += 1
    if reading.entries > MAX_ENTRIES:
        reading.refused["beyond_limit"] += 1
        return
    if not isinstance(link, str) or not link.strip():
        reading.refused["no_link"] += 1
        return
    address = web_address(link, base)
    if address is None:
        reading.refused["bad_link"] += 1
    elif address in reading._seen:
        reading.refused["listed_twice"] += 1
    else:
        reading._seen.add(address)
        reading.items.append(Item(url=address, title=title, published=published, changed=changed, text=text))


def web_address(link: str, base: str) -> str | None:
    """Return a link as an absolute http or https address without its fragment; None for what is none."""
    try:
        parts = urlsplit(urljoin(base, unescape(link.strip())))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            return None
    except ValueError:
        return None
    address = parts._replace(fragment="").geturl()
    return address if len(address) <= 2_000 and not any(c <= " " or c == "\x7f" for c in address) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _struct(stated: Any, now: datetime) -> datetime | None:
    try:
        return plausible(datetime.fromtimestamp(timegm(stated), UTC), now) if stated else None
    except (TypeError, ValueError, OverflowError):
        return None
