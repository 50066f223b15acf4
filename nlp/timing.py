"""Whether a finding is the article's own news or background: a small linear model over plain cues.

The cues are the tense of the words that state it, what the clause says of earlier times, how far its date lies before
the article, where it stands, and what else the article tells of the same company. The weights, in `weights/`, are made
by `python -m bench.train_time`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nlp import prefilter
from nlp.attributes import age_days

if TYPE_CHECKING:
    from nlp.merging import Finding

WEIGHTS = Path(__file__).parent / "weights" / "time.json"
Cues = dict[str, float]

ROUNDED = 4
"""Companies of one type in an article, from which it is a round-up and not about one of them."""

_ROUND_UP = re.compile(
    r"\b(?:week in|round-?up|daily|tracker|list of|full list|here are|these (?:companies|firms)|companies that|who (?:cut|raised)|briefing|digest|newsletter|so far this year|every|mass (?:\w+ )?layoffs|this week)\b",
    re.IGNORECASE,
)
_HISTORY = re.compile(
    r"\b(?:timeline|history|years? (?:after|later|on|ago)|look(?:ing|s)? back|anniversary|the (?:rise|fall|story) (?:and fall )?of|retrospective|remember\w*|obituary)\b",
    re.IGNORECASE,
)
_VERB = r"(?:\w+ed|laid|cut|let|shed|put|spent|made|given|taken|bought|built|won|struck|begun|lost|sold|paid)"
_NEAR_TRIGGER: Mapping[str, prefilter.Guarded] = {
    name: prefilter.Guarded(pattern, re.IGNORECASE, megabytes=1)
    for name, pattern in {
        "had": rf"\bhad\s(?:\w+\s){{0,2}}?{_VERB}\b|\bhaving\s|\bhas since\b",
        "has": rf"\b(?:has|have)\s(?:\w+\s){{0,2}}?{_VERB}\b",
        "will": r"\b(?:will|would|to|plans?|planning|intends?|expects?|aims?|may|could|might|going to|looking to|considering)\b",
        "is-doing": r"\b(?:is|are)\s(?:\w+\s)?\w{2,}ing\b",
        "does": r"\b(?:lays|cuts|slashes|axes|sheds|eliminates|trims|lets|sacks|raises|lands|secures|closes|nabs|bags|acquires|buys|invests|pours|commits|pledges|announces|plans|signs|agrees|puts|spends|snags|grabs|parts|drops)\b",
        "did": r"\b(?:laid|cut|slashed|axed|shed|eliminated|trimmed|let|sacked|fired|dismissed|raised|landed|secured|closed|acquired|bought|invested|poured|committed|announced|signed|agreed|put|spent|was|were|lost|made|reduced|received|pulled|parted|dropped)\b",
        "again": r"\b(?:another|further|additional|more|second|third|latest|fresh|now|this time|today|again)\b",
    }.items()
}
_IN_CLAUSE: Mapping[str, prefilter.Guarded] = {
    name: prefilter.Guarded(pattern, re.IGNORECASE, megabytes=1)
    for name, pattern in {
        "earlier": r"\b(?:previous(?:ly)?|earlier|prior|already|initial(?:ly)?|former(?:ly)?|in the past|before that|(?:the|its|their) (?:first|last|previous) (?:round|wave|time|fundrais\w+|lay-?offs?|cuts?)|once|historically|to date|in total|at the time|on top of|besides)\b",
        "long-ago": r"(?<!end of )(?<!as of )\b(?:last (?:year|spring|summer|fall|autumn|winter|month|january|february|march|april|may|june|july|august|september|october|november|december)|(?:years?|months?|decades?) (?:ago|earlier|before)|that (?:year|spring|summer|autumn|fall|winter|month)|back in|a (?:year|decade) (?:ago|earlier))\b",
        "after-doing": r"\b(?:after|following|since) (?:it |he |she |they )?(?:had )?(?:raising|cutting|laying|closing|securing|shedding|letting|an? (?:initial|earlier|previous))\b",
        "says": r"\b(?:announc\w+|confirm\w+|said|says|told|notif\w+|memo|filing|statement|unveil\w+|disclos\w+)\b",
        "recent": r"\brecent(?:ly)?\b",
        "present": r"\b(?:today|this week|this month|yesterday|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    }.items()
}
_BESIDE_OTHERS = re.compile(
    r"\b(?:like|such as|including|includes?|joins?|joining|others?|also|rivals?|peers?|similarly|meanwhile|elsewhere|while)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after|following|since|in addition to|comes?|came|follows|followed|adds? to|compared|than)\b", re.IGNORECASE
)
_AFTER_ANOTHER = re.compile(
    r"\b(?:after|following|follows|followed|joins?|joining|echo(?:es|ing)|on the heels of|in the wake of)\s[^,;]{0,60}$",
    re.IGNORECASE,
)
_MONTHS_AFTER = re.compile(r"\b(?:days?|weeks?|months?|years?) after (?:[^\s,;]+ ){0,5}$", re.IGNORECASE)
_WIDER = re.compile(
    r"\bpart of (?:\w+ ){0,3}(?:broader|wider|larger|sweeping|bigger|company-?wide|global|mass)\b", re.IGNORECASE
)
_CROSSED = (
    "had",
    "has",
    "will",
    "did",
    "does",
    "earlier",
    "long-ago",
    "after",
    "topic",
    "other",
    "undated",
    "recent",
    "says",
)

_FIGURE = re.compile(r"[$€£¥₹]?\b(?!(?:19|20)\d\d\b)\d[\d,.]*")
_BREAK = re.compile(
    r"[;:()—](?!\d)|,(?!\d)|\s-\s|\b(?:after|following|while|but|whereas|though|although|before|including|compared|up from|on top of|and)\b",
    re.IGNORECASE,
)


def clause(f: Finding) -> tuple[int, int]:
    """Return where the words about a finding's own figure begin and end: up to what belongs to another figure."""
    own = f.figure or f.percent
    assert own is not None
    lo, hi = max(0, f.start - 60), min(len(f.words), f.end + 45)
    for m in _FIGURE.finditer(f.words, lo, hi):
        if any(x and x.start <= m.start() < x.end for x in (f.figure, f.percent)):
            continue
        if f.start <= m.start() < own.start:
            continue  # told in one breath: "cut 500 and 700"
        if m.end() <= own.start and (edge := _BREAK.search(f.words, m.end(), own.start)):
            lo = edge.start()
        elif m.start() >= f.end:
            edges = [x.start() for x in _BREAK.finditer(f.words, f.end, m.start())]
            if edges:
                hi = min(hi, edges[-1])
                break
    return lo, hi


def months_after(f: Finding) -> bool:
    """Return whether a later happening is dated by it: "five months after its $10m round"."""
    own = f.figure or f.percent
    assert own is not None
    return bool(_MONTHS_AFTER.search(f.words[: own.start]))


def alike(a: Finding, b: Finding) -> bool:
    """Return whether two findings state the same figure."""
    if a.figure and b.figure:
        return abs(a.figure.low - b.figure.low) <= 0.01 * a.figure.low
    return not a.figure and not b.figure and bool(a.percent and b.percent and abs(a.percent.low - b.percent.low) < 0.5)


def _dated(f: Finding, published: date | None) -> str:
    if f.date is None:
        return "undated"
    if published is None:
        return "of-unknown-age"
    if f.precision == "year":
        return "year-before" if int(f.date[:4]) < published.year else "this-year"
    age = age_days(f.date, published)
    steps = (3, 8, 16, 62) if f.precision == "day" else (0, 12, 31, 62)
    return f"{f.precision}<={next((str(s) for s in steps if age <= s), 'more')}"


def cues(f: Finding, findings: Sequence[Finding], published: date | None, title: str, lines: int) -> Cues:
    """Return the cues for and against a finding being background; `lines` is the article's number of sentences."""
    own = f.figure or f.percent
    assert own is not None
    fellows = [x for x in findings if x.type == f.type]
    mine = [x for x in fellows if x.group == f.group]
    groups = {x.group for x in fellows}
    titled = any(x.order < 0 for x in fellows)
    lo, hi = clause(f)
    near, words = f.words[lo:hi], f.words
    trigger = words[max(lo, f.start - 30) : max(f.end, own.end)]
    first = min(mine, key=lambda x: (x.order, x.start))
    largest = max((x.figure.low for x in mine if x.figure), default=0.0)
    roundup = not titled and (len(groups) >= ROUNDED or (len(groups) > 1 and bool(_ROUND_UP.search(title))))
    order = f.order
    told = {
        "always": True,
        _dated(f, published): True,
        "title"
        if order < 0
        else "lead"
        if order <= 1
        else "early"
        if order <= 3
        else "middle"
        if order <= 8
        else "late": True,
        "topic" if f.is_topic else "other": True,
        "many-companies": len(groups) >= ROUNDED,
        "few-companies": 1 < len(groups) < ROUNDED,
        "title-tells": titled and order >= 0,
        "led": any(x.order <= 2 for x in mine),
        "others-led": not any(x.order <= 2 for x in mine) and any(x.order <= 2 for x in fellows),
        "first": first is f or alike(first, f),
        "not-first": not (first is f or alike(first, f)),
        "told-in-lead": order > 1 and any(x.order <= 1 and alike(x, f) for x in mine if x is not f),
        "smaller": order >= 0 and f.figure is not None and f.figure.low < 0.7 * largest,
        "one-of-several": any(not alike(x, f) for x in mine),
        "after": bool(_AFTER.search(words[max(0, lo - 12) : own.start])),
        "beside-others": bool(_BESIDE_OTHERS.search(words[max(0, f.start - 80) : f.start])),
        "after-another": order >= 0 and bool(_AFTER_ANOTHER.search(words[: f.start])),
        "months-after": months_after(f),
        "wider-cut": bool(_WIDER.search(words[: f.end])),
        "round-up": roundup,
        "history": bool(_HISTORY.search(title)),
        "reported": f.status == "reported",
        "layoff": f.type == "layoff",
        "takes-effect": f.effective is not None,
        "earlier-before": bool(_IN_CLAUSE["long-ago"].search(f.before) or _IN_CLAUSE["earlier"].search(f.before)),
    }
    told |= {name: bool(pattern.search(trigger)) for name, pattern in _NEAR_TRIGGER.items()}
    told |= {name: bool(pattern.search(near)) for name, pattern in _IN_CLAUSE.items()}
    part = "front" if order <= 1 else "body"
    told |= {f"{part}/{name}": True for name in _CROSSED if told.get(name)}
    told["topic/not-first"] = told.get("topic", False) and told["not-first"]
    told["other/alone"] = told.get("other", False) and not roundup
    found = {name: 1.0 for name, value in told.items() if value}
    found["place"] = max(0, order) / max(6, lines)
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """The weight of each cue, positive where it speaks for background."""

    weights: Mapping[str, float]

    def odds(self, found: Cues) -> float:
        """Return the log-odds of background."""
        return sum([self.weights[name] * value for name, value in found.items() if name in self.weights])


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Return the shipped weights."""
    return Model(json.loads(path.read_text(encoding="utf-8"))["weights"])


def probability(odds: float) -> float:
    """Return the probability that log-odds stand for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
