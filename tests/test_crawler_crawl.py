"""A crawl of a real local site by the real Scrapy in its child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.crawl import CrawlError, crawl
from crawler.pages import CrawlReport, KnownPages, Limits, Validator
from newsledger.model import Page, Source
from tests.web_server import Asked, Reply, Site, page, rss, serve

QUICK = Limits(delay=0, per_host=4, page_seconds=5, seconds=30)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def run(source: Source, known: KnownPages | None = None, limits: Limits = QUICK) -> tuple[CrawlReport, dict[str, Page]]:
    got: list[Page] = []
    report = crawl(source, got.extend, known=known, limits=limits, contact="desk@paper.example")
    assert report.attempted == report.fetched + report.unchanged + report.dropped.total()
    return report, {each.url: each for each in got}


def test_a_feed_is_read_and_its_articles_delivered_as_bytes(site: Site) -> None:
    site.routes |= {"/feed": rss("/a", "/b", "/secret"), "/a": page("One"), "/b": page("Two"), "/secret": page()}
    site.routes["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /secret\n", "text/plain")
    report, pages = run(site.source())
    assert report.error is None
    assert set(pages) == {f"{site.address}/a", f"{site.address}/b"}
    one = pages[f"{site.address}/a"]
    assert b"<title>One</title>" in one.body
    assert one.feed_title == "Piece 0"
    assert one.feed_published == datetime(2025, 3, 14, 10, 11, 12, tzinfo=UTC)
    assert one.source_id == "the-local-paper"
    assert (report.attempted, report.fetched, report.delivered) == (4, 3, 2)
    assert report.dropped == {"robots_disallowed": 1}
    assert report.robots == "allowed"
    assert report.newest == datetime(2025, 3, 14, 10, 11, 12, tzinfo=UTC)
    assert "/secret" not in site.paths()


def test_we_name_ourselves(site: Site) -> None:
    site.routes |= {"/feed": rss("/a"), "/a": page()}
    run(site.source())
    agents = {each.headers["user-agent"] for each in site.asked}
    assert agents == {"newsledger/0.1 (news reader; desk@paper.example)"}


def test_known_articles_are_not_fetched_again(site: Site) -> None:
    site.routes |= {"/feed": rss("/a", "/b"), "/a": page(), "/b": page()}
    kept = {f"{site.address}/a": datetime.now(UTC)}
    report, pages = run(site.source(), KnownPages(have=lambda urls: kept))
    assert set(pages) == {f"{site.address}/b"}
    assert report.unchanged == 1
    assert "/a" not in site.paths()


def test_an_article_is_fetched_again_once_when_its_listing_says_that_it_changed(site: Site) -> None:
    corrected = datetime.now(UTC) - timedelta(hours=2)

    def entry(path: str) -> str:
        return (
            f"<entry><title>{path}</title><link href='{site.address}{path}'/>"
            f"<published>2025-03-14T10:00:00Z</published><updated>{corrected:%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
        )

    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Local</title>{entry('/a')}{entry('/b')}</feed>"
    site.routes |= {"/feed": Reply(feed.encode(), "application/atom+xml"), "/a": page(), "/b": page()}
    kept = {f"{site.address}/a": corrected - timedelta(days=1), f"{site.address}/b": corrected + timedelta(hours=1)}
    first, pages = run(site.source(), KnownPages(have=lambda urls: kept))
    assert set(pages) == {f"{site.address}/a"}
    # it came back as it was, so the store has nothing newer: we still know that we looked
    second, pages = run(site.source(), KnownPages(have=lambda urls: kept, validators=first.validators))
    assert (set(pages), second.unchanged) == (set(), 2)


def test_a_feed_that_has_not_changed_answers_304_and_keeps_its_validators(site: Site) -> None:
    feed = rss("/a")
    feed.headers["ETag"] = '"v1"'

    site.routes["/a"] = page()
    site.routes["/feed"] = lambda asked: (
        Reply(status=304, content_type=None) if asked.headers.get("if-none-match") == '"v1"' else feed
    )
    first, _ = run(site.source())
    validator = first.validators[f"{site.address}/feed"]
    assert validator.etag == '"v1"'
    second, pages = run(site.source(), KnownPages(validators=first.validators))
    assert (second.attempted, second.unchanged, second.delivered, len(pages)) == (1, 1, 0, 0)
    assert second.validators == first.validators


@pytest.mark.fault
def test_a_feed_is_fetched_whole_once_a_day_whatever_its_server_says(site: Site) -> None:
    site.routes["/a"] = page()
    site.routes["/feed"] = lambda asked: (
        Reply(status=304, content_type=None) if "if-none-match" in asked.headers else rss("/a")
    )
    old = Validator(etag='"v1"', saved_at=datetime.now(UTC) - timedelta(days=2))
    _, pages = run(site.source(), KnownPages(validators={f"{site.address}/feed": old}))
    assert len(pages) == 1


def test_a_sitemap_index_leads_to_the_newest_articles(site: Site) -> None:
    def urlset(*paths: str) -> Reply:
        urls = "".join(f"<url><loc>{site.address}{p}</loc><lastmod>2025-03-0{p[-1]}</lastmod></url>" for p in paths)
        return Reply(f"<urlset>{urls}</urlset>".encode(), "text/xml")

    index = "".join(f"<sitemap><loc>{site.address}/{n}.xml</loc></sitemap>" for n in ("one", "two"))
    site.routes |= {
        "/sitemap.xml": Reply(f"<sitemapindex>{index}</sitemapindex>".encode(), "text/xml"),
        "/one.xml": urlset("/a1", "/a2"),
        "/two.xml": urlset("/a3"),
        **{f"/a{n}": page() for n in (1, 2, 3)},
    }
    report, pages = run(site.source("/sitemap.xml", "sitemap"))
    assert {url[-3:] for url in pages} == {"/a1", "/a2", "/a3"}
    assert pages[f"{site.address}/a2"].feed_published == datetime(2025, 3, 2, tzinfo=UTC)
    assert report.attempted == 6


def test_a_sitemap_index_that_stays_the_same_does_not_hide_what_is_new_in_its_sitemaps(site: Site) -> None:
    def unchanging(reply: Reply) -> Callable[[Asked], Reply]:
        reply.headers["ETag"] = '"v1"'
        return lambda asked: Reply(status=304, content_type=None) if "if-none-match" in asked.headers else reply

    listed = ["/a1"]
    index = f"<sitemapindex><sitemap><loc>{site.address}/one.xml</loc></sitemap></sitemapindex>"
    site.routes["/sitemap.xml"] = unchanging(Reply(index.encode(), "text/xml"))
    site.routes["/one.xml"] = lambda asked: Reply(
        f"<urlset>{''.join(f'<url><loc>{site.address}{path}</loc></url>' for path in listed)}</urlset>".encode(),
        "text/xml",
    )
    site.routes |= {"/a1": page(), "/a2": page()}
    first, pages = run(site.source("/sitemap.xml", "sitemap"))
    assert len(pages) == 1
    listed.append("/a2")
    known = KnownPages(validators=first.validators, have=lambda urls: {f"{site.address}/a1": datetime.now(UTC)})
    _, pages = run(site.source("/sitemap.xml", "sitemap"), known)
    assert set(pages) == {f"{site.address}/a2"}


def test_pages_come_in_batches_while_the_crawl_goes_on(site: Site) -> None:
    paths = [f"/a{n}" for n in range(120)]
    site.routes |= {"/feed": rss(*paths), **{path: page() for path in paths}}
    sizes: list[int] = []
    report = crawl(site.source(), lambda batch: sizes.append(len(batch)), limits=QUICK)
    assert sum(sizes) == report.delivered == 120
    assert len(sizes) > 1
    assert max(sizes) <= 50


def test_the_memory_of_the_caller_does_not_count_as_the_crawls(site: Site) -> None:
    site.routes |= {"/feed": rss("/a"), "/a": page()}
    ballast = b"x" * 400_000_000
    report, pages = run(site.source(), limits=replace(QUICK, megabytes=300))
    assert len(pages) == 1, report
    del ballast


def test_what_the_receiver_raises_ends_the_crawl(site: Site) -> None:
    site.routes |= {"/feed": rss("/a"), "/a": page()}

    def refuse(batch: Sequence[Page]) -> None:
        raise RuntimeError("the store is full")

    with pytest.raises(RuntimeError, match="the store is full"):
        crawl(site.source(), refuse, limits=QUICK)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"excluded": "robots.txt forbids it"}, "robots.txt forbids it"),
        ({"spider": "archive"}, "newsledger collect"),
        ({"spider": "filings"}, "NEWSLEDGER_CONTACT"),
    ],
)
def test_a_source_that_is_not_to_be_crawled_is_refused(fields: dict[str, str], says: str) -> None:
    values = {"id": "x", "name": "X", "kind": "news", "spider": "feed", "urls": ("https://x.example/feed",)}
    with pytest.raises(CrawlError, match=says):
        crawl(Source(**{**values, **fields}), lambda batch: None, contact="")  # type: ignore[arg-type]
