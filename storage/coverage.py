"""Which days the ledger was watching: a day without coverage is a gap, not a day without news."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, select

from storage.calendar import bounds
from storage.tables import source, source_day


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days, in order, on which at least one live source answered."""

    days: tuple[str, ...]
    _by_period: dict[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def of(self, period: str) -> tuple[int, int]:
        """Return how many days of a period were covered, and how many it has."""
        found = self._by_period.get(period)
        if found is None:
            first, after = bounds(period)
            low, high = (bisect_left(self.days, day.isoformat()) for day in (first, after))
            found = self._by_period[period] = (high - low, (after - first).days)
        return found


def coverage(connection: Connection, *, until: date | None = None) -> Coverage:
    """Return the days covered by live sources, those the catalogue does not exclude, to before `until`."""
    query = (
        select(source_day.c.day)
        .distinct()
        .join(source, source.c.id == source_day.c.source_id)
        .where(source_day.c.failed_runs < source_day.c.runs, source.c.excluded.is_(None))
        .order_by(source_day.c.day)
    )
    if until is not None:
        query = query.where(source_day.c.day < until.isoformat())
    return Coverage(tuple(connection.execute(query).scalars()))


def covered(days: Iterable[str]) -> Coverage:
    """Return the coverage made up of these ISO days."""
    return Coverage(tuple(sorted(set(days))))
