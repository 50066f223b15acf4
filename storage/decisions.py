"""What people decided about companies and events: added, taken back by a later one, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from newsledger.model import Decision
from storage.tables import decision

FIELDS = tuple(field.name for field in fields(Decision))


def save(connection: Connection, decisions: Iterable[Decision]) -> int:
    """Keep decisions and return how many were new. Saving one again is harmless.

    Raises IntegrityError for one that revokes an unknown decision.
    """
    new = 0
    for entry in decisions:
        row = {name: getattr(entry, name) for name in FIELDS} | {"values": dict(entry.values)}
        statement = insert(decision).values(row).on_conflict_do_nothing().returning(decision.c.id)
        new += connection.execute(statement).first() is not None
    return new


def load(connection: Connection, *, as_of: datetime | None = None) -> list[Decision]:
    """Return all decisions by time and id, revoked ones and those that revoke them included."""
    query = select(decision).order_by(decision.c.at, decision.c.id)
    if as_of is not None:
        query = query.where(decision.c.at <= as_of)
    return [Decision(**row) for row in connection.execute(query).mappings()]
