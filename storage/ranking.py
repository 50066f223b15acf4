"""Who leads by a metric over some months, without adding up every company.

The threshold algorithm (Fagin, Lotem, Naor: Optimal aggregation algorithms for middleware, 2001): walk down the list
of each quarter that the months touch, the largest first; add up exactly whoever comes by; stop when nobody further
down can still get in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, func, select

from storage.bulk import among
from storage.calendar import bounds, periods
from storage.engine import is_postgresql
from storage.rollups import quarter_of
from storage.tables import company, company_month
from storage.versions import held

Ranked = Literal["jobs_cut", "ai_usd_out"]


@dataclass(frozen=True, slots=True)
class Rank:
    """A company and its sum."""

    company_id: str
    company: str
    value: int


def top(connection: Connection, metric: Ranked, since: str, until: str, limit: int = 20) -> list[Rank]:
    """Return the companies with the largest sums over whole months, `until` not included; equal ones by id.

    Exact. What is dated only to a quarter or a year is in no month. Raises ValueError for another metric.
    """
    if metric not in get_args(Ranked):
        raise ValueError(f"companies cannot be ranked by {metric!r}; use one of {', '.join(get_args(Ranked))}")
    months = list(periods(bounds(since)[0], bounds(until)[0], "month"))
    if not months:
        return []
    quarters = sorted({quarter_of(month) for month in months})
    mark = "%s" if is_postgresql(connection) else "?"
    walk = (
        f"SELECT company_id, {metric} FROM company_quarter WHERE quarter = {mark} AND {metric} > 0 "  # noqa: S608
        f"ORDER BY {metric} DESC, company_id DESC LIMIT {mark}"
    )
    depth, sums = 2 * limit, dict[str, int]()
    while True:
        lists = [connection.exec_driver_sql(walk, (quarter, depth)).all() for quarter in quarters]
        new = {company_id for rows in lists for company_id, _ in rows} - sums.keys()
        if new:
            month = company_month.c.period
            query = (
                select(company_month.c.company_id, func.sum(company_month.c[metric]))
                .where(among(connection, company_month.c.company_id, new))
                .where(month >= months[0], month <= months[-1])
                .where(func.length(month) == 7, month.not_like("%Q%"))
                .group_by(company_month.c.company_id)
            )
            sums.update((company_id, int(total)) for company_id, total in connection.execute(query).all() if total)
        best = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:limit]
        # whoever has not come by has at most what stands last in each list
        bound = sum(rows[-1][1] for rows in lists if len(rows) == depth)
        if bound == 0 or (len(best) == limit and best[-1][1] > bound):
            break
        depth *= 4
    ids = [company_id for company_id, _ in best]
    names = {
        row.id: row.name
        for row in connection.execute(select(company.c.id, company.c.name).where(company.c.id.in_(ids), held(company)))
    }
    return [Rank(company_id, names.get(company_id, company_id), total) for company_id, total in best]
