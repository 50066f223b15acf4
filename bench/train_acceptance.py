"""Train which statements are sure enough to become claims; write `nlp/weights/acceptance.json`.

`python -m bench.train_acceptance` writes the weights, with a hash of the documents they were made from: the training
half, the project's own gold and our own articles. Each document is read with models that did not see it. With
`--measure` it prints instead, for several thresholds, what is read with weights made without a document's cluster, and
of the articles held out.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import predictions, scoring, train, train_employers
from bench.split import own_articles
from bench.train import HELD, fit_cues, fold, side, write_weights
from nlp import acceptance
from nlp.merging import Finding
from nlp.reader import Reader

WEIGHTS = {
    "training": 1.0,
    "own gold": 0.5,
    "plain articles": 1.0,
    "odd articles": 0.3,
    "long articles": 0.3,
    "retold stories": 0.3,
}
"""How much a statement of each source counts."""
LEAST = {"layoff": 0.7, "ai_investment": 0.7}
"""The least probability of a claim, by type: where precision of both types together is 0.9 on stories and articles held
out. Of the cuts there that are less sure, from 0.65 on, four of nine are right."""
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
FOLDS = 5
PENALTY = 0.5
"""How strongly weights are held to what they are taken for before any document is seen."""
LEAST_SEEN = 4
PRIOR = {"layoff/always": 2.0, "ai_investment/always": 0.0, "odds": 0.8}
SIGNS = {
    1: "titled told-again topic odds lead alone",
    -1: """not-here far after others many-others named-once unknown no-organisation person place plain-words unreal
    many-employers quoted question long weak-shape late rival link=context link=its link=at link=oblique link=pronoun
    link=anaphor context/other""",
}
"""Cues that can only speak for a statement, or only against it, whatever few documents say."""


@dataclass
class Statement:
    """One statement read in a document, with what the annotations say of it."""

    type: str
    side: str
    group: str
    cues: acceptance.Cues
    right: bool
    counted: bool
    """Whether it counts; one of an optional event does not."""


def read(f: Finding) -> dict[str, Any]:
    """Return a statement as a plain event, for scoring."""
    event: dict[str, Any] = {"type": f.type, "company": f.company, "kind": f.kind, "time": f.time, "status": f.status}
    event |= {"date": f.date, "counterparty": f.counterparty, "percent": f.percent.low if f.percent else None}
    if f.figure:
        name = "count" if f.type == "layoff" else "amount"
        event |= {name: f.figure.low, f"{name}_high": f.figure.high, "currency": f.figure.currency}
    return event


def judge(document: dict[str, Any], stated: Sequence[tuple[Finding, acceptance.Cues]]) -> list[Statement]:
    """Return the statements of a document, each right or wrong."""
    events, reads = document["events"], [read(f) for f, _ in stated]
    pairs = scoring.match(events, reads, scoring.same_figure)
    wrong = set(scoring.spurious(events, reads, pairs, scoring.same_figure))
    counted = {r for g, r in pairs if not events[g].get("optional")}
    group = document["group"]
    return [
        Statement(f.type, side(document), group, found, i in counted, i in counted or i in wrong)
        for i, (f, found) in enumerate(stated)
    ]


def statements(docs: Sequence[dict[str, Any]], folds: int = FOLDS) -> list[Statement]:
    """Return what is stated in documents, each read with models of whose figure it is that did not see it."""
    amounts, cuts = train.examples(train.sources()), train_employers.choices(train.sources())
    out = []
    for n in range(folds):
        model = train.train([e for e in amounts if fold(e.group, folds + 1) % folds != n])
        employing = train_employers.fitted([e for e in cuts if fold(e.group, folds + 1) % folds != n])
        reader = Reader(weights=model, employing=employing)
        for d in docs:
            if fold(d["group"], folds + 1) % folds == n:
                out += judge(d, reader.statements(predictions.article(d)))
    return out


def _of_type(name: str) -> str:
    """Return the cue that one named with its type is."""
    return name.split("/", 1)[-1]


def fit(data: Sequence[Statement]) -> dict[str, float]:
    """Return logistic regression's weights, held to their priors by an L2 penalty and to their signs."""
    data = [s for s in data if s.counted]
    return fit_cues(
        [s.cues for s in data],
        [s.right for s in data],
        [WEIGHTS[s.side] for s in data],
        prior=PRIOR,
        signs=SIGNS,
        penalty=PENALTY,
        least_seen=LEAST_SEEN,
        alone=_of_type,
    )


def measure(docs: Sequence[dict[str, Any]], data: Sequence[Statement], folds: int = FOLDS) -> None:
    """Print what precision and recall several thresholds reach on documents not trained on."""
    found: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)

    def tell(weights: dict[str, float], statements: Sequence[Statement], name: str = "") -> None:
        model = acceptance.Model(weights, {})
        for s in statements:
            if s.counted:
                found[s.type, name or s.side].append((model.probability(s.cues), s.right))

    for n in range(folds):
        weights = fit([s for s in data if fold(s.group, folds + 1) % folds != n])
        tell(weights, [s for s in data if fold(s.group, folds + 1) % folds == n])
    held = [{**d, "group": f"{r}-{d['id']}"} for r in HELD for d in own_articles(r, held=True)]
    reader = Reader(weights=train.train(train.examples(train.sources())))
    weights = fit(data)
    for d in held:
        tell(weights, judge(d, reader.statements(predictions.article(d))), f"{side(d)}, held out")
    events = Counter((e["type"], side(d)) for d in docs for e in d["events"] if not e.get("optional"))
    events += Counter((e["type"], f"{side(d)}, held out") for d in held for e in d["events"] if not e.get("optional"))
    for (type_, name), rows in sorted(found.items()):
        for least in THRESHOLDS:
            right = [ok for p, ok in rows if p >= least]
            precision, recall = sum(right) / max(1, len(right)), sum(right) / events[type_, name]
            f1 = 2 * precision * recall / max(1e-9, precision + recall)
            print(f"{type_:13} {name:24} {least:.2f} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}")


def main() -> None:
    """Write the weights, or measure them by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure by folds instead of writing")
    arguments = parser.parse_args()
    docs = [d for d in train.sources() if side(d) in WEIGHTS]
    data = statements(docs)
    print(f"{len(data)} statements, {sum(s.right for s in data)} of them right")
    if arguments.measure:
        measure(docs, data)
    else:
        write_weights(acceptance.WEIGHTS, docs, least=LEAST, weights=fit(data))


if __name__ == "__main__":
    main()
