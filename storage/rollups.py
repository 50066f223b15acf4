"""What one event adds to each metric, and the sums by company, kind and month that follow every change of an event.

An event is placed in the period its date is sure of: a month (`2026-03`), or where less is known a quarter
(`2026-Q1`), a year (`2026`), or `undated`. So a month's sum never takes in an event that may lie outside it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Subquery,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
)

from storage.batches import batches
from storage.bulk import add_rows
from storage.columns import Whole
from storage.tables import METRIC_COLUMNS, PAIR_COLUMNS, company_month, company_quarter, event, kind_month
from storage.versions import held

UNDATED = "undated"
NOT_COUNTED_STAGES = ("denied", "cancelled")
ZERO = (0,) * len(METRIC_COLUMNS)
DENIED = tuple(int(name == "denied_events") for name in METRIC_COLUMNS)

Sums = dict[tuple[str, str, str], tuple[int, ...]]
"""(company id, kind, period) → one number for each of METRIC_COLUMNS."""

_paired: Callable[[Sequence[int]], tuple[int, ...]] = operator.itemgetter(*map(METRIC_COLUMNS.index, PAIR_COLUMNS))


def period_of(date: str | None, precision: str | None) -> str:
    """Return the month, or the longer period, that a date of this precision surely lies in."""
    if date is None or precision is None:
        return UNDATED
    if precision == "quarter":
        return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"
    return date[:7]  # of a year, the year


def quarter_of(period: str) -> str:
    """Return the quarter a roll-up's period lies in; empty where it lies in none for sure."""
    if len(period) != 7 or period == UNDATED:
        return ""
    return period if "Q" in period else f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"


@dataclass(slots=True)  # not frozen: that takes longer to make
class Counted:
    """The columns of an event that decide what it adds to the sums."""

    company_id: str
    type: str
    kind: str
    basis: str | None
    scope: str
    superseded_by: str | None
    stage: str
    count: int | None
    count_low: int | None
    count_high: int | None
    percent: float | None
    amount: int | None
    amount_usd: int | None
    date: str | None
    date_precision: str | None
    ai_cited: bool


COUNTED = tuple(field.name for field in fields(Counted))


def contribution(entry: Counted) -> tuple[int, ...]:
    """Return what an event adds to each of METRIC_COLUMNS.

    Only whole happenings count: no parts of a total, no running totals, no guidance that a newer one replaced. Denied
    and cancelled ones count as that and nothing else. Money spent (`booked`) stands apart from money announced.
    """
    if entry.scope != "total" or entry.superseded_by is not None:
        return ZERO
    if entry.stage in NOT_COUNTED_STAGES:
        return DENIED
    if entry.type == "layoff":
        jobs = entry.count or 0
        low = jobs if entry.count_low is None else entry.count_low
        high = jobs if entry.count_high is None else entry.count_high
        percent_only = int(entry.count is None and entry.percent is not None)
        cited = int(entry.ai_cited)
        return 1, jobs, low, high, percent_only, cited, cited * jobs, 0, 0, 0, 0, 0, 0
    dollars = entry.amount_usd or 0
    unconverted = int(entry.amount is not None and entry.amount_usd is None)
    if entry.basis == "booked":
        out, in_, booked = 0, 0, dollars
    else:
        out, in_, booked = (0, dollars, 0) if entry.kind == "funding" else (dollars, 0, 0)
    return 0, 0, 0, 0, 0, 0, 0, 1, out, in_, booked, unconverted, 0


def contribution_sql(*, include_denied: bool = False) -> dict[str, ColumnElement[int]]:
    """Return metric → what one row of `event` adds to it, in SQL: the same as `contribution`."""
    whole = and_(event.c.scope == "total", event.c.superseded_by.is_(None))
    denied = event.c.stage.in_(NOT_COUNTED_STAGES)
    counted = whole if include_denied else and_(whole, ~denied)
    cut = and_(counted, event.c.type == "layoff")
    money = and_(counted, event.c.type == "ai_investment")
    booked = func.coalesce(event.c.basis, "") == "booked"
    jobs = func.coalesce(event.c["count"], 0)
    dollars = func.coalesce(event.c.amount_usd, 0)

    def given(condition: ColumnElement[bool], value: Any = 1) -> ColumnElement[int]:
        return case((condition, value), else_=0)

    return {
        "layoff_events": given(cut),
        "jobs_cut": given(cut, jobs),
        "jobs_cut_low": given(cut, func.coalesce(event.c.count_low, jobs)),
        "jobs_cut_high": given(cut, func.coalesce(event.c.count_high, jobs)),
        "percent_only_events": given(and_(cut, event.c["count"].is_(None), event.c.percent.is_not(None))),
        "ai_cited_events": given(and_(cut, event.c.ai_cited)),
        "ai_cited_jobs": given(and_(cut, event.c.ai_cited), jobs),
        "ai_events": given(money),
        "ai_usd_out": given(and_(money, ~booked, event.c.kind != "funding"), dollars),
        "ai_usd_in": given(and_(money, ~booked, event.c.kind == "funding"), dollars),
        "ai_usd_booked": given(and_(money, booked), dollars),
        "unconverted_events": given(and_(money, event.c.amount.is_not(None), event.c.amount_usd.is_(None))),
        "denied_events": given(and_(whole, denied)),
    }


def period_sql() -> ColumnElement[str]:
    """Return the SQL of the period an event's date is sure of: a day, month, quarter, year, or `undated`."""
    month = cast(func.substr(event.c.date, 6, 2), Integer)
    quarter = func.substr(event.c.date, 1, 4).concat("-Q").concat(cast((month + 2) // 3, Text))
    return case(
        (event.c.date.is_(None), UNDATED), (event.c.date_precision == "quarter", quarter), else_=event.c.date
    ).label("period")


def add_up(events: Iterable[Counted], sign: int, into: Sums) -> Sums:
    """Add events (`sign` 1) to sums, or take them away (−1)."""
    change = operator.add if sign > 0 else operator.sub
    for entry in events:
        numbers = contribution(entry)
        if numbers is ZERO:
            continue
        key = (entry.company_id, entry.kind, period_of(entry.date, entry.date_precision))
        into[key] = tuple(map(change, into.get(key, ZERO), numbers))
    return into


def apply(connection: Connection, changes: Sums) -> None:
    """Add changes to the roll-ups; a sum that nothing is left of goes. In the order of keys, so that no two block."""
    months: dict[tuple[str, str], tuple[int, ...]] = {}
    quarters: dict[tuple[str, str], tuple[int, ...]] = {}
    kinds: dict[tuple[str, str], tuple[int, ...]] = {}
    nothing = (0,) * len(PAIR_COLUMNS)
    for (company_id, kind, period), numbers in changes.items():
        for sums, key in ((months, (company_id, period)), (kinds, (kind, period))):
            sums[key] = tuple(map(operator.add, sums.get(key, ZERO), numbers))
    for (company_id, period), numbers in months.items():
        key = (company_id, quarter_of(period))
        quarters[key] = tuple(map(operator.add, quarters.get(key, nothing), _paired(numbers)))
    for table, sums in ((company_month, months), (company_quarter, quarters), (kind_month, kinds)):
        _add(connection, table, {key: numbers for key, numbers in sorted(sums.items()) if any(numbers)})


def _add(connection: Connection, table: Table, changes: Mapping[Any, tuple[int, ...]]) -> None:
    rows = [(*key, *numbers) for key, numbers in changes.items()]
    added = tuple(column.name for column in table.columns if not column.primary_key)
    add_rows(connection, table, rows, added)
    less = [key for key, numbers in changes.items() if min(numbers) < 0]
    for keys in batches(less):
        of_keys = tuple_(*table.primary_key.columns).in_(keys)
        connection.execute(delete(table).where(of_keys, and_(*(table.c[name] == 0 for name in added))))


def month_sums(as_of: datetime | None = None, by: str = "company_id") -> Subquery:
    """Return the SQL of sums by company, or another column of events, and month as the events that hold now, or held
    at a time, give them.
    """
    parts = contribution_sql()
    day_or_longer = period_sql()
    period = case((func.length(day_or_longer) == 10, func.substr(day_or_longer, 1, 7)), else_=day_or_longer)
    numbers = (parts[name].label(name) for name in METRIC_COLUMNS)
    each = select(event.c[by], period.label("period"), *numbers).where(held(event, as_of)).subquery()
    sums = [cast(func.sum(each.c[name]), Whole).label(name) for name in METRIC_COLUMNS]
    rows = select(each.c[by], each.c.period, *sums).group_by(each.c[by], each.c.period).subquery()
    return select(rows).where(or_(*(rows.c[name] != 0 for name in METRIC_COLUMNS))).subquery()


def quarter_sql(period: ColumnElement[str]) -> ColumnElement[str]:
    """Return the SQL of the quarter a roll-up's period lies in: the same as `quarter_of`."""
    month = cast(func.substr(period, 6, 2), Integer)
    return case(
        (or_(func.length(period) != 7, period == UNDATED), ""),
        (period.like("%Q%"), period),
        else_=func.substr(period, 1, 4).concat("-Q").concat(cast((month + 2) // 3, Text)),
    )


def rebuild(connection: Connection) -> None:
    """Make the roll-ups anew from all events that hold."""
    for made in (company_month, company_quarter, kind_month):
        connection.execute(delete(made))
    fill_months(connection, company_month, "company_id")
    fill_months(connection, kind_month, "kind")
    keys = {"company_id": company_month.c.company_id, "quarter": quarter_sql(company_month.c.period)}
    sums = {name: func.sum(company_month.c[name]) for name in PAIR_COLUMNS}
    something = or_(*(total != 0 for total in sums.values()))
    quarters = select(*keys.values(), *sums.values()).group_by(*keys.values()).having(something)
    connection.execute(insert(company_quarter).from_select([*keys, *sums], quarters))


def fill_months(connection: Connection, table: Table, by: str) -> None:
    """Fill an empty roll-up by a column of events and month with the sums of the events that hold."""
    rows = month_sums(by=by)
    connection.execute(insert(table).from_select([c.name for c in rows.c], select(rows)))
