"""What all spiders share: asking for index pages and articles, and counting what becomes of each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.addresses import refused
from crawler.channel import Channel
from crawler.feeds import Item
from crawler.pages import CrawlReport, Limits, Validator
from crawler.politeness import RefusedRequestError
from newsledger.model import Page, Source

_VALIDATOR_AGE = timedelta(days=1)
TRANSIENT = re.compile(
    r"timeout|connection_failed|cut_short|asked_to_wait|circuit_open|time_limit|page_limit|robots_unreachable"
    r"|http_(408|429|5\d\d)"
)
"""Reasons for which an article may well come next time, so that its feed must be read whole again."""


class SourceSpider(Spider):
    """Reads the addresses of one source; the kinds of source differ in how an index page names its articles."""

    name = "source"

    def __init__(
        self,
        *,
        source: Source,
        limits: Limits,
        validators: dict[str, Validator],
        channel: Channel,
        report: CrawlReport,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=source.id, **kwargs)
        self.source, self.limits, self.report = source, limits, report
        self.validators = validators
        self.channel = channel
        self._listed: set[str] = set()
        self._indexes: set[str] = set()
        self._articles = 0
        self._again: set[str] = set()

    async def start(self) -> AsyncIterator[Any]:
        """Open the pipe and ask for the source's own addresses."""
        await self.channel.open()
        for url in self.source.urls:
            for request in self.index_requests([url], depth=0):
                yield request

    def index_requests(self, urls: Iterable[str], *, depth: int) -> list[Request]:
        """Return the requests for pages that list articles: each once, within the limits, only if changed."""
        requests = []
        for url in urls:
            if url in self._indexes:
                self.report.refused["listed_twice"] += 1
                continue
            if depth > self.limits.depth or len(self._indexes) >= self.limits.sitemaps:
                self.report.refused["beyond_limit"] += 1
                continue
            self._indexes.add(url)
            self.report.attempted += 1
            headers = {}
            validator = self.validators.get(url)
            if validator is not None and datetime.now(UTC) - validator.saved_at < _VALIDATOR_AGE:
                if validator.etag:
                    headers["If-None-Match"] = validator.etag
                if validator.last_modified:
                    headers["If-Modified-Since"] = validator.last_modified
            requests.append(
                Request(
                    url,
                    callback=self._index,
                    errback=self.failed,
                    headers=headers,
                    priority=10,
                    dont_filter=True,
                    meta={"handle_httpstatus_list": [304], "download_maxsize": self.index_bytes},
                    cb_kwargs={"asked": url, "depth": depth},
                )
            )
        return requests

    @property
    def index_bytes(self) -> int:
        """Size of an index page, at most."""
        return self.limits.page_bytes

    async def _index(self, response: Response, asked: str, depth: int) -> AsyncIterator[Any]:
        if response.status == 304:
            validator = self.validators.get(asked)
            if validator is None:
                self.report.dropped["unexpected_304"] += 1
            else:
                self.report.unchanged += 1
                self.report.validators[asked] = validator
            return
        self.report.fetched += 1
        async for each in self.read_index(response, asked, depth):
            yield each
        etag, modified = _header(response, "ETag"), _header(response, "Last-Modified")
        # what could not be read, or said nothing, must not be sealed by a 304 next time
        if (etag or modified) and not (response.meta.get("unreadable") or response.meta.get("leads_on")):
            self.report.validators[asked] = Validator(etag=etag, last_modified=modified, saved_at=datetime.now(UTC))

    def read_index(self, response: Response, asked: str, depth: int) -> AsyncIterator[Any]:
        """Yield the requests that an index page, asked for at `asked`, leads to."""
        raise NotImplementedError

    def unreadable(self, response: Response, problem: str | None) -> None:
        """Note an index page that names nothing: a `problem` with it, or an empty one."""
        response.meta["unreadable"] = True
        self.report.refused[problem or "empty_feed"] += 1

    async def article_requests(self, items: Iterable[Item]) -> list[Request]:
        """Return requests for the listed articles that are new to us, the newest first."""
        fresh = []
        for item in items:
            if item.published is not None:
                self.report.oldest = min(self.report.oldest or item.published, item.published)
                self.report.newest = max(self.report.newest or item.published, item.published)
            if item.url in self._listed:
                self.report.refused["listed_twice"] += 1
            else:
                self._listed.add(item.url)
                fresh.append(item)
        self.report.listed += len(fresh)
        self.report.attempted += len(fresh)
        had = await self.channel.have([item.url for item in fresh])
        changed = [item.url for item in fresh if item.url in had and self._is_changed(item, had[item.url])]
        self._again.update(changed[: max(0, self.limits.changed - len(self._again))])
        wanted = [item for item in fresh if item.url not in had or item.url in self._again]
        self.report.unchanged += len(fresh) - len(wanted)
        wanted.sort(key=lambda item: item.published.timestamp() if item.published else 0.0, reverse=True)
        room = max(0, self.limits.pages - self._articles)
        if wanted[room:]:
            self.report.dropped["page_limit"] += len(wanted[room:])
        self._articles += len(wanted[:room])
        return [
            Request(
                item.url,
                callback=self.article,
                errback=self.failed,
                dont_filter=True,
                cb_kwargs={"item": item, "asked": item.url},
            )
            for item in wanted[:room]
        ]

    def _is_changed(self, item: Item, kept: datetime) -> bool:
        """Return whether a listing says that an article changed since we last looked: it may have been corrected."""
        looked = self.validators.get(item.url)
        return item.changed is not None and item.changed > (max(kept, looked.saved_at) if looked else kept)

    async def article(self, response: Response, item: Item, asked: str) -> AsyncIterator[Page]:
        """Yield the page of an article. What is in it is not looked at here."""
        content_type = _header(response, "Content-Type")
        reason = None
        if not response.body:
            reason = "empty"
        elif content_type and not any(kind in content_type.lower() for kind in ("html", "xml", "text/plain")):
            reason = "not_html"
        if reason is not None:
            self.report.dropped[reason] += 1
            return
        self.report.fetched += 1
        if item.url in self._again:
            # a page that came back as it was is not kept anew: remember that we looked
            self.report.validators[item.url] = Validator(saved_at=datetime.now(UTC))
        yield Page(
            url=response.url,
            asked_url=asked if asked != response.url else None,
            source_id=self.source.id,
            fetched_at=datetime.now(UTC),
            body=response.body,
            content_type=content_type,
            status=response.status,
            feed_title=item.title,
            feed_published=item.published,
            feed_text=item.text,
        )

    def failed(self, failure: Failure) -> None:
        """Count why an address gave nothing."""
        self.report.dropped[reason_of(failure.value)] += 1


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    text = value.decode("latin-1").strip() if value else ""
    return text if text.isprintable() and text.isascii() and 0 < len(text) < 256 else None


def reason_of(error: BaseException | None) -> str:
    """Return the reason under which a failed request is counted."""
    reasons: list[tuple[type[BaseException], str]] = [
        (DownloadTimeoutError, "timeout"),
        (DownloadCancelledError, "too_large"),
        (DownloadConnectionRefusedError, "connection_failed"),
        (ResponseDataLossError, "cut_short"),
        (UnsupportedURLSchemeError, "bad_link"),
    ]
    if isinstance(error, RefusedRequestError):
        return error.reason
    if isinstance(error, HttpError):
        return f"http_{error.response.status}"
    if isinstance(error, CannotResolveHostError):
        return "private_address" if any(host in str(error) for host in refused) else "no_such_host"
    if isinstance(error, IgnoreRequest):
        return "redirect_loop" if "redirection" in str(error) else "too_large"
    for kind, reason in reasons:
        if isinstance(error, kind):
            return reason
    return "connection_failed"
