"""Jobs that run by the clock, each due time exactly once, however many clocks tick."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, false, func, not_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from storage.batches import batches
from storage.engine import reading, writing
from storage.tables import job_run

ABANDONED = timedelta(hours=1)
"""A run that started this long ago and never finished is taken for dead, and may be started again."""

AGAIN = timedelta(minutes=15)
"""How long after its end a run that failed may be started again: each try may cost as much as one that succeeds."""


def _free(now: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that a run which was started may be started again."""
    abandoned = job_run.c.finished_at.is_(None) & (job_run.c.started_at < now - ABANDONED)
    return abandoned | (job_run.c.outcome.like("failed%") & (job_run.c.finished_at < now - AGAIN))


def start(engine: Engine, job: str, due: str) -> bool:
    """Claim the run of a job for a due time, such as `2026-11-23`; false if another has it or has done it."""
    now = datetime.now(UTC)
    statement = insert(job_run).values(job=job, due=due, started_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=["job", "due"],
        set_={"started_at": now, "outcome": None, "finished_at": None},
        where=_free(now),
    )
    with writing(engine) as connection:
        return connection.execute(statement.returning(job_run.c.job)).first() is not None


def taken(engine: Engine, runs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of some (job, due time) that `start` would refuse: under way, done, or failed a moment ago."""
    found: set[tuple[str, str]] = set()
    query = select(job_run.c.job, job_run.c.due).where(not_(func.coalesce(_free(datetime.now(UTC)), false())))
    with reading(engine) as connection:
        for batch in batches(sorted(runs)):
            rows = connection.execute(query.where(tuple_(job_run.c.job, job_run.c.due).in_(batch)))
            found.update((row.job, row.due) for row in rows)
    return found


def ended(engine: Engine, runs: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return how those of some (job, due time) ended that did."""
    found: dict[tuple[str, str], str] = {}
    query = select(job_run.c.job, job_run.c.due, job_run.c.outcome).where(job_run.c.finished_at.is_not(None))
    with reading(engine) as connection:
        for batch in batches(sorted(runs)):
            rows = connection.execute(query.where(tuple_(job_run.c.job, job_run.c.due).in_(batch)))
            found.update(((row.job, row.due), row.outcome) for row in rows)
    return found


def finish(engine: Engine, job: str, due: str, outcome: str = "done") -> None:
    """Note how a run ended. One that begins with `failed` lets the run be started again, after a pause."""
    with writing(engine) as connection:
        connection.execute(
            update(job_run)
            .where(job_run.c.job == job, job_run.c.due == due)
            .values(finished_at=datetime.now(UTC), outcome=outcome)
        )


def mark(engine: Engine, job: str) -> None:
    """Note that a job that keeps no count of its runs has run now."""
    now = datetime.now(UTC)
    row = {"started_at": now, "finished_at": now, "outcome": "done"}
    statement = insert(job_run).values(job=job, due="", **row)
    with writing(engine) as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["job", "due"], set_=row))


def last(engine: Engine, job: str, *, succeeded: bool = False) -> tuple[str, datetime, str] | None:
    """Return the latest due time of a job that ended (or ended well), when it ended and how; null before the first."""
    query = select(job_run.c.due, job_run.c.finished_at, job_run.c.outcome)
    query = query.where(job_run.c.job == job, job_run.c.finished_at.is_not(None))
    if succeeded:
        query = query.where(job_run.c.outcome.not_like("failed%"))
    with reading(engine) as connection:
        row = connection.execute(query.order_by(job_run.c.due.desc()).limit(1)).first()
    return None if row is None else (row.due, row.finished_at, row.outcome)


def failing(engine: Engine, job: str) -> int:
    """Return for how many due times the last run of a job failed."""
    query = select(func.count()).where(job_run.c.job == job, job_run.c.outcome.like("failed%"))
    with reading(engine) as connection:
        return connection.execute(query.select_from(job_run)).scalar_one()
