"""Which claims tell of the same happening.

Five passes, each a function of the set of claims alone, so that the order of arrival cannot matter. The first four
look at one company's claims and nothing else:

1. claims that share a figure are linked, the surest link first, as long as the whole group still can be one happening;
2. a group that gives only a percent joins the count it stands for;
3. stage rules join a rumour to its announcement and an amended figure to the one it takes back;
4. claims without a figure join the nearest group that can be theirs, or each other;
5. groups of two companies become one where they are the two sides of a deal, or a unit and its parent told for each
   other, each the other's best match.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newsledger.companies import Resolver
from newsledger.model import Kind
from newsledger.reconcile.reading import SAME, Reading, Span

FORTNIGHT = 14
"""Days: two stated dates further apart are two happenings; unequal amounts closer than that stay apart."""

NEAR_DAYS = 30
"""Days between a claim without a figure and the group it may belong to."""

RUMOUR_DAYS = {"layoff": 60, "ai_investment": 270}
"""Days from a rumour to the announcement it may have become."""

AMEND_DAYS = 120
"""Days from a figure to the one that takes it back."""

RUMOUR_RATIO = {"layoff": 2.0, "ai_investment": 1.6}
"""How far a rumour's figure may be off."""

AMEND_RATIO = 3.0

ANY = Span(-math.inf, math.inf)
"""No bound."""

SPENDING: frozenset[Kind] = frozenset(("capex", "stake", "acquisition", "contract", "fund"))
_ENDING: frozenset[Kind] = frozenset(("layoff", "closure"))


@dataclass(slots=True, eq=False)
class Group:
    """Claims taken for one happening, and what all of them together still allow."""

    members: list[Reading]
    joins: dict[str, str] = field(default_factory=dict)
    """Claim id → in plain words, why it belongs here."""
    when: Span = ANY
    stated: Span = ANY
    count: Span = ANY
    percent: Span = ANY
    amounts: dict[str, Span] = field(default_factory=dict)
    usd: Span = ANY
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    articles: frozenset[tuple[str, int]] = frozenset()
    revised: bool = False
    """Whether a stage rule joined figures that differ: the bands then no longer bind."""

    @property
    def first(self) -> Reading:
        """The member told first."""
        return self.members[0]

    @property
    def has_figure(self) -> bool:
        """Whether any member carries a figure."""
        return any(m.has_figure for m in self.members)

    @property
    def confirmed(self) -> bool:
        """Whether any member confirms it."""
        return any(m.claim.status == "confirmed" for m in self.members)

    @property
    def day(self) -> float:
        """Day number that stands for the group: the middle of the stated days, else the first current telling."""
        if self.stated.low > -math.inf and self.stated.high < math.inf:
            return (self.stated.low + self.stated.high) / 2
        told = [m.told for m in self.members if m.claim.time == "current"]
        return min(told) if told else self.members[0].told

    @property
    def companies(self) -> frozenset[str]:
        """Company ids of its members."""
        return frozenset(m.company_id for m in self.members)


def single(reading: Reading) -> Group:
    """Return the group of one claim."""
    claim = reading.claim
    group = Group(members=[reading], when=reading.when, articles=frozenset(((claim.article_id, claim.revision),)))
    group.stated = reading.stated or group.stated
    group.count = reading.count or group.count
    group.percent = reading.percent or group.percent
    group.usd = reading.usd or group.usd
    if reading.amount is not None and claim.currency is not None and claim.amount is not None:
        group.amounts = {claim.currency: reading.amount}
        if claim.amount_high is not None:
            group.ranges = {claim.currency: (claim.amount, claim.amount_high)}
    return group


def _apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return any(abs(a - b) > SAME * max(a, b) for a, b in zip(one, other, strict=True))


def kinds_fit(one: Reading, other: Reading) -> bool:
    """Tell whether the two ways of going, or of paying, can be one happening seen twice."""
    a, b = one.claim.kind, other.claim.kind
    if a == b or (a in _ENDING and b in _ENDING):
        return True
    if one.claim.type == "layoff":
        return False
    if one.company_id != other.company_id and reciprocal(one, other):
        return True
    return a in SPENDING and b in SPENDING and one.amount is not None and other.amount is not None


def reciprocal(one: Reading, other: Reading) -> bool:
    """Tell whether the two claims are the payer's and the payee's view of one deal."""
    return one.company_id in other.others and other.company_id in one.others


def basis_fits(one: Reading, other: Reading) -> bool:
    """Tell whether what stands behind two amounts can be the same: an outlook is no deal and no money spent."""
    a, b = one.claim.basis, other.claim.basis
    if a is None or b is None or a == b:
        return not (a == b == "guidance") or periods_fit(one, other)
    return not ("guidance" in (a, b) and {a, b} & {"booked", "deal"})


def periods_fit(one: Reading, other: Reading) -> bool:
    """Tell whether two amounts can be for the same period: equal starts and ends as far as both name them."""
    pairs = ((one.claim.period_start, other.claim.period_start), (one.claim.period_end, other.claim.period_end))
    for a, b in pairs:
        if a is not None and b is not None:
            shared = min(len(a), len(b))
            if a[:shared] != b[:shared]:
                return False
    return True


def places_fit(one: Reading, other: Reading) -> bool:
    """Tell whether two stated sites can be one: a word of the one stands in the other."""
    a, b = one.claim.location, other.claim.location
    if a is None or b is None or one.claim.type == "layoff":
        return True
    return bool(set(a.casefold().replace(",", " ").split()) & set(b.casefold().replace(",", " ").split()))


def sides_fit(one: Reading, other: Reading) -> bool:
    """Tell whether the other sides of two deals can be the same."""
    if one.claim.type == "layoff" or not one.others or not other.others or one.company_id != other.company_id:
        return True
    if one.claim.kind == "funding" and other.claim.kind == "funding":
        return True  # articles name different investors of one round
    return bool(set(one.others) & set(other.others))


def companies_fit(one: Reading, other: Reading, resolver: Resolver) -> str | None:
    """Return in plain words why two companies can be one happening's, or null: equal, press name, unit, two sides."""
    a, b = one.company_id, other.company_id
    if a == b:
        return "same company"
    if one.claim.type == "ai_investment" and reciprocal(one, other):
        return "the two sides of one deal"
    if resolver.interchangeable(a, b):
        return f"the press uses {resolver.company(a).name} and {resolver.company(b).name} for each other"
    if resolver.related(a, b):
        for reading, name in ((one, resolver.company(b).name), (other, resolver.company(a).name)):
            if name.casefold() in reading.claim.sentence.quote.casefold():
                return f"the sentence names {name} as the company's parent or unit"
    return None


def fits(one: Reading, other: Reading, resolver: Resolver) -> str | None:
    """Return why two claims can be one happening as far as all but figures and dates say, or null."""
    a, b = one.claim, other.claim
    if a.type != b.type or a.scope != b.scope:
        return None
    if not (kinds_fit(one, other) and basis_fits(one, other) and sides_fit(one, other) and places_fit(one, other)):
        return None
    return companies_fit(one, other, resolver)


def merged(one: Group, other: Group, *, figures: bool = True) -> Group | None:
    """Return the two groups as one, or null where dates, figures or an article that tells them apart forbid it.

    With `figures` false a stage rule has already answered for the difference.
    """
    if one.articles & other.articles and not _told_twice(one, other):
        return None
    when, stated = one.when.meet(other.when), one.stated.meet(other.stated)
    if when.gap > 3 or stated.gap > FORTNIGHT:
        return None
    count, percent, usd = one.count.meet(other.count), one.percent.meet(other.percent), one.usd.meet(other.usd)
    amounts = dict(one.amounts)
    for currency, span in other.amounts.items():
        amounts[currency] = span.meet(amounts[currency]) if currency in amounts else span
    bound = figures and not (one.revised or other.revised)
    if bound:
        counted = one.count.low > -math.inf and other.count.low > -math.inf
        if count.gap > 0 or any(span.gap > 0 for span in amounts.values()):
            return None
        if percent.gap > 0 and not counted:  # of one number of people, "40 %" and "nearly half" are both told
            return None
        if not set(one.amounts) & set(other.amounts) and usd.gap > 0:
            return None
        for currency in set(one.ranges) & set(other.ranges):
            if _apart(one.ranges[currency], other.ranges[currency]):
                return None
    members = sorted((*one.members, *other.members), key=lambda m: m.order)
    return Group(
        members=members,
        joins={**one.joins, **other.joins},
        when=_uncrossed(when),
        stated=_uncrossed(stated),
        count=_uncrossed(count),
        percent=_uncrossed(percent),
        amounts={currency: _uncrossed(span) for currency, span in amounts.items()},
        usd=_uncrossed(usd),
        ranges={**other.ranges, **one.ranges},
        articles=one.articles | other.articles,
        revised=not bound,
    )


def _uncrossed(span: Span) -> Span:
    return span if span.low <= span.high else Span(span.high, span.low)


def _told_twice(one: Group, other: Group) -> bool:
    """Tell whether every article in both groups only repeats itself.

    It does where it says the very same again, names one company by two names, or tells the two sides of one deal. What
    else an article tells apart is apart.
    """
    for a in one.members:
        for b in other.members:
            if (a.claim.article_id, a.claim.revision) != (b.claim.article_id, b.claim.revision):
                continue
            dates = {a.claim.date, b.claim.date}
            if a.company_id != b.company_id:
                if not reciprocal(a, b):
                    return False
            elif not _same_figures(a, b) or a.another or b.another:
                return False
            elif a.claim.company == b.claim.company:
                if len(dates) > 1 or a.claim.time != b.claim.time:
                    return False
            elif len(dates - {None}) > 1:
                return False
    return True


def _same_figures(one: Reading, other: Reading) -> bool:
    """Tell whether two claims share a figure and differ in none that both give."""
    a, b = one.claim, other.claim
    pairs = ((a.count, b.count), (a.amount, b.amount), (a.percent, b.percent))
    shared = [x == y for x, y in pairs if x is not None and y is not None]
    return bool(shared) and all(shared)


# --- pass 1: figures


def _bands(reading: Reading) -> Iterator[tuple[str, Span]]:
    if reading.count is not None:
        yield "count", reading.count
    if reading.percent is not None:
        yield "percent", reading.percent
    if reading.amount is not None:
        yield f"amount {reading.claim.currency}", reading.amount
        if reading.usd is not None:
            yield "usd", reading.usd


def _pairs(nodes: Sequence[Group]) -> Iterator[tuple[int, int]]:
    """Yield index pairs of nodes that overlap in a figure and in time, each once."""
    blocks: dict[tuple[str, str, str], list[tuple[float, float, int]]] = defaultdict(list)
    for index, node in enumerate(nodes):
        reading = node.first
        for name, span in _bands(reading):
            blocks[reading.claim.type, reading.claim.scope, name].append((span.low, span.high, index))
    seen: set[tuple[int, int]] = set()
    for block in blocks.values():
        block.sort()
        active: list[tuple[float, float, int]] = []
        for low, high, index in block:
            active = [entry for entry in active if entry[1] >= low]
            for _, _, other in active:
                pair = (index, other) if index < other else (other, index)
                if pair not in seen and nodes[index].when.meet(nodes[other].when).gap <= 3:
                    seen.add(pair)
                    yield pair
            active.append((low, high, index))


def _strength(one: Reading, other: Reading) -> int:
    """Rank of a link: two equal figures, one equal figure, figures that only overlap."""
    a, b = one.claim, other.claim
    if a.currency == b.currency:
        equal = [
            x == y for x, y in ((a.count, b.count), (a.percent, b.percent), (a.amount, b.amount)) if None not in (x, y)
        ]
        return 2 * sum(equal) + (a.amount_high == b.amount_high and a.count_high == b.count_high) if any(equal) else 0
    return 0


def _signature(reading: Reading) -> tuple[object, ...]:
    c = reading.claim
    return (
        reading.company_id, c.type, c.kind, c.scope, c.status, c.time, c.count, c.count_high, c.count_qualifier,
        c.percent, c.amount, c.amount_high, c.amount_qualifier, c.currency, c.basis, c.period_start, c.period_end,
        c.date, c.date_precision, c.location, reading.others, reading.told, reading.dated, reading.another,
        reading.amended, c.part_of is not None,
    )  # fmt: skip


def _nodes(readings: Iterable[Reading]) -> list[Group]:
    """Put claims that say the very same on the same day together; order by time and id."""
    bundles: dict[tuple[object, ...], Group] = {}
    for reading in sorted(readings, key=lambda r: r.order):
        signature = _signature(reading)
        node = bundles.get(signature)
        if node is None:
            bundles[signature] = single(reading)
        else:
            node.members.append(reading)
            node.articles |= {(reading.claim.article_id, reading.claim.revision)}
            node.joins[reading.claim.id] = "same company, figure and day"
    return list(bundles.values())


class _Forest:
    """Groups that grow by union; `find` gives the index of the group that an index now belongs to."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = list(groups)
        self.root = list(range(len(groups)))

    def find(self, index: int) -> int:
        while self.root[index] != index:
            self.root[index] = self.root[self.root[index]]
            index = self.root[index]
        return index

    def join(self, one: int, other: int, why: str, *, figures: bool = True) -> bool:
        a, b = self.find(one), self.find(other)
        if a == b:
            return False
        union = merged(self.groups[a], self.groups[b], figures=figures)
        if union is None:
            return False
        later = max(self.groups[a], self.groups[b], key=lambda g: g.first.order)
        for member in later.members:
            union.joins.setdefault(member.claim.id, why)
        keep, gone = min(a, b), max(a, b)
        self.root[gone] = keep
        self.groups[keep] = union
        return True

    def live(self) -> list[Group]:
        return [group for index, group in enumerate(self.groups) if self.root[index] == index]


def _by_figure(readings: Iterable[Reading], resolver: Resolver) -> list[Group]:
    nodes = _nodes(readings)
    links: list[tuple[int, float, int, int, str]] = []
    for i, j in _pairs(nodes):
        a, b = nodes[i].first, nodes[j].first
        why = fits(a, b, resolver)
        if why is None:
            continue
        links.append((-_strength(a, b), abs(nodes[i].day - nodes[j].day), i, j, why))
    links.sort()
    forest = _Forest(nodes)
    for strength, apart, i, j, why in links:
        figure = "equal figure" if strength else "figures that agree within 2 % or their hedge"
        forest.join(i, j, f"{why}, {figure}, {apart:.0f} days apart")
    return forest.live()


# --- passes 2 and 3: groups to groups


def _only_percent(group: Group) -> bool:
    return all(m.count is None for m in group.members) and any(m.percent is not None for m in group.members)


def _groups_fit(one: Group, other: Group, resolver: Resolver) -> str | None:
    why: str | None = None
    for a in one.members[:8]:
        for b in other.members[:8]:
            why = fits(a, b, resolver)
            if why is None:
                return None
    return why


def _percents(groups: list[Group], resolver: Resolver) -> list[Group]:
    forest = _Forest(groups)
    wanted: list[tuple[float, int, int, str]] = []
    for i, group in enumerate(groups):
        if not _only_percent(group):
            continue
        best: tuple[float, int, str] | None = None
        for j, other in enumerate(groups):
            if i == j or other.count.low == -math.inf or other.percent.low > -math.inf:
                continue
            apart = abs(group.day - other.day)
            if apart > FORTNIGHT:
                continue
            why = _groups_fit(group, other, resolver)
            if why is not None and merged(group, other) is not None and (best is None or (apart, j) < best[:2]):
                best = (apart, j, why)
        if best is not None:
            wanted.append((best[0], i, best[1], best[2]))
    for apart, i, j, why in sorted(wanted):
        forest.join(i, j, f"{why}, one gives the count and one the percent, {apart:.0f} days apart")
    return forest.live()


def _figure_of(group: Group) -> float | None:
    for span in (group.count, group.usd, group.percent):
        if span.low > -math.inf:
            return (span.low + span.high) / 2
    for span in group.amounts.values():
        return (span.low + span.high) / 2
    return None


def _ratio(one: Group, other: Group) -> float | None:
    for a, b in ((one.count, other.count), (one.usd, other.usd), (one.percent, other.percent)):
        if a.low > -math.inf and b.low > -math.inf:
            x, y = (a.low + a.high) / 2, (b.low + b.high) / 2
            return max(x, y) / max(min(x, y), 1e-9)
    return None


def _stages(groups: list[Group], resolver: Resolver) -> list[Group]:
    """Join a rumour to the announcement it became, and an amended figure to the one that it takes back."""
    forest = _Forest(groups)
    wanted: list[tuple[float, int, int, str]] = []
    for i, group in enumerate(groups):
        current = [m for m in group.members if m.claim.time == "current"]
        if not current or group.first.claim.basis == "guidance":
            continue
        type_ = group.first.claim.type
        rumour = (
            not group.confirmed and any(m.claim.status == "reported" for m in current) and _figure_of(group) is not None
        )
        amended = max((m.told for m in current if m.amended), default=None)
        if not rumour and amended is None:
            continue
        best: tuple[float, int, str] | None = None
        for j, other in enumerate(groups):
            if i == j or _figure_of(other) is None or other.first.claim.type != type_:
                continue
            ratio, forward = _ratio(group, other), other.day - group.day
            if ratio is None:
                continue
            if rumour and other.confirmed and 0 <= forward <= RUMOUR_DAYS[type_] and ratio <= RUMOUR_RATIO[type_]:
                rule = "a report before the announcement"
            elif amended is not None and 0 <= amended - other.day <= AMEND_DAYS and ratio <= AMEND_RATIO:
                rule = "its sentence takes back the earlier figure"
            else:
                continue
            if any(m.another for m in other.members if forward >= 0) or any(m.another for m in current):
                continue
            why = _groups_fit(group, other, resolver)
            if why is None or merged(group, other, figures=False) is None:
                continue
            if best is None or (abs(forward), j) < best[:2]:
                best = (abs(forward), j, f"{why}, {rule}")
        if best is not None:
            wanted.append((best[0], i, best[1], best[2]))
    for apart, i, j, why in sorted(wanted):
        forest.join(i, j, f"{why}, {apart:.0f} days apart", figures=False)
    return forest.live()


# --- pass 4: claims without a figure


def _without_figure(groups: list[Group], bare: Iterable[Reading], resolver: Resolver) -> list[Group]:
    homes: dict[int, list[tuple[Reading, str]]] = defaultdict(list)
    left: list[Reading] = []
    for reading in sorted(bare, key=lambda r: r.order):
        alone = single(reading)
        best: tuple[int, float, int, str] | None = None
        rivals = 0
        for j, group in enumerate(groups):
            why = _groups_fit(alone, group, resolver)
            if why is None or merged(alone, group) is None:
                continue
            shared = bool(set(reading.others) & {o for m in group.members for o in m.others})
            reach = 400 if shared and reading.claim.kind == "acquisition" else 2 * NEAR_DAYS if shared else NEAR_DAYS
            if reading.claim.time == "past":
                if reading.stated is None and not shared:
                    continue
                apart = max(0.0, reading.when.meet(Span(group.day, group.day)).gap)
                rivals += 1
            else:
                apart = abs(group.day - reading.told) if reading.stated is None else abs(group.day - alone.day)
                nearest = min((abs(m.told - reading.told) for m in group.members), default=math.inf)
                apart = min(apart, nearest)
            if apart > reach:
                continue
            rank = (0 if shared else 1, apart, j, why)
            if best is None or rank < best:
                best = rank
        if best is None or (reading.claim.time == "past" and rivals > 1 and best[0] == 1):
            left.append(reading)
        else:
            homes[best[2]].append((reading, f"{best[3]}, no figure, the nearest happening ({best[1]:.0f} days)"))
    grown: list[Group] = []
    for j, group in enumerate(groups):
        for reading, why in homes.get(j, ()):
            joined = merged(group, single(reading))
            if joined is None:
                left.append(reading)
                continue
            joined.joins[reading.claim.id] = why
            group = joined
        grown.append(group)
    return grown + _leftovers(left, resolver)


def _leftovers(readings: Iterable[Reading], resolver: Resolver) -> list[Group]:
    """Group claims without a figure that found no home: one company and kind, told within a fortnight."""
    chains: dict[tuple[object, ...], list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda r: r.order):
        c = reading.claim
        past = c.time == "past"
        chains[
            reading.company_id, c.type, c.kind, c.scope, c.time, frozenset(reading.others), c.date if past else None
        ].append(reading)
    found: list[Group] = []
    for chain in chains.values():
        group: Group | None = None
        for reading in chain:
            near = group is not None and ((reading.claim.time == "past" and reading.claim.date is not None)
                                          or reading.told - group.members[-1].told <= FORTNIGHT)  # fmt: skip
            joined = merged(group, single(reading)) if group is not None and near else None
            if joined is None:
                group = single(reading)
                found.append(group)
            else:
                joined.joins[reading.claim.id] = "same company, kind and time, no figure"
                found[-1] = group = joined
    return found


# --- pass 5: groups of two companies


def counterparts(group: Group, resolver: Resolver) -> frozenset[str]:
    """Return the companies that may tell of the same happening: the other sides of a deal, the parent, the units."""
    found: set[str] = set()
    for member in group.members:
        if member.claim.type == "ai_investment":
            found.update(member.others)
        found.update(resolver.family(member.company_id))
    return frozenset(found) - group.companies


def akin(one: Group, other: Group, resolver: Resolver) -> bool:
    """Tell whether any claim of the one may be told of the same happening as any of the other, figures aside.

    Wider than a match, and a question of the claims alone: how they are grouped does not matter.
    """
    return any(fits(a, b, resolver) is not None for a in one.members for b in other.members)


def _match(one: Group, other: Group, resolver: Resolver) -> tuple[int, float, str] | None:
    """Return how well groups of two companies match (lower is better) and why, or null."""
    apart = abs(one.day - other.day)
    if apart > 2 * NEAR_DAYS:
        return None
    why = next(
        (w for a in one.members for b in other.members if (w := fits(a, b, resolver)) is not None and kinds_fit(a, b)),
        None,
    )
    if why is None or merged(one, other) is None:
        return None
    two_sides = any(reciprocal(a, b) for a in one.members for b in other.members)
    shared = (
        (one.count.low > -math.inf and other.count.low > -math.inf)
        or (one.percent.low > -math.inf and other.percent.low > -math.inf)
        or (one.usd.low > -math.inf and other.usd.low > -math.inf)
        or bool(set(one.amounts) & set(other.amounts))
    )  # fmt: skip
    if not shared and not (two_sides and apart <= NEAR_DAYS):
        return None
    if not two_sides and apart > FORTNIGHT:
        return None
    return (0 if shared else 1), apart, why


def across(by_company: Mapping[str, Sequence[Group]], resolver: Resolver) -> list[tuple[list[Group], Group]]:
    """Return the groups of all companies as (the groups of one company each that became one, that one)."""
    groups = [group for company_id in sorted(by_company) for group in by_company[company_id]]
    place = {id(group): index for index, group in enumerate(groups)}
    best: dict[tuple[int, str], tuple[int, float, int, str]] = {}
    looked: set[tuple[int, int]] = set()
    for i, one in enumerate(groups):
        (home,) = one.companies
        for company_id in counterparts(one, resolver):
            for other in by_company.get(company_id, ()):
                j = place[id(other)]
                if (min(i, j), max(i, j)) in looked:
                    continue
                looked.add((min(i, j), max(i, j)))
                found = _match(one, other, resolver)
                if found is None:
                    continue
                rank, apart, why = found
                for here, there, there_company in ((i, j, company_id), (j, i, home)):
                    offer = (rank, apart, there, why)
                    if (here, there_company) not in best or offer < best[here, there_company]:
                        best[here, there_company] = offer
    accepted = sorted(
        (rank, apart, i, j, why)
        for (i, company_id), (rank, apart, j, why) in best.items()
        if i < j and best.get((j, next(iter(groups[i].companies))), (0, 0.0, -1, ""))[2] == i
    )
    forest = _Forest(groups)
    for _, apart, i, j, why in accepted:
        forest.join(i, j, f"{why}, {apart:.0f} days apart")
    parts: dict[int, list[Group]] = defaultdict(list)
    for index, group in enumerate(groups):
        parts[forest.find(index)].append(group)
    return [(own, forest.groups[root]) for root, own in parts.items()]


def grouped(readings: Sequence[Reading], resolver: Resolver) -> list[Group]:
    """Return the groups of one company's claims that tell of one happening, whatever order the claims come in."""
    bare = [r for r in readings if not r.has_figure]
    groups = _by_figure([r for r in readings if r.has_figure], resolver)
    groups = _stages(_percents(groups, resolver), resolver)
    groups = _without_figure(sorted(groups, key=lambda g: g.first.order), bare, resolver)
    return sorted(groups, key=lambda g: g.first.order)
