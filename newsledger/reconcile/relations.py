"""How events of one company stand to each other: parts of a total, newer guidance, running totals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from newsledger.reconcile.event import is_filing
from newsledger.reconcile.grouping import Group

PART_DAYS = 60
"""Days between a part and the total it belongs to, where the text names none."""

NOTICE_DAYS = 90
"""Days after a company-wide cut in which a site's notice is taken for a part of it."""


def parts(groups: Sequence[Group]) -> dict[int, tuple[int, str]]:
    """Return index of a part → index of its total, and why.

    The total is the one that the claim names, else one that the same article states, else the nearest larger one.
    A register's notice for one site within 90 days after a larger cut of the whole company is a part of it too.
    """
    holder = {m.claim.id: i for i, group in enumerate(groups) for m in group.members}
    totals: dict[tuple[str, str], list[int]] = defaultdict(list)
    in_article: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for i, group in enumerate(groups):
        if group.first.claim.scope != "total":
            continue
        for company_id in sorted(group.companies):
            totals[company_id, group.first.claim.type].append(i)
        for article_id, revision in sorted(group.articles):
            in_article[article_id, revision, group.first.claim.type].append(i)
    found: dict[int, tuple[int, str]] = {}
    for i, group in enumerate(groups):
        claim = group.first.claim
        if claim.scope == "part":
            named = [holder[m.claim.part_of] for m in group.members if m.claim.part_of in holder]
            named = [j for j in named if groups[j].first.claim.scope == "total"]
            same = [
                j
                for article_id, revision in sorted(group.articles)
                for j in in_article[article_id, revision, claim.type]
                if groups[j].companies & group.companies
            ]
            near = _nearest(i, groups, _own(group, totals, claim.type), PART_DAYS, before=False)
            if named:
                found[i] = (min(named), "the text states the total it is part of")
            elif same:
                found[i] = (min(same), "the same article states the total")
            elif near is not None:
                found[i] = (near, f"the nearest larger total within {PART_DAYS} days")
        elif claim.type == "layoff" and claim.scope == "total" and _is_notice(group):
            wide = [j for j in _own(group, totals, "layoff") if j != i and not _is_notice(groups[j])]
            near = _nearest(i, groups, wide, NOTICE_DAYS, before=True)
            if near is not None:
                found[i] = (near, f"a site's notice within {NOTICE_DAYS} days after a larger cut of the company")
    return found


def _own(group: Group, totals: dict[tuple[str, str], list[int]], type_: str) -> list[int]:
    return sorted({j for company_id in group.companies for j in totals[company_id, type_]})


def _is_notice(group: Group) -> bool:
    return all(is_filing(m) and m.claim.location and m.claim.count is not None for m in group.members)


def _size(group: Group) -> float | None:
    for span in (group.count, group.usd):
        if span.low > float("-inf"):
            return span.high
    return None


def _nearest(i: int, groups: Sequence[Group], among: Iterable[int], limit: float, *, before: bool) -> int | None:
    own = _size(groups[i])
    best: tuple[float, int] | None = None
    for j in among:
        apart = groups[i].day - groups[j].day
        size = _size(groups[j])
        smaller = own is None or (size is not None and size <= own)
        percent_only = size is None and groups[j].has_figure
        if j == i or (smaller and not percent_only) or abs(apart) > limit or (before and apart < -3):
            continue
        best = min(best or (abs(apart), j), (abs(apart), j))
    return best[1] if best else None


def superseded(groups: Sequence[Group]) -> dict[int, int]:
    """Return index of an outlook or running total → index of the next newer one for the same company and period.

    An outlook told only as background counts as older than any current one.
    """
    series: dict[tuple[str, ...], list[tuple[float, int]]] = defaultdict(list)
    for i, group in enumerate(groups):
        if not group.has_figure or all(m.claim.status == "denied" for m in group.members):
            continue
        claim = group.first.claim
        bases = {m.claim.basis for m in group.members if m.claim.basis}
        if "guidance" in bases:
            key: tuple[str, ...] = ("guidance", group.first.company_id, claim.kind, _period(group))
        elif claim.scope == "cumulative":
            key = ("cumulative", group.first.company_id, claim.type, claim.kind)
        else:
            continue
        past = all(m.claim.time == "past" for m in group.members) and group.first.stated is None
        series[key].append((float("-inf") if past else group.day, i))
    found: dict[int, int] = {}
    for line in series.values():
        line.sort()
        found.update({older: newer for (_, older), (_, newer) in pairwise(line)})
    return found


def _period(group: Group) -> str:
    stated = sorted({f"{m.claim.period_start}/{m.claim.period_end}" for m in group.members if m.claim.period_start})
    if stated:
        start, end = stated[0].split("/")
        whole_year = start[4:] in ("", "-01", "-01-01") and (end == "None" or end[:4] == start[:4])
        return start[:4] if whole_year else stated[0]
    date = next((m.claim.date for m in group.members if m.claim.date), None)
    return date[:4] if date else str(dt.date.fromordinal(int(group.day)).year)
