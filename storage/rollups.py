"""What one event adds to each metric, and the sums by company and month that follow every change of an event.

An event is placed in the period its date is sure of: a month (`2026-03`), or where less is known a quarter
(`2026-Q1`), a year (`2026`), or `undated`. So a month's sum never takes in an event that may lie outside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, tuple_

from storage.batches import batches
from storage.bulk import add_rows
from storage.tables import METRIC_COLUMNS, company_month, total_month

UNDATED = "undated"
NOT_COUNTED_STAGES = ("denied", "cancelled")
ZERO = (0,) * len(METRIC_COLUMNS)

Sums = dict[tuple[str, str], list[int]]
"""(company id, period) → one number for each of METRIC_COLUMNS."""


def period_of(date: str | None, precision: str | None) -> str:
    """Return the month, or the longer period, that a date of this precision surely lies in."""
    if date is None or precision is None:
        return UNDATED
    if precision == "quarter":
        return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"
    return date[:7]  # of a year, the year


def contribution(event: Mapping[str, Any]) -> tuple[int, ...]:
    """Return what an event, given by its columns, adds to each of METRIC_COLUMNS.

    Only whole happenings count: no parts of a total, no running totals, no guidance that a newer one replaced. Denied
    and cancelled ones count as that and nothing else. Money spent (`booked`) stands apart from money announced.
    """
    if event["scope"] != "total" or event["superseded_by"] is not None:
        return ZERO
    if event["stage"] in NOT_COUNTED_STAGES:
        return _sums(denied_events=1)
    if event["type"] == "layoff":
        jobs = event["count"]
        low, high = event["count_low"], event["count_high"]
        cited = int(event["ai_cited"])
        return _sums(
            layoff_events=1,
            jobs_cut=jobs or 0,
            jobs_cut_low=(jobs or 0) if low is None else low,
            jobs_cut_high=(jobs or 0) if high is None else high,
            percent_only_events=int(jobs is None and event["percent"] is not None),
            ai_cited_events=cited,
            ai_cited_jobs=cited * (jobs or 0),
        )
    dollars = event["amount_usd"] or 0
    if event["basis"] == "booked":
        direction = "ai_usd_booked"
    else:
        direction = "ai_usd_in" if event["kind"] == "funding" else "ai_usd_out"
    unconverted = int(event["amount"] is not None and event["amount_usd"] is None)
    return _sums(ai_events=1, unconverted_events=unconverted, **{direction: dollars})


def _sums(**values: int) -> tuple[int, ...]:
    return tuple(values.get(name, 0) for name in METRIC_COLUMNS)


def add_up(events: Iterable[Mapping[str, Any]], sign: int, into: Sums) -> Sums:
    """Add events (`sign` 1) to sums, or take them away (−1)."""
    for event in events:
        numbers = contribution(event)
        if numbers is ZERO:
            continue
        key = (event["company_id"], period_of(event["date"], event["date_precision"]))
        held = into.get(key)
        if held is None:
            into[key] = [sign * number for number in numbers]
        else:
            for place, number in enumerate(numbers):
                held[place] += sign * number
    return into


def apply(connection: Connection, changes: Sums) -> None:
    """Add changes to the roll-ups; a sum that nothing is left of goes. In the order of keys, so that no two block."""
    changed = {key: numbers for key, numbers in sorted(changes.items()) if any(numbers)}
    if not changed:
        return
    totals: dict[str, list[int]] = {}
    for (_, period), numbers in changed.items():
        held = totals.setdefault(period, list(ZERO))
        for place, number in enumerate(numbers):
            held[place] += number
    add_rows(connection, company_month, [(*key, *numbers) for key, numbers in changed.items()], METRIC_COLUMNS)
    add_rows(
        connection, total_month, [(period, *numbers) for period, numbers in sorted(totals.items())], METRIC_COLUMNS
    )
    less = [key for key, numbers in changed.items() if min(numbers) < 0]
    for keys in batches(less):
        of_company = tuple_(company_month.c.company_id, company_month.c.period).in_(keys)
        connection.execute(delete(company_month).where(of_company, _nothing_left(company_month)))
    for periods in batches(sorted({period for _, period in less})):
        connection.execute(delete(total_month).where(total_month.c.period.in_(periods), _nothing_left(total_month)))


def _nothing_left(table: Table) -> ColumnElement[bool]:
    return and_(*(table.c[name] == 0 for name in METRIC_COLUMNS))
