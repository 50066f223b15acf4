"""How fast the API answers: series beside a bare ASGI app, answers kept and 304, a long CSV in flat memory; and the
first view of each page in a real browser.

    python -m bench.api [--events 1000000] [--seconds 8] [--store FILE] [--only series|csv|pages]

The bare app makes the same query and encodes the same answer with orjson, and does nothing else. Both run in uvicorn,
one process on one core; the load comes from this process on another core: 32 kept-alive connections, each asking again
as soon as it is answered, a different company each time, so that nothing is kept. Absolute figures depend on the
machine; the ratios are what is promised. On a machine that does other work too, compare the answers per CPU second of
the server.
Exit 1 where a promise is not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
import psutil
from sqlalchemy import Engine

from bench.store import COMPANIES, fill, prepare, settled, sqlite_store
from newsledger.settings import Settings
from storage.coverage import coverage
from storage.engine import open_store, reading
from storage.series import Question, series_of

SINCE, UNTIL = "2016-01-01", "2026-01-01"
CONNECTIONS = 32


def bare(engine: Engine) -> Callable[..., Any]:
    """Return the ASGI app to compare with: the same query, the same answer by orjson, and nothing else."""
    with reading(engine) as connection:
        watched = coverage(connection)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/readyz":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        asked = parse_qs(scope["query_string"].decode())
        with reading(engine) as connection:
            question = Question(metric="jobs_cut", by="company", keys=(asked["company"][0],), since=SINCE, until=UNTIL)
            found = series_of(connection, question, watched=watched)
        data, unplaced = (
            [
                {
                    "metric": found.metric,
                    "key": p.key,
                    "period": p.period,
                    "value": p.value,
                    "partial": p.partial,
                    "covered_days": p.covered_days,
                    "days": p.days,
                }
                for p in points
            ]
            for points in (found.points, found.unplaced)
        )
        body = orjson.dumps({"by": "month", "per": "all", "additive": True, "data": data, "unplaced": unplaced})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def serve(kind: str, store: str, port: int) -> None:
    """Serve the API or the bare app, on the first core."""
    import uvicorn

    os.sched_setaffinity(0, {0})
    engine = open_store(f"sqlite:///{store}")
    if kind == "bare":
        app: Any = bare(engine)
    else:
        from api.app import create_app

        app = create_app(engine, Settings(request_seconds=60))
    uvicorn.run(app, port=port, log_level="warning", access_log=False)


@contextmanager
def served(kind: str, store: str) -> Iterator[tuple[int, psutil.Process]]:
    """Run a server in a child process and give its port and process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.api", "--serve", kind, "--store", store, "--port", str(port)]
    )
    try:
        end = time.monotonic() + 60
        while not _ready(port) and time.monotonic() < end:
            time.sleep(0.1)
        yield port, psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(20)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except OSError:  # a 503 is one too
        return False


async def _connection(
    port: int, requests: Iterator[bytes], until: float, times: list[float], statuses: dict[bytes, int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        lowered = head.lower()
        place = lowered.find(b"content-length:")
        if place >= 0:
            length = int(lowered[place + 15 : lowered.index(b"\r\n", place)])
            await reader.readexactly(length)
        times.append(time.perf_counter() - begun)
        statuses[head[9:12]] = statuses.get(head[9:12], 0) + 1
    writer.close()


def load(port: int, requests: Iterator[bytes], seconds: float) -> tuple[float, float, dict[bytes, int]]:
    """Ask over 32 connections; return answers per second, the 99th percentile in seconds, and the statuses."""

    async def run() -> tuple[float, float, dict[bytes, int]]:
        times: list[float] = []
        statuses: dict[bytes, int] = {}
        begun = time.perf_counter()
        until = begun + seconds
        await asyncio.gather(*(_connection(port, requests, until, times, statuses) for _ in range(CONNECTIONS)))
        took = time.perf_counter() - begun
        return len(times) / took, statistics.quantiles(times, n=100)[98], statuses

    return asyncio.run(run())


def questions(headers: str = "", *, fixed: bool = False, salt: int = 0) -> Iterator[bytes]:
    """Yield HTTP requests for series of 120 points: a different company each time, or always the same."""
    for number in itertools.count(salt):
        company = 7 if fixed else number % COMPANIES
        path = f"/v1/series?metric=jobs_cut&by=month&company=c-{company:05}&since={SINCE}&until={UNTIL}"
        yield f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


def _etag(port: int) -> str:
    import httpx

    address = f"http://127.0.0.1:{port}/v1/series?metric=jobs_cut&by=month&company=c-00007&since={SINCE}&until={UNTIL}"
    return httpx.get(address, headers={"Host": "localhost"}).headers["etag"]


def measure_csv(port: int, process: psutil.Process) -> tuple[int, float, float, float]:
    """Stream all events as CSV; return rows, seconds, and the server's memory before and at most, in MB."""
    import httpx

    def rss() -> float:
        return float(process.memory_info().rss) / 2**20

    lines, most, before, begun, end = 0, 0.0, 0.0, time.perf_counter(), b""
    with httpx.stream("GET", f"http://127.0.0.1:{port}/v1/events?format=csv", timeout=120) as answer:
        for chunk in answer.iter_raw():
            seen = lines
            lines += chunk.count(b"\r\n") + (end + chunk[:1] == b"\r\n")
            end = chunk[-1:]
            if seen < 50_000 <= lines:
                before = rss()
            if lines // 20_000 != seen // 20_000:
                most = max(most, rss())
    return lines - 1, time.perf_counter() - begun, before, most


PAGES = {
    "overview": "/",
    "companies": "/companies",
    "company": "/companies/c-00007",
    "event": "",
    "explore": "/explore",
    "sources": "/sources",
    "about": "/about",
    "developers": "/developers",
}
VIEW_SECONDS, VIEW_BYTES = 1.0, 150_000


def measure_pages(port: int, process: psutil.Process) -> dict[str, tuple[float, float, float, int]]:
    """Open each page in Chromium as its first visitor.

    Return page → seconds to the first paint and to the end of loading, CPU seconds of the server, bytes transferred.
    """
    import httpx
    from playwright.sync_api import sync_playwright

    address = f"http://127.0.0.1:{port}"
    newest = httpx.get(f"{address}/v1/events?company=c-00007&limit=1", timeout=60).json()["data"][0]["id"]
    found: dict[str, tuple[float, float, float, int]] = {}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path in PAGES.items():
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            page = context.new_page()
            page.goto("about:blank")
            sizes: list[float] = []
            client = context.new_cdp_session(page)
            client.send("Network.enable")
            client.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
            before = process.cpu_times()
            page.goto(address + (path or f"/events/{newest}"), wait_until="networkidle")
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            paint, loaded = page.evaluate(
                "[performance.getEntriesByName('first-contentful-paint')[0].startTime, "
                "performance.getEntriesByType('navigation')[0].loadEventEnd]"
            )
            after = process.cpu_times()
            busy = after.user + after.system - before.user - before.system
            found[name] = (paint / 1000, loaded / 1000, busy, int(sum(sizes)))
            context.close()
        browser.close()
    return found


Promise = tuple[str, float, float, str]


def main() -> None:
    """Measure and print; exit 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", default="")
    parser.add_argument("--only", choices=["series", "csv", "pages"])
    parser.add_argument("--serve", choices=["api", "bare"])
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.store, asked.port)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = asked.store or str(Path(folder) / "bench.sqlite")
        if not Path(store).exists():
            begun = time.perf_counter()
            engine = sqlite_store(Path(store))
            prepare(engine)
            fill(engine, asked.events)
            settled(engine)
            engine.dispose()
            print(f"{asked.events:,} events over {COMPANIES:,} companies made in {time.perf_counter() - begun:.0f} s")
        print(f"{datetime.now(UTC):%F}, {os.cpu_count()} cores, store {Path(store).stat().st_size / 2**20:,.0f} MB")
        promises: list[Promise] = []
        if asked.only in (None, "pages"):
            promises += report_pages(store)
        if asked.only in (None, "csv"):
            promises += report_csv(store)
        if asked.only in (None, "series"):
            promises += report_series(store, asked.seconds, asked.rounds)
    short = False
    for name, value, bound, how in promises:
        kept = value >= bound if how == "at least" else value <= bound
        short |= not kept
        print(f"{'ok   ' if kept else 'SHORT'} {name}: {value:,.2f} ({how} {bound:,})")
    sys.exit(1 if short else 0)


def report_series(store: str, seconds: float, rounds: int) -> list[Promise]:
    """Measure the series endpoint beside the bare app."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    figures: dict[str, list[tuple[float, float]]] = {"bare": [], "api": [], "kept": [], "304": []}
    per_cpu: dict[str, list[float]] = {name: [] for name in figures}
    with served("bare", store) as (bare_port, bare_process), served("api", store) as (port, process):
        tag = f"If-None-Match: {_etag(port)}\r\n"
        for round_ in range(rounds):
            salt = round_ * 7_000
            for name, where, requests in (
                ("bare", bare_port, questions(salt=salt)),
                ("api", port, questions(salt=salt)),
                ("kept", port, questions(fixed=True)),
                ("304", port, questions(tag, fixed=True)),
            ):
                own = bare_process if name == "bare" else process
                before_cpu = own.cpu_times()
                rate, p99, statuses = load(where, requests, seconds)
                after_cpu = own.cpu_times()
                cpu = after_cpu.user + after_cpu.system - before_cpu.user - before_cpu.system
                per_cpu[name].append(sum(statuses.values()) / cpu)
                wanted = b"304" if name == "304" else b"200"
                assert set(statuses) == {wanted}, (name, statuses)
                figures[name].append((rate, p99))
                print(f"  round {round_ + 1}  {name:5} {rate:8,.0f} answers/s   p99 {p99 * 1000:7.1f} ms", flush=True)

    # the machine's pace drifts: ratios of the measurements of one round, and the middle one of the rounds
    def ratio(above: str, below: str, place: int) -> float:
        return statistics.median(a[place] / b[place] for a, b in zip(figures[above], figures[below], strict=True))

    by_cpu = statistics.median(a / b for a, b in zip(per_cpu["api"], per_cpu["bare"], strict=True))
    for name, busy in per_cpu.items():
        print(f"{name:5} {statistics.median(busy):8,.0f} answers per CPU second of the server")
    return [
        ("series, answers/s, ratio to bare", ratio("api", "bare", 0), 0.6, "at least"),
        ("series, answers per CPU second, ratio to bare", by_cpu, 0.6, "at least"),
        ("series, p99, ratio to bare", ratio("api", "bare", 1), 2.0, "at most"),
        ("kept answer, ratio to our own uncached", ratio("kept", "api", 0), 2.0, "at least"),
        ("304, ratio to our own uncached", ratio("304", "api", 0), 2.0, "at least"),
    ]


def report_csv(store: str) -> list[Promise]:
    """Measure the memory of a server that streams every event."""
    with served("api", store) as (port, process):
        rows, took, before, most = measure_csv(port, process)
    print(f"CSV: {rows:,} rows in {took:.1f} s, {rows / took:,.0f} rows/s, {before:.0f} MB, at most {most:.0f} MB")
    return [("CSV stream, memory at most / after 50,000 rows", most / before if before else 1.0, 1.1, "at most")]


def report_pages(store: str) -> list[Promise]:
    """Measure the first view of each page."""
    with served("api", store) as (port, process):
        pages = measure_pages(port, process)
    promises: list[Promise] = []
    for name, (paint, loaded, busy, size) in pages.items():
        seconds = f"first paint {paint:6.3f} s   loaded {loaded:6.3f} s   server's CPU {busy:6.3f} s"
        print(f"{name:10} {seconds}   {size:8,} bytes")
        promises.append((f"{name}: first view, s", max(paint, loaded), VIEW_SECONDS, "at most"))
        promises.append((f"{name}: first view, bytes", size, VIEW_BYTES, "at most"))
    return promises


if __name__ == "__main__":
    main()
