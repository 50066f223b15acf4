"""What the small linear models share: cues and their weights, added up."""

from __future__ import annotations

import math
from collections.abc import Mapping


def score(weights: Mapping[str, float], cues: Mapping[str, float]) -> float:
    """Return the weighted sum of cues; those without a weight count nothing."""
    weight_of = weights.get
    return sum([weight * value for name, value in cues.items() if (weight := weight_of(name)) is not None])


def probability(odds: float) -> float:
    """Return the probability that log-odds stand for."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
