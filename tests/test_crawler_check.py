"""The live look at a source, on a local one, and what silence means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from crawler.check import check, judge, silence
from crawler.pages import CrawlReport, Limits
from newsledger.model import Source
from tests.web_server import Reply, Site, page, rss, serve

NOW = datetime.now(UTC).replace(microsecond=0)
QUICK = Limits(pages=0, delay=0, retries=0, page_seconds=5, seconds=20)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def test_a_source_in_order(site: Site) -> None:
    site.routes |= {"/feed": rss(*(f"/a{n}" for n in range(5)), date=format_datetime(NOW)), "*": page()}
    seen = check(site.source(), limits=QUICK, contact="x@paper.example")
    assert seen.ok
    assert (seen.reachable, seen.parses, seen.fresh, seen.robots, seen.listed) == (True, True, True, "allowed", 5)
    assert seen.newest == NOW
    assert set(site.paths()) == {"/robots.txt", "/feed"}


def test_a_source_that_has_drifted(site: Site) -> None:
    site.routes |= {
        "/feed": page("Our feeds have moved"),
        "/old": rss("/a", date="Mon, 02 Jan 2023 10:00:00 GMT"),
        "/empty": Reply(b"<rss version='2.0'><channel/></rss>", "text/xml"),
    }
    source = site.source(urls=tuple(site.address + path for path in ("/feed", "/old", "/empty", "/gone")))
    seen = check(source, limits=QUICK, contact="x@paper.example")
    told = " | ".join(seen.problems)
    for words in ("1 of its 4 addresses not read: http 404", "is no feed", "a feed lists nothing", "nothing new for"):
        assert words in told
    assert (seen.reachable, seen.fresh) == (True, False)


def test_an_excluded_source_is_not_asked() -> None:
    source = Source(id="x", name="X", kind="news", spider="feed", urls=(), excluded="robots.txt forbids it")
    assert check(source).problems == ("excluded: robots.txt forbids it",)


def test_a_listing_whose_selector_finds_nothing() -> None:
    source = Source(id="x", name="X", kind="news", spider="listing", urls=("https://x.example/",), selector="a.story")
    report = CrawlReport(source_id="x", started_at=NOW, attempted=1, fetched=1)
    report.refused["empty_feed"] = 1
    seen = judge(source, report, NOW)
    assert seen.problems == ("the selector 'a.story' finds nothing: has the page changed?",)
    assert seen.parses is False


@pytest.mark.parametrize(
    ("days", "per_week", "silent"),
    [
        (1, 70, False),
        (4, 70, True),
        (9, 10, True),
        (6, 10, False),
        (20, None, True),
        (10, None, False),
    ],
)
def test_silence_is_measured_by_what_is_usual(days: int, per_week: float | None, silent: bool) -> None:
    newest = NOW - timedelta(days=days)
    assert (silence(newest, per_week, NOW) is not None) is silent
