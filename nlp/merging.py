"""From findings to claims: what is told twice becomes one, parts go under their total, background is told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from newsledger.model import AiRelation, Basis, EventType, Evidence, Kind, Precision, RoleMention, Speaker, Status, Time
from nlp import attributes, linear, names, timing
from nlp.figures import Figure


@dataclass(slots=True)
class Finding:
    """One statement of one sentence, before statements of the same happening are merged."""

    type: EventType
    company: str
    group: str
    order: int
    sentence: Evidence
    figure: Figure | None
    percent: Figure | None
    status: Status
    date: str | None
    precision: Precision | None
    effective: str | None
    evidence: dict[str, Evidence]
    trace: dict[str, str]
    is_topic: bool
    sure: bool
    words: str
    start: int
    end: int
    time: Time = "current"
    kind: Kind = "layoff"
    counterparty: tuple[str, ...] = ()
    cumulative: bool = False
    part_of: Finding | None = None
    """The total that it is a stated part of."""
    ai_relation: AiRelation = "none"
    ai_speaker: Speaker | None = None
    roles: tuple[RoleMention, ...] = ()
    location: str | None = None
    basis: Basis | None = None
    period_start: str | None = None
    period_end: str | None = None
    told: int = 1
    before: str = ""
    """The sentence before its own."""
    background: float = 0.0
    """The log-odds of being background, not the article's own news."""
    doubts: frozenset[str] = frozenset()
    """What makes every sentence that tells it doubtful; see `acceptance.doubts`."""
    odds: float = 0.0
    """The log-odds of being an investment, the highest of the sentences that tell it."""
    lead: float = 1.0
    """How far a cut's company leads the others whose it may be, 1 where far; the highest of the sentences that tell it."""
    orders: list[int] = field(default_factory=list)
    """The lines that tell it: -1 for the title, then the body's sentences from 0."""

    @property
    def own(self) -> Figure:
        """The figure that it is about: its count or amount, or else its percent."""
        own = self.figure or self.percent
        assert own is not None
        return own


def tell_time(findings: Sequence[Finding], published: date | None, title: str, lines: Sequence[str]) -> None:
    """Set for each finding whether it is the article's own news or background; `lines` are title and sentences."""
    story = timing.Story(findings, published, title, lines)
    for f, odds in zip(findings, timing.load().odds(findings, [timing.cues(f, story) for f in findings]), strict=True):
        f.background = odds
        if timing.months_after(f) and f.date and f.precision == "day":  # the later happening's day
            f.date = f.precision = None
            f.evidence.pop("date", None)
            f.trace.pop("date", None)
        _set_time(f)


def _set_time(f: Finding) -> None:
    f.time = "past" if f.background > 0 else "current"
    f.trace["time"] = f"background:{linear.probability(f.background):.2f}"


def _number(f: Finding) -> float | None:
    return f.figure.low if f.figure else None


def _far_apart(a: Finding, b: Finding) -> bool:
    """Whether two findings have dates of different months."""
    if not (a.date and b.date):
        return False
    n = min(len(a.date), len(b.date), 7)
    return a.date[:n] != b.date[:n]


def _join(keep: Finding, other: Finding) -> None:
    keep.told += other.told
    keep.doubts &= other.doubts
    keep.odds = max(keep.odds, other.odds)
    keep.lead = max(keep.lead, other.lead)
    keep.orders += [order for order in other.orders if order not in keep.orders]
    if (
        keep.figure
        and other.figure
        and (
            (other.figure.converted and not keep.figure.converted)
            or abs(other.figure.low - keep.figure.low) > 0.005 * keep.figure.low
        )
        and not (keep.figure.high is not None and other.figure.high is None)
    ):
        # the native amount, and the unrounded one, stand nearer to the fact
        keep.figure = other.figure
        name = "count" if keep.type == "layoff" else "amount"
        keep.evidence[name], keep.evidence["company"] = other.evidence[name], other.evidence["company"]
        keep.sentence = other.sentence
    for name in (
        "date",
        "precision",
        "effective",
        "location",
        "percent",
        "basis",
        "period_start",
        "period_end",
    ):
        if getattr(keep, name) in (None, ()) and getattr(other, name) not in (None, ()):
            setattr(keep, name, getattr(other, name))
            source = "date" if name in ("date", "precision") else "effective_date" if name == "effective" else name
            if source in other.evidence and source not in keep.evidence:
                keep.evidence[source] = other.evidence[source]
                keep.trace[source] = other.trace.get(source, "merged")
    if keep.location and other.location and other.location.startswith(f"{keep.location},"):
        keep.location, keep.evidence["location"] = other.location, other.evidence["location"]
    if keep.kind == "layoff" and other.kind != "layoff" and keep.type == "layoff":
        keep.kind, keep.trace["kind"] = other.kind, other.trace.get("kind", "merged")
    if keep.type == "ai_investment" and keep.order < 0 <= other.order and keep.figure is other.figure:
        keep.kind, keep.trace["kind"] = other.kind, other.trace.get("kind", "merged")  # a title rounds, and says less
    keep.roles = keep.roles or other.roles
    if "roles" in other.evidence and "roles" not in keep.evidence:
        keep.evidence["roles"] = other.evidence["roles"]
    seen = {c.casefold() for c in keep.counterparty}
    keep.counterparty += tuple(c for c in other.counterparty if c.casefold() not in seen)
    keep.background += (other.background - keep.background) * other.told / keep.told
    _set_time(keep)
    if keep.date and other.date and len(other.date) > len(keep.date) and other.date.startswith(keep.date):
        keep.date, keep.precision = other.date, other.precision
        if "date" in other.evidence:
            keep.evidence["date"] = other.evidence["date"]
    if keep.status == "reported" and other.status == "confirmed" and other.trace.get("status") == "announced":
        keep.status, keep.trace["status"] = "confirmed", "announced-elsewhere"
    elif keep.order < 0 and keep.trace.get("status") == "plain" and other.status == "reported":
        # a title tells as done what its text has from sources
        keep.status, keep.trace["status"] = "reported", other.trace["status"]
    if other.status == "denied":
        keep.status, keep.trace["status"] = "denied", "denial"
    keep.cumulative = keep.cumulative and other.cumulative


def merge(findings: list[Finding], published: date | None, title: str, lines: Sequence[str]) -> list[Finding]:
    """Return one finding per happening, in the order of the text; `lines` are the article's title and sentences."""
    tell_time(findings, published, title, lines)
    kept: list[Finding] = []
    for f in sorted(findings, key=lambda x: (x.order, x.start)):
        for k in kept:
            if _same(k, f):
                _join(k, f)
                break
        else:
            kept.append(f)
    kept = _percent_into_count(_two_sides(kept), published)
    _parts(kept)
    return kept


def _two_sides(kept: list[Finding]) -> list[Finding]:
    """Join one deal told from both its sides: "Acme invests $2bn in Beta", "Beta receives $2bn from Acme"."""
    out: list[Finding] = []
    for f in kept:
        twin = next((k for k in out if _one_deal(k, f)), None)
        if twin is None:
            out.append(f)
        elif twin.kind == "capex" and f.kind in ("funding", "stake", "contract"):
            _join(f, twin)
            out[out.index(twin)] = f
        else:
            _join(twin, f)
    return out


def _one_deal(k: Finding, f: Finding) -> bool:
    if "ai_investment" not in (k.type, f.type) or k.type != f.type or k.group == f.group or not (k.figure and f.figure):
        return False
    if k.figure.currency != f.figure.currency or k.figure.low != f.figure.low:
        return False
    sides = {c.casefold() for c in k.counterparty} & {f.company.casefold()} or {
        c.casefold() for c in f.counterparty
    } & {k.company.casefold()}
    kinds = {k.kind, f.kind}
    return bool(sides) and (kinds <= {"stake", "funding", "capex"} or kinds <= {"contract", "capex"} or len(kinds) == 1)


def _same(k: Finding, f: Finding) -> bool:
    if k.type != f.type:
        return False
    if k.group != f.group:
        # a firm and its parent, or its former name, with one and the same count
        return (
            k.type == "layoff"
            and _number(k) is not None
            and _number(k) == _number(f)
            and not _far_apart(k, f)
            and names.same_house(k.company, f.company)
        )
    if _number(k) is None or _number(f) is None:
        return (
            _number(k) is None
            and _number(f) is None
            and k.percent is not None
            and f.percent is not None
            and abs(k.percent.low - f.percent.low) < (1.01 if k.order < 0 <= f.order <= 1 else 0.5)
        )
    if k.type == "ai_investment" and k.figure and f.figure and k.figure.currency != f.figure.currency:
        return _converts(k.figure, f.figure) or _converts(f.figure, k.figure)
    a, b = _number(k) or 0.0, _number(f) or 0.0
    if k.type == "ai_investment" and k.order < 0 <= f.order and k.figure and f.figure and _rounds(k.figure, f.figure):
        return True
    if k.type == "layoff" and _rounded(k, f):
        return abs(a - b) <= 0.1 * max(a, b)
    if k.figure and f.figure and (k.figure.high is None) != (f.figure.high is None):
        span, single = (k.figure, b) if f.figure.high is None else (f.figure, a)
        if k.type == "layoff":  # "up to 6,000 jobs", then "between 4,000 and 6,000"
            return any(abs(single - end) <= 0.005 * end for end in (span.low, span.high or span.low))
        # "as much as $28bn", then "$27bn to $28bn"
        return span.low * 0.995 <= single <= (span.high or span.low) * 1.005
    if (
        k.order < 0 <= f.order
        and k.type == "ai_investment"
        and k.figure
        and f.figure
        and k.figure.qualifier != "exact"
        and k.kind == f.kind
    ):
        return abs(a - b) <= 0.04 * max(a, b)  # a title rounds
    return abs(a - b) <= 0.005 * max(a, b)


_TITLE_ROUNDS = {"about": (0.93, 1.07), "at_least": (1.0, 1.1), "at_most": (0.93, 1.0)}
"""How far a count of the lead may be from the title's, as a share of it, by how exact the title is."""


def _rounds(title: Figure, body: Figure) -> bool:
    """Whether a title's figure is the text's own, rounded to the digits that the title gives: "$12bn", "$11.9 billion"."""
    if title.high is not None or body.high is not None or abs(title.low - body.low) > 0.06 * body.low:
        return False
    digits, fine = (len(f"{f.low:.6e}".split("e")[0].rstrip("0").replace(".", "")) for f in (title, body))
    return digits < fine and float(f"{body.low:.{max(digits, 1) - 1}e}") == title.low


def _rounded(k: Finding, f: Finding) -> bool:
    """Whether one of two counts is the other rounded: a title's hedged one, or one of the lead with the same percent."""
    if k.order < 0 <= f.order <= 1 and k.figure and f.figure and f.figure.qualifier == "exact":
        least, most = _TITLE_ROUNDS.get(k.figure.qualifier, (1.0, 1.0))
        return least * k.figure.low <= f.figure.low <= most * k.figure.low
    return bool(
        {k.order, f.order} & {-1, 0}
        and k.percent
        and f.percent
        and abs(k.percent.low - f.percent.low) < 0.5
        and "about" in (k.figure and k.figure.qualifier, f.figure and f.figure.qualifier)
    )


def _converts(native: Figure, other: Figure) -> bool:
    """Whether one amount is what the text gives as the other in its own currency."""
    if native.converted is None or native.converted[1] != other.currency:
        return False
    return abs(native.converted[0] - other.low) <= 0.05 * other.low


_OF_THE_CUT = re.compile(
    r"(?:the|these|those|them)\s(?:\w+\s)?(?:posts|jobs|cuts|roles|positions|lay-?offs|job cuts|redundancies)\b",
    re.IGNORECASE,
)


OF_TOLD = re.compile(
    r"^\W*(?:(?:the|these|those|this|that|such)\s(?:[\w-]+\s){0,4}(?:cuts?|lay-?offs?|reductions?|redundancies|losses|eliminations?|moves?|number|figure|total|action)|this|that|it)\s"
    r"(?:represent(?:s|ed)?|constitutes?d?|amount(?:s|ed)? to|account(?:s|ed)? for|equals?|equate[sd]? to|comprise[sd]?|is|are|was|were|works out|will (?:affect|impact|reduce)|affects?|impacts?)\b",
    re.IGNORECASE,
)
"""A sentence that goes on telling of a cut already told: "The cuts represent about 3% of the staff"."""


_EARLIER = re.compile(
    r"\b(?:after (?:it|they|having|the (?:company|firm|group|bank))\b|earlier|previously|last (?:year|month|week|spring|summer|autumn|fall|winter)\b|the year before|a year ago)",
    re.IGNORECASE,
)
"""What tells before a share that it is one of another round."""
_FRAGMENT = 60
"""Characters below which a sentence without a company goes on with the cut before it: "roughly 5% of workforce affected"."""
_OLD = 45
"""Days after which what a sentence dates is no part of a cut that the article does not date."""


_ANOTHER = re.compile(r"\b(?:another|also|additional(?:ly)?|a further|further|separately|in addition)\b", re.IGNORECASE)
"""Words that set a cut beside a larger one, not within it."""


def _percent_into_count(kept: list[Finding], published: date | None) -> list[Finding]:
    """Join a percent told alone to the count it belongs to: an equal percent first, else the nearest count without."""
    out: list[Finding] = []
    counts = [k for k in kept if k.type == "layoff" and k.figure is not None]
    for f in kept:
        if f.type != "layoff" or f.figure is not None or f.percent is None:
            out.append(f)
            continue
        mine = [
            k for k in counts if (k.group == f.group or names.same_house(k.company, f.company)) and not _far_apart(k, f)
        ]
        if mine and _OF_THE_CUT.match(f.percent.base):
            continue  # "half of the posts": of those that go
        share = f.percent.low
        equal = [
            k for k in mine if k.percent is not None and abs(k.percent.low - share) <= (1 if k.time == f.time else 0.5)
        ]
        goes_on = bool(OF_TOLD.search(f.words[: f.end])) or (
            f.trace["company"] == "link:context"
            and len(f.words) < _FRAGMENT
            and any(f.order - 1 in k.orders for k in mine)
        )
        old = f.date is not None and published is not None and attributes.age_days(f.date, published) > _OLD
        free = [
            k
            for k in mine
            if k.percent is None
            and not (
                k.order == f.order and _ANOTHER.search(f.words[min(k.start, f.start) : max(k.start, f.start) + 16])
            )
            and (_EARLIER.search(k.words[: k.start][-80:]) or not _EARLIER.search(f.words[: f.start][-80:]))
            and ((k.time == f.time and not (old and k.date is None)) or (goes_on and k.order <= f.order))
        ]
        partner = min(equal or free, key=lambda k: abs(k.order - f.order), default=None)
        if partner is None:
            out.append(f)
        else:
            _join(partner, f)
    return out


def _parts(kept: list[Finding]) -> None:
    for f in kept:
        if f.type != "layoff" or f.figure is None:
            continue
        if _ANOTHER.search(f.words[max(0, f.start - 60) : f.end]):
            continue
        totals = [
            k
            for k in kept
            if k.group == f.group
            and k is not f
            and k.type == "layoff"
            and k.figure is not None
            and k.figure.low > f.figure.low
            and not k.cumulative
            and k.time == f.time == "current"
            and not _far_apart(k, f)
            and k.order <= f.order + 2
        ]
        f.part_of = max(totals, key=lambda k: k.figure.low if k.figure else 0, default=None)
    for f in kept:
        while f.part_of is not None and f.part_of.part_of is not None:
            f.part_of = f.part_of.part_of
