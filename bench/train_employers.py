"""Train what tells whose cut a figure is; write `nlp/weights/employers.json`.

`python -m bench.train_employers` writes the weights, with a hash of the documents they were made from. `--folds 5`
measures instead: each fold of clusters is told with weights made without it, beside what the rules say.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bench import predictions, scoring
from bench.choices import Choice, fit, is_company, tell
from bench.train import fold, side, sources, write_weights
from nlp import employers

LEAST_SEEN = 6
HELD = 1.0
"""How strongly weights are held to what they are taken for before any document is seen."""
PRIOR = {"rule-here": 2.5, "object": -0.5, "verb-next": 0.3}
SIGNS = {
    1: """rule-here verb-next topic headed owns-noun owns-agent refers-back apposed-then-trigger only-named
    rule=subject""",
    -1: """tells object oblique attribute distance figures-between=1 figures-between=2 apart=2 apart=3 label=GPE
    label=LOC label=NORP label=PERSON in-apposition name=plain name=person venture-name""",
}
"""Cues that can only speak for, or only against, whatever few documents say."""


def choices(docs: Sequence[dict[str, Any]]) -> list[Choice]:
    """Return the cuts of documents that may be of several companies, those of annotated events being right."""
    reader = predictions.reader_that_dismisses_nothing()
    out = []
    for d in docs:
        golds = [e for e in d["events"] if e["type"] == "layoff"]
        for c, told in reader.employers(predictions.article(d)):
            figure = {"count": c.figure.low, "count_high": c.figure.high} if c.figure else {"percent": c.own.low}
            stated = [g for g in golds if states(g, figure)]
            right = [any(is_company(g, link.name) for g in stated) for link in told.links]
            out.append(Choice(side(d), d["group"], d["weight"], told.cues, told.groups, right))
    return out


def states(event: dict[str, Any], figure: dict[str, Any]) -> bool:
    """Return whether a figure is that of a cut, of its percent too where the cut has a count as well."""
    if "count" in figure:
        return scoring.same_figure(event, figure)
    return bool(event.get("percent")) and scoring.near(event["percent"], figure["percent"], 0.01)


def fitted(data: Sequence[Choice]) -> employers.Model:
    """Return the weights made from choices."""
    return employers.Model(fit(data, PRIOR, SIGNS, held=HELD, least_seen=LEAST_SEEN))


def main() -> None:
    """Write the weights, or measure them by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="measure by so many folds instead of writing")
    arguments = parser.parse_args()
    docs = sources()
    data = choices(docs)
    print(
        f"{len(data)} cuts that may be of several companies, {sum(any(e.right) for e in data)} of them of one of these"
    )
    if not arguments.folds:
        write_weights(employers.WEIGHTS, docs, weights=dict(fitted(data).weights))
        return
    right: dict[str, dict[str, list[bool]]] = {"learned": defaultdict(list), "rules": defaultdict(list)}
    for n in range(arguments.folds):
        held = [e for e in data if fold(e.group, arguments.folds) == n]
        weights = fitted([e for e in data if fold(e.group, arguments.folds) != n]).weights
        tell(held, weights, right["learned"])
        tell(held, {"rule-here": 1.0}, right["rules"])
    for name, told in right.items():
        for source, found in sorted(told.items()):
            print(f"{name:8} {source:15} {sum(found) / len(found):.3f} of {len(found)}")


if __name__ == "__main__":
    main()
