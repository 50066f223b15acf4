"""Which days the ledger was watching: a day without coverage is a gap, not a day without news."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, select

from storage.calendar import bounds
from storage.tables import source, source_day

MOST_ASKED = 64
"""Times whose coverage is kept at hand."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days, in order, on which at least one live source answered."""

    days: tuple[str, ...]
    _asked: dict[tuple[str, ...], tuple[tuple[int, ...], tuple[int, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def of(self, period: str) -> tuple[int, int]:
        """Return how many days of a period were covered, and how many it has."""
        first, after = bounds(period)
        low, high = (bisect_left(self.days, day.isoformat()) for day in (first, after))
        return high - low, (after - first).days

    def of_each(self, periods: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return how many days of each period were covered, and how many each has. What is asked often is kept."""
        found = self._asked.get(periods)
        if found is None:
            if len(self._asked) >= MOST_ASKED:
                self._asked.clear()
            covered, days = zip(*map(self.of, periods), strict=True)
            found = self._asked[periods] = covered, days
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
