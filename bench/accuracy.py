"""Score the reader and write `docs/accuracy.md`: `python -m bench.accuracy [--quick] [--errors N]`.

Both halves of the development documents (where they lie beside the project) and the project's own gold. One function a
section; a new section is a function in `SECTIONS`. Nothing here shows an error of the validation half: its texts are
read only by the reader, and only its sums leave `Scored`.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import nlp
from bench import merging, predictions, scoring
from bench.split import SHARED, available, documents, half, own_articles, read_jsonl
from nlp.names import key
from nlp.reader import Reader

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "accuracy.md"
NOTES = ROOT / "bench" / "training_errors.yml"
GOLD = ROOT / "tests" / "gold"
RESAMPLES = 2000

NAMES = {"layoff": "layoffs", "ai_investment": "AI investments", "all": "both"}

FLOORS: tuple[tuple[str, float], ...] = (
    ("tuple F1", 0.75),
    ("tuple precision", 0.85),
    ("detect F1", 0.82),
    ("status (balanced)", 0.80),
    ("ai_cited (balanced)", 0.80),
    ("time", 0.88),
    ("kind", 0.88),
    ("role", 0.95),
    ("date (month)", 0.80),
)
"""What the validation half must reach at the least; the share of empty documents with an event stands apart."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Documents, what was read in them, and how right it was."""

    tallies: Mapping[str, scoring.Tally]
    """Document id → tally."""
    clusters: Mapping[str, str]
    """Document id → cluster, the unit of resampling."""

    @property
    def total(self) -> scoring.Tally:
        """Return the sum over all documents."""
        return scoring.total(self.tallies.values())

    def measure(self, name: str) -> float:
        """Return one of the measures of `FLOORS`."""
        tally = self.total
        if name.split()[0] in scoring.LEVELS:
            level, ratio = name.split()
            return tally.ratios("all", "tuple" if level == "tuple" else "detect")[
                ("precision", "recall", "F1").index(ratio)
            ]
        accuracy, balanced, _ = tally.attribute(name.removesuffix(" (balanced)"))
        return balanced if name.endswith("(balanced)") else accuracy


def score(
    docs: Sequence[Mapping[str, Any]], reader: Reader | None = None, *, extra: bool = False, errors: bool = True
) -> Scored:
    """Read and score documents; `errors=False` keeps the sums alone."""
    read = predictions.read(docs, reader)
    tallies = {d["id"]: scoring.score(d["id"], d["events"], read[d["id"]], extra=extra) for d in docs}
    if not errors:
        for tally in tallies.values():
            tally.errors.clear()
    return Scored(tallies, {d["id"]: d.get("cluster") or d["id"] for d in docs})


def gold_documents() -> list[dict[str, Any]]:
    """Return the project's own annotated documents."""
    return [d for path in sorted(GOLD.glob("*.jsonl")) for d in read_jsonl(path)]


@cache
def training() -> Scored:
    """Return the training half, scored."""
    return score(documents("training"))


@cache
def validation() -> Scored:
    """Return the validation half, scored, without its errors."""
    return score(documents("validation"), errors=False)


@cache
def gold() -> Scored:
    """Return the project's own gold, scored with its further fields."""
    return score(gold_documents(), extra=True)


def intervals(scored: Scored) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return (type, level, ratio) → 95 % bootstrap interval (percentile method), clusters drawn with replacement."""
    keys = [(t, level, o) for t in NAMES for level in scoring.LEVELS for o in ("tp", "fp", "fn")]
    by_cluster: dict[str, list[int]] = defaultdict(lambda: [0] * len(keys))
    for id_, tally in scored.tallies.items():
        row = by_cluster[scored.clusters[id_]]
        for k, (t, level, o) in enumerate(keys):
            row[k] += tally.counts[t, level, o]
    table = np.array(list(by_cluster.values()), dtype=float)
    random = np.random.default_rng(20)
    draws = random.multinomial(len(table), np.full(len(table), 1 / len(table)), size=RESAMPLES) @ table
    out = {}
    for t in NAMES:
        for level in scoring.LEVELS:
            tp, fp, fn = (draws[:, keys.index((t, level, o))] for o in ("tp", "fp", "fn"))
            with np.errstate(invalid="ignore", divide="ignore"):
                ratios = {"P": tp / (tp + fp), "R": tp / (tp + fn), "F1": 2 * tp / (2 * tp + fp + fn)}
            for name, values in ratios.items():
                low, high = np.percentile(np.nan_to_num(values), [2.5, 97.5])
                out[t, level, name] = (float(low), float(high))
    return out


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows), ""]


def _ratio_table(scored: Scored) -> list[str]:
    spans, tally = intervals(scored), scored.total
    rows = []
    for t, name in NAMES.items():
        for level in scoring.LEVELS:
            cells = [
                f"{value:.3f} ({spans[t, level, r][0]:.2f}–{spans[t, level, r][1]:.2f})"
                for r, value in zip(("P", "R", "F1"), tally.ratios(t, level), strict=True)
            ]
            counts = [tally.counts[t, level, o] for o in ("tp", "fp", "fn")]
            rows.append([name, level, *cells, *counts])
    return table(("type", "level", "precision", "recall", "F1", "right", "spurious", "missed"), rows)


def _empty_line(tally: scoring.Tally) -> str:
    share = tally.empty_hit / tally.empty if tally.empty else 0.0
    return (
        f"Documents without an event: {tally.empty}; with an event read all the same: {tally.empty_hit} ({share:.1%})."
    )


def floors() -> list[str]:
    """Tell the main measures of both halves beside their floors."""
    rows: list[list[object]] = []
    for name, floor in FLOORS:
        value = validation().measure(name)
        rows.append(
            [
                name,
                f"{floor:.2f}",
                f"{value:.3f}",
                f"{training().measure(name):.3f}",
                "yes" if value >= floor else "**no**",
            ]
        )
    shares = [s.total.empty_hit / s.total.empty for s in (validation(), training())]
    rows.append(
        [
            "empty documents with an event",
            "at most 4 %",
            *(f"{x:.1%}" for x in shares),
            "yes" if shares[0] <= 0.04 else "**no**",
        ]
    )
    return ["## In short", "", *table(("measure", "floor", "validation", "training", "reached"), rows)]


def halves() -> list[str]:
    """Tell precision, recall and F1 of both halves with their intervals."""
    lines: list[str] = []
    for name, scored in (("Validation half", validation()), ("Training half", training())):
        lines += [
            f"## {name}",
            "",
            f"{len(scored.tallies)} documents in {len(set(scored.clusters.values()))} clusters.",
            "",
        ]
        lines += [*_ratio_table(scored), _empty_line(scored.total), ""]
    return lines


def attributes() -> list[str]:
    """Tell the share of each attribute that is right, on the tuple matches."""
    rows = []
    names = sorted({name for s in (training(), validation()) for name, _, _ in s.total.attributes})
    for name in names:
        cells: list[object] = []
        for scored in (validation(), training()):
            accuracy, balanced, n = scored.total.attribute(name)
            cells += [f"{accuracy:.3f}", f"{balanced:.3f}", n]
        rows.append([name, *cells])
    header = ("attribute", "validation", "balanced", "n", "training", "balanced", "n")
    return ["## Attributes, on the tuple matches", "", *table(header, rows)]


BINS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Where the ranges of sureness begin that are told apart."""


def _sureness(docs: Sequence[Mapping[str, Any]]) -> list[tuple[float, bool]]:
    """Return of each claim how sure it was said to be, and whether it is right; one of an optional event is neither."""
    read = predictions.read(docs)
    told: list[tuple[float, bool]] = []
    for d in docs:
        golds, claims = d["events"], read[d["id"]]
        pairs = scoring.match(golds, claims, scoring.same_figure)
        right = {r for g, r in pairs if not golds[g].get("optional")}
        counted = sorted(right | set(scoring.spurious(golds, claims, pairs, scoring.same_figure)))
        told += [(float(claims[r]["trace"]["accepted"].removeprefix("sure:")), r in right) for r in counted]
    return told


def calibration() -> list[str]:
    """Tell how often claims are right that were said to be so sure."""
    sides = {
        "The validation half": documents("validation"),
        "Our own plain articles, those held out": own_articles("plain", held=True),
        "Our own long articles, those held out": own_articles("long", held=True),
        "Real stories retold in our own words, those held out": own_articles("retold", held=True),
    }
    lines = [
        "## How sure is sure",
        "",
        "The trace of a claim says how sure the reader is of it: `accepted`, the probability of a small trained model.",
        "How often claims so sure are right; and, for who wants surer ones only, how many of all so sure or surer are",
        "right, and which share of the right ones that keeps.",
        "",
    ]
    header = ("sure", "claims", "right", "right, so sure or surer", "of the right ones")
    for name, docs in sides.items():
        told = _sureness(docs)
        rows = []
        for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
            here = [right for sure, right in told if low <= sure < high]
            above = [right for sure, right in told if sure >= low]
            kept = sum(above) / max(1, sum(right for _, right in told))
            rows.append([f"{low:.1f} to {min(high, 1.0):.1f}", len(here), _share(here), _share(above), f"{kept:.2f}"])
        lines += [f"{name}:", "", *table(header, rows)]
    return lines


def _share(rights: Sequence[bool]) -> str:
    return f"{sum(rights) / len(rights):.2f}" if rights else "–"


def failing() -> list[str]:
    """Return the ids of the documents of published mistakes that are not read wholly right."""
    tallies = gold().tallies
    return [
        d["id"]
        for d in gold_documents()
        if d["traps"] and (tallies[d["id"]].errors or not all(right for _, _, right in tallies[d["id"]].attributes))
    ]


def own_gold() -> list[str]:
    """Tell how the project's own gold is read."""
    scored = gold()
    tally = scored.total
    rows = []
    for name in sorted({name for name, _, _ in tally.attributes}):
        accuracy, balanced, n = tally.attribute(name)
        rows.append([name, f"{accuracy:.3f}", f"{balanced:.3f}", n])
    traps = [d for d in gold_documents() if d["traps"]]
    wrong = failing()
    return [
        "## The project's own gold",
        "",
        f"{tally.documents} own-written documents in `tests/gold/`; a regression gate, not a sample of the news.",
        "",
        *_ratio_table(scored),
        _empty_line(tally),
        "",
        f"Documents of published mistakes: {len(traps)}; not wholly right: {', '.join(wrong) or 'none'}.",
        "",
        *table(("attribute", "right", "balanced", "n"), rows),
    ]


def ablation() -> list[str]:
    """Tell what each part of the reader is worth: the training half and the own gold with the part switched off."""
    rows = []
    own = gold_documents()
    base = [training(), gold()] if available() else [gold()]
    for part, what in Reader.PARTS.items():
        reader = Reader(disable=(part,))
        sides = [score(documents("training"), reader), score(own, reader)] if available() else [score(own, reader)]
        cells: list[object] = []
        for side, whole in zip(sides, base, strict=True):
            cells += [f"{side.measure('tuple F1') - whole.measure('tuple F1'):+.3f}"]
        cells.append(f"{sides[0].measure('tuple precision') - base[0].measure('tuple precision'):+.3f}")
        rows.append([f"without {part}", what, *cells])
    header = (
        "reader",
        "what is off",
        *(["training tuple F1"] if available() else []),
        "own gold tuple F1",
        "tuple precision",
    )
    return ["## Ablation", "", "The change when one part of the reader is switched off.", "", *table(header, rows)]


def gates() -> list[str]:
    """Tell whether the gates lose an event: read with every sentence a candidate, and compare."""
    open_reader = Reader(gates=False)
    rows = []
    sides = [("own gold", gold_documents())]
    if available():
        sides += [("training", documents("training")), ("validation", documents("validation"))]
    for name, docs in sides:
        on, off = predictions.read(docs), predictions.read(docs, open_reader)
        lost = sum(sum((_keys(off[d["id"]]) - _keys(on[d["id"]])).values()) for d in docs)
        won = sum(sum((_keys(on[d["id"]]) - _keys(off[d["id"]])).values()) for d in docs)
        rows.append([name, sum(len(events) for events in off.values()), lost, won])
    header = ("documents", "events with gates off", "lost with gates on", "only with gates on")
    return ["## Gates", "", *table(header, rows)]


def _keys(events: Sequence[scoring.Event]) -> Counter[tuple[object, ...]]:
    fields = ("type", "company", "count", "percent", "amount", "currency")
    return Counter(tuple(event.get(name) for name in fields) for event in events)


def leak() -> list[str]:
    """Tell validation read without the companies that the catalogue holds and only validation names.

    The catalogue of companies knows many companies of the news. So that a name known beforehand does not flatter the
    validation half, the names of its annotated companies that training does not name are taken out of the list.
    """
    seen = {form for d in documents("training") for e in d["events"] for form in scoring.names(e)}
    names = {
        name for d in documents("validation") for e in d["events"] for name in (e["company"], *(e.get("aliases") or ()))
    }
    only = {key(name) for name in names if not scoring.forms(name) & seen}
    scored = score(documents("validation"), Reader(unknown=frozenset(only)), errors=False)
    rows = [
        [name, f"{validation().measure(name):.3f}", f"{scored.measure(name):.3f}"]
        for name in ("tuple F1", "tuple precision", "detect F1")
    ]
    text = (
        "Validation again, with the companies that only validation names taken out of the reader's list of companies."
    )
    return ["## Leak check", "", text, "", *table(("measure", "validation", "without those names"), rows)]


def worst() -> list[str]:
    """Tell the training documents that are read worst, by id, in our own words."""
    notes: dict[str, str] = yaml.safe_load(NOTES.read_text(encoding="utf-8")) if NOTES.is_file() else {}
    errors = {id_: tally.errors for id_, tally in training().tallies.items() if tally.errors}
    order = sorted(errors, key=lambda id_: (-len(errors[id_]), id_))
    rows = []
    for id_ in order[:40]:
        kinds = Counter(kind for kind, _, _ in errors[id_])
        rows.append([id_, kinds["missed"], kinds["spurious"], notes.get(id_, "")])
    return ["## Worst training errors", "", *table(("document", "missed", "spurious", "why"), rows)]


Section = Callable[[], list[str]]
SECTIONS: tuple[Section, ...] = (
    floors,
    halves,
    attributes,
    calibration,
    own_gold,
    merging.section,
    gates,
    ablation,
    leak,
    worst,
)
ALONE: tuple[Section, ...] = (own_gold, merging.section, gates, ablation)
"""The sections that need no development documents."""
SLOW: tuple[Section, ...] = (gates, ablation, leak)


def fingerprint() -> str:
    """Return a short hash of all that was scored."""
    hasher = hashlib.blake2b(digest_size=6)
    for path in sorted(GOLD.glob("*.jsonl")):
        hasher.update(path.read_bytes())
    if available():
        for name in ("dev_docs.jsonl", "dev_gold.jsonl"):
            hasher.update((SHARED / "eval" / name).read_bytes())
    return hasher.hexdigest()


def report(sections: Sequence[Section]) -> str:
    """Return the report."""
    lines = [
        "# How accurate the reader is",
        "",
        f"Written by `make accuracy`; reader `{nlp.VERSION}`, documents `{fingerprint()}`.",
        "",
        "Two levels: *detect* asks for the type and the company of an event, *tuple* also for its figure. Attributes",
        "are scored on the tuple matches. Intervals are 95 % bootstrap intervals, documents drawn by cluster.",
        "",
    ]
    if not available():
        lines += ["The development documents do not lie beside the project: only its own gold is scored here.", ""]
    for section in sections:
        lines += section()
    return "\n".join(lines).rstrip() + "\n"


def show_errors(most: int) -> None:
    """Print errors of the training half and of the own gold, never of validation."""
    docs = {d["id"]: d for d in documents("training")} if available() else {}
    assert all(half(d["cluster"]) == "training" for d in docs.values())
    shown = 0
    for scored in ([training()] if docs else []) + [gold()]:
        for id_, tally in scored.tallies.items():
            for kind, _, event in tally.errors:
                if shown < most:
                    shown += 1
                    print(
                        kind, id_, {k: v for k, v in event.items() if v and k not in ("evidence", "trace", "sentence")}
                    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="print the fast sections, write nothing")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print N errors of training and own gold")
    parser.add_argument("--failing", action="store_true", help="print the ids for tests/gold/failing.txt")
    arguments = parser.parse_args()
    if arguments.failing:
        print("\n".join(failing()))
        return
    sections = SECTIONS if available() else ALONE
    if arguments.quick or arguments.errors:
        if arguments.quick:
            print(report([s for s in sections if s not in SLOW]))
        show_errors(arguments.errors)
        return
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report(sections), encoding="utf-8")
    print(f"wrote {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
