"""Periods of time as text: days, ISO weeks, months, quarters and years, and what lies in them."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "year"]
"""Length of the periods of a series; written 2026-03-14, 2026-W11, 2026-03, 2026-Q1 and 2026."""


def period_of_day(day: date, grain: Grain) -> str:
    """Return the period that a day lies in."""
    match grain:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case "month":
            return f"{day.year:04}-{day.month:02}"
        case "quarter":
            return f"{day.year:04}-Q{(day.month + 2) // 3}"
        case "year":
            return f"{day.year:04}"


@lru_cache(maxsize=65536)
def bounds(period: str) -> tuple[date, date]:
    """Return the first day of a period and the day after its last. Raises ValueError for text that names none."""
    try:
        if "W" in period:
            first = date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
            return first, first + timedelta(days=7)
        if "Q" in period:
            year, month, months = int(period[:4]), int(period[6:]) * 3 - 2, 3
        elif len(period) == 4:
            year, month, months = int(period), 1, 12
        elif len(period) == 7:
            year, month, months = int(period[:4]), int(period[5:]), 1
        else:
            first = date.fromisoformat(period)
            return first, first + timedelta(days=1)
        last = month + months - 1
        return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1]) + timedelta(days=1)
    except ValueError as error:
        raise ValueError(f"{period!r} is no period; write 2026-03-14, 2026-W11, 2026-03, 2026-Q1 or 2026") from error


@lru_cache(maxsize=65536)
def place(period: str, grain: Grain) -> str | None:
    """Return the period of a grain that surely holds a shorter or equal one; null where it may reach beyond it."""
    try:
        first, after = bounds(period)
    except ValueError:
        return None
    found = period_of_day(first, grain)
    return found if found == period_of_day(after - timedelta(days=1), grain) else None


@lru_cache(maxsize=256)
def spans(since: date, until: date, grain: Grain) -> tuple[tuple[str, ...], tuple[date, ...], tuple[date, ...]]:
    """Return the periods that `periods` yields, the first day of each, and the day after the last of each."""
    found = tuple(periods(since, until, grain))
    first, after = zip(*map(bounds, found), strict=True)
    return found, first, after


def periods(since: date, until: date, grain: Grain) -> Iterator[str]:
    """Yield the periods from the one of `since` to the one that holds the day before `until`."""
    day = bounds(period_of_day(since, grain))[0]
    while day < until:
        period = period_of_day(day, grain)
        yield period
        day = bounds(period)[1]
