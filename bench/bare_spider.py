"""A Scrapy spider that downloads the pages of a sitemap and does nothing else: what `bench.crawl` compares with.

`python -m bench.bare_spider ADDRESS IN_FLIGHT [trimmed]`. As Scrapy comes, or without what a download needs not: by
default Scrapy starts a hundred tasks for each page, whatever comes of it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import TextResponse


class BareSpider(scrapy.Spider):
    """Downloads."""

    name = "bare"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for the sitemap."""
        yield scrapy.Request(sys.argv[1] + "/sitemap.xml", self.pages)

    def pages(self, response: TextResponse) -> Iterator[scrapy.Request]:
        """Ask for all pages."""
        for url in response.xpath("//*[local-name()='loc']/text()").getall():
            yield scrapy.Request(url, self.page)

    def page(self, response: TextResponse) -> None:
        """Let a page go."""


TRIMMED = {
    "CONCURRENT_ITEMS": 1,
    "COOKIES_ENABLED": False,
    "RETRY_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "REFERER_ENABLED": False,
    "METAREFRESH_ENABLED": False,
}

if __name__ == "__main__":
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "CONCURRENT_REQUESTS": int(sys.argv[2]),
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[2]),
            **(TRIMMED if sys.argv[3:] == ["trimmed"] else {}),
        }
    )
    process.crawl(BareSpider)
    process.start()
