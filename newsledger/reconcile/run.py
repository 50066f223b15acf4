"""From a set of claims to its events, with the decisions of people and the ids of the ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from newsledger.companies import Resolver, live
from newsledger.model import Company, Decision, Event, SourcedClaim
from newsledger.money import to_usd
from newsledger.reconcile import relations
from newsledger.reconcile.event import build
from newsledger.reconcile.grouping import Group, across, akin, counterparts, grouped, merged, single
from newsledger.reconcile.ledger import MintedId, anchor, assign, minted_id
from newsledger.reconcile.reading import Rates, Reading, company_of, others_of, read

CORRECTABLE = frozenset(
    (
        *("count", "count_low", "count_high", "count_qualifier", "percent", "percent_of"),
        *("amount", "amount_low", "amount_high", "amount_qualifier", "currency"),
        *("kind", "basis", "scope", "stage", "date", "date_precision", "effective_date", "period_start", "period_end"),
    )
)
"""Fields of an event that a person may correct."""

TRACED = 50
"""How many of an event's claims, the earliest, keep the reason why they belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a set of claims comes to."""

    events: tuple[Event, ...]
    """In the order in which they were first told."""
    minted: tuple[MintedId, ...]
    """Ids given out just now, to be kept."""
    successors: Mapping[str, str | None]
    """Ids of the ledger whose successor changed: id → where it points to now, null where it stands for itself again."""
    companies: tuple[Company, ...]
    """Companies that the events name, provisional ones included, by id."""
    rejected: frozenset[str]
    """Ids of events that a person rejected: their claims are in no event."""
    drops: Mapping[str, int]
    """Claims left out, by reason."""
    covered: frozenset[str]
    """Ids of all claims settled here: a stored event with one of them that is not among `events` is over."""
    joins: Mapping[str, str]
    """Claim id → in plain words, why it belongs to its event."""


def neighbourhood(claim: SourcedClaim, resolver: Resolver) -> frozenset[str]:
    """Return the company keys that a claim touches: its company, its counterparties, a parent or unit it may mean.

    A store keeps them with the claim. When the claim comes, goes or changes, each of these keys is to be reconciled
    again. Empty where the claim's company has no letter or digit.
    """
    try:
        company_id = company_of(claim, resolver)
    except ValueError:
        return frozenset()
    sentence = claim.claim.sentence.quote.casefold()
    family = (
        other
        for other in resolver.family(company_id)
        if resolver.interchangeable(company_id, other) or resolver.company(other).name.casefold() in sentence
    )
    return frozenset((company_id, *others_of(claim, resolver), *family))


class _Loaded:
    """All claims of some companies, grouped company by company; more companies can be added."""

    def __init__(self, resolver: Resolver, rates: Rates) -> None:
        self.resolver, self.rates = resolver, rates
        self.groups: dict[str, list[Group]] = {}
        self.drops: Counter[str] = Counter()
        self.dropped: set[str] = set()
        self.touching: dict[tuple[str, str], set[str]] = defaultdict(set)
        """(company, other company) → ids of the other's claims that touch the company."""

    def add(self, claims: Iterable[SourcedClaim], only: Collection[str] | None = None) -> None:
        """Group the claims of these companies (of all where none are named); note which others touch them."""
        by_company: dict[str, list[Reading]] = defaultdict(list)
        seen: set[str] = set()
        for sourced in claims:
            if sourced.claim.id in seen:
                continue
            seen.add(sourced.claim.id)
            try:
                if only is not None and (company_id := company_of(sourced, self.resolver)) not in only:
                    for key in neighbourhood(sourced, self.resolver) & frozenset(only):
                        self.touching[key, company_id].add(sourced.claim.id)
                    continue
                reading = read(sourced, self.resolver, self.rates)
            except ValueError as error:
                if sourced.claim.id not in self.dropped:
                    self.dropped.add(sourced.claim.id)
                    self.drops["no such date" if "letter" not in str(error) else "no company name"] += 1
                continue
            by_company[reading.company_id].append(reading)
        for company_id in (*by_company, *(only or ())):
            self.groups[company_id] = grouped(by_company.get(company_id, []), self.resolver)

    def sides(self, group: Group) -> set[str]:
        """Return the companies that can tell of the same happening: those that have a claim which touches the group's.

        A deal must be told from both sides; of a parent and its unit it is enough that one names the other.
        """
        near = counterparts(group, self.resolver)
        family = {f for company_id in group.companies for f in self.resolver.family(company_id)}
        told = {side for c in group.companies for side in near if self.touching.get((c, side))}
        named = {key for m in group.members for key in neighbourhood(m.sourced, self.resolver)} if family else set()
        return told | (family & named)


def reconcile(
    claims: Sequence[SourcedClaim],
    *,
    resolver: Resolver,
    decisions: Sequence[Decision] = (),
    minted: Sequence[MintedId] = (),
    rates: Rates = to_usd,
    now: datetime | None = None,
) -> Reconciled:
    """Return the events of all live claims: a full rebuild.

    The result depends on the set of claims, the decisions, the ledger of ids and `now` (the time new ids are minted
    at, UTC), not on any order. Claims whose company name has no letter or whose date is none are dropped and counted.
    """
    loaded = _Loaded(resolver, rates)
    loaded.add(claims)
    return _settle(loaded, None, resolver, decisions, minted, rates, now)


def reconcile_around(
    keys: Collection[str],
    *,
    claims: Callable[[frozenset[str]], Iterable[SourcedClaim]],
    minted: Callable[[frozenset[str]], Sequence[MintedId]],
    resolver: Resolver,
    decisions: Sequence[Decision] = (),
    rates: Rates = to_usd,
    now: datetime | None = None,
) -> Reconciled:
    """Return the events that the companies of these keys have a claim in: the same as a full rebuild gives for them.

    `claims` returns all live claims that touch any of the keys asked for (see `neighbourhood`), `minted` all ids of the
    ledger that were minted from the articles asked for (see `article_of`). Both are asked only for these companies and
    for those whose deals they share, so that the cost does not grow with the store.
    """
    loaded = _Loaded(resolver, rates)
    focus = _decided_together({resolver.final(key) for key in keys}, decisions, resolver)
    loaded.add(claims(focus), only=focus)
    waiting = [group for company_id in sorted(focus) for group in loaded.groups[company_id]]
    kin = {(key, c): ids for (key, c), ids in loaded.touching.items() if c in resolver.family(key)}
    if missing := frozenset(c for _, c in kin) - loaded.groups.keys():
        loaded.add(claims(missing), only=missing)
    for (_, company_id), ids in kin.items():
        waiting += [g for g in loaded.groups[company_id] if any(m.claim.id in ids for m in g.members)]
    around: dict[int, Group] = {}
    while waiting:
        around |= {id(group): group for group in waiting}
        sides = {id(group): loaded.sides(group) for group in waiting}
        missing = frozenset(c for companies in sides.values() for c in companies) - loaded.groups.keys()
        if missing:
            loaded.add(claims(missing), only=missing)
        near = [other for g in waiting for c in sides[id(g)] for other in loaded.groups[c] if akin(g, other, resolver)]
        waiting = [group for group in {id(group): group for group in near}.values() if id(group) not in around]
    articles = frozenset(a for groups in loaded.groups.values() for group in groups for a, _ in group.articles)
    return _settle(loaded, around, resolver, decisions, minted(articles), rates, now)


def _decided_together(keys: set[str], decisions: Sequence[Decision], resolver: Resolver) -> frozenset[str]:
    """Add the companies whose events a person merged with events of these."""
    unions = [
        {resolver.final(c) for c in companies.split()}
        for d in live(decisions)
        if d.action == "event_merge" and isinstance(companies := d.values.get("companies"), str)
    ]
    while more := [u for u in unions if u & keys and not u <= keys]:
        keys = keys.union(*more)
    return frozenset(keys)


def _settle(
    loaded: _Loaded,
    around: Mapping[int, Group] | None,
    resolver: Resolver,
    decisions: Sequence[Decision],
    minted: Sequence[MintedId],
    rates: Rates,
    now: datetime | None,
) -> Reconciled:
    now = now or datetime.now(UTC)
    whole = across(loaded.groups, resolver)
    groups = sorted((group for _, group in whole), key=lambda g: g.first.order)
    settled = None
    if around is not None:
        settled = {m.claim.id for own, group in whole if any(id(g) in around for g in own) for m in group.members}
    ids, new, successors = assign(groups, minted, resolver, now)
    standing = live(decisions)
    groups, ids, split, merges = _decide(groups, ids, standing, minted, now)
    new += split
    successors = {old: to for old, to in (successors | merges).items() if to is None or old not in ids}
    rejected = {d.subject for d in standing if d.action == "event_reject"}

    parts, newer = relations.parts(groups), relations.superseded(groups)
    events: list[Event] = []
    joins: dict[str, str] = {}
    covered: set[str] = set()
    shown: set[str] = set()
    for index, (event_id, group) in enumerate(zip(ids, groups, strict=True)):
        if settled is not None and settled.isdisjoint(m.claim.id for m in group.members):
            continue
        shown.add(event_id)
        covered.update(m.claim.id for m in group.members)
        if event_id in rejected:
            continue
        event = build(event_id, group, resolver, rates)
        trace = dict(event.trace)
        changes: dict[str, Any] = {}
        if index in parts and ids[parts[index][0]] not in rejected:
            total, why_part = parts[index]
            changes |= {"scope": "part", "part_of": ids[total]}
            trace["part_of"] = why_part
        if index in newer and ids[newer[index]] not in rejected:
            changes["superseded_by"] = ids[newer[index]]
            trace["superseded_by"] = "a newer figure for the same company and period"
        told = {m.claim.id: group.joins.get(m.claim.id, "the first to tell of it") for m in group.members}
        joins |= told
        trace |= {f"claim {m.claim.id}": told[m.claim.id] for m in group.members[:TRACED]}
        event = replace(event, **changes, trace=MappingProxyType(trace))
        events.append(_corrected(event, standing, rates))
    covered |= loaded.dropped
    named = {c for e in events for c in (e.company_id, *e.counterparty_ids)}
    said = {r.company_id: r.claim.company for g in groups for r in g.members}
    said |= {o: s for g in groups for r in g.members for o, s in zip(r.others, r.said, strict=True) if o not in said}
    return Reconciled(
        events=tuple(events),
        minted=tuple(m for m in new if m.id in shown),
        successors=MappingProxyType({old: to for old, to in successors.items() if (to or old) in shown}),
        companies=tuple(resolver.company(c, name=said.get(c)) for c in sorted(named)),
        rejected=frozenset(rejected & shown),
        drops=MappingProxyType(dict(sorted(loaded.drops.items()))),
        covered=frozenset(covered),
        joins=MappingProxyType(joins),
    )


def _decide(
    groups: list[Group], ids: list[str], standing: Sequence[Decision], minted: Sequence[MintedId], now: datetime
) -> tuple[list[Group], list[str], list[MintedId], dict[str, str]]:
    """Apply people's splits and merges of events, oldest first.

    A split names in `values["claims"]` the claims or articles that leave, parted by spaces; what leaves gets an id of
    its own, minted from the decision.
    """
    known = {one.id for one in minted}
    new: list[MintedId] = []
    successors: dict[str, str] = {}
    for decision in standing:
        if decision.subject not in ids:
            continue
        i = ids.index(decision.subject)
        if decision.action == "event_split":
            leaving = set(str(decision.values.get("claims", "")).split())
            out = [m for m in groups[i].members if leaving & {m.claim.id, m.claim.article_id}]
            stay = [m for m in groups[i].members if m not in out]
            if not out or not stay:
                continue
            groups[i] = _together(stay, groups[i].joins, "")
            groups.append(_together(out, {}, f"{decision.author} took it out: {decision.reason}"))
            event_id = minted_id(decision.id, "split")
            ids.append(event_id)
            if event_id not in known:
                new.append(MintedId(id=event_id, minted_at=now, anchor=f"{anchor(groups[-1].first)}"))
        elif decision.action == "event_merge" and decision.target in ids and decision.target != decision.subject:
            j = ids.index(decision.target)
            why = f"{decision.author} merged them: {decision.reason}"
            groups[j] = _together([*groups[j].members, *groups[i].members], {**groups[i].joins, **groups[j].joins}, why)
            del groups[i], ids[i]
            successors[decision.subject] = decision.target
    return groups, ids, new, successors


def _together(members: Sequence[Reading], joins: Mapping[str, str], why: str) -> Group:
    """Return one group of these members, whatever their figures say: a person has decided."""
    ordered = sorted(members, key=lambda m: m.order)
    group = single(ordered[0])
    for member in ordered[1:]:
        group = merged(group, single(member), figures=False) or Group(
            members=sorted((*group.members, member), key=lambda m: m.order), articles=group.articles, revised=True
        )
    group.joins = {m.claim.id: joins.get(m.claim.id, why) for m in ordered if joins.get(m.claim.id, why)}
    return group


def _corrected(event: Event, standing: Sequence[Decision], rates: Rates) -> Event:
    for decision in standing:
        if decision.action != "event_correct" or decision.subject != event.id:
            continue
        values: dict[str, Any] = {k: v for k, v in decision.values.items() if k in CORRECTABLE}
        trace = dict(event.trace)
        trace |= {
            k: f"{decision.author} corrected it on {decision.at.date().isoformat()}: {decision.reason}" for k in values
        }
        for figure in ("count", "amount"):
            if isinstance(value := values.get(figure), int):
                low, high = getattr(event, f"{figure}_low"), getattr(event, f"{figure}_high")
                values.setdefault(f"{figure}_low", value if low is None else min(low, value))
                values.setdefault(f"{figure}_high", value if high is None else max(high, value))
        if values.keys() & {"count", "amount", "percent"}:
            values["figure_rule"] = "corrected"
        event = replace(event, **values, trace=MappingProxyType(trace))
        if (
            values.keys() & {"amount", "currency", "date"}
            and event.amount is not None
            and event.currency
            and event.date
        ):
            found = rates(event.amount, event.currency, event.date)
            event = replace(
                event,
                amount_usd=found.amount_usd if found else None,
                usd_rate=float(found.rate) if found else None,
                usd_rate_date=found.rate_date if found else None,
                usd_rate_table=found.table if found else None,
            )
    return event
