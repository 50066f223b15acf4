"""The service as one process tree: what dies is started again, nothing is lost or doubled, nothing is left behind."""

from __future__ import annotations

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
