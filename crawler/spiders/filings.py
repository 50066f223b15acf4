"""Reads the SEC's feed of current filings and the documents of those that may tell of job cuts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from crawler.feeds import Item, read_feed, web_address
from crawler.pages import Validator
from crawler.plain_text import clean, decode
from crawler.spiders.source import SourceSpider

ITEMS = frozenset(("2.05", "2.06", "7.01", "8.01"))
"""Form 8-K items that carry job cuts: exit costs (2.05), impairments, disclosures under Regulation FD, other events."""
_ITEM = re.compile(r"\bItem\s+(\d\.\d\d)\b", re.IGNORECASE)
_WANTED_TYPE = re.compile(r"8-K(/A)?|EX-99(\.\d+)?")
_SHORTEST_DELAY = 0.1
"""Seconds between two requests: the SEC allows ten a second."""


class FilingsSpider(SourceSpider):
    """Asks for a feed of filings, for the index page of each of interest, and for its main documents and exhibits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._filings: dict[str, Item] = {}

    @classmethod
    def update_settings(cls, settings: Any) -> None:
        """Keep to the SEC's ten requests a second whatever the limits say."""
        super().update_settings(settings)
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", 1, priority="spider")
        settings.set("DOWNLOAD_DELAY", max(settings.getfloat("DOWNLOAD_DELAY"), _SHORTEST_DELAY), priority="spider")

    async def read_index(self, response: Response, asked: str, depth: int) -> AsyncIterator[Any]:
        """Yield requests for the index pages that a feed names, or for the documents that an index page names."""
        if asked in self._filings:
            for request in await self.article_requests(self._documents(response, self._filings[asked])):
                yield request
            # a filing never changes: with or without an ETag, its index page needs no second look
            self.report.validators[asked] = Validator(saved_at=datetime.now(UTC))
            return
        reading = read_feed(response.body, response.url, datetime.now(UTC))
        self.report.refused.update(reading.refused)
        if reading.problem is not None or not reading.entries:
            self.unreadable(response, reading.problem)
            return
        wanted = []
        for filing in reading.items:
            if ITEMS.isdisjoint(_ITEM.findall(f"{filing.title} {filing.text}")):
                self.report.refused["other_items"] += 1
            else:
                self._filings[filing.url] = filing
                wanted.append(filing)
        read_before = [filing.url for filing in wanted if filing.url in self.validators]
        self.report.attempted += len(read_before)
        self.report.unchanged += len(read_before)
        self.report.validators.update((url, self.validators[url]) for url in read_before)
        new = [filing.url for filing in wanted if filing.url not in self.validators]
        for request in self.index_requests(new, depth=depth + 1):
            yield request

    def _documents(self, response: Response, filing: Item) -> list[Item]:
        found = []
        for row in LexborHTMLParser(decode(response.body)).css("table tr"):
            cells = [clean(cell.text()) for cell in row.css("td")]
            link = row.css_first("td a")
            href = link.attributes.get("href") if link is not None else None
            if not href or not any(_WANTED_TYPE.fullmatch(cell) for cell in cells):
                continue
            # the viewer of tagged documents wraps the plain one
            address = web_address(href.replace("/ix?doc=", ""), response.url)
            if address is not None and address.lower().endswith((".htm", ".html", ".txt")):
                found.append(Item(url=address, title=filing.title, published=filing.published))
        if not found:
            self.report.refused["no_documents"] += 1
        return found
