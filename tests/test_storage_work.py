"""The queue: leases, repeats, dead letters, and workers that die."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from storage import jobs, work
from storage.engine import writing


def add(store: Engine, step: work.Step, *keys: str, priority: int = 0) -> int:
    with writing(store) as connection:
        return work.add(connection, step, keys, priority=priority)


def finish(store: Engine, step: work.Step, *keys: str) -> None:
    with writing(store) as connection:
        work.finish(connection, step, keys)


def test_each_key_goes_to_one_worker_urgent_ones_first(store: Engine) -> None:
    assert add(store, "read", "b", "a") == 2
    assert add(store, "read", "c", priority=-1) == 1
    assert add(store, "read", "a", "b") == 0
    assert work.lease(store, "read", 2, "one", 60) == ["c", "a"]
    assert work.lease(store, "read", 2, "two", 60) == ["b"]
    assert work.lease(store, "read", 2, "two", 60) == []
    finish(store, "read", "a", "b", "c")
    assert add(store, "read", "a") == 0, "a page is read once"
    assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": 3, "dead": 0}


@pytest.mark.fault
def test_many_workers_share_without_overlap(store: Engine) -> None:
    keys = [f"k{number:03}" for number in range(200)]
    add(store, "read", *keys)

    def take(owner: int) -> list[str]:
        taken: list[str] = []
        while got := work.lease(store, "read", 7, str(owner), 60):
            taken += got
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [key for part in pool.map(take, range(6)) for key in part]
    assert sorted(taken) == keys


def test_a_company_touched_while_it_is_derived_is_derived_again(store: Engine) -> None:
    add(store, "derive", "acme")
    assert work.lease(store, "derive", 5, "one", 60) == ["acme"]
    assert add(store, "derive", "acme") == 1
    assert work.lease(store, "derive", 5, "two", 60) == [], "not by two at once"
    finish(store, "derive", "acme")
    assert work.lease(store, "derive", 5, "two", 60) == ["acme"]
    finish(store, "derive", "acme")
    assert work.lease(store, "derive", 5, "two", 60) == []
    assert add(store, "derive", "acme") == 1
    assert work.lease(store, "derive", 5, "two", 60) == ["acme"]


@pytest.mark.fault
def test_failing_work_is_tried_again_then_dead_with_its_reason(store: Engine) -> None:
    add(store, "read", "bad")
    for attempt in range(3):
        assert work.lease(store, "read", 1, "one", 60) == ["bad"], attempt
        with writing(store) as connection:
            work.fail(connection, "read", ["bad"], f"no title, try {attempt}", 3)
    assert work.lease(store, "read", 1, "one", 60) == []
    [given_up] = work.dead(store)
    assert (given_up.key, given_up.attempts, given_up.reason) == ("bad", 3, "no title, try 2")
    assert work.retry(store, keys=["other"]) == 0
    assert work.retry(store) == 1
    assert work.lease(store, "read", 1, "one", 60) == ["bad"]


@pytest.mark.fault
def test_lease_of_a_dead_worker_runs_out(store: Engine) -> None:
    add(store, "read", "page")
    later = datetime.now(UTC) + timedelta(seconds=61)
    for _ in range(work.MAX_ATTEMPTS):
        assert work.lease(store, "read", 1, "one", 60) == ["page"]
        assert work.sweep(store) == 0
        assert work.sweep(store, now=later) == 1
    [given_up] = work.dead(store)
    assert "lease ran out" in given_up.reason, "a page that kills its reader does not kill for ever"


def test_a_worker_known_to_be_gone_holds_nothing(store: Engine) -> None:
    add(store, "read", "a", "b", "c")
    assert work.lease(store, "read", 2, "killed", 600) == ["a", "b"]
    assert work.lease(store, "read", 1, "alive", 600) == ["c"]
    assert work.owners(store) == ["alive", "killed"]
    assert work.sweep(store, gone=["killed"]) == 2
    assert work.pending(store, "read", 10) == ["a", "b"]
    assert work.owners(store) == ["alive"]


def test_named_keys_are_taken_and_tried_ones_apart(store: Engine) -> None:
    add(store, "read", "a", "b", "c", "d")
    assert work.lease(store, "read", 1, "killed", 600, keys=["b"]) == ["b"]
    assert work.sweep(store, gone=["killed"]) == 1
    assert work.lease(store, "read", 9, "one", 60, keys=["a", "b", "z"], tried=False) == ["a"]
    assert work.lease(store, "read", 9, "one", 60, keys=["a", "b", "z"], tried=True) == ["b"]
    assert work.pending(store, "read", 1) == ["c"]


@pytest.mark.fault
def test_a_late_finish_does_not_hide_newer_work(store: Engine) -> None:
    add(store, "derive", "acme")
    work.lease(store, "derive", 1, "slow", 60)
    work.sweep(store, gone=["slow"])
    finish(store, "derive", "acme")
    assert work.pending(store, "derive", 1) == ["acme"]


@pytest.mark.fault
def test_results_and_finish_are_one(store: Engine) -> None:
    add(store, "read", "page")
    work.lease(store, "read", 1, "one", 60)
    try:
        with writing(store) as connection:
            work.finish(connection, "read", ["page"])
            raise RuntimeError("crash before commit")
    except RuntimeError:
        pass
    assert work.counts(store)["read"]["leased"] == 1


@pytest.mark.fault
def test_each_due_time_of_a_job_runs_once(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: jobs.start(store, "export", "2026-03-01"), range(4))) == [False] * 3 + [True]
    jobs.finish(store, "export", "2026-03-01")
    assert not jobs.start(store, "export", "2026-03-01")
    assert jobs.start(store, "export", "2026-03-02")
    runs = [("export", f"2026-03-0{day}") for day in (1, 2, 3)]
    assert jobs.taken(store, runs) == set(runs[:2])
    jobs.finish(store, "export", "2026-03-02", "failed: too few rows")
    assert jobs.ended(store, runs) == {runs[0]: "done", runs[1]: "failed: too few rows"}
    assert jobs.failing(store, "export") == 1
    assert (jobs.last(store, "export") or "")[0] == "2026-03-02"
    assert (jobs.last(store, "export", succeeded=True) or "")[0] == "2026-03-01"
    assert jobs.taken(store, runs) == set(runs[:2]), "a failed run is not tried again at once"
    assert not jobs.start(store, "export", "2026-03-02")
    monkeypatch.setattr(jobs, "AGAIN", timedelta(0))
    assert jobs.taken(store, runs) == set(runs[:1])
    assert jobs.start(store, "export", "2026-03-02"), "a failed run may be tried again"
    last = jobs.last(store, "export")
    assert last is not None
    assert last[0] == "2026-03-01"
