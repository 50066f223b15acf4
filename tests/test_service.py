"""The service as one process tree: what dies is started again, nothing is lost or doubled, nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from storage.engine import open_store
from tests.service_run import Running, told, told_step_by_step, write_articles

ARTICLES = 500

pytestmark = pytest.mark.timeout(900)
"""A busy machine takes its time; nothing here measures it but the stop."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """The events of the articles, read step by step by the commands."""
    return told_step_by_step(tmp_path_factory.mktemp("calm"), ARTICLES)


@pytest.mark.fault
def test_killed_workers_and_broker_lose_no_article_and_double_no_event(
    tmp_path: Path, undisturbed: list[tuple[object, ...]], account: Callable[[Engine, int], None]
) -> None:
    service = Running(tmp_path, {"READ_BATCH": "20"})
    write_articles(tmp_path / "articles.jsonl", ARTICLES)
    assert service.command("collect", "articles.jsonl").returncode == 0
    service.start()
    try:
        service.await_(lambda: service.counts()["read"]["done"] > 20, 300, "reading")
        worker, *children = service.named("worker")
        children[0].kill()  # a child in the middle of a page
        time.sleep(1)
        worker.kill()  # the whole worker
        service.await_(lambda: bool({p.pid for p in service.named("worker")} - {worker.pid}), 300, "a new worker")
        assert psutil.wait_procs(children, 10)[1] == [], "children of a killed worker"
        service.await_(lambda: service.counts()["read"]["done"] > 150, 300, "reading on")
        (broker,) = service.named("valkey")
        broker.kill()
        service.await_(service.all_done, 300, "all articles read")
        assert service.counts()["read"]["done"] == ARTICLES
        assert service.counts()["read"]["dead"] == 0
        assert service.command("reconcile").returncode == 0
        assert told(service) == undisturbed
        store = open_store(service.url)
        account(store, ARTICLES)
        store.dispose()
    finally:
        took = service.stop()
    assert took < 10


@pytest.mark.fault
def test_it_refuses_a_second_instance_and_leaves_no_orphan(tmp_path: Path) -> None:
    service = Running(tmp_path).start()
    try:
        service.await_(lambda: len(service.named("worker")) > 1, 300, "the worker")
        second = service.command("run")
        assert second.returncode == 1
        assert "already runs" in second.stderr
        assert str(service.process and service.process.pid) in second.stderr
        own, *children = service.tree()
        assert len(children) >= 4
        own.kill()
        assert service.process is not None
        service.process.wait()
        alive = psutil.wait_procs(children, 10)[1]
        assert alive == []
        # nothing it left behind hinders the next one
        service.start()
        service.await_(lambda: len(service.named("worker")) > 1, 300, "the worker")
    finally:
        took = service.stop()
    assert took < 10


def test_passwords_are_not_logged(tmp_path: Path) -> None:
    """Store and broker do not answer, so whatever speaks of them speaks of an error; at the most talkative level."""
    (tmp_path / "secrets").mkdir()
    for name, scheme, where in (("database", "postgresql", "newsledger"), ("broker", "redis", "0")):
        secret = tmp_path / "secrets" / f"newsledger_{name}_url"
        secret.write_text(f"{scheme}://newsledger:whispered@127.0.0.1:9/{where}")
    environment = Running(tmp_path).environment() | {
        "PYTHONUNBUFFERED": "1",
        "NEWSLEDGER_SECRETS_DIR": str(tmp_path / "secrets"),
    }
    celery = (sys.executable, "-m", "celery", "-A", "workers.tasks")
    for command in (
        (sys.executable, "-m", "newsledger.cli", "health"),
        (sys.executable, "-m", "newsledger.cli", "migrate"),
        (sys.executable, "-m", "newsledger.cli", "run"),
        (*celery, "beat", "--loglevel", "DEBUG", "--pidfile", ""),
        (*celery, "worker", "--loglevel", "DEBUG", "-Q", "crawl"),
    ):
        path = tmp_path / "log"
        with path.open("wb") as log:
            process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
        until = time.monotonic() + 120
        while process.poll() is None and b"refused" not in path.read_bytes() and time.monotonic() < until:
            time.sleep(0.2)
        process.kill()
        process.wait()
        told_ = path.read_bytes() + b"".join(log.read_bytes() for log in tmp_path.glob("ledger/logs/*.log"))
        assert b"refused" in told_, (command, told_)
        assert b"whispered" not in told_, command
