"""Train what tells an article's own news from background; write `nlp/weights/time.json`.

`python -m bench.train_time` writes the weights, with a hash of the documents they were made from: the training half,
the project's own gold and the written documents. `--folds 8` measures instead: each fold of clusters is told with
weights made without it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import predictions, scoring
from bench.split import documents, own_articles, read_jsonl
from bench.train import ARTICLE_WEIGHTS, FILES, GOLD, fit_cues, fold, write_weights
from nlp import linear, timing
from nlp.merging import Finding

WEIGHTS = {"training": 2.0, "plain": 0.8, "odd": 0.4, "long": 1.0, "retold": 0.6, "gold": 1.0}
"""How much an event of each source counts."""
UNDATED = " undated"
"""What marks the source of a document that is read once more as if its own date were unknown."""
UNDATED_WEIGHT = 0.2
"""How much an event counts in it, against one of the document with its date."""
PENALTY = 1.0
"""How strongly weights are held to what they are taken for before any document is seen."""
LEAST_SEEN = 3
INNER_FOLDS = 6
"""Folds by which the second model is given what the first makes of findings that it was not trained on."""
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
class Told:
    """An article: its findings, the cues of each, and which of them the annotations call background."""

    source: str
    group: str
    findings: list[Finding]
    cues: list[timing.Cues]
    past: dict[int, bool]
    """Place of a finding that the annotations know → whether it is background."""
    optional: set[int]


def sources() -> list[dict[str, Any]]:
    """Return the documents to train on: each with its source and the cluster that must stay on one side of a fold.

    Those with a date follow once more without it: many pages give none, and ours nearly all do.
    """
    own = [d for f in FILES for d in read_jsonl(GOLD / f"{f}.jsonl")]
    dated = (
        [{**d, "source": "training", "group": d["cluster"]} for d in documents("training")]
        + [{**d, "source": "gold", "group": f"own-{d['id'].rstrip('abcdefgh')}"} for d in own]
        + [{**d, "source": r, "group": d.get("cluster", d["id"])} for r in ARTICLE_WEIGHTS for d in own_articles(r)]
    )
    undated = [{**d, "published": None, "source": d["source"] + UNDATED} for d in dated if d.get("published")]
    return dated + undated


def weight(source: str) -> float:
    """Return how much an event of a source counts."""
    return WEIGHTS[source.removesuffix(UNDATED)] * (UNDATED_WEIGHT if source.endswith(UNDATED) else 1.0)


def articles(docs: Sequence[dict[str, Any]]) -> list[Told]:
    """Return the findings of each document, with their cues and the time of those that the annotations know."""
    reader = predictions.shared_reader()
    out = []
    for d in docs:
        told = Told(d["source"], d["group"], [], [], {}, set())
        for n, (f, cues) in enumerate(reader.findings(predictions.article(d))):
            told.findings.append(f)
            told.cues.append(cues)
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
                told.past[n] = hits[0]["time"] == "past"
                if all(g.get("optional") for g in hits):
                    told.optional.add(n)
        if told.past:
            out.append(told)
    return out


def _fit(told: Sequence[Told], fellows: Sequence[Sequence[timing.Cues]] | None = None) -> dict[str, float]:
    """Return weights over the findings that the annotations know, with what their fellows are where that is given."""
    rows, past, weights = [], [], []
    for i, t in enumerate(told):
        for n, is_past in t.past.items():
            rows.append(t.cues[n] | fellows[i][n] if fellows else t.cues[n])
            past.append(is_past)
            weights.append(weight(t.source))
    return fit_cues(rows, past, weights, prior=PRIOR, signs=SIGNS, penalty=PENALTY, least_seen=LEAST_SEEN)


def train(told: Sequence[Told]) -> timing.Model:
    """Return both models; the second is given what the first makes of folds of articles that it was not trained on."""
    fellows: dict[int, list[timing.Cues]] = {}
    for n in range(INNER_FOLDS):
        alone = _fit([t for t in told if fold(t.group, INNER_FOLDS) != n])
        for i, t in enumerate(told):
            if fold(t.group, INNER_FOLDS) == n:
                fellows[i] = timing.beside(t.findings, [linear.score(alone, cues) for cues in t.cues])
    return timing.Model(_fit(told), _fit(told, [fellows[i] for i in range(len(told))]))


def measure(told: Sequence[Told], folds: int) -> None:
    """Print how many findings are told right with weights made without their cluster."""
    right: dict[str, list[bool]] = defaultdict(list)
    for n in range(folds):
        model = train([t for t in told if fold(t.group, folds) != n])
        for t in told:
            if fold(t.group, folds) == n:
                odds = model.odds(t.findings, t.cues)
                right[t.source] += [(odds[i] > 0) == past for i, past in t.past.items() if i not in t.optional]
    for source, found in right.items():
        print(f"{source:17} {sum(found) / len(found):.3f} of {len(found)}")


def main() -> None:
    """Write the weights, or measure them by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="measure by so many folds instead of writing")
    arguments = parser.parse_args()
    docs = sources()
    told = articles(docs)
    print(f"{sum(len(t.past) for t in told)} findings, {sum(sum(t.past.values()) for t in told)} of them background")
    if arguments.folds:
        measure(told, arguments.folds)
        return
    model = train(told)
    write_weights(timing.WEIGHTS, docs, alone=model.alone, among=model.among)


if __name__ == "__main__":
    main()
