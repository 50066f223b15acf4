"""Whether a finding is the article's own news or background: two small linear models over plain cues, one upon the other.

The cues are the tense of the words that state it, what the clause says of earlier times, the words themselves, how far
its date lies before the article, where it stands, what the title names, and what else the article tells of the same
company. The second model knows as well what the first one makes of the article's other findings: what stands in a list of
news is news, and what is told twice is told of one time. The weights, in `weights/`, are made by
`python -m bench.train_time`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from nlp import clauses, linear, names, prefilter, wording
from nlp.attributes import age_days
from nlp.dates import MONTHS

if TYPE_CHECKING:
    from nlp.merging import Finding

WEIGHTS = Path(__file__).parent / "weights" / "time.json"
Cues = dict[str, float]

ROUNDED = 4
"""Companies of one type in an article, from which it is a round-up and not about one of them."""

_ROUND_UP = re.compile(
    r"\b(?:week in|round-?up|daily|tracker|list of|full list|here are|these (?:companies|firms)|companies that|who (?:cut|raised)|briefing|digest|newsletter|so far this year|every|mass (?:\w+ )?layoffs|this week|weekly|week of|of the (?:week|day)|and \d+ more|among (?:companies|firms|startups)|in brief|diary|wrap)\b|\b(?:list|live):|;\s",
    re.IGNORECASE,
)
_RECAP = re.compile(
    r"\b(?:half-?year|half-?time|year-?end|(?:years?|month|quarter|(?:19|20)\d\d) in|by (?:19|20)\d\d|the year (?:of|that|when)|the year['’]s|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)['’]s|"
    r"(?:first|second|third|fourth|1st|2nd|3rd|4th|Q[1-4])[- ](?:quarter )?(?:\w+ )?(?:report|review)|in review|in numbers|through the years|looks? back|"
    r"report (?:counts|finds|says|shows)|in (?:six|twelve|6|12) months|(?:best|worst|biggest|record|busiest|slowest|largest) (?:\w+ ){0,2}(?:half|year|quarter) (?:ever|yet|since|on record))\b",
    re.IGNORECASE,
)
"""A title that looks back on a span of time that is over."""
_HISTORY = re.compile(
    r"\b(?:timeline|history|years? (?:after|later|on|ago)|look(?:ing|s)? back|anniversary|the (?:rise|fall|story) (?:and fall )?of|retrospective|remember\w*|obituary)\b",
    re.IGNORECASE,
)
_VERB = r"(?:\w+ed|laid|cut|let|shed|put|spent|made|given|taken|bought|built|won|struck|begun|lost|sold|paid)"
_NEAR_TRIGGER = prefilter.Several(
    {
        "had": rf"\bhad\s(?:\w+\s){{0,2}}?{_VERB}\b|\bhaving\s|\bhas since\b",
        "has": rf"\b(?:has|have)\s(?:\w+\s){{0,2}}?{_VERB}\b",
        "will": r"\b(?:will|would|to|plans?|planning|intends?|expects?|aims?|may|could|might|going to|looking to|considering)\b",
        "is-doing": r"\b(?:is|are)\s(?:\w+\s)?\w{2,}ing\b",
        "does": r"\b(?:lays|cuts|slashes|axes|sheds|eliminates|trims|lets|sacks|raises|lands|secures|closes|nabs|bags|acquires|buys|invests|pours|commits|pledges|announces|plans|signs|agrees|puts|spends|snags|grabs|parts|drops)\b",
        "did": r"\b(?:laid|cut|slashed|axed|shed|eliminated|trimmed|let|sacked|fired|dismissed|raised|landed|secured|closed|acquired|bought|invested|poured|committed|announced|signed|agreed|put|spent|was|were|lost|made|reduced|received|pulled|parted|dropped)\b",
        "again": r"\b(?:another|further|additional|more(?! than)|(?:second|third)(?![- ]quarter)|latest|fresh|now|this time|today|again)\b",
    },
    re.IGNORECASE,
)
_IN_CLAUSE = prefilter.Several(
    {
        "earlier": r"\b(?:previous(?:ly)?|earlier|prior|already|initial(?:ly)?|former(?:ly)?|in the past|before that|(?:the|its|their) (?:first|last|previous) (?:round|wave|time|fundrais\w+|lay-?offs?|cuts?)|once|historically|to date|in total|at the time|on top of|besides)\b",
        "long-ago": r"(?<!end of )(?<!as of )(?<!than )(?<!than in )(?<!from )\b(?:last (?:year|spring|summer|fall|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december)(?!['’]s)|(?:years?|months?|decades?) (?:ago|earlier|before)|that (?:year|spring|summer|autumn|fall|winter|month)|back in|a (?:year|decade) (?:ago|earlier))\b",
        "last-month": r"\blast month\b",
        "after-doing": r"\b(?:after|following|since) (?:it |he |she |they )?(?:had )?(?:raising|cutting|laying|closing|securing|shedding|letting|an? (?:initial|earlier|previous))\b",
        "says": r"\b(?:announc\w+|confirm\w+|said|says|told|notif\w+|memo|filing|statement|unveil\w+|disclos\w+)\b",
        "recent": r"\brecent(?:ly)?\b",
        "present": r"\b(?:today|this week|this month|yesterday|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    },
    re.IGNORECASE,
)
_LONG_BEFORE = frozenset(("long-ago", "earlier"))
_BESIDE_OTHERS = prefilter.Beginning(
    r"\b(?:like|such as|including|includes?|joins?|joining|others?|also|rivals?|peers?|similarly|meanwhile|elsewhere|while)\b",
    re.IGNORECASE,
    not_after=r"\w",
)
_AFTER = prefilter.Beginning(
    r"\b(?:after|following|since|in addition to|comes?|came|follows|followed|adds? to|compared|than)\b",
    re.IGNORECASE,
    not_after=r"\w",
)
_AFTER_ANOTHER = prefilter.Beginning(
    r"\b(?:after|following|follows|followed|joins?|joining|echo(?:es|ing)|on the heels of|in the wake of)\s[^,;]{0,60}$",
    re.IGNORECASE,
    not_after=r"\w",
)
_MONTHS_AFTER = prefilter.Beginning(
    r"\b(?:days?|weeks?|months?|years?) after (?:[^\s,;]+ ){0,5}$", re.IGNORECASE, not_after=r"\w"
)
_WIDER = re.compile(
    r"\bpart of (?:\w+ ){0,3}(?:broader|wider|larger|sweeping|bigger|company-?wide|global|mass)\b", re.IGNORECASE
)
_MONTHS = rf"(?:{MONTHS})"
_SAID_MONTH = prefilter.Guarded(
    rf"\b(?:in|last|since|of|early|late|mid-?|and)\s(?:early |late |mid-?)?{_MONTHS}\b(?!\s\d)", 0, megabytes=1
)
_YEAR = prefilter.Beginning(
    r"(?<![\d$€£.,-])20[012]\d(?![\d,]|\s(?:jobs|employees|workers|people|staff))", not_after=r"\d$€£.,-"
)
_YEAR_AHEAD = re.compile(
    r"\b(?:by|until|through|over|from|next|fiscal|FY|starting|beginning|to|will|for|expected|before)\b[^.;]{0,25}$",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"\b(?:earlier|previously|before|already)\b", re.IGNORECASE)
_LATELY = prefilter.Beginning(
    r"\b(?:lately|of late|recently|shortly before|not long (?:ago|before)|just (?:weeks|days|months))\b",
    re.IGNORECASE,
    not_after=r"\w",
)
_HAS_SAID = re.compile(
    r"\b(?:has|have|had) (?:also |already |previously )?(?:said|announced|pledged|promised|told|committed|agreed|indicated)\b",
    re.IGNORECASE,
)
_BEFORE_FIGURE: Mapping[str, prefilter.Beginning] = {
    name: prefilter.Beginning(pattern, re.IGNORECASE, not_after=r"\w")
    for name, pattern in {
        # "which raised $40m", a clause that tells who a firm is
        "who-did": r"\b(?:which|who|whose) (?:(?!said|says|announced|agreed)[\w-]+ ){0,3}?(?:raised|laid|cut|let|shed|put|spent|made|took|bought|built|won|lost|sold|paid|acquired|invested|closed|secured|landed|dismissed|fired|reduced|eliminated|committed|signed|pledged)\b[^,;:—–]{0,40}$",
        # "to $88bn from $71bn", "an earlier forecast of $17bn"
        "from-figure": r"\b(?:from|instead of|(?:earlier|previous|prior|initial|original|old) (?:\w+ ){0,3}(?:of|for))\s(?:(?:about|around|roughly|nearly|as much as|up to|between|an? (?:\w+ )?(?:range|forecast|guidance|plan|estimate) of) )?$",
    }.items()
}
_TITLE_AFTER = re.compile(
    r"\b(?:after|following|follows|since|on the heels of|on leaving|thanks to|with)\b[^,;:]{0,50}$", re.IGNORECASE
)
_TITLE_WORD = re.compile(r"[^\W\d_]{2,}|\d[\d.,]*")
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


def months_after(f: Finding) -> bool:
    """Return whether a later happening is dated by it: "five months after its $10m round"."""
    return bool(_MONTHS_AFTER.search(f.words[: f.own.start]))


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


class Story:
    """What an article tells as a whole: its findings, its day, its title and its lines, as far as asked."""

    def __init__(self, findings: Sequence[Finding], published: date | None, title: str, lines: Sequence[str]) -> None:
        """Take the findings of an article, its own date, its title, and its sentences with the title before them."""
        self.findings, self.published, self.title, self.lines = findings, published, title, lines
        self.round_up = bool(_ROUND_UP.search(title))
        self.history = bool(_HISTORY.search(title))
        self.recap = bool(_RECAP.search(title))
        self._told: dict[str, int] = {}

    @cached_property
    def now(self) -> int:
        """The year it is written in, or the latest that it speaks of as come; 0 where none is said."""
        if self.published:
            return self.published.year
        years = [
            int(m.group())
            for line in (self.title, *self.lines)
            for m in _YEAR.finditer(line)
            if not _YEAR_AHEAD.search(line[max(0, m.start() - 40) : m.start()])
        ]
        return max(years, default=0)

    def mentions(self, name: str) -> int:
        """Return how many lines name a company, by the first word of its name."""
        word = name.split(" ", 1)[0]
        if word not in self._told:
            self._told[word] = sum(word in line for line in self.lines)
        return self._told[word]

    @cached_property
    def title_words(self) -> Sequence[str]:
        """The stems of the title's words, in order of the alphabet, but for names of companies; all figures are "0"."""
        shipped = names.shipped_words()
        told = {word.lower() for f in self.findings for word in _TITLE_WORD.findall(f.company)}
        said = map(str.lower, _TITLE_WORD.findall(self.title))
        return sorted({wording.stem(word) for word in said if word not in told and word not in shipped})

    @cached_property
    def in_title(self) -> frozenset[str]:
        """The companies that the title names."""
        title = self.title.casefold()
        words = set(re.findall(r"\w+", title))
        return frozenset(
            f.company
            for f in self.findings
            if (name := f.company.casefold()) in title or (len(first := name.split(" ", 1)[0]) > 3 and first in words)
        )


def _older(a: Finding, b: Finding) -> bool:
    """Return whether one finding is dated before another, as far as both say."""
    if not (a.date and b.date) or alike(a, b):
        return False
    n = min(len(a.date), len(b.date))
    return a.date[:n] < b.date[:n]


def cues(f: Finding, story: Story) -> Cues:
    """Return the cues for and against a finding being background."""
    findings, published, lines = story.findings, story.published, len(story.lines)
    own = f.own
    fellows = [x for x in findings if x.type == f.type]
    mine = [x for x in fellows if x.group == f.group]
    groups = {x.group for x in fellows}
    titled = any(x.order < 0 for x in fellows)
    lo, hi = clauses.around(f)
    near, words = f.words[lo:hi], f.words
    trigger = words[max(lo, f.start - 30) : max(f.end, own.end)]
    first = min(mine, key=lambda x: (x.order, x.start))
    largest = max((x.figure.low for x in mine if x.figure), default=0.0)
    roundup = not titled and (len(groups) >= ROUNDED or (len(groups) > 1 and story.round_up))
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
        "history": story.history,
        "recap": story.recap,
        "recap/other": story.recap and order > 1 and f.company not in story.in_title,
        "reported": f.status == "reported",
        "layoff": f.type == "layoff",
        "takes-effect": f.effective is not None,
        "earlier-before": not _LONG_BEFORE.isdisjoint(_IN_CLAUSE.found(f.before)),
    }
    told |= dict.fromkeys(_NEAR_TRIGGER.found(trigger), True)
    told |= dict.fromkeys(_IN_CLAUSE.found(near), True)
    told |= {name: bool(pattern.search(words[: own.start])) for name, pattern in _BEFORE_FIGURE.items()}
    year = max((int(m.group()) for m in _YEAR.finditer(near)), default=0)
    mentions, unnamed = story.mentions(f.company), f.company not in story.in_title
    told |= {
        "sentence-earlier": bool(_EARLIER.search(words[: f.start])),
        "lately": bool(_LATELY.search(words)),
        "has-said": bool(_HAS_SAID.search(words[max(0, f.start - 60) : f.end])),
        "title-after": order < 0 and bool(_TITLE_AFTER.search(words[: own.start])),
        "says-month": bool(_SAID_MONTH.search(near)),
        "sentence-says-month": bool(_SAID_MONTH.search(words)),
        "says-earlier-year": 0 < year < story.now,
        "no-day": published is None,
        "no-day/says-month": published is None and bool(_SAID_MONTH.search(near)),
        "no-day/says-year": published is None and 0 < year == story.now,
        "named-once": mentions <= 1,
        "named-often": mentions > 2,
        "title-names-other": unnamed and bool(story.in_title),
        "title-names-other/once": unnamed and bool(story.in_title) and mentions <= 1,
        "title-tells/unnamed": unnamed and told["title-tells"],
        "newer": any(_older(x, f) for x in mine),
    }
    part = "front" if order <= 1 else "body"
    told |= {f"{part}/{name}": True for name in _CROSSED if told.get(name)}
    told["topic/not-first"] = told.get("topic", False) and told["not-first"]
    told["other/alone"] = told.get("other", False) and not roundup
    found = {name: 1.0 for name, value in told.items() if value}
    found |= dict.fromkeys(clauses.words(f, lo, hi), 1.0)
    found |= {f"title:{word}": 1.0 for word in story.title_words}
    found["place"] = max(0, order) / max(6, lines)
    return found


def beside(findings: Sequence[Finding], odds: Sequence[float]) -> list[Cues]:
    """Return for each finding of an article what its fellows are, given log-odds of background for each.

    The means over other companies' findings, the company's own, those of its own figure, and those of other companies a line away:
    from -1, all the article's news, to 1, all background. A cue without a fellow is left out.
    """
    lean = [2 * linear.probability(x) - 1 for x in odds]
    out = []
    for f in findings:
        fellows = [(x, value) for x, value in zip(findings, lean, strict=True) if x is not f and x.type == f.type]
        told = {
            "fellows/others": [value for x, value in fellows if x.group != f.group],
            "fellows/own": [value for x, value in fellows if x.group == f.group],
            "fellows/alike": [value for x, value in fellows if x.group == f.group and alike(x, f)],
            "fellows/near": [value for x, value in fellows if x.group != f.group and abs(x.order - f.order) <= 1],
        }
        out.append({name: sum(values) / len(values) for name, values in told.items() if values})
    return out


@dataclass(frozen=True, slots=True)
class Model:
    """The weight of each cue, positive where it speaks for background: for a finding alone, and among its fellows."""

    alone: Mapping[str, float]
    among: Mapping[str, float]

    def odds(self, findings: Sequence[Finding], told: Sequence[Cues]) -> list[float]:
        """Return the log-odds of background of each finding of an article, given the cues of each."""
        score = linear.score
        fellows = beside(findings, [score(self.alone, own) for own in told])
        return [score(self.among, own) + score(self.among, others) for own, others in zip(told, fellows, strict=True)]


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Return the shipped weights."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Model(data["alone"], data["among"])
