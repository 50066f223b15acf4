"""Downloader middlewares by which a crawl keeps to a site's wishes and leaves it alone when it is in trouble."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    IgnoreRequest,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.addresses import refused
from crawler.pages import Limits, RobotsVerdict

ROBOTS_NAME = "newsledger"
"""The name by which robots.txt may address us."""
_ROBOTS_BYTES = 500 * 1024
"""As much of a robots.txt as RFC 9309 asks to be read."""
_TROUBLE = frozenset((429, 500, 502, 503, 504))


class RefusedRequestError(IgnoreRequest):
    """A request that is not made, for the reason it carries."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def host_port(url: str) -> str:
    """Return the `host:port` of a web address."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, given as a number or a date; None for neither."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), 366 * 86_400.0)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max(0.0, (at - now).total_seconds()), 366 * 86_400.0)


class AllowPrivateGuard:
    """Keeps a source's private addresses from being reached by a redirect from elsewhere."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AllowPrivateGuard:
        """Make the guard of a crawl."""
        return cls(frozenset(crawler.settings.getlist("ALLOW_PRIVATE")))

    def process_request(self, request: Request) -> None:
        """Refuse a redirect onto a private address that did not start at one."""
        came_from = request.meta.get("redirect_urls", ())
        if (
            came_from
            and host_port(request.url) in self._allowed
            and not all(host_port(url) in self._allowed for url in came_from)
        ):
            raise RefusedRequestError("private_address")


class Robots:
    """Obeys robots.txt as RFC 9309 has it: absent means allowed, in trouble or unreachable means stay away.

    Crawl-delay, which the RFC does not know, is obeyed too.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Future[Protego | str]] = {}
        self.verdicts: dict[str, RobotsVerdict] = {}
        """Address → what robots.txt said of it."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """Make the robots middleware of a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids."""
        if request.meta.get("robots_file"):
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.get_running_loop().create_future()
            self._rules[site].set_result(await self._fetch(site))
        rules = await self._rules[site]
        if isinstance(rules, str):
            self.verdicts[request.url] = "unreachable"
            raise RefusedRequestError(rules)
        verdict: RobotsVerdict = "allowed" if rules.can_fetch(request.url, ROBOTS_NAME) else "disallowed"
        self.verdicts[request.url] = verdict
        if verdict == "disallowed":
            raise RefusedRequestError("robots_disallowed")

    async def _fetch(self, site: str) -> Protego | str:
        """Return a site's rules, or the reason why it is left alone."""
        request = Request(f"{site}/robots.txt", callback=NO_CALLBACK, priority=1_000, meta={"robots_file": True})
        try:
            response = await self._crawler.engine.download_async(request)
        except CannotResolveHostError:
            return "private_address" if urlsplit(site).hostname in refused else "no_such_host"
        except RefusedRequestError as error:
            return error.reason
        except Exception:  # whatever went wrong, the site has not said that we may
            return "robots_unreachable"
        if response.status >= 500 or response.status == 429:
            return "robots_unreachable"
        text = response.body[:_ROBOTS_BYTES].decode("utf-8", "replace") if response.status == 200 else ""
        rules = Protego.parse(text)
        delay = rules.crawl_delay(ROBOTS_NAME)
        if delay:
            downloader = self._crawler.engine.downloader
            host = urlsplit(site).hostname or ""
            slot = downloader.slots.get(host)
            if slot is not None:
                slot.delay, slot.concurrency = max(slot.delay, float(delay)), 1
            downloader.per_slot_settings[host] = {
                "delay": max(float(delay), self._crawler.settings.getfloat("DOWNLOAD_DELAY")),
                "concurrency": 1,
            }
        return rules


class HostCare:
    """Waits as Retry-After asks, tries again a few times, and leaves a host alone that keeps failing."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._ends = time.monotonic() + limits.seconds
        self._not_before: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        self._left: dict[str, str] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._in_turn: dict[Request, str] = {}
        self.retry_at: datetime | None = None
        """When a host that asked us to wait long allows us back."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostCare:
        """Make the care of a crawl."""
        spider: Any = crawler.spider
        return cls(spider.limits)

    async def process_request(self, request: Request) -> None:
        """Wait where the host asked for it; refuse where it is left alone."""
        host = host_port(request.url)
        # requests wait here, not in the downloader's queue, from which none could be held back
        turn = self._turns.setdefault(host, asyncio.Semaphore(self._limits.per_host))
        await turn.acquire()
        self._in_turn[request] = host
        while host not in self._left and (wait := self._not_before.get(host, 0) - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        if host in self._left:
            raise RefusedRequestError(self._left[host])
        if time.monotonic() > self._ends:  # those that still wait for their turn would hold the end of the crawl up
            raise RefusedRequestError("time_limit")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Ask again later where the host is in trouble."""
        self._turn_over(request)
        host = host_port(request.url)
        if response.status not in _TROUBLE:
            self._failures[host] = 0
            return response
        now = datetime.now(UTC)
        wait = retry_after(response.headers.get("Retry-After"), now) if response.status in (429, 503) else None
        if wait is not None and wait > self._limits.wait_seconds:
            self._left[host] = "asked_to_wait"
            self.retry_at = max(self.retry_at or now, now + timedelta(seconds=wait))
            return response
        return self._again(request, host, wait) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask again later where the connection failed."""
        self._turn_over(request)
        if isinstance(
            exception, IgnoreRequest | DownloadCancelledError | CannotResolveHostError | UnsupportedURLSchemeError
        ):
            return None
        return self._again(request, host_port(request.url), None)

    def _turn_over(self, request: Request) -> None:
        host = self._in_turn.pop(request, None)
        if host is not None:
            self._turns[host].release()

    def _again(self, request: Request, host: str, wait: float | None) -> Request | None:
        self._failures[host] += 1
        tries: int = request.meta.get("tries", 0) + 1
        pause = wait if wait is not None else self._limits.delay * 2**tries
        self._not_before[host] = max(self._not_before.get(host, 0), time.monotonic() + pause)
        if self._failures[host] >= self._limits.failures:
            self._left.setdefault(host, "circuit_open")
            return None
        if tries > self._limits.retries:
            return None
        meta: dict[str, Any] = {**request.meta, "tries": tries}
        return request.replace(meta=meta, dont_filter=True, priority=request.priority - 1)
