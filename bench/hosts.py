"""How much faster two worker hosts are than one, each in a network of its own, with PostgreSQL and Redis on a third.

Run by `python -m bench.hosts [ARTICLES]`, as root. Prints one JSON object: articles per second of one host and of two
(one process each), and where the processor time went. All three hosts share this machine's cores, so the ratio cannot
pass `most_that_the_cores_allow`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from bench.service import seconds_of_work
from storage.engine import open_store
from storage.migrations import migrate
from tests.hosts import Hosts, NoHostsError, hosts
from tests.service_run import write_articles
from workers import steps


def used(process: psutil.Process) -> float:
    """Return the CPU seconds of a process so far, with those of its children that ended."""
    with suppress(psutil.Error):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def spent(made: Hosts) -> dict[str, float]:
    """Return the CPU seconds so far of the processes that read and derive, of PostgreSQL and of Redis."""
    postmaster = psutil.Process(int((made.store.folder / "data" / "postmaster.pid").read_text().split()[0]))
    assert made.queue.process is not None
    readers = [child for worker in made.workers.values() for child in psutil.Process(worker.pid).children()]
    return {
        "readers": sum(map(used, readers)),
        "postgresql": sum(map(used, [postmaster, *postmaster.children()])),
        "redis": used(psutil.Process(made.queue.process.pid)),
    }


def rate(made: Hosts, articles: Path, count: int, names: Sequence[str]) -> dict[str, Any]:
    """Read and derive all articles on some hosts; return how fast, and the CPU seconds of each part."""
    made.fresh()
    engine = open_store(made.url)
    migrate(engine)
    for name in names:
        made.start(name, clock=name == names[0])
    while not all(psutil.Process(worker.pid).children() for worker in made.workers.values()):
        time.sleep(0.2)
    time.sleep(5)  # all have loaded their models and wait
    before = spent(made)
    steps.collect_files(engine, [articles])
    seconds = seconds_of_work(engine)
    after = spent(made)
    made.stop()
    engine.dispose()
    return {
        "articles_per_second": round(count / seconds, 1),
        "seconds": round(seconds, 1),
        "cpu_seconds": {part: round(value - before[part], 1) for part, value in after.items()},
    }


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        write_articles(articles, count)
        try:
            with hosts() as made:
                one = rate(made, articles, count, ["one"])
                two = rate(made, articles, count, ["one", "two"])
        except NoHostsError as error:
            sys.exit(f"no hosts of their own here: {error}")
    busy = sum(two["cpu_seconds"].values())
    cores = os.cpu_count() or 1
    print(
        json.dumps(
            {
                "articles": count,
                "cores": cores,
                "load": os.getloadavg()[0],
                "one_host": one,
                "two_hosts": two,
                "two_to_one": round(two["articles_per_second"] / one["articles_per_second"], 3),
                "most_that_the_cores_allow": round(one["seconds"] * cores / busy, 3),
                "cores_in_use": round(busy / two["seconds"], 2),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
