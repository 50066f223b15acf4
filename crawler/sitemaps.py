"""Sitemaps, sitemap indexes and news sitemaps, plain or gzipped, read within bounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from lxml import etree

from crawler.dates import parse_time
from crawler.feeds import Item, declares_entities, web_address
from crawler.unpacking import gunzip

MAX_ENTRIES = 60_000
"""Entries read from one sitemap; the protocol allows 50,000."""


@dataclass(slots=True, kw_only=True)
class SitemapReading:
    """What a sitemap holds: articles, or further sitemaps."""

    items: list[Item] = field(default_factory=list)
    sitemaps: list[Item] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    problem: str | None = None
    """Why the whole is no sitemap: `not_a_sitemap`, `entities_declared`, `too_large`; null for one."""


def read_sitemap(body: bytes, url: str, now: datetime, limit: int) -> SitemapReading:
    """Return what a sitemap fetched from `url` at `now` (UTC) holds, of at most `limit` bytes unpacked.

    Items are in the sitemap's order. An article's time is its `news:publication_date`, else its `lastmod`.
    """
    unpacked = gunzip(body, limit)
    if unpacked is None:
        return SitemapReading(problem="too_large")
    if declares_entities(unpacked):
        return SitemapReading(problem="entities_declared")
    reading = SitemapReading()
    entries = 0
    kind = ""
    # recover=True would make a sitemap out of any page
    parser = etree.iterparse(
        BytesIO(unpacked),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
    )
    try:
        for event, element in parser:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if not kind:
                kind = name
                if kind not in ("urlset", "sitemapindex"):
                    return SitemapReading(problem="not_a_sitemap")
            if event == "start" or name not in ("url", "sitemap"):
                continue
            entries += 1
            if entries > MAX_ENTRIES:
                reading.refused["beyond_limit"] += 1
            else:
                _add(reading, element, url, now, kind)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        if not kind:
            return SitemapReading(problem="not_a_sitemap")
        reading.refused["broken_off"] += 1
    return reading if kind else SitemapReading(problem="not_a_sitemap")


def _add(reading: SitemapReading, element: etree._Element, url: str, now: datetime, kind: str) -> None:
    said: dict[str, str] = {}
    for child in element.iter():
        if isinstance(child.tag, str) and child.text and child.text.strip():
            said.setdefault(etree.QName(child).localname, child.text.strip())
    if "loc" not in said:
        reading.refused["no_link"] += 1
        return
    address = web_address(said["loc"], url)
    if address is None:
        reading.refused["bad_link"] += 1
        return
    stated = said.get("publication_date") or said.get("lastmod")
    moment = parse_time(stated, now) if stated else None
    changed = parse_time(said["lastmod"], now) if "lastmod" in said else None
    item = Item(
        url=address,
        title=said.get("title"),
        published=moment.at if moment else None,
        changed=changed.at if changed else None,
    )
    (reading.sitemaps if kind == "sitemapindex" else reading.items).append(item)
