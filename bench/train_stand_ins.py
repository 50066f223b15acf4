"""Train what tells whom "the company" and "it" stand for, and whom an article is about: `nlp/weights/stand_ins.json`.

`python -m bench.train_stand_ins` writes the weights, with a hash of the documents they were made from. No one marked
the stand-ins of these documents: where the figure of one event stands in a sentence that does not name its company,
the stand-in before it is taken for that company. An article is taken to be about the companies of its own news.
`--folds 5` measures instead: each fold of clusters is told with weights made without it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from bench import predictions
from bench.choices import Choice, fit, is_company, tell
from bench.train import fold, side, sources, write_weights
from nlp import document_names, names, stand_ins
from nlp.candidates import Candidate
from nlp.names import Mention
from nlp.stand_ins import Cues

ROUNDS = 2
"""Times that stand-ins are trained: whom the one before stands for is a cue of the next."""
LEAST_SEEN = 4
HELD = 0.5
"""How strongly weights are held to what they are taken for before any document is seen."""
PRIOR = {
    "stand_in": {
        "topic": 1.0,
        "1:subject": 1.0,
        "0:subject": 1.0,
        "carried-1": 1.0,
        "carried-opening": 1.0,
        "nearest": 0.5,
        "so-called-alone": 2.0,
        "tells": 2.0,
    },
    "topic": {"title": 1.0, "times": 0.5, "title:oblique": -0.5},
}
SIGNS = {
    1: """topic carried-1 carried-2 carried-here carried-opening nearest so-called so-called-alone most-named times
    0:subject 1:subject title tells""",
    -1: """person outlet plain-once later investor raise/investor raise/here:backs raise/before:backs cut/investor
    cut/here:backs far""",
}
"""Cues that can only speak for, or only against, whatever few documents say."""

Which = Literal["stand_in", "topic"]


def _states(event: dict[str, Any], c: Candidate) -> bool:
    """Return whether a candidate states the figure of an event."""
    if event["type"] != c.type:
        return False
    if c.type == "layoff":
        told = [(c.figure, event.get("count")), (c.percent, event.get("percent"))]
    else:
        told = [(c.figure, event.get("amount"))]
    return any(f and value and abs(f.low - value) <= 0.01 * value for f, value in told)


def _speaks_of(event: dict[str, Any], c: Candidate, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the stand-ins of a sentence that are taken for the company of an event told there.

    They are the first before the figure and the last; where the sentence names the company only the last, no name
    standing between.
    """
    before = [m for m in mentions if m.start < c.own.start]
    found = [m for m in before if stand_ins.is_stand_in(m)]
    named = [m for m in mentions if m.kind == "name" and is_company(event, m.name)]
    if not named:
        return found[:1] + found[1:][-1:] or [names.UNTOLD]
    return [
        m
        for m in found[-1:]
        if named[0].start < m.start and not any(x.kind == "name" and x.start > m.start for x in before)
    ]


def _example(document: dict[str, Any], found: Sequence[tuple[str, Cues]], events: Sequence[dict[str, Any]]) -> Choice:
    """Return the companies found, those of the events being right."""
    right = [any(is_company(e, name) for e in events) for name, _ in found]
    companies = [name for name, _ in found]
    return Choice(side(document), document["group"], document["weight"], [cues for _, cues in found], companies, right)


def of_topics(docs: Sequence[dict[str, Any]], model: stand_ins.Model) -> Iterator[Choice]:
    """Yield what the annotations of documents tell of the companies that they are about."""
    reader = predictions.reader_that_dismisses_nothing()
    for d in docs:
        counted = [e for e in d["events"] if not e.get("optional")] or d["events"]
        if told := reader.standing(predictions.article(d), model):
            yield _example(d, told.topics(), [e for e in counted if e.get("time") != "past"] or counted)


def of_stand_ins(docs: Sequence[dict[str, Any]], model: stand_ins.Model) -> Iterator[Choice]:
    """Yield what the annotations of documents tell of their stand-ins."""
    reader = predictions.reader_that_dismisses_nothing()
    for d in docs:
        told = reader.standing(predictions.article(d), model)
        if told is None:
            continue
        for index, line in enumerate(told.draft.lines):
            for c in line.candidates if line.entities is not None else ():
                events = [e for e in d["events"] if _states(e, c)]
                mentions = document_names.mentions(line, told.registry)
                for m in _speaks_of(events[0], c, mentions) if len(events) == 1 else ():
                    yield _example(d, told.candidates(index, m), events)


EXAMPLES = {"stand_in": of_stand_ins, "topic": of_topics}


def _fit(data: Iterable[Choice], which: Which) -> dict[str, float]:
    return fit(list(data), PRIOR[which], SIGNS, held=HELD, least_seen=LEAST_SEEN)


def fitted(docs: Sequence[dict[str, Any]], but: int | None = None, folds: int = 5) -> stand_ins.Model:
    """Return the weights made from documents, without one fold of their clusters where one is named."""
    docs = [d for d in docs if but is None or fold(d["group"], folds) != but]
    model = stand_ins.Model(PRIOR["stand_in"], PRIOR["topic"])
    model = stand_ins.Model(model.stand_in, _fit(of_topics(docs, model), "topic"))
    for _ in range(ROUNDS):
        model = stand_ins.Model(_fit(of_stand_ins(docs, model), "stand_in"), model.topic)
    return model


def main() -> None:
    """Write the weights, or measure them by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="measure by so many folds instead of writing")
    arguments = parser.parse_args()
    docs = sources()
    if arguments.folds:
        right: dict[Which, dict[str, list[bool]]] = {"stand_in": defaultdict(list), "topic": defaultdict(list)}
        for n in range(arguments.folds):
            model = fitted(docs, n, arguments.folds)
            held = [d for d in docs if fold(d["group"], arguments.folds) == n]
            for which, told in right.items():
                tell(list(EXAMPLES[which](held, model)), dict(getattr(model, which)), told)
        for which, told in right.items():
            for source, found in told.items():
                print(f"{which:9} {source:15} {sum(found) / len(found):.3f} of {len(found)}")
        return
    model = fitted(docs)
    write_weights(stand_ins.WEIGHTS, docs, stand_in=model.stand_in, topic=model.topic)


if __name__ == "__main__":
    main()
