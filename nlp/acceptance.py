"""Which statements are sure enough to become claims: a figure that we are not sure of is left out.

A logistic regression over what speaks for and against a finished statement, whatever rule or model made it: how its
company was found, how often and where it is told, what else the article tells. Trained by `bench/train_acceptance.py`
on statements read with weights that had not seen their article, so that the probability is an honest one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from newsledger.model import EventType
from nlp import clauses, linear, names, prefilter
from nlp.event_types import layoff
from nlp.linking import Link
from nlp.merging import Finding
from nlp.text import OPEN_QUOTE

WEIGHTS = Path(__file__).parent / "weights" / "acceptance.json"
Cues = dict[str, float]

_LINKS = {
    "pronoun": ("pronoun-subject", "chosen-pronoun"),
    "anaphor": ("anaphor-subject", "chosen-anaphor"),
    "context": ("context", "topic", "chosen-topic", "chosen-untold", "chosen-title"),
    "its": ("its",),
    "at": ("at-company", "into-company", "after-figure"),
    "oblique": ("oblique-before", "possessive-before", "owner-inside"),
}
_UNREAL = prefilter.Beginning(
    r"\b(?:if|would|could|might|wanted|wants|reckon\w*|thinks|predict\w*|rumou?r\w*|fear\w*|suppos\w+|should|unless|hypothetical\w*)\b"
    r"|\b(?:earlier|previous) version\b|\bcorrect(?:ed|ion)\b",
    re.IGNORECASE,
    not_after=r"\w",
)
_MANY = prefilter.Beginning(
    r"\b(?:industry|sector|companies|firms|employers|nationwide|across the|tall(?:y|ies)|tracker|survey|study|economy|ministry)\b",
    re.IGNORECASE,
    not_after=r"\w",
)


def doubts(
    f: Finding,
    link: Link,
    *,
    shape: str,
    others: int,
    times_named: int,
    organisation: bool,
    person: bool,
    place: bool,
    is_word: Callable[[str], bool],
) -> frozenset[str]:
    """Return what makes one sentence's statement doubtful.

    `others` is the number of other companies named in its sentence, `times_named` how often the article names this
    one; `organisation`, `person` and `place` tell what the recogniser takes the name for.
    """
    words = f.words[: f.end][-160:]
    known = names.key(f.company) in names.shipped()
    plain = not known and all(is_word(w.casefold()) for w in names.clean(f.company).split())
    told = {f"link={sort}": link.rule in rules for sort, rules in _LINKS.items()} | {
        "not-here": not link.here,
        "far": link.here and min(abs(f.start - link.end), abs(link.start - f.end)) > 60,
        "after": link.here and link.start >= f.end,
        "others": others > 0,
        "many-others": others > 2,
        "named-once": times_named <= 1 and not known,
        "unknown": not known,
        "no-organisation": not organisation and not known,
        "person": person and not known,
        "place": place and not known,
        "plain-words": plain,
        "unreal": bool(_UNREAL.search(words)),
        "many-employers": bool(_MANY.search(f.words)),
        "quoted": bool(OPEN_QUOTE.search(f.words[: f.start])),
        "question": f.words.rstrip().endswith("?"),
        "long": len(f.words) > 250,
        "percent-alone": f.type == "layoff" and f.figure is None,
        "weak-shape": shape in layoff.NEEDS_CONTEXT,
        "small": f.type == "layoff" and f.figure is not None and f.figure.low < 20,
        "late": f.order > 8,
    }
    return frozenset(name for name, held in told.items() if held)


def cues(f: Finding, findings: Sequence[Finding]) -> Cues:
    """Return the cues for and against a statement, what is told twice being one."""
    fellows = [x for x in findings if x.type == f.type and x is not f]
    mine = [x for x in fellows if x.group == f.group]
    told = {
        "always": True,
        "titled": min(f.orders) < 0,
        "led": 0 <= min(f.orders) <= 1,
        "told-again": f.told > 1,
        "topic": f.is_topic,
        "past": f.time == "past",
        "reported": f.status == "reported",
        "cumulative": f.cumulative,
        "alone": not fellows,
        "many": len(fellows) > 4,
        "also": bool(mine),
        "rival": any(
            x.figure
            and f.figure
            and x.group != f.group
            and x.figure.low == f.figure.low
            and (x.order, x.start) != (f.order, f.start)
            for x in fellows
        ),
        "part": f.part_of is not None,
        f"kind={f.kind}": True,
    } | dict.fromkeys(sorted(f.doubts), True)
    if "link=context" in f.doubts and not f.is_topic:
        told["context/other"] = True
    found = {f"{f.type}/{name}": 1.0 for name, held in told.items() if held}
    if f.type == "ai_investment":
        found["odds"] = f.odds
    else:
        found["lead"] = f.lead
        found |= dict.fromkeys(clauses.words(f, *clauses.around(f)), 1.0)
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """The weight of each cue, positive where it speaks for a statement, and by type the least probability of a claim."""

    weights: Mapping[str, float]
    least: Mapping[EventType, float]

    def probability(self, found: Cues) -> float:
        """Return how probable it is that a statement is right."""
        return linear.probability(linear.score(self.weights, found))


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Return the shipped weights."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Model(data["weights"], data["least"])
