"""How fast the whole way is: archive file → stored events, in one process and through Celery. Ratios within one run.

Run by `python -m bench.service [ARTICLES]`. Prints one JSON object. Every figure is CPU seconds or wall seconds of this
run on this machine; only the ratios are worth keeping.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from nlp.reader import Reader
from storage import work
from storage.engine import open_store
from storage.migrations import migrate
from tests.service_run import write_articles
from workers import children, steps
from workers.broker import Broker


def _store(folder: Path, articles: Path) -> Any:
    engine = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    migrate(engine)
    steps.collect_files(engine, [articles])
    return engine


def in_process(folder: Path, articles: Path, reader: Reader) -> float:
    """Return the wall seconds of reading and reconciling everything in this process."""
    engine = _store(folder, articles)
    begun = time.perf_counter()
    while steps.extract(engine, reader).done:
        pass
    while steps.reconcile(engine).companies:
        pass
    return time.perf_counter() - begun


def rereading(folder: Path, reader: Reader) -> float:
    """Return the wall seconds of reading every stored article again and keeping that on trial."""
    engine = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    with steps.reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT article_id, revision FROM reading WHERE known_until IS NULL").all()
    steps.transaction(engine, lambda c: work.add(c, "reread", [f"{row[0]}:{row[1]}" for row in rows]))
    begun = time.perf_counter()
    while steps.reread(engine, reader).done:
        pass
    return time.perf_counter() - begun


def through_celery(folder: Path, articles: Path, processes: int) -> float:
    """Return the wall seconds from the first page read to the last event, by a real worker behind a real broker."""
    engine = _store(folder, articles)
    environment = {
        **os.environ,
        "NEWSLEDGER_DATA_DIR": str(folder),
        "NEWSLEDGER_DATABASE_URL": str(engine.url),
        "NEWSLEDGER_PROCESSES": str(processes),
        "NEWSLEDGER_TICK_SECONDS": "2",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    ring = "from workers import steps, tasks; tasks.tick.delay()"
    with Broker(folder):
        log = (folder / "worker.log").open("wb")
        worker = children.start(
            [sys.executable, "-m", "celery", "-A", "workers.tasks", "worker", "-B", "--loglevel", "ERROR"],
            env=environment,
            cwd=folder,
            output=log,
            stop_signal=signal.SIGKILL,
        )
        try:
            subprocess.run([sys.executable, "-c", ring], env=environment, check=True)
            begun = 0.0
            while True:
                counts = work.counts(engine)
                if not begun and counts["read"]["pending"] < sum(counts["read"].values()):
                    begun = time.perf_counter()
                waiting = sum(counts[step][status] for step in ("read", "derive") for status in ("pending", "leased"))
                if waiting == 0:
                    return time.perf_counter() - begun
                time.sleep(0.05)
        finally:
            worker.kill()
            worker.wait()
            log.close()


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    reader = Reader()
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        write_articles(articles, count)
        places = [Path(folder) / name for name in ("alone", "one", "two")]
        for place in places:
            place.mkdir()
        alone = in_process(places[0], articles, reader)
        again = rereading(places[0], reader)
        one = through_celery(places[1], articles, 1)
        two = through_celery(places[2], articles, 2)
    print(
        json.dumps(
            {
                "articles": count,
                "load": os.getloadavg()[0],
                "in_process_per_second": round(count / alone, 1),
                "reread_per_second": round(count / again, 1),
                "celery_one_process_per_second": round(count / one, 1),
                "celery_two_processes_per_second": round(count / two, 1),
                "celery_to_in_process": round(alone / one, 3),
                "two_to_one": round(one / two, 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
