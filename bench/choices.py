"""The choice of one company among several, learned: what the trainers of stand-ins and of employers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import scoring
from bench.train import bounds, conditional_logit, matrix
from nlp import chooser, linear
from nlp.wording import Features


@dataclass
class Choice:
    """The companies among which one is to be chosen, each with the cues for and against it, and which are right."""

    source: str
    group: str
    weight: float
    options: Sequence[Features]
    companies: Sequence[str]
    """Of each option which company it is."""
    right: list[bool]


def is_company(event: Mapping[str, Any], name: str) -> bool:
    """Return whether a name is that of an event's company."""
    return scoring.same_company(event, {"type": event["type"], "company": name, "counterparty": []})


def fit(
    data: Sequence[Choice],
    prior: Mapping[str, float],
    signs: Mapping[int, str],
    *,
    held: float,
    least_seen: int,
) -> dict[str, float]:
    """Return the weights of a softmax over the options of each choice, held to their priors by an L2 penalty.

    `held` is how strongly; a cue must stand in `least_seen` choices to have a weight.
    """
    data = [e for e in data if any(e.right) and not all(e.right)]
    seen: dict[str, int] = defaultdict(int)
    for e in data:
        for name in {name for cues in e.options for name in cues}:
            seen[name] += 1
    known = sorted(name for name, count in seen.items() if count >= least_seen)
    place = {name: i for i, name in enumerate(known)}
    w = conditional_logit(
        matrix([cues for e in data for cues in e.options], place),
        [e.right for e in data],
        [e.weight for e in data],
        np.array([prior.get(name, 0.0) for name in known]),
        np.full(len(known), held),
        bounds(known, signs),
    )
    return {name: round(float(w[i]), 4) for name, i in place.items() if abs(w[i]) >= 0.0005}


def tell(data: Sequence[Choice], weights: Mapping[str, float], right: dict[str, list[bool]]) -> None:
    """Add to `right` whether the best option of each choice is right, by its source."""
    for e in data:
        if any(e.right):
            scores = [linear.score(weights, cues) for cues in e.options]
            best, _ = chooser.best(scores, e.companies)
            right[e.source].append(e.right[best])
