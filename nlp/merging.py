"""From findings to claims: what is told twice becomes one, parts go under their total, background is told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from newsledger.model import AiRelation, Basis, EventType, Evidence, Kind, Precision, RoleMention, Speaker, Status, Time
from nlp import names
from nlp.attributes import age_days
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
    part: bool = False
    ai_relation: AiRelation = "none"
    ai_speaker: Speaker | None = None
    roles: tuple[RoleMention, ...] = ()
    location: str | None = None
    basis: Basis | None = None
    period_start: str | None = None
    period_end: str | None = None
    told: int = 1
    orders: list[int] = field(default_factory=list)
    """The lines that tell it: -1 for the title, then the body's sentences from 0."""


_BACKGROUND = re.compile(
    r"\b(?:previously|earlier (?:this|last) year|last (?:year|spring|summer|fall|autumn|winter)|years? ago|months? (?:ago|earlier)|in the past|prior to|"
    r"after it (?:had )?(?:cut|laid|eliminated|slashed|shed|let|axed|trimmed|raised|closed|secured)|had (?:raised|laid|cut|let|shed|dismissed|announced|previously|already|invested|acquired|reduced|eliminated|slashed)|(?:initial|earlier|previous|prior) (?:[$€£]?[\w.]+ ){0,3}(?:round|wave|layoffs?|cuts?|seed|tranche|raise)|"
    r"(?:its|the) (?:first|last|previous) (?:round|layoffs?|cuts?)|after (?:raising|cutting|laying|an? (?:initial|earlier|previous)|having|closing|securing)|since (?:then|raising)|the last (?:round|major)|"
    r"at the time|same (?:time )?period|since \w+ 20\d\d, when|the first [$€£]\d|historically|once (?:laid|cut|raised)|in the (?:first|last|past) (?:\w+ )?(?:months|years|quarters)|most recently|said recently|recently (?:said|announced|laid|cut|raised|disclosed)|already (?:laid|cut|made|raised))\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|to (?:lay|cut|slash|axe|shed|eliminate|invest|spend|raise|buy|acquire|build|make|reduce|close)|is (?:cutting|laying|set|planning|slashing|eliminating|shedding|raising|in talks|preparing|investing|spending|closing|considering|letting|reducing|trimming|axing)|"
    r"are (?:cutting|laying|planning|being)|(?:is|are) (?:\w+ly )?\w{3,}ing|would|plans|announces|lays|cuts|slashes|axes|raises|lands|secures|expects|aims|intends|has (?:struck|signed|agreed|announced|begun|started|notified)|may|could|today|this week|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b",
    re.IGNORECASE,
)
_ROUNDED = 4
"""Companies of one type in an article, from which it is a round-up and not about one of them."""


_ROUND_UP = re.compile(
    r"\b(?:week in|round-?up|daily|tracker|list of|full list|here are|these (?:companies|firms)|companies that|who (?:cut|raised)|briefing|digest|newsletter|so far this year|every|mass (?:\w+ )?layoffs)\b",
    re.IGNORECASE,
)


def tell_time(findings: list[Finding], published: date | None, title: str = "") -> None:
    """Set for each finding whether it is the article's own news or background."""
    for type_ in ("layoff", "ai_investment"):
        mine = [f for f in findings if f.type == type_]
        groups = {f.group for f in mine}
        led = {f.group for f in mine if f.order <= 2}
        titled = any(f.order < 0 for f in mine)
        roundup = not titled and (len(groups) >= _ROUNDED or (len(groups) > 1 and bool(_ROUND_UP.search(title))))
        for f in mine:
            f.time, f.trace["time"] = _time(f, published, f.group in led, roundup, bool(led))


_FIGURE = re.compile(r"[$€£¥₹]?\b(?!(?:19|20)\d\d\b)\d[\d,.]*")
_BREAK = re.compile(
    r"[;:()—](?!\d)|,(?!\d)|\s-\s|\b(?:after|following|while|but|whereas|though|although|before|including|compared|up from|and)\b",
    re.IGNORECASE,
)
_MONTHS_AFTER = re.compile(r"\b(?:days?|weeks?|months?|years?) after (?:[^\s,;]+ ){0,5}$", re.IGNORECASE)
_AFTER = re.compile(
    r"\b(?:after|following|follows|followed|joins?|joining|echo(?:es|ing)|on the heels of|in the wake of)\s[^,;]{0,60}$",
    re.IGNORECASE,
)
_WIDER = re.compile(
    r"\bpart of (?:\w+ ){0,3}(?:broader|wider|larger|sweeping|bigger|company-?wide|global|mass)\b", re.IGNORECASE
)


def _clause(f: Finding) -> tuple[int, int]:
    """Where the words about a finding's own figure begin and end: up to what belongs to another figure."""
    own = f.figure or f.percent
    assert own is not None
    lo, hi = max(0, f.start - 60), min(len(f.words), f.end + 45)
    for m in _FIGURE.finditer(f.words, lo, hi):
        if any(x and x.start <= m.start() < x.end for x in (f.figure, f.percent)):
            continue
        if m.end() <= own.start and (edge := _BREAK.search(f.words, m.end(), own.start)):
            lo = edge.start()
        elif m.start() >= f.end:
            edges = [x.start() for x in _BREAK.finditer(f.words, f.end, m.start())]
            if edges:
                hi = min(hi, edges[-1])
                break
    return lo, hi


_FAR = 10
"""Sentences of the body after which an article looks back."""


def _time(f: Finding, published: date | None, led: bool, roundup: bool, headed: bool) -> tuple[Time, str]:
    """Return whether a finding is the article's own news, and why.

    `led`: its company has such news in title or lead; `headed`: some company has; `roundup`: many have, in turn.
    """
    own = f.figure or f.percent
    assert own is not None
    lo, hi = _clause(f)
    near = f.words[lo:hi]
    front = f.order <= 1
    if _MONTHS_AFTER.search(f.words[: own.start]):
        if f.date and f.precision == "day":  # the later happening's day
            f.date = f.precision = None
            f.evidence.pop("date", None)
            f.trace.pop("date", None)
        return "past", "months-after"
    age = age_days(f.date, published) if f.date and published else None
    if age is not None and published and f.date:
        if f.precision == "year":
            if int(f.date[:4]) < published.year:
                return "past", "year-before"
        elif age > (62 if front else 12):
            return "past", "old-date"
        elif f.precision == "day" and age <= 8:
            return "current", "fresh-date"
    background = _BACKGROUND.search(near)
    fresh_news = roundup and background and "recently" in background.group().lower()
    if background and not (fresh_news and not re.search(r"\bwhich\s$", near[: background.start()])):
        return "past", "background-words"
    if not f.is_topic and f.order >= 0 and not roundup and _AFTER.search(f.words[: f.start]):
        return "past", "after-another"
    if front:
        return "current", "title-or-lead"
    ahead = bool(_AHEAD.search(f.words[max(lo, f.start - 45) : f.end]))
    fresh = age is not None and f.precision != "year" and age <= 3
    if f.is_topic:
        passing = f.order > _FAR and not (led or ahead or fresh)
        return ("past", "topic-in-passing") if passing else ("current", "topic")
    if f.date and published and f.precision == "month" and not (roundup or ahead or fresh):
        return "past", "earlier-month"
    if roundup or ahead or fresh:
        return "current", "round-up" if roundup else "ahead" if ahead else "fresh-month"
    if _WIDER.search(f.words[: f.end]):
        return "current", "wider-cut"
    if f.order <= 3 or not headed:
        return "current", "early" if f.order <= 3 else "nothing-else"
    return "past", "other-company"


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
    keep.roles = keep.roles or other.roles
    if "roles" in other.evidence and "roles" not in keep.evidence:
        keep.evidence["roles"] = other.evidence["roles"]
    seen = {c.casefold() for c in keep.counterparty}
    keep.counterparty += tuple(c for c in other.counterparty if c.casefold() not in seen)
    if keep.time == "past" and other.time == "current" and keep.trace.get("time") != "old-date":
        keep.time, keep.trace["time"] = "current", other.trace.get("time", "merged")
    if keep.date and other.date and len(other.date) > len(keep.date) and other.date.startswith(keep.date):
        keep.date, keep.precision = other.date, other.precision
        if "date" in other.evidence:
            keep.evidence["date"] = other.evidence["date"]
    if keep.status == "reported" and other.status == "confirmed" and other.trace.get("status") == "announced":
        keep.status, keep.trace["status"] = "confirmed", "announced-elsewhere"
    if other.status == "denied":
        keep.status, keep.trace["status"] = "denied", "denial"
    keep.cumulative = keep.cumulative and other.cumulative


def merge(findings: list[Finding], published: date | None, title: str = "") -> list[Finding]:
    """Return one finding per happening, in the order of the text; the title tells whether it is a round-up."""
    tell_time(findings, published, title)
    kept: list[Finding] = []
    for f in sorted(findings, key=lambda x: (x.order, x.start)):
        for k in kept:
            if _same(k, f):
                _join(k, f)
                break
        else:
            kept.append(f)
    kept = _percent_into_count(_two_sides(kept))
    _parts(kept)
    return [k for k in kept if not (k.part or k.cumulative)]


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
            and abs(k.percent.low - f.percent.low) < 0.5
        )
    if k.type == "ai_investment" and k.figure and f.figure and k.figure.currency != f.figure.currency:
        return _converts(k.figure, f.figure) or _converts(f.figure, k.figure)
    a, b = _number(k) or 0.0, _number(f) or 0.0
    if k.type == "layoff" and _rounded(k, f):
        return abs(a - b) <= 0.06 * max(a, b)
    if k.type == "ai_investment" and k.figure and f.figure and (k.figure.high is None) != (f.figure.high is None):
        # "as much as $28bn", then "$27bn to $28bn"
        span, single = (k.figure, b) if f.figure.high is None else (f.figure, a)
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


def _rounded(k: Finding, f: Finding) -> bool:
    """Whether one of two counts is the other rounded: a hedged one near the title, with the same percent."""
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


def _percent_into_count(kept: list[Finding]) -> list[Finding]:
    """Join a percent told alone to the count it belongs to: an equal percent first, else the nearest count without."""
    out: list[Finding] = []
    counts = [k for k in kept if k.type == "layoff" and k.figure is not None]
    for f in kept:
        if f.type != "layoff" or f.figure is not None or f.percent is None:
            out.append(f)
            continue
        mine = [k for k in counts if k.group == f.group and not _far_apart(k, f)]
        if mine and _OF_THE_CUT.match(f.percent.base):
            continue  # "half of the posts": of those that go
        share = f.percent.low
        equal = [k for k in mine if k.percent is not None and abs(k.percent.low - share) <= 1]
        free = [k for k in mine if k.percent is None and k.time == f.time]
        partner = min(equal or free, key=lambda k: abs(k.order - f.order), default=None)
        if partner is None:
            out.append(f)
        else:
            _join(partner, f)
    return out


_ANOTHER = re.compile(r"\b(?:another|also|additional(?:ly)?|a further|further|separately|in addition)\b", re.IGNORECASE)
"""Words that set a cut beside a larger one, not within it."""


def _parts(kept: list[Finding]) -> None:
    for f in kept:
        if f.type != "layoff" or f.figure is None:
            continue
        f.part = not _ANOTHER.search(f.words[max(0, f.start - 60) : f.end]) and any(
            k.group == f.group
            and k is not f
            and k.type == "layoff"
            and k.figure is not None
            and k.figure.low > f.figure.low
            and not k.cumulative
            and k.time == f.time == "current"
            and not _far_apart(k, f)
            and k.order <= f.order + 2
            for k in kept
        )
