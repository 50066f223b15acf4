"""Who leads by a metric over some months, without adding up every company.

After the threshold algorithms (Fagin, Lotem, Naor: Optimal aggregation algorithms for middleware, 2001): walk down the
list of each quarter that the months touch, the largest first; what a company has in the lists, and where it is in none
the last number of that list, is the most it can have; add up exactly only those who may lead, and stop when nobody
else can get in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection

from storage.calendar import bounds, periods
from storage.columns import json_text
from storage.engine import is_postgresql
from storage.rollups import quarter_of

Ranked = Literal["jobs_cut", "ai_usd_out"]


FIRST_DEPTH = 4
"""How far down the lists are walked at first, times the companies wanted."""


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
    depth, sums = FIRST_DEPTH * limit, dict[str, Rank]()
    while True:
        lists = _lists(connection, metric, quarters, depth)
        # whoever is not in a list has at most what stands last in it
        lasts = [found[-1][1] if len(found) == depth else 0 for found in lists]
        unseen = sum(lasts)
        most: dict[str, int] = {}
        for found, last in zip(lists, lasts, strict=True):
            for company_id, number in found:
                most[company_id] = most.get(company_id, unseen) + number - last
        hopeful = sorted(most.keys() - sums.keys(), key=most.__getitem__, reverse=True)
        while True:
            best = sorted(sums.values(), key=lambda rank: (-rank.value, rank.company_id))[:limit]
            least = best[-1].value if len(best) == limit else 0
            batch = [company_id for company_id in hopeful[: 2 * limit] if most[company_id] >= least]
            if not batch:
                break
            sums |= _sums(connection, metric, batch, months[0], months[-1])
            hopeful = hopeful[2 * limit :]
        if least > unseen or unseen == 0:
            break
        depth *= 4
    return [rank for rank in best if rank.value]


def _lists(connection: Connection, metric: Ranked, quarters: Sequence[str], depth: int) -> list[list[tuple[str, int]]]:
    """Return for each quarter the companies with the largest sums and these, the largest first."""
    mark = "%s" if is_postgresql(connection) else "?"
    one = (
        f"SELECT * FROM (SELECT quarter, company_id, {metric} FROM company_quarter WHERE quarter = {mark} "  # noqa: S608
        f"AND {metric} > 0 ORDER BY {metric} DESC, company_id DESC LIMIT {mark}) AS list"
    )
    lists: dict[str, list[tuple[str, int]]] = {quarter: [] for quarter in quarters}
    values = tuple(value for quarter in quarters for value in (quarter, depth))
    rows = connection.exec_driver_sql(" UNION ALL ".join([one] * len(quarters)), values).all()
    for quarter, company_id, number in rows:
        lists[quarter].append((company_id, number))
    return list(lists.values())


def _sums(connection: Connection, metric: Ranked, ids: Sequence[str], first: str, last: str) -> dict[str, Rank]:
    mark, among = ("%s", "= ANY(%s)") if is_postgresql(connection) else ("?", "IN (SELECT value FROM json_each(?))")
    asked = (
        f"SELECT company_id, CAST(sum({metric}) AS BIGINT), "  # noqa: S608
        "(SELECT name FROM company WHERE id = company_id AND known_until IS NULL) FROM company_month "
        f"WHERE company_id {among} AND period >= {mark} AND period <= {mark} AND length(period) = 7 "
        "AND substr(period, 6, 1) <> 'Q' GROUP BY company_id"
    )
    listed = list(ids) if is_postgresql(connection) else json_text(ids)
    found = {id_: Rank(id_, id_, 0) for id_ in ids}
    for id_, total, name in connection.exec_driver_sql(asked, (listed, first, last)).all():
        found[id_] = Rank(id_, name or id_, total)
    return found
