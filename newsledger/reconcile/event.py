"""From the claims of one happening to the event: its figure, its stage, its date, each with the rule that chose it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Any

from newsledger.companies import Resolver
from newsledger.model import AiRelation, Event, Role, SourceKind, Speaker, Stage
from newsledger.reconcile.cues import CANCELLED, COMPLETED, FILED, SIGNED, UNDER_WAY
from newsledger.reconcile.grouping import Group, reciprocal
from newsledger.reconcile.reading import SAME, Rates, Reading

FIGURE_RULES = {
    "none": "no claim gives a figure",
    "only": "the only figure told",
    "agreed": "all claims agree",
    "amended": "the latest claim that takes back an earlier figure",
    "filed": "a filing goes before the press",
    "confirmed": "an announcement goes before a report",
    "most_sources": "told by the most independent sources",
    "latest": "the latest of figures told by equally many sources",
    "corrected": "a person's correction",
}
"""Name of the rule that chose a figure → what it says."""

_AI_ORDER: tuple[AiRelation, ...] = ("cause", "shift", "denied", "used_to_select", "context", "none")
_SPEAKERS: tuple[Speaker, ...] = ("filing", "employer", "executive", "union", "analyst", "press")


def sources(members: Iterable[Reading]) -> int:
    """Return the number of independent sources: reprints of one story count once."""
    return len({m.sourced.group_id for m in members})


def is_filing(reading: Reading) -> bool:
    """Tell whether a claim comes from a register or quotes a filing."""
    return reading.sourced.source_kind == "regulator" or FILED.search(reading.claim.sentence.quote) is not None


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _tier(reading: Reading, amendments: bool) -> tuple[int, str]:
    claim = reading.claim
    if amendments and reading.amended and claim.status == "confirmed":
        return 0, "amended"
    if claim.status == "confirmed":
        return (1, "filed") if is_filing(reading) else (2, "confirmed")
    return 3, "confirmed"


def choose(members: Sequence[Reading], value: Callable[[Reading], float | None]) -> tuple[Reading | None, str]:
    """Return the claim whose figure stands for the event, and the name of the rule that chose it.

    Amendment before filing before announcement before report; then the figure of the most independent sources; then
    the latest told; an exact figure goes before a hedged one.
    """
    given = [m for m in members if value(m) is not None and m.claim.status != "denied"] or [
        m for m in members if value(m) is not None
    ]
    if not given:
        return None, "none"
    figures = {value(m) for m in given}
    first = min(figures, key=lambda v: v or 0.0) or 0.0
    unequal = any(not _same(v or 0.0, first) for v in figures)
    tiers = {m.claim.id: _tier(m, unequal) for m in given}
    best = min(tier for tier, _ in tiers.values())
    top = [m for m in given if tiers[m.claim.id][0] == best]
    told_by: dict[float, list[Reading]] = defaultdict(list)
    for member in top:
        figure = value(member) or 0.0
        told_by[next((v for v in told_by if _same(v, figure)), figure)].append(member)
    if best == 0:
        latest = max(m.told for m in top)
        top = [m for m in top if m.told == latest]
        rule = "amended"
    else:
        most = max(sources(ms) for ms in told_by.values())
        leaders = [ms for ms in told_by.values() if sources(ms) == most]
        rule = "most_sources" if len(told_by) > 1 else tiers[top[0].claim.id][1] if len(top) < len(given) else "agreed"
        if len(leaders) > 1:
            rule = "latest"
        top = max(leaders, key=lambda ms: (max(m.told for m in ms), max(value(m) or 0.0 for m in ms)))
    if not unequal:
        rule = "only" if len(given) == 1 else "agreed"
    # among equals: exact before hedged, then the number most sources print, then the earliest
    weight = Counter(value(m) for m in top)
    chosen = min(top, key=lambda m: (_hedged(m), -weight[value(m)], m.order))
    return chosen, rule


def _hedged(reading: Reading) -> bool:
    claim = reading.claim
    return (claim.count_qualifier or claim.amount_qualifier or "exact") != "exact"


def stage_of(members: Sequence[Reading]) -> tuple[Stage, str]:
    """Return how far the happening has come, and in plain words which claim says so."""
    layoff = members[0].claim.type == "layoff"
    live = [m for m in members if m.claim.status != "denied"]
    denied = [m for m in members if m.claim.status == "denied"]
    confirmed = [m for m in live if m.claim.status == "confirmed"]
    off = [m for m in members if CANCELLED.search(m.claim.sentence.quote)]
    if off and max(m.told for m in off) >= max((m.told for m in live if m not in off), default=0):
        return "cancelled", _by(off[-1], "the latest claim calls it off")
    if denied and not confirmed and max(m.told for m in denied) >= max((m.told for m in live), default=0):
        return "denied", _by(denied[-1], "the latest word is a denial and nobody confirmed it")
    if not confirmed:
        return "reported", "no claim confirms it"
    steps: list[tuple[Stage, Callable[[Reading], bool], str]] = (
        [
            ("completed", lambda m: COMPLETED.search(m.claim.sentence.quote) is not None, "a claim tells of its end"),
            ("under_way", lambda m: UNDER_WAY.search(m.claim.sentence.quote) is not None, "a claim tells of its start"),
            ("filed", is_filing, "a filing tells of it"),
        ]
        if layoff
        else [
            ("closed", lambda m: COMPLETED.search(m.claim.sentence.quote) is not None, "a claim tells of its close"),
            ("signed", lambda m: SIGNED.search(m.claim.sentence.quote) is not None, "a claim tells of the signing"),
        ]
    )
    for stage, test, why in steps:
        for member in confirmed:
            if test(member):
                return stage, _by(member, why)
    return "announced", _by(confirmed[0], "confirmed by the company or told as fact")


def _by(reading: Reading, why: str) -> str:
    return f"{why} (article of {dt.date.fromordinal(reading.told).isoformat()})"


def _view(group: Group, resolver: Resolver) -> tuple[str, Reading, str]:
    """Return the event's company, the claim whose view of the happening it takes, and why."""
    members = group.members
    parties = {m.company_id for m in members}
    sides = len(parties) > 1 and any(reciprocal(a, b) for a in members for b in members if a.company_id < b.company_id)
    if sides:
        rounds = [m for m in members if m.claim.kind == "funding"]
        payers = [m for m in members if m.claim.kind != "funding"]
        if rounds and payers:
            if max(len(m.others) for m in rounds) > 1:
                return rounds[0].company_id, rounds[0], "a round of several investors is told from the side that raises"
            return payers[0].company_id, payers[0], "a deal is told from the side that pays"
    votes: dict[str, set[str]] = defaultdict(set)
    for member in members:
        votes[member.company_id].add(member.sourced.group_id)
    company_id = min(votes, key=lambda c: (-len(votes[c]), resolver.company(c).parent_id is not None, c))
    view = next(m for m in members if m.company_id == company_id)
    return company_id, view, "the company that most sources name" if len(votes) > 1 else "the only company named"


def _most[T](values: Iterable[tuple[T, str]]) -> T | None:
    """Return the value told by the most independent sources, ties by its text."""
    votes: dict[T, set[str]] = defaultdict(set)
    for value, source in values:
        votes[value].add(source)
    return min(votes, key=lambda v: (-len(votes[v]), str(v))) if votes else None


def _ai(members: Sequence[Reading]) -> tuple[AiRelation, Speaker | None]:
    votes: dict[AiRelation, set[str]] = defaultdict(set)
    for member in members:
        votes[member.claim.ai_relation].add(member.sourced.group_id)
    said = [r for r in votes if r not in ("none", "context")] or list(votes)
    relation = min(said, key=lambda r: (-len(votes[r]), _AI_ORDER.index(r)))
    speakers = [m.claim.ai_speaker for m in members if m.claim.ai_relation == relation and m.claim.ai_speaker]
    return relation, min(speakers, key=_SPEAKERS.index) if speakers else None


def _date(members: Sequence[Reading]) -> tuple[dict[str, Any], str]:
    ranks = {"day": 0, "month": 1, "quarter": 2, "year": 3}
    lengths = {10: "day", 7: "month", 4: "year"}
    stated: dict[tuple[str, str], set[str]] = defaultdict(set)
    for member in members:
        if member.stated is not None and member.claim.date is not None:
            precision = member.claim.date_precision or lengths.get(len(member.claim.date), "day")
            stated[member.claim.date, precision].add(member.sourced.group_id)
    if stated:
        date, precision = min(stated, key=lambda k: (ranks[k[1]], -len(stated[k]), k[0]))
        why = f"stated by {len(stated[date, precision])} source(s)"
        return {"date": date, "date_precision": precision, "date_basis": "stated"}, why
    current = [m for m in members if m.claim.time == "current" and m.dated]
    if current:
        earliest = min(current, key=lambda m: m.order)
        day = dt.date.fromordinal(earliest.told).isoformat()
        precision = earliest.sourced.published_precision or "day"
        day = day[: {"day": 10, "month": 7, "quarter": 7, "year": 4}[precision]]
        found = {"date": day, "date_precision": precision, "date_basis": "published"}
        return found, "no claim states a date: the day of the earliest article"
    return {"date": None, "date_precision": None, "date_basis": None}, "no claim states a date and no article is dated"


def day_of(date: str | None, group: Group) -> str:
    """Return the ISO date that an event's money is converted at: its own, else that of its first article."""
    return date or dt.date.fromordinal(group.first.told).isoformat()


def build(event_id: str, group: Group, resolver: Resolver, rates: Rates) -> Event:
    """Return the event that a group of claims tells of."""
    members = group.members
    company_id, view, why_company = _view(group, resolver)
    claim = view.claim
    trace: dict[str, str] = {"company": why_company}
    values: dict[str, Any] = {}

    same_side = [m for m in members if m.company_id == company_id] or list(members)
    names: dict[str, str] = {}
    for member in same_side:
        for said, other in zip(member.said, member.others, strict=True):
            company = resolver.company(other, name=said)
            names.setdefault(other, company.name if not company.provisional else said)
    if not names and company_id != claim.company_id:
        names = {
            m.company_id: resolver.company(m.company_id, name=m.claim.company).name
            for m in members
            if company_id in m.others
        }

    conflict = False
    chosen: Reading | None
    if claim.type == "layoff":
        chosen, rule = choose(members, lambda m: m.claim.count)
        percent, percent_rule = choose(members, lambda m: m.claim.percent)
        counts = [m for m in members if m.claim.count is not None]
        if chosen is not None:
            lows = [m.claim.count for m in counts if m.claim.count is not None]
            highs = [m.claim.count_high or m.claim.count or 0 for m in counts]
            values |= {
                "count": chosen.claim.count,
                "count_qualifier": chosen.claim.count_qualifier,
                "count_low": min(lows),
                "count_high": max(highs),
            }
            conflict = not _same(min(lows), max(lows))
        if percent is not None:
            values |= {"percent": percent.claim.percent, "percent_of": percent.claim.percent_of}
            trace["percent"] = FIGURE_RULES[percent_rule]
            rule = percent_rule if chosen is None else rule
    else:
        chosen, rule = choose(members, lambda m: m.usd.low if m.usd else m.claim.amount)
        if chosen is not None:
            currency = chosen.claim.currency
            own = [m for m in members if m.claim.amount is not None and m.claim.currency == currency]
            amounts = [m.claim.amount for m in own if m.claim.amount is not None]
            values |= {
                "amount": chosen.claim.amount,
                "amount_qualifier": chosen.claim.amount_qualifier,
                "amount_low": min(amounts),
                "amount_high": max(m.claim.amount_high or m.claim.amount or 0 for m in own),
                "currency": currency,
            }
            conflict = not _same(min(amounts), max(amounts))
    trace["figure"] = FIGURE_RULES[rule]

    dated, trace["date"] = _date(members)
    stage, trace["stage"] = stage_of(members)
    relation, speaker = _ai(members)
    if chosen is not None and chosen.claim.amount is not None and chosen.claim.currency is not None:
        found = rates(chosen.claim.amount, chosen.claim.currency, day_of(dated["date"], group))
        if found is None:
            trace["amount_usd"] = f"no rate for {chosen.claim.currency} at that date: not in any sum"
        else:
            values |= {
                "amount_usd": found.amount_usd,
                "usd_rate": float(found.rate),
                "usd_rate_date": found.rate_date,
                "usd_rate_table": found.table,
            }
    each = [(m, m.sourced.group_id) for m in same_side]
    roles: dict[Role, None] = {r.role: None for m in members for r in m.claim.roles}
    places = {m.claim.location: None for m in members if m.claim.location}
    kinds: set[SourceKind] = {m.sourced.source_kind for m in members if m.sourced.source_kind}
    starts = _most([(_starts(m), s) for m, s in each if m.claim.period_start])
    raised = claim.kind == "funding"
    count = sources(members)
    trace["members"] = f"{len(members)} claim(s) of {count} independent source(s); see each claim's reason"
    return Event(
        id=event_id,
        type=claim.type,
        company_id=company_id,
        company=resolver.company(company_id, name=claim.company).name,
        counterparty=tuple(names.values()),
        counterparty_ids=tuple(names),
        kind=_most([(m.claim.kind, s) for m, s in each if (m.claim.kind == "funding") == raised]) or claim.kind,
        basis=_most([(m.claim.basis, s) for m, s in each if m.claim.basis]),
        scope=claim.scope,
        stage=stage,
        time="current" if any(m.claim.time == "current" for m in members) else "past",
        period_start=starts,
        period_end=_most([(m.claim.period_end, s) for m, s in each if m.claim.period_end and _starts(m) == starts]),
        effective_date=_most([(m.claim.effective_date, m.sourced.group_id) for m in members if m.claim.effective_date]),
        ai_relation=relation,
        ai_speaker=speaker,
        roles=tuple(sorted(roles)),
        locations=tuple(sorted(places)),
        figure_rule=rule,
        conflict=conflict,
        claim_ids=tuple(sorted(m.claim.id for m in members)),
        claims=len(members),
        sources=count,
        source_kinds=tuple(sorted(kinds)),
        trace=MappingProxyType(trace),
        **values,
        **dated,
    )


def _starts(reading: Reading) -> str | None:
    return reading.claim.period_start
