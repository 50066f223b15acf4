"""Reads pages that list articles as links, where a source has neither feed nor sitemap."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response
from selectolax.lexbor import LexborHTMLParser

from crawler.feeds import Item, web_address
from crawler.plain_text import decode, one_line
from crawler.spiders.source import SourceSpider

_NEXT_PAGE = 'link[rel~="next"], a[rel~="next"]'


class ListingSpider(SourceSpider):
    """Asks for a source's listing pages, the next ones they name, and the articles their selector finds."""

    async def read_index(self, response: Response, asked: str, depth: int) -> AsyncIterator[Any]:
        """Yield requests for a listing's new articles and for its next page."""
        tree = LexborHTMLParser(decode(response.body))
        items = []
        for link in tree.css(self.source.selector or "a"):
            href = link.attributes.get("href")
            address = web_address(href, response.url) if href else None
            if address is None:
                self.report.refused["bad_link" if href else "no_link"] += 1
            else:
                items.append(Item(url=address, title=one_line(link.text())))
        if not items:
            self.unreadable(response, None)
            return
        further = tree.css_first(_NEXT_PAGE)
        href = further.attributes.get("href") if further is not None else None
        if href and (address := web_address(href, response.url)):
            for request in self.index_requests([address], depth=depth + 1):
                yield request
        for request in await self.article_requests(items):
            yield request
