"""The sources as the store knows them, and their health by day: what was asked, what came, what was dropped and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, Engine, case, func, select
from sqlalchemy.dialects.postgresql import insert

from newsledger.model import Source
from storage.engine import reading, writing
from storage.tables import drop_day, source, source_day

FIELDS = tuple(field.name for field in fields(Source))
LISTS = ("urls", "allow_private")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One look at a source, in numbers: addresses attempted, bodies fetched, unchanged ones, pages delivered."""

    source_id: str
    at: datetime
    attempted: int = 0
    fetched: int = 0
    unchanged: int = 0
    delivered: int = 0
    dropped: Mapping[str, int]
    """Reason → number of addresses."""
    robots: str | None = None
    newest: datetime | None = None
    """The newest publication time the source listed."""
    retry_at: datetime | None = None
    error: str | None = None
    """Why the run as a whole failed; null for one that ended well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """What became of a source on one day (UTC). `empty_runs` answered well and had nothing to read."""

    source_id: str
    day: str
    runs: int
    failed_runs: int
    empty_runs: int
    attempted: int
    fetched: int
    unchanged: int
    delivered: int
    robots: str | None
    last_error: str | None
    last_run_at: datetime
    newest: datetime | None
    retry_at: datetime | None
    dropped: Mapping[str, int]
    """Reason → number, of collecting and extracting together."""


def save(engine: Engine, sources: Iterable[Source]) -> None:
    """Make the store know these sources, as the catalogue now describes them."""
    with writing(engine) as connection:
        for entry in sources:
            row = {name: getattr(entry, name) for name in FIELDS}
            row.update({name: list(row[name]) for name in LISTS})
            statement = insert(source).values(row)
            changed = {name: statement.excluded[name] for name in FIELDS if name != "id"}
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))


def load(engine: Engine) -> list[Source]:
    """Return all sources the store knows, by id."""
    with reading(engine) as connection:
        rows = connection.execute(select(source).order_by(source.c.id)).mappings().all()
    return [Source(**{**row, **{name: tuple(row[name]) for name in LISTS}}) for row in rows]


def names(connection: Connection) -> dict[str, str]:
    """Return source id → name."""
    return {row.id: row.name for row in connection.execute(select(source.c.id, source.c.name))}


def any_sample(connection: Connection) -> bool:
    """Return whether any source's news is made up."""
    return connection.execute(select(source.c.id).where(source.c.sample).limit(1)).first() is not None


def record(engine: Engine, run: Run) -> None:
    """Add a run to its source's day."""
    day = run.at.date().isoformat()
    empty = run.error is None and run.fetched + run.unchanged > 0 and run.delivered + run.unchanged <= 1
    row = {
        "source_id": run.source_id,
        "day": day,
        "runs": 1,
        "failed_runs": int(run.error is not None),
        "empty_runs": int(empty and run.newest is None),
        "attempted": run.attempted,
        "fetched": run.fetched,
        "unchanged": run.unchanged,
        "delivered": run.delivered,
        "robots": run.robots,
        "last_error": run.error,
        "last_run_at": run.at,
        "newest": run.newest,
        "retry_at": run.retry_at,
    }
    with writing(engine) as connection:
        statement = insert(source_day).values(row)
        new = statement.excluded
        added = ("runs", "failed_runs", "empty_runs", "attempted", "fetched", "unchanged", "delivered")
        changed = {name: source_day.c[name] + new[name] for name in added}
        changed |= {name: func.coalesce(new[name], source_day.c[name]) for name in ("robots", "last_error")}
        changed |= {"last_run_at": new.last_run_at, "retry_at": new.retry_at}
        later = (source_day.c.newest.is_(None)) | (new.newest > source_day.c.newest)
        changed["newest"] = case((later, func.coalesce(new.newest, source_day.c.newest)), else_=source_day.c.newest)
        connection.execute(statement.on_conflict_do_update(index_elements=["source_id", "day"], set_=changed))
        count_drop(connection, run.source_id, day, "collect", run.dropped)


def count_drop(connection: Connection, source_id: str, day: str, stage: str, dropped: Mapping[str, int]) -> None:
    """Add to the drops of a source and day, by reason; `stage` is collect or extract."""
    for reason, count in sorted(dropped.items()):
        statement = insert(drop_day).values(source_id=source_id, day=day, stage=stage, reason=reason, count=count)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["source_id", "day", "stage", "reason"],
                set_={"count": drop_day.c["count"] + statement.excluded["count"]},
            )
        )


def health(engine: Engine, since: str, until: str | None = None) -> list[SourceDay]:
    """Return the days of all sources from `since` to before `until` (ISO dates), by source and day."""
    days = select(source_day).where(source_day.c.day >= since)
    drops = select(drop_day).where(drop_day.c.day >= since)
    if until is not None:
        days, drops = days.where(source_day.c.day < until), drops.where(drop_day.c.day < until)
    dropped: dict[tuple[str, str], dict[str, int]] = {}
    with reading(engine) as connection:
        for row in connection.execute(drops.order_by(drop_day.c.reason)):
            reasons = dropped.setdefault((row.source_id, row.day), {})
            reasons[row.reason] = reasons.get(row.reason, 0) + row._mapping["count"]
        rows = connection.execute(days.order_by(source_day.c.source_id, source_day.c.day)).mappings().all()
    return [SourceDay(**row, dropped=dropped.get((row["source_id"], row["day"]), {})) for row in rows]
