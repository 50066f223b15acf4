"""Job cuts and AI money of the same companies on one clock: who cuts while investing, how far apart, and how much.

Only what counts in the series counts here: whole happenings, money announced to go out (`ai_usd_out`). Days apart
need events dated to the day; others are in the sums and in no lag.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from statistics import median_low
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import Connection, and_, cast, func, literal, or_, select

from storage.batches import batches
from storage.calendar import bounds, period_of_day
from storage.columns import Whole
from storage.rollups import contribution_sql, month_sums, quarter_sql
from storage.series import ALL
from storage.tables import PAIR_COLUMNS, company, company_month, company_quarter, event
from storage.versions import held

PairSort = Literal[
    "jobs_cut", "ai_usd_out", "jobs_per_usd_bn", "ai_cited_jobs", "jobs_cut_near", "cuts_near", "lag_days"
]
"""What pairs are sorted by, the largest first; `lag_days` the shortest first. Companies without one come last."""

FETCHED = 5000
"""Rows fetched at once."""
NEAR_DAYS = 90
COMPARED = 2000
"""Companies whose single events are looked at, at most: those with the most jobs cut, or cuts, first."""
LOOKED_AT_ONCE = 10


@dataclass(slots=True, kw_only=True)  # not frozen: that takes three times as long to make
class Near:
    """A job cut and the AI money nearest to it in time."""

    layoff_id: str
    investment_id: str
    lag_days: int
    """Days from the money to the cut; negative where the cut came first."""
    jobs_cut: int | None
    ai_usd_out: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both sides of one company over a time. Jobs are persons, money whole dollars."""

    company_id: str
    company: str
    layoff_events: int
    jobs_cut: int
    ai_cited_jobs: int
    ai_events: int
    ai_usd_out: int
    jobs_per_usd_bn: float | None
    """Jobs cut for each billion dollars; null without money."""
    cuts_near: int
    """Cuts within the given days of AI money, before or after."""
    jobs_cut_near: int
    lag_days: int | None
    """The middle one of their lags; null without any."""
    near: tuple[Near, ...]
    """Each such cut, by date."""


class PairQuarter(NamedTuple):
    """Both sides of one company, or of `all`, in one quarter."""

    company_id: str
    quarter: str
    layoff_events: int
    jobs_cut: int
    ai_cited_jobs: int
    ai_events: int
    ai_usd_out: int

    @property
    def jobs_per_usd_bn(self) -> float | None:
        """Jobs cut for each billion dollars; null without money."""
        return self.jobs_cut / self.ai_usd_out * 1e9 if self.ai_usd_out else None

    @property
    def both(self) -> bool:
        """Whether it both cut jobs and put money into AI."""
        return bool(self.layoff_events and self.ai_events)


def by_quarter(
    connection: Connection, *, as_of: datetime | None = None, together: bool = False
) -> Iterator[PairQuarter]:
    """Yield every quarter of every company, or of all `together`, with a cut or AI money, by company and quarter.

    What is dated only to a year is in no quarter.
    """
    if as_of is None and not together:
        query = select(company_quarter).where(company_quarter.c.quarter != "").order_by(*company_quarter.primary_key)
    else:
        months: Any = company_month if as_of is None else month_sums(as_of)
        key = literal(ALL) if together else months.c.company_id
        in_quarters = select(key.label("key"), quarter_sql(months.c.period).label("quarter"), months).subquery()
        sums = [cast(func.sum(in_quarters.c[name]), Whole) for name in PAIR_COLUMNS]
        query = (
            select(in_quarters.c.key, in_quarters.c.quarter, *sums)
            .where(in_quarters.c.quarter != "")
            .group_by(in_quarters.c.key, in_quarters.c.quarter)
            .having(or_(*(number != 0 for number in sums)))
            .order_by(in_quarters.c.key, in_quarters.c.quarter)
        )
    with closing(connection.execute(query, execution_options={"yield_per": FETCHED})) as rows:
        yield from map(PairQuarter._make, rows)


def pairs(
    connection: Connection,
    *,
    near_days: int = NEAR_DAYS,
    since: str | None = None,
    until: str | None = None,
    sort: PairSort = "jobs_cut",
    company_ids: Collection[str] = (),
    as_of: datetime | None = None,
    limit: int = 50,
) -> list[Pair]:
    """Return the companies that both cut jobs and put money into AI from `since` to before `until` (months).

    `near_days` is how far apart a cut and money may be to count as near. Raises ValueError for an unknown sort.
    """
    if sort not in get_args(PairSort):
        raise ValueError(f"pairs cannot be sorted by {sort!r}; use one of {', '.join(get_args(PairSort))}")
    first, after = (None if text is None else period_of_day(bounds(text)[0], "month") for text in (since, until))
    table: Any = company_quarter if (since, until) == (None, None) else company_month
    if as_of is not None:
        table = month_sums(as_of)
    sums = {name: func.sum(table.c[name]).label(name) for name in PAIR_COLUMNS}
    query = (
        select(table.c.company_id, company.c.name, *sums.values())
        .join(company, and_(company.c.id == table.c.company_id, held(company, as_of)))
        .group_by(table.c.company_id, company.c.name)
        .having(and_(sums["layoff_events"] > 0, sums["ai_events"] > 0))
    )
    if first is not None:
        query = query.where(table.c.period >= first)
    if after is not None:
        query = query.where(table.c.period < after)
    if first is not None or after is not None:
        query = query.where(table.c.period.like("____-__"), table.c.period.not_like("%Q%"))
    if company_ids:
        query = query.where(table.c.company_id.in_(sorted(company_ids)))
    order = sums[{"cuts_near": "layoff_events"}.get(sort, sort if sort in sums else "jobs_cut")]
    in_order = query.order_by(order.desc(), table.c.company_id)
    rows = connection.execute(in_order.limit(limit if sort in sums else COMPARED)).all()
    if sort == "jobs_per_usd_bn":
        rows = sorted(rows, key=lambda row: -_ratio(int(row.jobs_cut), int(row.ai_usd_out)))[:limit]

    def looked_at(some: Sequence[Any]) -> list[Pair]:
        near = _near(connection, [row.company_id for row in some], near_days, since, until, as_of)
        return [_pair(row, near.get(row.company_id, [])) for row in some]

    if sort == "lag_days":
        return sorted(looked_at(rows), key=lambda p: (p.lag_days is None, abs(p.lag_days or 0), p.company_id))[:limit]
    if sort not in ("jobs_cut_near", "cuts_near"):
        return looked_at(rows)
    # no company has more near AI money than it has at all: the rest need not be looked at once the last is above them
    found: list[Pair] = []
    for some in batched(rows, max(LOOKED_AT_ONCE, limit)):
        if len(found) == limit and getattr(found[-1], sort) > getattr(some[0], order.name):
            break
        found = sorted([*found, *looked_at(some)], key=lambda pair: (-getattr(pair, sort), pair.company_id))[:limit]
    return found


def _ratio(jobs: int, dollars: int) -> float:
    return jobs / dollars * 1e9 if dollars else -1.0


def _pair(row: Any, near: Sequence[Near]) -> Pair:
    jobs, dollars = int(row.jobs_cut), int(row.ai_usd_out)
    return Pair(
        company_id=row.company_id,
        company=row.name,
        layoff_events=int(row.layoff_events),
        jobs_cut=jobs,
        ai_cited_jobs=int(row.ai_cited_jobs),
        ai_events=int(row.ai_events),
        ai_usd_out=dollars,
        jobs_per_usd_bn=_ratio(jobs, dollars) if dollars else None,
        cuts_near=len(near),
        jobs_cut_near=sum(one.jobs_cut or 0 for one in near),
        lag_days=median_low(one.lag_days for one in near) if near else None,
        near=tuple(near),
    )


def _near(
    connection: Connection,
    company_ids: Iterable[str],
    near_days: int,
    since: str | None,
    until: str | None,
    as_of: datetime | None,
) -> dict[str, list[Near]]:
    counted = contribution_sql()
    goes_out = and_(counted["ai_events"] == 1, event.c.kind != "funding", func.coalesce(event.c.basis, "") != "booked")
    found: dict[str, list[Near]] = {}
    low, high = (None if text is None else bounds(text)[0].toordinal() for text in (since, until))
    wanted = [held(event, as_of), event.c.date_precision == "day", or_(counted["layoff_events"] == 1, goes_out)]
    if low is not None:
        wanted.append(event.c.date >= date.fromordinal(max(1, low - near_days)).isoformat())
    if high is not None:
        wanted.append(event.c.date <= date.fromordinal(min(date.max.toordinal(), high + near_days)).isoformat())
    for batch in batches(sorted(company_ids)):
        # company → (day, event id, jobs or dollars)
        cuts: dict[str, list[tuple[int, str, int | None]]] = {}
        money: dict[str, list[tuple[int, str, int | None]]] = {}
        rows = connection.execute(
            select(event.c.id, event.c.company_id, event.c.type, event.c.date, event.c["count"], event.c.amount_usd)
            .where(event.c.company_id.in_(batch), *wanted)
            .order_by(event.c.company_id, event.c.date, event.c.id)
        )
        for id_, company_id, type_, text, jobs, dollars in rows.all():
            day = date.fromisoformat(text).toordinal()
            if type_ == "layoff":
                cuts.setdefault(company_id, []).append((day, id_, jobs))
            else:
                money.setdefault(company_id, []).append((day, id_, dollars))
        for company_id, of_company in cuts.items():
            offers = money.get(company_id, [])
            days = [day for day, _, _ in offers]
            for day, layoff_id, jobs in of_company:
                if (low is not None and day < low) or (high is not None and day >= high):
                    continue
                nearest = _nearest(days, day)
                if nearest is not None and abs(day - days[nearest]) <= near_days:
                    at, investment_id, dollars = offers[nearest]
                    pair = Near(
                        layoff_id=layoff_id,
                        investment_id=investment_id,
                        lag_days=day - at,
                        jobs_cut=jobs,
                        ai_usd_out=dollars,
                    )
                    found.setdefault(company_id, []).append(pair)
    return found


def _nearest(days: Sequence[int], day: int) -> int | None:
    """Return the place of the day nearest to another: of two as near the earlier, of several like it the first."""
    after = bisect_left(days, day)
    before = bisect_left(days, days[after - 1]) if after else None
    if after == len(days) or (before is not None and day - days[before] <= days[after] - day):
        return before
    return after
