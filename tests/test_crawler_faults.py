"""What hostile and broken sites do to a crawl: each fault has its promised outcome."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import ssl
import subprocess
import sys
import textwrap
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import brotli
import psutil
import pytest
import zstandard
from scrapy import Request
from twisted.internet.address import IPv4Address

from crawler.addresses import PublicResolver, is_public, refused
from crawler.crawl import crawl
from crawler.extraction import to_article
from crawler.pages import CrawlReport, KnownPages, Limits
from crawler.politeness import AllowPrivateGuard, RefusedRequestError, retry_after
from newsledger.model import Article, Page, Source
from tests.web_server import Asked, Reply, Site, page, rss, serve

pytestmark = pytest.mark.fault

LIMITS = Limits(delay=0, per_host=8, page_seconds=2, page_bytes=1_000_000, sitemap_bytes=2_000_000, seconds=30)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def run(source: Source, limits: Limits = LIMITS) -> tuple[CrawlReport, list[Page]]:
    got: list[Page] = []
    report = crawl(source, got.extend, known=KnownPages(), limits=limits, contact="desk@paper.example")
    assert report.attempted == report.fetched + report.unchanged + report.dropped.total()
    assert report.error is None
    return report, got


def with_limits(**changes: Any) -> Limits:
    values = {name: getattr(LIMITS, name) for name in Limits.__slots__}
    return Limits(**{**values, **changes})


def redirect(to: str) -> Reply:
    return Reply(status=302, headers={"Location": to})


def forever(piece: bytes, pause: float = 0.0) -> Iterator[bytes]:
    while True:
        yield piece
        time.sleep(pause)


@contextmanager
def peak_memory_of_children() -> Iterator[list[int]]:
    """Watch the crawl processes that this one starts: the most bytes that one of them held, looked at every 10 ms.

    What the system keeps of ended children counts in what their parent had when it started them.
    """
    peak, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            for child in psutil.Process().children():
                with suppress(psutil.NoSuchProcess):
                    if "crawler.child" in child.cmdline():
                        peak[0] = max(peak[0], child.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


ZEROS = b"\0" * 60_000_000


def test_no_page_costs_more_than_its_limits(site: Site) -> None:
    sent = {"endless": 0}

    def endless() -> Iterator[bytes]:
        for piece in forever(b"<p>more</p>" * 1_000):
            sent["endless"] += len(piece)
            yield piece

    site.routes |= {
        "/huge": Reply(headers={"Content-Length": "100000000"}),
        "/endless": Reply(stream=endless),
        "/gzip-bomb": Reply(gzip.compress(ZEROS), headers={"Content-Encoding": "gzip"}),
        "/deflate-bomb": Reply(zlib.compress(ZEROS), headers={"Content-Encoding": "deflate"}),
        "/brotli-bomb": Reply(brotli.compress(ZEROS, quality=1), headers={"Content-Encoding": "br"}),
        "/zstd-bomb": Reply(zstandard.compress(ZEROS), headers={"Content-Encoding": "zstd"}),
        "/drip": Reply(stream=lambda: forever(b".", 0.2)),
        "/cut": Reply(b"<p>half", headers={"Content-Length": "5000"}),
        "/pdf": Reply(b"%PDF-1.7", "application/pdf"),
        "/empty": Reply(b""),
        "/loop-a": redirect("/loop-b"),
        "/loop-b": redirect("/loop-a"),
        "/file": redirect("file:///etc/hostname"),
        "/good": page("Still here"),
    }
    names = [path for path in site.routes if path not in ("/robots.txt", "/loop-b")]
    site.routes["/feed"] = rss(*names)
    with peak_memory_of_children() as peak:
        report, pages = run(site.source(), with_limits(failures=1_000, retries=0))
    assert [each.url for each in pages] == [f"{site.address}/good"]
    cut = report.dropped.pop("cut_short", 0) + report.dropped.pop("connection_failed", 0) + report.dropped["timeout"]
    assert cut == 2
    del report.dropped["timeout"]
    assert report.dropped == {"too_large": 6, "not_html": 1, "empty": 1, "redirect_loop": 1, "http_302": 1}
    assert sent["endless"] < 30_000_000
    assert sum(path.startswith("/loop") for path in site.paths()) <= LIMITS.redirects + 1
    assert 0 < peak[0] < 400_000_000


def test_private_addresses_are_never_reached_in_any_notation(site: Site) -> None:
    hosts = [
        "127.1",
        "127.0.1",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
        "[64:ff9b::7f00:1]",
    ]
    for number, host in enumerate(hosts):
        site.routes[f"/r{number}"] = redirect(f"http://{host}:{site.port}/secret")
    site.routes["/secret"] = page("Secret")
    direct = [f"http://{host}:{site.port}/direct" for host in hosts]
    site.routes["/feed"] = rss(*(f"/r{n}" for n in range(len(hosts))), *direct)
    report, pages = run(site.source(), with_limits(failures=1_000))
    assert pages == []
    assert not {"/secret", "/direct"} & set(site.paths())
    assert report.dropped["private_address"] >= 2 * len(hosts) - 4
    assert set(report.dropped) <= {"private_address", "no_such_host", "bad_link", "robots_unreachable"}


def test_a_source_without_leave_for_private_addresses_reaches_none(site: Site) -> None:
    report, _ = run(site.source(allow_private=()))
    assert report.dropped == {"private_address": 1}
    assert site.asked == []


def test_leave_for_one_port_is_none_for_another(site: Site) -> None:
    with serve() as other:
        other.routes["/secret"] = page()
        site.routes |= {"/feed": rss("/hop", f"{other.address}/secret"), "/hop": redirect(f"{other.address}/secret")}
        report, _ = run(site.source())
        assert report.dropped == {"private_address": 2}
        assert other.asked == []


def test_a_redirect_from_elsewhere_does_not_reach_an_allowed_private_address() -> None:
    guard = AllowPrivateGuard(frozenset(["127.0.0.1:8950"]))
    inner = {"redirect_urls": ["http://127.0.0.1:8950/a"]}
    outer = {"redirect_urls": ["https://paper.example/a"]}
    assert guard.process_request(Request("http://127.0.0.1:8950/b", meta=inner)) is None
    with pytest.raises(RefusedRequestError, match="private_address"):
        guard.process_request(Request("http://127.0.0.1:8950/b", meta=outer))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("::ffff:93.184.216.34", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("not an address", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_that_turns_private_between_two_lookups_is_refused_the_second_time() -> None:
    class Turning:
        answers = iter(["93.184.216.34", "127.0.0.1"])

        def resolveHostName(self, receiver: Any, name: str, port: int, *args: Any) -> Any:  # noqa: N802
            receiver.resolutionBegan(None)
            receiver.addressResolved(IPv4Address("TCP", next(self.answers), port))
            receiver.resolutionComplete()

    class Receiver:
        def __init__(self) -> None:
            self.hosts: list[str] = []

        def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
            pass

        def addressResolved(self, address: Any) -> None:  # noqa: N802
            self.hosts.append(address.host)

        def resolutionComplete(self) -> None:  # noqa: N802
            pass

    resolver = PublicResolver(SimpleNamespace(nameResolver=Turning()), 0, [])
    first, second = Receiver(), Receiver()
    resolver.resolveHostName(first, "turning.example", 80)
    from scrapy.resolver import dnscache

    dnscache.clear()
    resolver.resolveHostName(second, "turning.example", 80)
    assert first.hosts == ["93.184.216.34"]
    assert second.hosts == []
    assert "turning.example" in refused


def test_feeds_that_attack_or_say_nothing(site: Site) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    site.routes |= {
        "/laughs": Reply(
            f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>'
            '<rss version="2.0"><channel><title>&l11;</title></channel></rss>'.encode(),
            "text/xml",
        ),
        "/xxe": Reply(
            f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{site.address}/stolen">]>'
            f'<rss version="2.0"><channel><item><title>&x;</title><link>/a</link></item></channel></rss>'.encode(),
            "text/xml",
        ),
        "/dtd": Reply(
            f'<!DOCTYPE rss SYSTEM "{site.address}/stolen"><rss version="2.0"><channel><item><title>Fine</title>'
            "<link>/a</link></item></channel></rss>".encode(),
            "text/xml",
        ),
        "/silent": Reply(b"<rss version='2.0'><channel><title>T</title></channel></rss>", headers={"ETag": '"1"'}),
        "/consent": Reply(b"<html><title>Before you continue</title><p>We value your privacy</p></html>"),
        "/odd-etag": rss("/b"),
        "/always-304": Reply(status=304, content_type=None),
        "/links": rss("/c", "javascript:alert(1)", "", "/c", "http://[broken", "https://x.example/" + "a" * 3_000),
        **{path: page() for path in ("/a", "/b", "/c")},
    }
    site.routes["/odd-etag"].headers.update({"ETag": "x" * 5_000, "Last-Modified": ""})  # type: ignore[union-attr]
    paths = ["/laughs", "/xxe", "/dtd", "/silent", "/consent", "/odd-etag", "/always-304", "/links"]
    report, pages = run(site.source(urls=tuple(site.address + path for path in paths)))
    assert {each.url[-2:] for each in pages} == {"/a", "/b", "/c"}
    assert "/stolen" not in site.paths()
    assert report.refused == {
        "entities_declared": 2,
        "empty_feed": 1,
        "not_a_feed": 1,
        "no_link": 2,
        "bad_link": 2,
        "listed_twice": 1,
    }
    assert report.dropped == {"unexpected_304": 1}
    assert report.validators == {}


def test_an_etag_that_changes_with_every_answer_fetches_no_article_twice(site: Site) -> None:
    def feed(asked: Asked) -> Reply:
        reply = rss("/a")
        ahead = (datetime.now(UTC) + timedelta(days=300)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        reply.headers.update({"ETag": f'W/"{asked.at}"', "Last-Modified": ahead})
        return reply

    site.routes |= {"/feed": feed, "/a": page()}
    first, got = run(site.source())
    kept = {each.url: each.fetched_at for each in got}
    known = KnownPages(validators=first.validators, have=lambda urls: kept)
    second = crawl(site.source(), got.extend, known=known, limits=LIMITS)
    assert (len(got), second.unchanged, site.paths().count("/a")) == (1, 1, 1)
    assert second.error is None
    assert second.dropped == {}


def test_pages_that_lie_of_their_encoding_or_their_date(site: Site) -> None:
    now = datetime.now(UTC)
    listed = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)

    def dated(stated: str) -> Reply:
        reply = page("A quiet day")
        head = f"<meta property='article:published_time' content='{stated}'>".encode()
        return Reply(reply.body.replace(b"<article>", head + b"<article>"))

    plain = page("Société Générale counts its boats").body.decode()
    nuls = plain.replace("boats", "bo\0ats").replace(" the ", " \0the\x07 ")
    site.routes |= {
        "/said-latin": Reply(plain.encode(), "text/html; charset=iso-8859-1"),
        "/said-utf-8": Reply(plain.encode("cp1252"), "text/html; charset=utf-8"),
        "/unsaid-utf-16": Reply(plain.encode("utf-16"), "text/html"),
        "/nonsense": Reply(plain.encode("utf-8-sig"), "text/html; charset=klingon"),
        "/nuls": Reply(nuls.encode()),
        "/stated": dated((listed - timedelta(days=1)).isoformat()),
        "/future": dated((now + timedelta(days=400)).isoformat()),
        "/epoch": dated("1970-01-01T00:00:00Z"),
        "/undated": page("A quiet day"),
    }
    paths = [path for path in site.routes if path not in ("/robots.txt", "/feed")]
    site.routes["/feed"] = rss(*paths, date=listed.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    report, pages = run(site.source(), with_limits(pages=50))
    assert report.dropped == {}
    found = {each.url.removeprefix(site.address): to_article(each) for each in pages}
    assert set(found) == set(paths)
    for path, article in found.items():
        assert isinstance(article, Article), path
        assert "counted the boats again and found them all" in article.text, path
        assert article.published is not None
        told = (article.published.date(), article.published_basis)
        if path == "/stated":
            assert told == ((listed - timedelta(days=1)).date(), "meta")
        else:
            assert told == (listed.date(), "feed"), path
        if path in paths[:5]:
            assert article.title == "Société Générale counts its boats", path


def test_a_consent_form_in_place_of_an_article_is_no_article(site: Site) -> None:
    form = (
        "<html><title>Before you continue</title><p>We value your privacy. We and our 700 partners store and/or access"
        " information on a device.</p><button>Accept all cookies</button>"
    )
    site.routes |= {"/feed": rss("/a", "/b"), "/a": Reply(form.encode()), "/b": redirect("/consent/collect")}
    site.routes["/consent/collect"] = page()
    _, pages = run(site.source())
    assert [getattr(to_article(each), "reason", None) for each in pages] == ["consent_page", "consent_page"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on the PATH")
def test_a_site_whose_certificate_nobody_vouches_for_is_not_read(site: Site, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    named = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *named)
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serve(tls=context) as secret:
        secret.routes |= {"/feed": rss("/a"), "/a": page()}
        report, pages = run(secret.source(), with_limits(retries=0))
        assert (secret.asked, pages) == ([], [])
        assert report.dropped.total() == 1


def test_sitemaps_that_attack_or_never_end(site: Site) -> None:
    def index(*locs: str) -> bytes:
        sitemaps = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in locs)
        return f"<sitemapindex>{sitemaps}</sitemapindex>".encode()

    def chain(asked: Asked) -> Reply:
        return Reply(index(f"{asked.path}x"), "text/xml")

    good = b"<urlset><url><loc>/a</loc></url></urlset>"
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'
    site.routes |= {
        "/self.xml": Reply(index("/self.xml", "/good.xml"), "text/xml"),
        "/good.xml": Reply(gzip.compress(good), "application/gzip"),
        "/bomb.xml.gz": Reply(gzip.compress(ZEROS), "application/gzip"),
        "/brotli.xml": Reply(brotli.compress(ZEROS, quality=1), "text/xml", headers={"Content-Encoding": "br"}),
        "/laughs.xml": Reply(laughs, "text/xml"),
        "/page.xml": page(),
        "/a": page(),
        "*": chain,
    }
    paths = ["/self.xml", "/bomb.xml.gz", "/brotli.xml", "/laughs.xml", "/page.xml", "/chain"]
    report, pages = run(site.source(spider="sitemap", urls=tuple(site.address + path for path in paths)))
    assert [each.url for each in pages] == [f"{site.address}/a"]
    assert report.dropped == {"too_large": 1}
    assert report.refused == {
        "listed_twice": 1,
        "too_large": 1,
        "entities_declared": 1,
        "not_a_sitemap": 1,
        "beyond_limit": 1,
    }
    assert len([path for path in site.paths() if path.startswith("/chain")]) == LIMITS.depth + 1


def test_a_listing_without_end_is_read_to_its_limit(site: Site) -> None:
    def listing(asked: Asked) -> Reply:
        number = int(asked.path.rpartition("=")[2])
        more = f'<a rel="next" href="/?page={number + 1}">more</a>'
        return Reply(f'<ul><li><a class="story" href="/story-{number}">Story</a></ul>{more}'.encode())

    site.routes |= {f"/story-{n}": page() for n in range(20)}
    site.routes["*"] = listing
    report, pages = run(site.source("/?page=0", "listing", selector="a.story"))
    assert len(pages) == LIMITS.depth + 1
    assert report.refused == {"beyond_limit": 1}


def test_a_site_whose_robots_file_is_in_trouble_is_left_alone(site: Site) -> None:
    site.routes |= {"/robots.txt": Reply(b"sorry", status=503), "/feed": rss("/a"), "/a": page()}
    report, pages = run(site.source(), with_limits(retries=0))
    assert (report.robots, report.dropped, pages) == ("unreachable", {"robots_unreachable": 1}, [])
    assert set(site.paths()) == {"/robots.txt"}


def test_a_short_retry_after_is_waited_for(site: Site) -> None:
    def busy(asked: Asked) -> Reply:
        first = site.paths().count("/a") == 1
        return Reply(status=429, headers={"Retry-After": "1"}) if first else page()

    site.routes |= {"/feed": rss("/a", "/b"), "/a": busy, "/b": page()}
    report, pages = run(site.source(), with_limits(per_host=1))
    assert len(pages) == 2
    assert report.dropped == {}
    told, again = [each.at for each in site.asked if each.path == "/a"]
    assert again - told >= 1.0
    after = [each.at for each in site.asked if each.at > told]
    assert min(after) - told >= 1.0


def test_a_long_retry_after_ends_the_crawl_of_the_host(site: Site) -> None:
    site.routes |= {
        "/feed": rss("/a", "/b", "/c"),
        "*": Reply(status=503, headers={"Retry-After": "3600"}),
    }
    report, pages = run(site.source(), with_limits(per_host=1))
    assert pages == []
    assert report.dropped == {"http_503": 1, "asked_to_wait": 2}
    assert len(site.asked) == 3
    assert report.retry_at is not None
    assert timedelta(minutes=58) < report.retry_at - datetime.now(UTC) < timedelta(minutes=61)
    assert report.validators == {}


def test_a_storm_of_errors_opens_the_circuit(site: Site) -> None:
    paths = [f"/a{n}" for n in range(40)]
    site.routes |= {"/feed": rss(*paths), "*": Reply(status=503)}
    report, _ = run(site.source(), with_limits(per_host=1))
    assert len(site.asked) <= 2 + LIMITS.failures
    assert report.dropped["circuit_open"] >= 35
    assert report.dropped.total() == 40


def test_gaps_between_requests_keep_to_the_delay_and_to_a_longer_crawl_delay(site: Site) -> None:
    site.routes |= {"/feed": rss("/a", "/b", "/c"), "/a": page(), "/b": page(), "/c": page()}
    run(site.source(), with_limits(delay=0.2, per_host=1))
    times = [each.at for each in site.asked]
    assert len(times) == 5
    assert min(b - a for a, b in pairwise(times)) >= 0.19
    site.asked.clear()
    site.routes["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: 0.6\n", "text/plain")
    run(site.source(), with_limits(delay=0.2, per_host=4))
    times = [each.at for each in site.asked]
    assert min(b - a for a, b in pairwise(times[1:])) >= 0.59


def test_retry_after_is_read_as_seconds_or_date() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert retry_after(b"120", now) == 120
    assert retry_after(b"Sun, 01 Mar 2026 12:01:00 GMT", now) == 60
    assert retry_after(b"Sun, 01 Mar 2020 12:01:00 GMT", now) == 0
    assert retry_after(b"9" * 400, now) == 366 * 86_400
    assert retry_after(b"soon", now) is None
    assert retry_after(None, now) is None


def test_a_crawl_takes_no_longer_than_its_time(site: Site) -> None:
    site.routes["/feed"] = rss(*(f"/a{n}" for n in range(50)))
    site.routes["*"] = Reply(stream=lambda: forever(b".", 0.2))
    started = time.monotonic()
    report, _ = run(site.source(), with_limits(seconds=3, per_host=1, failures=1_000))
    assert time.monotonic() - started < 15
    assert report.dropped["time_limit"] > 30


def test_a_killed_crawl_process_is_told_in_the_report(site: Site) -> None:
    site.routes |= {"/feed": rss("/a", "/slow"), "/a": page(), "/slow": Reply(stream=lambda: forever(b".", 0.2))}

    def kill(pages: Any) -> None:
        for child in psutil.Process().children():
            if "crawler.child" in child.cmdline():
                child.kill()

    report = crawl(site.source(), kill, limits=with_limits(page_seconds=20))
    assert report.error is not None
    assert "ended early" in report.error
    assert report.delivered == 1


def test_a_crawl_process_does_not_outlive_its_parent(site: Site, tmp_path: Path) -> None:
    site.routes |= {"/feed": rss("/slow"), "/slow": Reply(stream=lambda: forever(b".", 0.2))}
    script = textwrap.dedent(f"""
        from crawler.crawl import crawl
        from crawler.pages import Limits
        from newsledger.model import Source
        source = Source(id="x", name="X", kind="news", spider="feed", urls=("{site.address}/feed",),
                        allow_private={site.allowed!r})
        crawl(source, print, limits=Limits(delay=0, page_seconds=60))
    """)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    parent = subprocess.Popen([sys.executable, "-c", script], env=environment)
    try:
        deadline = time.monotonic() + 20
        while "/slow" not in site.paths() and time.monotonic() < deadline:
            time.sleep(0.1)
        (child,) = psutil.Process(parent.pid).children()
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    gone, alive = psutil.wait_procs([child], timeout=10)
    for each in alive:
        each.kill()
    assert gone == [child]
