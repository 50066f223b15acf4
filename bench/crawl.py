"""What politeness, bounds and the pipe cost: our crawl of a local site beside a bare Scrapy spider that only downloads.

`python -m bench.crawl [--pages 2000] [--rounds 3]`. Both ask the same server for the same sitemap and pages, with the
same number of requests in flight and no delay; ours hands every page to the caller, which stores the bytes in SQLite.
The figures are the ratios of the rates within one run, to the bare spider as Scrapy comes and to a trimmed one. Then
the gaps between requests are measured with a delay set.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import uvicorn

from crawler.crawl import crawl
from crawler.pages import Limits
from newsledger.model import Page, Source

IN_FLIGHT = 16
BODY = b"<html><body>" + b"<p>A paragraph of some length that stands for a page of news in a local site.</p>" * 300


class Site:
    """The local site, in a thread, noting when it was asked."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.asked: list[float] = []
        self._server = uvicorn.Server(
            uvicorn.Config(self._answer, port=0, log_level="error", lifespan="off", interface="asgi3")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    async def _answer(self, scope: dict[str, str], receive: object, send: object) -> None:
        self.asked.append(time.monotonic())
        kind, body, status = b"text/html", BODY, 200
        if scope["path"] == "/sitemap.xml":
            locs = "".join(f"<url><loc>{self.address}/{n}</loc></url>" for n in range(self.pages))
            kind, body = b"text/xml", f"<urlset>{locs}</urlset>".encode()
        elif scope["path"] == "/robots.txt":
            kind, body = b"text/plain", b"User-agent: *\nAllow: /\n"
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": body})  # type: ignore[operator]

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join(5)


def bare(site: Site, *options: str) -> float:
    """Return the pages per second of the bare spider, from its first request to its last."""
    site.asked.clear()
    subprocess.run([sys.executable, "-m", "bench.bare_spider", site.address, str(IN_FLIGHT), *options], check=True)
    return _rate(site)


def ours(site: Site) -> float:
    """Return the pages per second of our crawl, stored."""
    site.asked.clear()
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(sqlite3.connect(Path(folder, "pages"))) as store:
        store.execute("create table page (url text primary key, body blob)")

        def keep(batch: Sequence[Page]) -> None:
            with store:
                store.executemany("insert into page values (?, ?)", [(page.url, page.body) for page in batch])

        limits = Limits(pages=site.pages, delay=0, per_host=IN_FLIGHT, in_flight=IN_FLIGHT, obey_robots=False)
        report = crawl(_source(site), keep, limits=limits)
        (stored,) = store.execute("select count(*) from page").fetchone()
    if stored != site.pages or report.delivered != site.pages:
        raise SystemExit(f"of {site.pages} pages {stored} were stored: {report}")
    return _rate(site)


def _source(site: Site) -> Source:
    return Source(
        id="local",
        name="Local",
        kind="news",
        spider="sitemap",
        urls=(f"{site.address}/sitemap.xml",),
        allow_private=(f"127.0.0.1:{site.port}",),
    )


def _rate(site: Site) -> float:
    return (len(site.asked) - 1) / (site.asked[-1] - site.asked[0])


def main() -> None:
    """Print the rates, their ratio, and the gaps with politeness on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    site = Site(options.pages)
    try:
        ratios: dict[str, list[float]] = {"bare": [], "trimmed": []}
        for _ in range(options.rounds):
            rates = {"bare": bare(site), "trimmed": bare(site, "trimmed")}
            stored = ours(site)
            for name, rate in rates.items():
                ratios[name].append(stored / rate)
            told = ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())
            print(f"{told}, ours {stored:.0f} pages/s", flush=True)
        for name, found in ratios.items():
            print(f"ours to {name}: median {statistics.median(found):.2f}, {min(found):.2f} to {max(found):.2f}")
        site.asked.clear()
        site.pages = 8
        crawl(_source(site), lambda batch: None, limits=Limits(delay=0.5))
        gaps = [b - a for a, b in pairwise(site.asked)]
        print(f"with a delay of 0.5 s: gaps from {min(gaps):.3f} to {max(gaps):.3f} s over {len(gaps) + 1} requests")
    finally:
        site.close()


if __name__ == "__main__":
    main()
