"""Train what tells an article's own news from background; write `nlp/weights/time.json`.

`python -m bench.train_time` writes the weights, with a hash of the documents they were made from: the training half,
the project's own gold and the written documents. `--folds 8` measures instead: each fold of clusters is told with
weights made without it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from bench import predictions, scoring
from bench.split import documents, own_articles, read_jsonl
from bench.train import ARTICLE_WEIGHTS, FILES, GOLD, bounds, fold, inputs_hash
from nlp import timing

WEIGHTS = {"training": 2.0, "plain": 0.8, "odd": 0.4, "retold": 0.3, "gold": 1.0}
"""How much an event of each source counts."""
LAST_BATCH = "s"
"""How the ids of the last batch of retold stories begin."""
UNDATED = " undated"
"""What marks the source of a document that is read once more as if its own date were unknown."""
UNDATED_WEIGHT = 0.2
"""How much an event counts in it, against one of the document with its date."""
PENALTY = 1.0
"""How strongly weights are held to what they are taken for before any document is seen."""
LEAST_SEEN = 3
PRIOR = {"months-after": 3.0, "year-before": 1.5, "history": 1.5, "title": -1.0, "lead": -0.5, "always": -1.0}
SIGNS = {
    1: """months-after year-before month<=62 month<=more day<=62 day<=more history earlier long-ago after-doing had
    other/alone after-another others-led earlier-before smaller late not-first front/had front/long-ago front/earlier
    body/had body/long-ago body/earlier body/after after recap recap/other who-did from-figure says-earlier-year
    title-after lately sentence-earlier""",
    -1: """title lead topic first led told-in-lead round-up day<=3 day<=8 month<=0 will is-doing present again newer
    takes-effect wider-cut reported front/will body/will""",
}
"""Cues that can only speak for background, or only against it, whatever few documents say."""


@dataclass
class Example:
    """One finding of a document, with the time that the annotations give it."""

    source: str
    group: str
    cues: timing.Cues
    past: bool
    optional: bool


def sources() -> list[dict[str, Any]]:
    """Return the documents to train on: each with its source and the cluster that must stay on one side of a fold.

    Those with a date follow once more without it: many pages give none, and ours nearly all do. The last
    batch of retold stories is left out: its annotators were told to take what a review of a month tells for news.
    """
    own = [d for f in FILES for d in read_jsonl(GOLD / f"{f}.jsonl")]
    dated = (
        [{**d, "source": "training", "group": d["cluster"]} for d in documents("training")]
        + [{**d, "source": "gold", "group": f"own-{d['id'].rstrip('abcdefgh')}"} for d in own]
        + [{**d, "source": r, "group": d.get("cluster", d["id"])} for r in ARTICLE_WEIGHTS for d in own_articles(r)]
    )
    dated = [d for d in dated if d["source"] != "retold" or not d["id"].startswith(LAST_BATCH)]
    undated = [{**d, "published": None, "source": d["source"] + UNDATED} for d in dated if d.get("published")]
    return dated + undated


def weight(source: str) -> float:
    """Return how much an event of a source counts."""
    return WEIGHTS[source.removesuffix(UNDATED)] * (UNDATED_WEIGHT if source.endswith(UNDATED) else 1.0)


def examples(docs: Sequence[dict[str, Any]]) -> list[Example]:
    """Return every finding that the annotations know, with its cues and its time."""
    reader = predictions.shared_reader()
    out = []
    for d in docs:
        for f, cues in reader.findings(predictions.article(d)):
            read: dict[str, Any] = {"type": f.type, "company": f.company, "kind": f.kind}
            if f.type == "layoff":
                read |= {"percent": f.percent.low if f.percent else None}
            if f.figure:
                name = "count" if f.type == "layoff" else "amount"
                read |= {name: f.figure.low, f"{name}_high": f.figure.high, "currency": f.figure.currency}
            hits = [
                g
                for g in d["events"]
                if g["type"] == f.type and scoring.same_company(g, read) and scoring.same_figure(g, read)
            ]
            if len({g["time"] for g in hits}) > 1:
                hits = [g for g in hits if f.date and g.get("date") and g["date"][:7] == f.date[:7]]
            if len({g["time"] for g in hits}) == 1:
                optional = all(g.get("optional") for g in hits)
                out.append(Example(d["source"], d["group"], cues, hits[0]["time"] == "past", optional))
    return out


def train(data: Sequence[Example]) -> timing.Model:
    """Return logistic regression's weights, held to their priors by an L2 penalty and to their signs."""
    seen: dict[str, int] = defaultdict(int)
    for e in data:
        for name in e.cues:
            seen[name] += 1
    names = sorted(name for name, count in seen.items() if count >= LEAST_SEEN)
    x = np.array([[e.cues.get(name, 0.0) for name in names] for e in data])
    y = np.array([1.0 if e.past else -1.0 for e in data])
    m = np.array([weight(e.source) for e in data])
    prior = np.array([PRIOR.get(name, 0.0) for name in names])

    def loss(w: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        z = y * (x @ w)
        p = 1 / (1 + np.exp(np.clip(z, -30, 30)))
        away = w - prior
        return float((m * np.logaddexp(0, -z)).sum() + PENALTY * away @ away), x.T @ (-y * p * m) + 2 * PENALTY * away

    w = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds(names, SIGNS)).x
    return timing.Model({name: round(float(w[i]), 4) for i, name in enumerate(names) if abs(w[i]) >= 0.0005})


def measure(data: Sequence[Example], folds: int) -> None:
    """Print how many findings are told right with weights made without their cluster."""
    right: dict[str, list[bool]] = defaultdict(list)
    for n in range(folds):
        model = train([e for e in data if fold(e.group, folds) != n])
        for e in data:
            if fold(e.group, folds) == n and not e.optional:
                right[e.source].append((model.odds(e.cues) > 0) == e.past)
    for source, told in right.items():
        print(f"{source:17} {sum(told) / len(told):.3f} of {len(told)}")


def main() -> None:
    """Write the weights, or measure them by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="measure by so many folds instead of writing")
    arguments = parser.parse_args()
    docs = sources()
    data = examples(docs)
    print(f"{len(data)} findings, {sum(e.past for e in data)} of them background")
    if arguments.folds:
        measure(data, arguments.folds)
        return
    weights = {"inputs": inputs_hash(docs), "weights": dict(train(data).weights)}
    timing.WEIGHTS.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
