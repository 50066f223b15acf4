"""The child process of one crawl: `python -m crawler.child`, driven over its standard input and output.

The reactor that Scrapy runs on cannot be started twice, so every crawl gets a process of its own, with bounded memory.
"""

from __future__ import annotations

import os
import resource
from datetime import UTC, datetime
from typing import Any, BinaryIO

import psutil
from pydantic import TypeAdapter
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.extensions.memusage import MemoryUsage
from scrapy.utils.misc import load_object

from crawler.channel import Channel, pack, read_blocking
from crawler.pages import CrawlReport, Limits, Validator
from crawler.politeness import HostCare, Robots
from crawler.spiders.source import TRANSIENT
from newsledger.model import Page, Source

SPIDERS = {
    "feed": "crawler.spiders.feed.FeedSpider",
    "sitemap": "crawler.spiders.sitemap.SitemapSpider",
    "listing": "crawler.spiders.listing.ListingSpider",
    "filings": "crawler.spiders.filings.FilingsSpider",
}
"""By name, so that a crawl loads only its own."""


class SendPages:
    """Item pipeline that hands every page to the parent."""

    def __init__(self, channel: Channel, report: CrawlReport) -> None:
        self._channel, self._report = channel, report

    @classmethod
    def from_crawler(cls, crawler: Any) -> SendPages:
        """Make the pipeline of a crawl."""
        return cls(crawler.spider.channel, crawler.spider.report)

    async def process_item(self, item: Page) -> Page:
        """Send a page; waits while the parent is busy storing, and the crawl with it."""
        await self._channel.send(page_head(item), item.body)
        self._report.delivered += 1
        return item

    async def close_spider(self) -> None:
        """Send what is left."""
        await self._channel.close()


def page_head(page: Page) -> dict[str, Any]:
    """Return what a page's frame says beside its body."""
    head = {name: getattr(page, name) for name in Page.__slots__ if name != "body"}
    for name in ("fetched_at", "feed_published"):
        head[name] = head[name].isoformat() if head[name] else None
    return {"type": "page", **head}


class OwnMemory(MemoryUsage):
    """Stops a crawl that takes too much memory: by what it has now.

    Scrapy looks at the most it ever had, and Linux counts into that what our parent had when it started us: the crawl
    of a worker with a loaded model would end before it began.
    """

    def get_virtual_size(self) -> int:
        """Return the resident memory of this process, in bytes."""
        return int(psutil.Process().memory_info().rss)


_UNUSED: dict[str, tuple[str, ...]] = {
    "DOWNLOADER_MIDDLEWARES": (
        "cookies.CookiesMiddleware",
        "httpauth.HttpAuthMiddleware",
        "httpcache.HttpCacheMiddleware",
        "httpproxy.HttpProxyMiddleware",
        "offsite.OffsiteMiddleware",
        "redirect.MetaRefreshMiddleware",
        "retry.RetryMiddleware",
        "robotstxt.RobotsTxtMiddleware",
        "stats.DownloaderStats",
    ),
    "SPIDER_MIDDLEWARES": (
        "depth.DepthMiddleware",
        "metacopy.MetaCopyDetectionMiddleware",
        "referer.RefererMiddleware",
        "start.StartSpiderMiddleware",
    ),
    "EXTENSIONS": (
        "feedexport.FeedExporter",
        "logcount.LogCount",
        "logstats.LogStats",
        "memdebug.MemoryDebugger",
        "memusage.MemoryUsage",
        "remote_control.RemoteControl",
        "spiderstate.SpiderState",
        "telnet.TelnetConsole",
        "throttle.AutoThrottle",
    ),
}
"""Parts of Scrapy that do nothing for us. Left in, each takes time to load, and most take some for every page."""
_PACKAGES = {"DOWNLOADER_MIDDLEWARES": "downloadermiddlewares", "SPIDER_MIDDLEWARES": "spidermiddlewares"}


def _with_unused_off(setting: str, ours: dict[str, int]) -> dict[str, int | None]:
    package = f"scrapy.{_PACKAGES.get(setting, setting.lower())}"
    return {**{f"{package}.{name}": None for name in _UNUSED[setting]}, **ours}


def scrapy_settings(source: Source, limits: Limits, user_agent: str) -> dict[str, Any]:
    """Return the settings of a crawl process: every default of Scrapy that is unsafe or impolite is changed here."""
    return {
        "BOT_NAME": "newsledger",
        "USER_AGENT": user_agent,
        "LOG_LEVEL": "ERROR",
        # nothing listens, nothing but the web is read
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"file": None, "data": None, "ftp": None, "s3": None},
        # a proxy would resolve names out of the guard's sight
        "HTTPPROXY_ENABLED": False,
        "TWISTED_DNS_RESOLVER": "crawler.addresses.PublicResolver",
        "ALLOW_PRIVATE": list(source.allow_private),
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        # robots, retries and waiting are ours
        "ROBOTSTXT_OBEY": False,
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": limits.redirects,
        "DOWNLOADER_MIDDLEWARES": _with_unused_off(
            "DOWNLOADER_MIDDLEWARES",
            {
                "crawler.politeness.AllowPrivateGuard": 90,
                **({"crawler.politeness.Robots": 100} if limits.obey_robots else {}),
                # next to the downloader, so that it sees the end of every request it let through
                "crawler.politeness.HostCare": 900,
            },
        ),
        "SPIDER_MIDDLEWARES": _with_unused_off("SPIDER_MIDDLEWARES", {}),
        "ITEM_PIPELINES": {"crawler.child.SendPages": 100},
        # bounds
        "DOWNLOAD_MAXSIZE": limits.page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": limits.page_seconds,
        "DOWNLOAD_DELAY": limits.delay,
        # a random share of the delay would fall below what a site asked for
        "DOWNLOAD_DELAY_JITTER": 0,
        # a page gives one item: Scrapy starts so many tasks for each response, whatever comes of it
        "CONCURRENT_ITEMS": 1,
        "CONCURRENT_REQUESTS": limits.in_flight,
        "CONCURRENT_REQUESTS_PER_DOMAIN": limits.per_host,
        "CLOSESPIDER_TIMEOUT": limits.seconds,
        "EXTENSIONS": _with_unused_off("EXTENSIONS", {"crawler.child.OwnMemory": 0}),
        "MEMUSAGE_LIMIT_MB": limits.megabytes,
        "MEMUSAGE_CHECK_INTERVAL_SECONDS": 1.0,
    }


def main() -> None:
    """Run the crawl that the first frame on standard input describes."""
    # what anything prints must not get between the frames
    source_pipe: BinaryIO = os.fdopen(os.dup(0), "rb", buffering=0)
    sink_pipe: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    job, _ = read_blocking(source_pipe)
    source = TypeAdapter(Source).validate_python(job["source"])
    limits = TypeAdapter(Limits).validate_python(job["limits"])
    validators = TypeAdapter(dict[str, Validator]).validate_python(job["validators"])
    hard = limits.megabytes * 3 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))

    report = CrawlReport(source_id=source.id, started_at=datetime.now(UTC))
    final_pipe = os.dup(sink_pipe.fileno())
    channel = Channel(source_pipe, sink_pipe)
    process = AsyncCrawlerProcess(scrapy_settings(source, limits, job["user_agent"]))
    crawler = process.create_crawler(load_object(SPIDERS[source.spider]))
    process.crawl(crawler, source=source, limits=limits, validators=validators, channel=channel, report=report)
    process.start()

    if crawler.stats.get_value("finish_reason") == "memusage_exceeded":
        report.error = f"the crawl took more than {limits.megabytes} MB of memory and was stopped"
    _conclude(report, crawler, source)
    os.set_blocking(final_pipe, True)
    with os.fdopen(final_pipe, "wb") as sink:
        sink.write(pack({"type": "report", **_plain(report)}))


def _conclude(report: CrawlReport, crawler: Any, source: Source) -> None:
    left = report.attempted - report.fetched - report.unchanged - report.dropped.total()
    if left > 0:
        report.dropped["time_limit"] += left
    if any(TRANSIENT.fullmatch(reason) for reason in report.dropped):
        report.validators.clear()
    care = crawler.get_downloader_middleware(HostCare)
    report.retry_at = care.retry_at if care else None
    robots = crawler.get_downloader_middleware(Robots)
    verdicts = [robots.verdicts[url] for url in source.urls if url in robots.verdicts] if robots else []
    report.robots = next((v for v in ("disallowed", "unreachable", "allowed") if v in verdicts), None)
    report.ended_at = datetime.now(UTC)


def _plain(report: CrawlReport) -> dict[str, Any]:
    plain: dict[str, Any] = TypeAdapter(CrawlReport).dump_python(report, mode="json")
    return plain


if __name__ == "__main__":
    main()
