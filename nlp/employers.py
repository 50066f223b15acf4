"""Whose cut a figure is: a small linear model weighs the employer that the rules name against the other companies near.

The rules of `linking` are right where a sentence is plain; where it names several companies, or has one told by the
way, cues of all of them say more than the rule that matches first. Their weights, in `weights/`, are made by
`python -m bench.train_employers`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nlp import chooser, document_names, linear, linking, names
from nlp.candidates import Candidate
from nlp.drafts import Setting
from nlp.linking import Link
from nlp.wording import Features

WEIGHTS = Path(__file__).parent / "weights" / "employers.json"

FAR = 4.0
"""The lead of one company, in log-odds, from which on it is as sure as it gets."""


@dataclass(frozen=True, slots=True)
class Options:
    """The companies whose cut a figure may be, the cues for and against each, and what the rules say."""

    links: tuple[Link, ...]
    groups: tuple[str, ...]
    """Of each which company it is."""
    cues: tuple[Features, ...]
    """None where there is no choice."""
    rule: Link


@dataclass(frozen=True, slots=True)
class Model:
    """The weight of each cue, positive where it speaks for a company."""

    weights: Mapping[str, float]

    def choose(self, told: Options) -> tuple[Link, float]:
        """Return the employer, and how far it leads the others, 1 where far or alone.

        It is the rules' link, which says how it was found, where they name the same words.
        """
        if not told.cues:
            return told.rule, 1.0
        scores = [linear.score(self.weights, cues) for cues in told.cues]
        place, lead = chooser.best(scores, told.groups)
        chosen = told.links[place]
        same = (chosen.name, chosen.start) == (told.rule.name, told.rule.start)
        return told.rule if same else chosen, min(lead / FAR, 1.0)


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Return the shipped weights."""
    return Model(json.loads(path.read_text(encoding="utf-8"))["weights"])


def options(at: Setting, c: Candidate) -> Options | None:
    """Return the companies whose cut a candidate may be, or None where the text names none."""
    text, registry = at.text, at.registry
    mentions = document_names.mentions(at.line, registry)
    rule = linking.employer(text, c, mentions, at.resolve, at.topic)
    if rule is None:
        return None
    found = chooser.options(c, text, rule, mentions, at.resolve, at.topic)
    groups = tuple(registry.group(o.link.name) for o in found)
    if len(set(groups)) < 2:
        return Options((), (), (), rule)
    return Options(tuple(o.link for o in found), groups, tuple(_cues(at, c, rule, found)), rule)


def _cues(at: Setting, c: Candidate, rule: Link, found: Sequence[chooser.Option]) -> list[Features]:
    """Return the cues for and against each option."""
    text, registry = at.text, at.registry
    before, spans = chooser.before_figure(found, text, c)
    return [
        chooser.company_features(
            option,
            text,
            c,
            sort="",
            rule=rule,
            same=registry.same,
            topic=at.topic,
            headed=names.key(option.link.name) in registry.headed,
            before_it=before,
            in_apposition=any(a < option.link.start < b for a, b in spans),
            told=registry.counts[names.key(option.link.name)],
            standing=document_names.standing(option.link.name, registry),
        )
        | ({"tells": 1.0} if option.mention and linking.TELLS.match(text, option.link.end) else {})
        for option in found
    ]
