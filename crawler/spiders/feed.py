"""Reads RSS, Atom and JSON feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from crawler.feeds import read_feed
from crawler.spiders.source import SourceSpider


class FeedSpider(SourceSpider):
    """Asks for a source's feeds and for the articles they list."""

    async def read_index(self, response: Response, asked: str, depth: int) -> AsyncIterator[Any]:
        """Yield requests for a feed's new articles."""
        content_type = response.headers.get("Content-Type")
        headers = {"content-type": content_type.decode("latin-1")} if content_type else {}
        reading = read_feed(response.body, response.url, datetime.now(UTC), headers)
        self.report.refused.update(reading.refused)
        if reading.problem is not None or not reading.entries:
            self.unreadable(response, reading.problem)
            return
        for request in await self.article_requests(reading.items):
            yield request
