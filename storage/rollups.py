"""What one event adds to each metric, and the sums by company and month that follow every change of an event.

An event is placed in the period its date is sure of: a month (`2026-03`), or where less is known a quarter
(`2026-Q1`), a year (`2026`), or `undated`. So a month's sum never takes in an event that may lie outside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from storage.tables import METRIC_COLUMNS, company_month, event, total_month
from storage.versions import held

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


def quarter_of(period: str) -> str:
    """Return the quarter a roll-up's period lies in; empty where it lies in none for sure."""
    if len(period) != 7 or period == UNDATED:
        return ""
    return period if "Q" in period else f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"


def contribution(entry: Mapping[str, Any]) -> tuple[int, ...]:
    """Return what an event, given by its columns, adds to each of METRIC_COLUMNS.

    Only whole happenings count: no parts of a total, no running totals, no guidance that a newer one replaced. Denied
    and cancelled ones count as that and nothing else. Money spent (`booked`) stands apart from money announced.
    """
    if entry["scope"] != "total" or entry["superseded_by"] is not None:
        return ZERO
    if entry["stage"] in NOT_COUNTED_STAGES:
        return _sums(denied_events=1)
    if entry["type"] == "layoff":
        jobs = entry["count"]
        low, high = entry["count_low"], entry["count_high"]
        cited = int(entry["ai_cited"])
        return _sums(
            layoff_events=1,
            jobs_cut=jobs or 0,
            jobs_cut_low=(jobs or 0) if low is None else low,
            jobs_cut_high=(jobs or 0) if high is None else high,
            percent_only_events=int(jobs is None and entry["percent"] is not None),
            ai_cited_events=cited,
            ai_cited_jobs=cited * (jobs or 0),
        )
    dollars = entry["amount_usd"] or 0
    if entry["basis"] == "booked":
        direction = "ai_usd_booked"
    else:
        direction = "ai_usd_in" if entry["kind"] == "funding" else "ai_usd_out"
    unconverted = int(entry["amount"] is not None and entry["amount_usd"] is None)
    return _sums(ai_events=1, unconverted_events=unconverted, **{direction: dollars})


def _sums(**values: int) -> tuple[int, ...]:
    return tuple(values.get(name, 0) for name in METRIC_COLUMNS)


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


def add_up(events: Iterable[Mapping[str, Any]], sign: int, into: Sums) -> Sums:
    """Add events (`sign` 1) to sums, or take them away (−1)."""
    for entry in events:
        numbers = contribution(entry)
        if numbers is ZERO:
            continue
        key = (entry["company_id"], period_of(entry["date"], entry["date_precision"]))
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
    add_rows(
        connection,
        company_month,
        [(company, quarter_of(period), period, *numbers) for (company, period), numbers in changed.items()],
        METRIC_COLUMNS,
    )
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


def month_sums(as_of: datetime | None = None) -> Subquery:
    """Return the SQL of the rows of `company_month` as the events that hold now, or held at a time, give them."""
    parts = contribution_sql()
    day_or_longer = period_sql()
    period = case((func.length(day_or_longer) == 10, func.substr(day_or_longer, 1, 7)), else_=day_or_longer)
    numbers = (parts[name].label(name) for name in METRIC_COLUMNS)
    each = select(event.c.company_id, period.label("period"), *numbers).where(held(event, as_of)).subquery()
    sums = [cast(func.sum(each.c[name]), Whole).label(name) for name in METRIC_COLUMNS]
    rows = select(each.c.company_id, each.c.period, *sums).group_by(each.c.company_id, each.c.period).subquery()
    month = cast(func.substr(rows.c.period, 6, 2), Integer)
    quarter = case(
        (or_(func.length(rows.c.period) != 7, rows.c.period == UNDATED), ""),
        (rows.c.period.like("%Q%"), rows.c.period),
        else_=func.substr(rows.c.period, 1, 4).concat("-Q").concat(cast((month + 2) // 3, Text)),
    )
    something = or_(*(rows.c[name] != 0 for name in METRIC_COLUMNS))
    columns = (rows.c.company_id, quarter.label("quarter"), *(c for c in rows.c if c.name != "company_id"))
    return select(*columns).where(something).subquery()


def rebuild(connection: Connection) -> None:
    """Make the roll-ups anew from all events that hold."""
    connection.execute(delete(company_month))
    connection.execute(delete(total_month))
    rows = month_sums()
    connection.execute(insert(company_month).from_select([c.name for c in rows.c], select(rows)))
    totals = select(company_month.c.period, *(func.sum(company_month.c[name]) for name in METRIC_COLUMNS))
    names = ["period", *METRIC_COLUMNS]
    connection.execute(insert(total_month).from_select(names, totals.group_by(company_month.c.period)))
