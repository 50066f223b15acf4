"""Worker hosts in networks of their own, with PostgreSQL and Redis on another; one of them is cut off."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import work
from storage.engine import open_store
from storage.migrations import migrate
from tests.hosts import NoHostsError, hosts
from tests.service_run import write_articles
from workers import steps

pytestmark = [pytest.mark.long, pytest.mark.fault, pytest.mark.timeout(900)]
ARTICLES = 600


def idle(store: Engine) -> bool:
    counts = work.counts(store)
    return all(counts[step][status] == 0 for step in ("read", "derive") for status in ("pending", "leased"))


def test_a_host_that_is_cut_off_loses_nothing(tmp_path: Path, account: Callable[[Engine, int], None]) -> None:
    try:
        with hosts() as made:
            made.fresh()
            store = open_store(made.url)
            migrate(store)
            write_articles(tmp_path / "articles.jsonl", ARTICLES)
            steps.collect_files(store, [tmp_path / "articles.jsonl"])
            for name in ("one", "two"):
                made.start(name, clock=name == "one", LEASE_SECONDS="20", READ_BATCH="10")

            def wait(done: Callable[[], bool], seconds: float, what: str) -> None:
                until = time.monotonic() + seconds
                while not done():
                    assert time.monotonic() < until, f"{what}: {work.counts(store)}\n{made.logs()}"
                    time.sleep(0.1)

            def holders() -> set[str]:
                return {owner.split(":")[0].rsplit("-", 1)[1] for owner in work.owners(store)}

            wait(lambda: holders() == {"one", "two"}, 300, "both hosts at work")
            while "two" not in holders():
                pass
            made.cut_off("two")
            cut_at = work.counts(store)["read"]
            assert cut_at["done"] < ARTICLES
            wait(
                lambda: all(
                    work.counts(store)[s][status] == 0 for s in ("read", "derive") for status in ("pending", "leased")
                ),
                400,
                "all read without it",
            )
            made.join("two")  # what it was at comes late, and changes nothing
            time.sleep(5)
            assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": ARTICLES, "dead": 0}
            account(store, ARTICLES)
            store.dispose()
    except NoHostsError as error:
        pytest.skip(f"no hosts of their own here: {error}")
