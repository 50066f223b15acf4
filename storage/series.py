"""The ledger as a time series: each metric by day, week, month, quarter or year, for all or by a property.

Months and longer come from the roll-ups; days, weeks, a past state (`as_of`) and properties of single events from the
events themselves. Both give the same numbers. Money in and money out are different metrics and never added; so are
money announced and money spent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
)

from newsledger.model import Role
from storage.calendar import Grain, bounds, place, spans
from storage.columns import Whole
from storage.coverage import Coverage, coverage
from storage.engine import is_postgresql
from storage.events import EventFilter, filtered, has_role
from storage.rollups import UNDATED, contribution_sql, period_sql
from storage.tables import company, company_month, event, kind_month
from storage.versions import held

Metric = Literal[
    "layoff_events",
    "jobs_cut",
    "jobs_cut_low",
    "jobs_cut_high",
    "percent_only_events",
    "ai_cited_events",
    "ai_cited_jobs",
    "ai_cited_share",
    "ai_events",
    "ai_usd_out",
    "ai_usd_in",
    "ai_usd_booked",
    "unconverted_events",
    "denied_events",
    "jobs_per_usd_bn",
]
"""What can be asked. Jobs are persons, usd whole dollars; `ai_cited_share` is of jobs, from 0 to 1; `jobs_per_usd_bn`
is jobs cut for each billion of `ai_usd_out`; `denied_events` counts what was denied or cancelled
and is in no other."""

RATIOS: dict[str, tuple[str, str, float]] = {
    "ai_cited_share": ("ai_cited_jobs", "jobs_cut", 1.0),
    "jobs_per_usd_bn": ("jobs_cut", "ai_usd_out", 1e9),
}
"""Metric → what is divided by what, and in which unit."""

Property = Literal["all", "company", "sector", "country", "role", "kind", "ai_relation"]
"""What a series may be split by. Sector and country are the company's. Roles overlap: their rows do not add up."""

METRICS, PROPERTIES = get_args(Metric), get_args(Property)

Values = dict[str, dict[str, Any]]
"""Key → period → number."""

ALL = "all"
UNKNOWN = "unknown"


@dataclass(slots=True)  # not frozen: that takes three times as long to make, and a chart has hundreds
class Point:
    """One number of a series."""

    key: str
    """`all`, or the company id, sector, country, role, kind or relation; `unknown` where that is not known."""
    period: str
    value: int | float | None
    """Null where nothing is known: no event, and not one day of the period watched; or a ratio of nothing."""
    partial: bool
    """Whether the period is not over yet, or was cut by the times asked for."""
    covered_days: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A metric through time."""

    metric: Metric
    grain: Grain
    by: Property
    additive: bool
    """Whether rows of different keys may be added up."""
    points: list[Point]
    """By key and period; every period from the first to the last."""
    unplaced: list[Point]
    """What is dated too coarsely for this grain (a year, a quarter, `undated`), apart by its own period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the ledger through time."""

    metric: Metric
    grain: Grain = "month"
    by: Property = "all"
    keys: Collection[str] = ()
    """Only these companies, sectors, …; all where empty."""
    filters: EventFilter | None = None
    since: str | None = None
    """ISO date; without it, from the first event on."""
    until: str | None = None
    """ISO date, not included; without it, up to the last event."""
    as_of: datetime | None = None
    include_denied: bool = False


DAYS: dict[Grain, int] = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}

MOST_POINTS = 250_000
"""Numbers that one question may give, at most."""


class TooManyPointsError(ValueError):
    """The question has more answers than one may have."""


def series_of(
    connection: Connection, asked: Question, *, today: date | None = None, watched: Coverage | None = None
) -> Series:
    """Return a metric through time.

    `today` (UTC) tells which periods are not over; `watched`, where the caller has it at hand, saves asking for the
    coverage. Raises ValueError for an unknown metric, grain or property, or a date that is none, and
    TooManyPointsError for more points than one answer may have.
    """
    metric, grain, by, keys = asked.metric, asked.grain, asked.by, asked.keys
    for given, allowed, what in ((metric, METRICS, "metric"), (grain, DAYS, "grain"), (by, PROPERTIES, "property")):
        if given not in allowed:
            raise ValueError(f"unknown {what} {given!r}; use one of {', '.join(allowed)}")
    first, after = (None if text is None else bounds(text)[0] for text in (asked.since, asked.until))
    columns = RATIOS[metric][:2] if metric in RATIOS else (metric,)
    in_months = all(day is None or day.day == 1 for day in (first, after))
    from_rollup = (
        grain in ("month", "quarter", "year")
        and by in ("all", "company", "sector", "country", "kind")
        and (asked.as_of, asked.filters) == (None, None)
        and in_months
        and not asked.include_denied
    )
    if not from_rollup:
        found = _columns(connection.execute(_event_sums(columns, asked)), len(columns))
    elif by == "company" and len(keys) == 1:
        found = _company_months(connection, columns, *keys)
    else:
        found = _columns(connection.execute(_rollup_sums(columns, by, keys, first, after)), len(columns))
    placed = [_placed(column, grain, first, after) for column in found]
    if metric in RATIOS:
        (above, above_apart), (below, below_apart) = placed
        values, apart = _divided(above, below, RATIOS[metric][2]), _divided(above_apart, below_apart, RATIOS[metric][2])
    else:
        [(values, apart)] = placed
    now = today or datetime.now(UTC).date()
    span = _span(values, first, after)
    seen = watched or coverage(connection)
    points: list[Point] = []
    if span is not None:
        wanted_keys = sorted(values.keys() | (keys if by != "all" else (ALL,)))
        number = ((span[1] - span[0]).days // DAYS[grain] + 1) * len(wanted_keys)
        if number > MOST_POINTS:
            raise TooManyPointsError(
                f"these are about {number:,} numbers, more than the {MOST_POINTS:,} of one answer; "
                "ask for longer periods, a shorter time, or fewer keys"
            )
        # column by column, which takes half the time of point by point
        periods, starts, ends = spans(*span, grain)
        over = bisect_right(ends, now)
        partial = [False] * over + [True] * (len(ends) - over)
        partial[0] |= first is not None and starts[0] < first
        partial[-1] |= after is not None and ends[-1] > after
        covered_days, days = seen.of_each(periods)
        empty = [0 if covered and metric not in RATIOS else None for covered in covered_days]
        for key in wanted_keys:
            numbers = map(values.get(key, {}).get, periods, empty)
            points += map(Point, repeat(key), periods, numbers, partial, covered_days, days)
    unplaced = [
        Point(key, period, value, False, 0, 0)
        for key, of_key in sorted(apart.items())
        for period, value in sorted(of_key.items())
    ]
    return Series(metric=metric, grain=grain, by=by, additive=by != "role", points=points, unplaced=unplaced)


def added_up(series: Series) -> Series:
    """Return the cumulative curve of a series: each number with all before it of the same key, from the first point on.

    A gap adds nothing. Raises ValueError for a ratio, which cannot be added up.
    """
    if series.metric in RATIOS:
        above, below, _ = RATIOS[series.metric]
        raise ValueError(f"{series.metric} is a ratio and cannot be added up; ask for {above} and {below}")
    totals: dict[str, int | float] = {}
    points = []
    for point in series.points:
        totals[point.key] = totals.get(point.key, 0) + (point.value or 0)
        points.append(replace(point, value=totals[point.key]))
    return replace(series, points=points)


def _columns(rows: Iterable[Any], count: int) -> list[Values]:
    """Return the columns of rows of key, period and `count` numbers."""
    columns: list[Values] = [{} for _ in range(count)]
    for key, period, *numbers in rows:
        for column, number in zip(columns, numbers, strict=True):
            column.setdefault(key, {})[period] = number
    return columns


def _company_months(connection: Connection, columns: Sequence[str], company_id: str) -> list[Values]:
    """Return columns of the roll-up of one company.

    What is asked most: in one JSON object for each column, which takes a seventh of the time of rows. All months,
    whatever time is asked for: there are never many.
    """
    aggregate, mark = ("json_object_agg", "%s") if is_postgresql(connection) else ("json_group_object", "?")
    objects = ", ".join(f"CAST({aggregate}(period, {name}) AS TEXT)" for name in columns)  # of ours, see METRICS
    asked = f"SELECT {objects} FROM company_month WHERE company_id = {mark}"  # noqa: S608
    row = connection.exec_driver_sql(asked, (company_id,)).one()
    return [{company_id: orjson.loads(text)} if text else {} for text in row]


def _placed(found: Values, grain: Grain, first: date | None, after: date | None) -> tuple[Values, Values]:
    """Return numbers by period of the grain, and by its own what is dated too coarsely for it; zeros are left out."""
    placed: Values = {}
    coarse: Values = {}
    bounded = first is not None or after is not None
    for key, numbers in found.items():
        of_key: dict[str, int] = {}
        apart: dict[str, int] = {}
        for period, where in zip(numbers, map(place, numbers, repeat(grain)), strict=True):
            number = numbers[period]
            if number == 0 or (bounded and not _overlaps(period, first, after)):
                continue
            if where is None or (bounded and not _within(period, first, after)):
                apart[period] = number
            else:
                of_key[where] = of_key.get(where, 0) + number
        if of_key:
            placed[key] = of_key
        if apart:
            coarse[key] = apart
    return placed, coarse


def _divided(above: Values, below: Values, unit: float) -> Values:
    """Return the ratios of two columns, null where there is nothing to divide by."""
    ratios: Values = {}
    for key in above.keys() | below.keys():
        upper, lower = above.get(key, {}), below.get(key, {})
        ratios[key] = {
            period: upper.get(period, 0) / lower[period] * unit if period in lower else None
            for period in upper.keys() | lower.keys()
        }
    return ratios


def _overlaps(period: str, first: date | None, after: date | None) -> bool:
    if period == UNDATED:
        return False
    start, end = bounds(period)
    return (first is None or end > first) and (after is None or start < after)


def _within(period: str, first: date | None, after: date | None) -> bool:
    start, end = bounds(period)
    return (first is None or start >= first) and (after is None or end <= after)


def _span(values: Values, first: date | None, after: date | None) -> tuple[date, date] | None:
    """Return the time from the first period to the last, or what was asked for of it; null where there is nothing."""
    if first is not None and after is not None:
        return (first, after) if first < after else None
    if not values:
        return None
    return first or bounds(min(map(min, values.values())))[0], after or bounds(max(map(max, values.values())))[1]


def _rollup_sums(
    columns: Iterable[str], by: Property, keys: Collection[str], first: date | None, after: date | None
) -> Select[Any]:
    table = kind_month if by in ("all", "kind") else company_month
    key: ColumnElement[Any] = {
        "all": literal(ALL),
        "kind": kind_month.c.kind,
        "company": company_month.c.company_id,
        "sector": func.coalesce(company.c.sector, UNKNOWN),
        "country": func.coalesce(company.c.country, UNKNOWN),
    }[by].label("key")
    numbers = (table.c[name] if by == "company" else cast(func.sum(table.c[name]), Whole) for name in columns)
    asked = select(key, table.c.period, *numbers)
    if by in ("sector", "country"):
        asked = asked.join(company, and_(company.c.id == company_month.c.company_id, held(company)))
    # whole years, as a quarter or a year may reach into the time asked for; what does not is left out afterwards
    if first is not None:
        asked = asked.where(table.c.period >= f"{first.year:04}")
    if after is not None:
        asked = asked.where(table.c.period < f"{after.year + 1:04}")
    if keys and by != "all":
        asked = asked.where(key.element.in_(sorted(keys)))
    return asked if by == "company" else asked.group_by(key, table.c.period)


def _event_sums(columns: Iterable[str], asked: Question) -> Any:
    by, keys, as_of = asked.by, asked.keys, asked.as_of
    parts = contribution_sql(include_denied=asked.include_denied)
    first, after = (None if text is None else bounds(text)[0].isoformat() for text in (asked.since, asked.until))
    filters = asked.filters or EventFilter()
    wanted_events = replace(filters, since=first or filters.since, until=after or filters.until)

    def sums_of(key: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
        numbers = [parts[name].label(name) for name in columns]
        each = filtered(select(key.label("key"), period_sql(), *numbers), wanted_events, as_of).where(*conditions)
        if by in ("sector", "country"):
            each = each.outerjoin(company, and_(company.c.id == event.c.company_id, held(company, as_of)))
        rows = each.subquery()
        sums = [cast(func.sum(rows.c[name]), Whole) for name in columns]
        return select(rows.c.key, rows.c.period, *sums).group_by(rows.c.key, rows.c.period)

    if by == "all":
        return sums_of(literal(ALL))
    if by == "role":
        roles = [role for role in get_args(Role) if not keys or role in keys]
        statements = [sums_of(literal(role), has_role(role)) for role in roles]
        return statements[0].union_all(*statements[1:])
    column: dict[str, ColumnElement[Any]] = {
        "company": event.c.company_id,
        "kind": event.c.kind,
        "ai_relation": event.c.ai_relation,
        "sector": func.coalesce(company.c.sector, UNKNOWN),
        "country": func.coalesce(company.c.country, UNKNOWN),
    }
    return sums_of(column[by], *((column[by].in_(sorted(keys)),) if keys else ()))
