"""The queue of truth: one row for each thing to do. A message only rings; who works takes a lease on rows.

Steps: `read` (key = page id), `reread` (key = `article id:revision`), `derive` (key = company key). A key is read once;
the other two are done again each time they are added. A row is finished in the transaction that writes its results.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.batches import batches
from storage.bulk import among, insert_new
from storage.engine import reading, writing
from storage.tables import work

Step = Literal["read", "reread", "derive"]
ONCE: tuple[Step, ...] = ("read",)
MAX_ATTEMPTS = 5
"""Leases after which a row that never finished is dead: whoever takes it seems to die of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadWork:
    """A row that was given up, and why."""

    step: str
    key: str
    attempts: int
    reason: str


def add(connection: Connection, step: Step, keys: Iterable[str], *, priority: int | Mapping[str, int] = 0) -> int:
    """Add things to do and return how many are new to do. Lower priority comes first; it may be given key by key.

    A `read` that is known, done or not, stays as it is. Other steps become pending again; one that is under way is
    done again after it ends.
    """
    now = datetime.now(UTC)
    added = 0
    for batch in batches(sorted(set(keys))):
        known: Collection[str] = ()
        if step in ONCE:
            query = select(work.c.key).where(work.c.step == step, among(connection, work.c.key, batch))
            known = set(connection.execute(query).scalars())
        rows: list[dict[str, Any]] = [
            {
                "step": step,
                "key": key,
                "priority": priority if isinstance(priority, int) else priority[key],
                "status": "pending",
                "attempts": 0,
                "again": False,
                "leased_until": None,
                "owner": None,
                "reason": None,
                "added_at": now,
            }
            for key in batch
            if key not in known
        ]
        if step in ONCE:
            insert_new(connection, work, rows)
            added += len(rows)
            continue
        statement = insert(work)
        is_leased = work.c.status == "leased"
        statement = statement.on_conflict_do_update(
            index_elements=["step", "key"],
            set_={
                "again": is_leased,
                "status": case((is_leased, "leased"), else_="pending"),
                "attempts": case((is_leased, work.c.attempts), else_=0),
                "reason": None,
                "priority": func.min(work.c.priority, statement.excluded.priority)
                if connection.dialect.name == "sqlite"
                else func.least(work.c.priority, statement.excluded.priority),
                "added_at": case((work.c.status == "pending", work.c.added_at), else_=now),
            },
            where=(work.c.status != "pending") | (work.c.priority > statement.excluded.priority),
        )
        added += len(connection.execute(statement.returning(work.c.key), rows).all())
    return added


def lease(
    engine: Engine,
    step: Step,
    limit: int,
    owner: str,
    seconds: float,
    *,
    keys: Sequence[str] | None = None,
    tried: bool | None = None,
) -> list[str]:
    """Take up to `limit` keys for `seconds`, the most urgent first, for nobody else to have meanwhile.

    `keys` takes only those of these that wait; `tried` only those that were, or were not, taken before.
    """
    now = datetime.now(UTC)
    waiting = select(work.c.key).where(work.c.step == step, work.c.status == "pending")
    if keys is not None:
        waiting = waiting.where(work.c.key.in_(keys))
    if tried is not None:
        waiting = waiting.where(work.c.attempts > 0 if tried else work.c.attempts == 0)
    wanted = (
        waiting.order_by(work.c.priority, work.c.added_at, work.c.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("wanted")
    )
    with writing(engine) as connection:
        rows = connection.execute(
            update(work)
            .where(work.c.step == step, work.c.key.in_(select(wanted.c.key)))
            .values(
                status="leased",
                attempts=work.c.attempts + 1,
                owner=owner,
                leased_until=now + timedelta(seconds=seconds),
            )
            .returning(work.c.key, work.c.priority, work.c.added_at)
        ).all()
    return [row.key for row in sorted(rows, key=lambda row: (row.priority, row.added_at, row.key))]


def pending(engine: Engine, step: Step, limit: int) -> list[str]:
    """Return up to `limit` keys that wait, the most urgent first, without taking them."""
    query = select(work.c.key).where(work.c.step == step, work.c.status == "pending")
    with reading(engine) as connection:
        ordered = query.order_by(work.c.priority, work.c.added_at, work.c.key).limit(limit)
        return list(connection.execute(ordered).scalars())


def any_waits(engine: Engine, step: Step, keys: Sequence[str]) -> bool:
    """Return whether any of these keys waits."""
    waits = (work.c.step == step, work.c.status == "pending", work.c.key.in_(keys))
    with reading(engine) as connection:
        return connection.execute(select(work.c.key).where(*waits).limit(1)).first() is not None


def owners(engine: Engine) -> list[str]:
    """Return who holds leases."""
    with reading(engine) as connection:
        query = select(work.c.owner).distinct().where(work.c.status == "leased", work.c.owner.is_not(None))
        return sorted(connection.execute(query).scalars())


def finish(connection: Connection, step: Step, keys: Collection[str]) -> None:
    """Mark keys as done, in the transaction that writes their results.

    A key whose lease ran out and that waits again stays so: what was done for it may be older than what it waits for.
    """
    for batch in batches(sorted(keys)):
        connection.execute(
            update(work)
            .where(work.c.step == step, work.c.key.in_(batch), work.c.status == "leased")
            .values(
                status=case((work.c.again, "pending"), else_="done"),
                attempts=0,
                again=False,
                leased_until=None,
                owner=None,
                reason=None,
            )
        )


def fail(
    connection: Connection, step: Step, keys: Collection[str], reason: str, max_attempts: int = MAX_ATTEMPTS
) -> None:
    """Give keys back after an error: pending again, or dead once tried `max_attempts` times."""
    if not reason:
        raise ValueError("work fails for a reason; give one")
    for batch in batches(sorted(keys)):
        connection.execute(
            update(work)
            .where(work.c.step == step, work.c.key.in_(batch), work.c.status == "leased")
            .values(
                status=case((work.c.attempts >= max_attempts, "dead"), else_="pending"),
                leased_until=None,
                owner=None,
                reason=reason,
            )
        )


def sweep(
    engine: Engine, *, now: datetime | None = None, max_attempts: int = MAX_ATTEMPTS, gone: Collection[str] = ()
) -> int:
    """Free the keys whose lease has run out, and those held by owners known to be `gone`; return how many.

    A key that was held `max_attempts` times is dead: whoever takes it seems to die of it.
    """
    with writing(engine) as connection:
        rows = connection.execute(
            update(work)
            .where(
                work.c.status == "leased",
                or_(work.c.leased_until <= (now or datetime.now(UTC)), work.c.owner.in_(gone)),
            )
            .values(
                status=case((work.c.attempts >= max_attempts, "dead"), else_="pending"),
                leased_until=None,
                reason=func.coalesce(work.c.reason, "its lease ran out: the worker died or was too slow"),
                owner=None,
            )
            .returning(work.c.key)
        ).all()
    return len(rows)


def dead(engine: Engine, step: Step | None = None) -> list[DeadWork]:
    """Return what was given up, in order of step and key."""
    query = select(work.c.step, work.c.key, work.c.attempts, work.c.reason).where(work.c.status == "dead")
    if step is not None:
        query = query.where(work.c.step == step)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(work.c.step, work.c.key)).all()
    return [DeadWork(step=row.step, key=row.key, attempts=row.attempts, reason=row.reason) for row in rows]


def retry(engine: Engine, step: Step | None = None, keys: Sequence[str] | None = None) -> int:
    """Make dead work pending again, all of it or the named keys, and return how many rows that was."""
    statement = (
        update(work)
        .where(work.c.status == "dead")
        .values(status="pending", attempts=0, again=False)
        .returning(work.c.key)
    )
    if step is not None:
        statement = statement.where(work.c.step == step)
    if keys is not None:
        statement = statement.where(work.c.key.in_(list(keys)))
    with writing(engine) as connection:
        return len(connection.execute(statement).all())


STEPS: tuple[Step, ...] = ("read", "reread", "derive")
UNDONE = ("pending", "leased", "dead")


def counts(engine: Engine) -> dict[str, dict[str, int]]:
    """Return step → status → number of rows; every status of every step, zeros too."""
    return _counts(engine, (*UNDONE, "done"))


def undone(engine: Engine) -> dict[str, dict[str, int]]:
    """Return step → status → number of rows, those that are done left out: its time does not grow with the ledger."""
    return _counts(engine, UNDONE)


def _counts(engine: Engine, statuses: Sequence[str]) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = {step: dict.fromkeys(statuses, 0) for step in STEPS}
    query = select(work.c.step, work.c.status, func.count()).group_by(work.c.step, work.c.status)
    with reading(engine) as connection:
        rows = connection.execute(query.where(work.c.step.in_(STEPS), work.c.status.in_(statuses)))
        for step, status, count in rows:
            result[step][status] = count
    return result
