"""Reading and writing versioned tables: what holds now or held at a time, and adding only what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, or_, select, update

from storage.batches import batches

INSTANT = timedelta(microseconds=1)


def held(table: Table, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Return the SQL condition that a row holds now, or held at a time."""
    if as_of is None:
        return table.c.known_until.is_(None)
    return and_(table.c.known_at <= as_of, or_(table.c.known_until.is_(None), table.c.known_until > as_of))


def close(connection: Connection, table: Table, keys: Sequence[str], known_at: datetime) -> None:
    """End what holds for these keys."""
    key = table.primary_key.columns[0]
    for batch in batches(sorted(keys)):
        connection.execute(
            update(table).where(key.in_(batch), table.c.known_until.is_(None)).values(known_until=known_at)
        )


def write(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], known_at: datetime) -> int:
    """Make rows hold from `known_at`; rows that hold already are left alone. Returns how many were written.

    Writes of one key must come in the order of time: `known_at` is moved on where it does not.
    """
    key = table.primary_key.columns[0]
    names = [column.name for column in table.columns if column.name not in ("known_at", "known_until")]
    written = 0
    for batch in batches(rows):
        found = {
            row._mapping[key]: row._mapping
            for row in connection.execute(select(table).where(key.in_([row[key.name] for row in batch]), held(table)))
        }
        changed = [
            row
            for row in batch
            if (old := found.get(row[key.name])) is None or any(old[name] != row[name] for name in names)
        ]
        if not changed:
            continue
        at = max([known_at, *(found[row[key.name]]["known_at"] + INSTANT for row in changed if row[key.name] in found)])
        close(connection, table, [row[key.name] for row in changed if row[key.name] in found], at)
        connection.execute(insert(table), [{**row, "known_at": at, "known_until": None} for row in changed])
        written += len(changed)
    return written
