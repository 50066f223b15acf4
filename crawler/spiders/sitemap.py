"""Reads sitemaps, sitemap indexes and news sitemaps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from crawler.sitemaps import read_sitemap
from crawler.spiders.source import SourceSpider


class SitemapSpider(SourceSpider):
    """Asks for a source's sitemaps, those they name in turn, and the articles they list, the newest first."""

    @property
    def index_bytes(self) -> int:
        """Size of a sitemap, at most."""
        return self.limits.sitemap_bytes

    async def read_index(self, response: Response, asked: str, depth: int) -> AsyncIterator[Any]:
        """Yield requests for a sitemap's new articles and for further sitemaps."""
        reading = read_sitemap(response.body, response.url, datetime.now(UTC), self.limits.sitemap_bytes)
        self.report.refused.update(reading.refused)
        if reading.problem is not None or not (reading.items or reading.sitemaps):
            self.unreadable(response, reading.problem)
            return
        if reading.sitemaps:
            # it may stay the same while the sitemaps that it names change: it is read whole each time
            response.meta["leads_on"] = True
        newest_first = sorted(
            reading.sitemaps, key=lambda item: item.published.timestamp() if item.published else 0.0, reverse=True
        )
        for request in self.index_requests([item.url for item in newest_first], depth=depth + 1):
            yield request
        for request in await self.article_requests(reading.items):
            yield request
