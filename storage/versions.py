"""Reading and writing versioned tables: what holds now or held at a time, and adding only what changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, or_, select, update

from storage.batches import batches

INSTANT = timedelta(microseconds=1)


def held(table: Table, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Return the SQL condition that a row holds now, or held at a time."""
    if as_of is None:
        return table.c.known_until.is_(None)
    return and_(table.c.known_at <= as_of, or_(table.c.known_until.is_(None), table.c.known_until > as_of))


def close(connection: Connection, table: Table, keys: Collection[str], known_at: datetime) -> datetime:
    """End what holds for these keys, at `known_at`, or just after it began where that is later; return when."""
    key = table.primary_key.columns[0]
    at = known_at
    for batch in batches(sorted(keys)):
        newest = select(func.max(table.c.known_at)).where(key.in_(batch), held(table))
        began = connection.execute(newest).scalar_one()
        if began is not None:
            at = max(at, began + INSTANT)
    for batch in batches(sorted(keys)):
        connection.execute(update(table).where(key.in_(batch), held(table)).values(known_until=at))
    return at


def write(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], known_at: datetime) -> int:
    """Make rows hold from `known_at`; rows that hold already are left alone. Returns how many were written."""
    key = table.primary_key.columns[0]
    names = [column.name for column in table.columns if column.name not in ("known_at", "known_until")]
    written = 0
    for batch in batches(rows):
        wanted = key.in_([row[key.name] for row in batch])
        found = {
            row._mapping[key]: row._mapping for row in connection.execute(select(table).where(wanted, held(table)))
        }
        changed = [
            row
            for row in batch
            if (old := found.get(row[key.name])) is None or any(old[name] != row[name] for name in names)
        ]
        if changed:
            at = close(connection, table, [row[key.name] for row in changed if row[key.name] in found], known_at)
            connection.execute(insert(table), [{**row, "known_at": at, "known_until": None} for row in changed])
        written += len(changed)
    return written


def successor(connection: Connection, table: Table, id_: str) -> str | None:
    """Return the id that a merged one leads to in the end, by the table's `successor`; null where it leads nowhere."""
    found, seen = None, {id_}
    while True:
        asked = select(table.c.successor).where(table.c.id == (found or id_), held(table))
        following = connection.execute(asked).scalar_one_or_none()
        if following is None or following in seen:
            return found
        found = following
        seen.add(following)
