"""Whether the service lasts: `chaos` kills processes of it at random, `soak` watches it live for half an hour.

    python -m bench.endurance chaos --articles 50000 --store sqlite        (or postgresql: with Redis on a port)
    python -m bench.endurance soak --minutes 30 --rate 5

Each prints one JSON object. `chaos` reads the same articles twice, undisturbed and with a kill -9 of a random process
of the tree (the service itself, its worker and their children, clock, HTTP, broker; the store's own processes where
it is PostgreSQL) every 20 s, and compares: every article accounted for, events equal. A supervisor that was killed is
started again, as systemd would. `soak` serves the sample newsroom, which publishes so many articles a second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from sample import server
from storage import sources, work
from storage.engine import open_store, reading
from storage.metrics import exposition
from tests.conftest import PostgreSQL, postgresql_binaries
from tests.servers import Redis, kill
from tests.service_run import Running, told, write_articles


def memory(processes: list[psutil.Process]) -> float:
    """Return the memory that processes hold, in MB: what they share is counted once.

    Without the pages of files that are mapped, such as libraries: who shares these changes with what else runs here.
    """
    held = 0
    for process in processes:
        with suppress(OSError):
            told = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
            held += sum(int(kb) for kb in re.findall(r"^Pss_(?:Anon|Shmem): +(\d+) kB", told, re.MULTILINE))
    return round(held * 1024 / 1e6, 1)


def handles(processes: list[psutil.Process]) -> int:
    """Return how many files and sockets processes hold open."""
    held = 0
    for process in processes:
        with suppress(psutil.Error):
            held += process.num_fds()
    return held


@contextmanager
def production(folder: Path) -> Iterator[tuple[dict[str, str], PostgreSQL, Redis]]:
    """Start PostgreSQL and Redis, and yield the settings that name them."""
    binaries = postgresql_binaries()
    if binaries is None:
        sys.exit("PostgreSQL is not installed (no initdb under /usr/lib/postgresql or on the PATH)")
    with (
        tempfile.TemporaryDirectory(prefix="newsledger-pg-", ignore_cleanup_errors=True) as place,
        ExitStack() as stack,
    ):
        Path(place).chmod(0o755)
        store = PostgreSQL(Path(place), binaries)
        stack.callback(store.stop)
        queue = Redis(folder / "redis").start()
        stack.callback(queue.stop)
        yield {"DATABASE_URL": store.new_database(), "BROKER_URL": queue.url}, store, queue


def chaos_run(
    folder: Path, articles: int, store: str, *, every: float, seed: int, seconds: float
) -> tuple[dict[str, Any], list[tuple[object, ...]]]:
    """Read all articles, with a kill every so many seconds (0: none); return what was seen, and the events."""
    folder.mkdir()
    write_articles(folder / "articles.jsonl", articles)
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    with ExitStack() as stack:
        settings: dict[str, str] = {"TICK_SECONDS": "5"}
        queue: Redis | None = None
        database: PostgreSQL | None = None
        if store == "postgresql":
            found, database, queue = stack.enter_context(production(folder))
            settings |= found
        service = Running(folder, settings)
        collected = service.command("collect", "articles.jsonl")
        if collected.returncode:
            sys.exit(collected.stderr)
        engine = open_store(service.url)
        stack.callback(engine.dispose)
        service.start()
        begun, samples = time.monotonic(), []
        next_kill = begun + every if every else float("inf")
        try:
            while True:
                time.sleep(0.5)
                now = time.monotonic()
                assert service.process is not None
                if service.process.poll() is not None:
                    service.start()
                if queue is not None and queue.process is not None and queue.process.poll() is not None:
                    queue.start()
                with suppress(Exception):  # the store may be away just now
                    counts = work.counts(engine)
                    if not samples or now - samples[-1][0] > 5:
                        samples.append((now, counts["read"]["done"], memory(service.tree())))
                        print(round(now - begun), *samples[-1][1:], sum(killed.values()), file=sys.stderr, flush=True)
                    rest = sum(counts[s][status] for s in ("read", "derive") for status in ("pending", "leased"))
                    if rest == 0 and counts["read"]["done"]:
                        break
                if now > begun + seconds:
                    break
                if now >= next_kill and len(service.named("worker")) > 1:  # a service that still starts is spared
                    next_kill = now + every
                    victims = service.tree() + ([psutil.Process(queue.process.pid)] if queue and queue.process else [])
                    if database is not None:
                        victims += postgresql_children(database)
                    victim = chance.choice(victims)
                    with suppress(psutil.Error):
                        killed[role(victim)] += 1
                        kill(victim.pid)
            took = time.monotonic() - begun
            retried = work.retry(engine)
            while retried and not service.all_done():
                time.sleep(1)
            counts = work.counts(engine)
            last = memory(service.tree())
        finally:
            service.stop()
        events = told(service)
        doubled = [c for c, n in Counter(c for e in service.events() for c in e.claim_ids).items() if n > 1]
        done = counts["read"]["done"]
        steps = range(articles // 5, articles + 1, articles // 5)
        held = {step: next((mb for _, count, mb in samples if count >= step), None) for step in steps}
        report = {
            "articles": articles, "read": done, "dead": counts["read"]["dead"], "lost": articles - done,
            "given_up_for_a_time": retried, "claims_in_two_events": len(doubled), "events": len(events),
            "kills": sum(killed.values()), "killed": dict(killed), "seconds": round(took, 1),
            "articles_per_second": round(done / took, 1), "memory_mb_after_each_fifth": held, "memory_mb_at_end": last,
            "memory_mb_most": max((mb for _, _, mb in samples), default=0),
        }  # fmt: skip
        return report, events


def role(process: psutil.Process) -> str:
    """Return in a word what a process of the service is."""
    line = " ".join(process.cmdline())
    for word in ("beat", "worker", "serve", "valkey", "postgres"):
        if word in line:
            child = (
                word == "worker"
                and process.parent() is not None
                and "worker" in " ".join((process.parent() or process).cmdline())
            )
            return "worker child" if child else word
    return "service" if line.endswith(" run") else process.name()


def postgresql_children(database: PostgreSQL) -> list[psutil.Process]:
    """Return the processes of a PostgreSQL server that serve its clients and its files, not the one above them."""
    with suppress(OSError, ValueError, psutil.Error):
        postmaster = int((database.folder / "data" / "postmaster.pid").read_text().split()[0])
        return psutil.Process(postmaster).children()
    return []


def chaos(arguments: argparse.Namespace) -> dict[str, Any]:
    """Compare a disturbed run with an undisturbed one."""
    with tempfile.TemporaryDirectory(prefix="newsledger-chaos-") as place:
        calm, expected = chaos_run(
            Path(place) / "calm", arguments.articles, arguments.store, every=0, seed=0, seconds=arguments.seconds
        )
        print(json.dumps({"undisturbed": calm}), file=sys.stderr, flush=True)
        wild, found = chaos_run(
            Path(place) / "wild",
            arguments.articles,
            arguments.store,
            every=arguments.every,
            seed=arguments.seed,
            seconds=arguments.seconds,
        )
    return {
        "store": arguments.store,
        "load": os.getloadavg()[0],
        "undisturbed": calm,
        "disturbed": wild,
        "events_equal": found == expected,
    }


def soak(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the service live on the sample newsroom; return what grew, and how late events were."""
    with tempfile.TemporaryDirectory(prefix="newsledger-soak-") as place, ExitStack() as stack:
        folder = Path(place)
        opened = time.time()
        address, stop = server.start(rate=arguments.rate)
        stack.callback(stop)
        service = Running(folder, {"TICK_SECONDS": "10", "CONTACT": "soak@example.org"})
        service.command("migrate")
        engine = open_store(service.url)
        stack.callback(engine.dispose)
        sources.save(engine, server.sources(address))
        service.start()
        samples: list[dict[str, float]] = []
        try:
            until = time.monotonic() + 60 * arguments.minutes
            while time.monotonic() < until:
                time.sleep(15)
                assert service.process is not None
                if service.process.poll() is not None:
                    sys.exit(service.logs())
                with suppress(Exception):
                    counts = work.counts(engine)
                    tree = service.tree()
                    samples.append(
                        {
                            "second": round(time.time() - opened),
                            "published": int((time.time() - opened) * arguments.rate),
                            "read": counts["read"]["done"],
                            "waiting": counts["read"]["pending"] + counts["read"]["leased"],
                            "memory_mb": memory(tree),
                            "handles": handles(tree),
                            "processes": len(tree),
                            "load": os.getloadavg()[0],
                        }
                    )
                    print(json.dumps(samples[-1]), file=sys.stderr, flush=True)
            late = latencies(engine, opened, arguments.rate)
            dead = work.counts(engine)["read"]["dead"]
            text = exposition(engine).decode()
        finally:
            service.stop()
    third = max(1, len(samples) // 3)
    middle, last = samples[third : 2 * third], samples[-third:]
    mean = {name: [round(statistics.mean(s[name] for s in part), 1) for part in (middle, last)] for name in samples[0]}
    return {
        "minutes": arguments.minutes,
        "articles_published_per_second": arguments.rate,
        "articles_read": samples[-1]["read"],
        "dead": dead,
        "middle_and_last_third": {
            name: mean[name] for name in ("memory_mb", "handles", "waiting", "processes", "load")
        },
        "publication_to_event_seconds": late,
        "metrics_served": text.count("\nnewsledger_"),
    }


def latencies(engine: Any, opened: float, rate: float) -> dict[str, Any]:
    """Return of the events of generated articles how many seconds each part of their way took, from publication on."""
    query = (
        "SELECT a.url, a.fetched_at, a.known_at, e.minted_at FROM event_id e JOIN article a ON a.id = e.article_id "
        "WHERE a.url LIKE '%generated-%' AND a.revision = 1"
    )
    ways: dict[str, list[float]] = {"to_fetched": [], "to_read": [], "to_event": [], "in_all": []}
    with reading(engine) as connection:
        for url, *moments in connection.exec_driver_sql(query):
            number = int(str(url).rsplit("generated-", 1)[1].split("/")[0].split(".")[0])
            published = opened + (number + 1) / rate
            fetched, read, event = (datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() for at in moments)
            for part, took in zip(
                ways, (fetched - published, read - fetched, event - read, event - published), strict=True
            ):
                ways[part].append(took)
    told = {"events": len(ways["in_all"])}
    return told | {
        part: {f"p{p}": round(sorted(took)[p * len(took) // 100], 1) for p in (50, 95)}
        for part, took in ways.items()
        if took
    }


def main() -> None:
    """Run what is asked for, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m bench.endurance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("chaos")
    one.add_argument("--articles", type=int, default=50_000)
    one.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    one.add_argument("--every", type=float, default=20, help="seconds between two kills")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--seconds", type=float, default=7200, help="when to give up a run")
    other = commands.add_parser("soak")
    other.add_argument("--minutes", type=float, default=30)
    other.add_argument("--rate", type=float, default=5.0, help="articles published a second")
    arguments = parser.parse_args()
    print(json.dumps(chaos(arguments) if arguments.command == "chaos" else soak(arguments), indent=2))


if __name__ == "__main__":
    main()
