"""Faults of the broker, of the link to it, and of the clock, with the whole service running. Run by `make faults`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from newsledger.model import Source
from storage import jobs, sources
from storage.engine import open_store
from tests.servers import Proxy, Redis
from tests.service_run import ROOT, Running, told, told_step_by_step, write_articles

ARTICLES = 400

pytestmark = [pytest.mark.long, pytest.mark.fault, pytest.mark.timeout(1200)]
Account = Callable[[Engine, int], None]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path / "redis").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    return told_step_by_step(tmp_path_factory.mktemp("calm"), ARTICLES)


def begun(folder: Path, broker_url: str) -> Running:
    """A service that has read its first articles."""
    service = Running(folder, {"READ_BATCH": "10", "BROKER_URL": broker_url})
    write_articles(folder / "articles.jsonl", ARTICLES)
    assert service.command("collect", "articles.jsonl").returncode == 0
    service.start()
    service.await_(lambda: service.counts()["read"]["done"] > 20, 300, "reading")
    assert service.counts()["read"]["done"] < ARTICLES - 50, "too fast to be disturbed: more articles, please"
    return service


def ended(service: Running, account: Account, undisturbed: list[tuple[object, ...]]) -> None:
    service.await_(service.all_done, 400, "all articles read")
    assert told(service) == undisturbed
    store = open_store(service.url)
    account(store, ARTICLES)
    store.dispose()


def test_a_flushed_broker_costs_only_time(
    tmp_path: Path, queue: Redis, account: Account, undisturbed: list[tuple[object, ...]]
) -> None:
    service = begun(tmp_path, queue.url)
    try:
        with queue.client() as client:
            client.flushall()
        ended(service, account, undisturbed)
    finally:
        service.stop()


def test_a_broker_that_is_down_while_pages_come_in_is_not_missed(
    tmp_path: Path, queue: Redis, account: Account, undisturbed: list[tuple[object, ...]]
) -> None:
    queue.kill()
    service = Running(tmp_path, {"READ_BATCH": "10", "BROKER_URL": queue.url})
    write_articles(tmp_path / "articles.jsonl", ARTICLES)
    code = (
        "import sys, pathlib; from workers import tasks, steps; from storage.migrations import migrate\n"
        "migrate(tasks.store()); print(steps.collect_files(tasks.store(), [pathlib.Path(sys.argv[1])], "
        "ring=tasks.ring_read).new)"
    )
    at = time.monotonic()
    publishing = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "articles.jsonl")],
        env=service.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert publishing.returncode == 0, publishing.stderr
    assert publishing.stdout.splitlines()[-1] == str(ARTICLES)
    assert "not_rung" in publishing.stdout + publishing.stderr
    assert time.monotonic() - at < 60, "nobody waits for a broker that is not there"
    service.start()
    try:
        time.sleep(5)
        queue.start()
        ended(service, account, undisturbed)
    finally:
        service.stop()


def test_a_broker_killed_and_started_again_in_the_middle(
    tmp_path: Path, queue: Redis, account: Account, undisturbed: list[tuple[object, ...]]
) -> None:
    service = begun(tmp_path, queue.url)
    try:
        queue.kill()
        time.sleep(5)
        queue.start()
        ended(service, account, undisturbed)
    finally:
        service.stop()


def test_a_link_that_swallows_bytes_deafens_nobody_for_good(
    tmp_path: Path, queue: Redis, account: Account, undisturbed: list[tuple[object, ...]]
) -> None:
    link = Proxy(queue.port)
    service = begun(tmp_path, f"redis://127.0.0.1:{link.port}/0")
    try:
        link.dead = True  # what is open goes dead and stays so
        time.sleep(3)
        link.dead = False  # who asks anew is heard
        ended(service, account, undisturbed)
        assert link.swallowed > 0
    finally:
        service.stop()
        link.close()


def test_sigterm_under_load_stops_in_time_and_the_next_start_goes_on(
    tmp_path: Path, queue: Redis, account: Account, undisturbed: list[tuple[object, ...]]
) -> None:
    service = begun(tmp_path, queue.url)
    try:
        assert service.process is not None
        tree = service.tree()
        at = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(30) == 0
        assert time.monotonic() - at < 15
        assert psutil.wait_procs(tree, 5)[1] == []
        assert service.counts()["read"]["done"] < ARTICLES
        service.start()
        ended(service, account, undisturbed)
    finally:
        service.stop()


def test_a_clock_killed_and_doubled_runs_each_job_once(tmp_path: Path, queue: Redis) -> None:
    service = Running(tmp_path, {"BROKER_URL": queue.url}).start()
    others: list[subprocess.Popen[bytes]] = []
    try:
        service.await_(lambda: len(service.named("worker")) > 1, 300, "the worker")
        store = open_store(service.url)

        def ticked() -> object:
            return jobs.last(store, "tick")

        service.await_(lambda: ticked() is not None, 120, "a tick")
        service.named("beat")[0].kill()
        before = ticked()
        service.await_(lambda: ticked() != before, 120, "a tick of the next clock")
        for _ in range(2):
            command = [sys.executable, "-m", "celery", "-A", "workers.tasks", "beat", "--pidfile", ""]
            others.append(subprocess.Popen(command, env=service.environment(), cwd=ROOT, stderr=subprocess.DEVNULL))
        # nobody listens there: the crawl fails at once, and is not made again before its next time
        mill = Source(
            id="mill",
            name="Mill",
            kind="news",
            spider="feed",
            urls=("http://127.0.0.1:9/x",),
            every_minutes=1,
            allow_private=("127.0.0.1:9",),
            sample=True,
        )
        sources.save(store, [mill])
        time.sleep(100)
        with store.connect() as connection:
            slots = connection.exec_driver_sql("SELECT count(*) FROM job_run WHERE job = 'collect:mill'").scalar_one()
            runs = connection.exec_driver_sql("SELECT sum(runs) FROM source_day WHERE source_id = 'mill'").scalar_one()
        assert slots in (2, 3)
        assert slots - 1 <= runs <= slots, "three clocks, one crawl for each time"
        store.dispose()
    finally:
        for other in others:
            other.kill()
            other.wait()
        service.stop()
