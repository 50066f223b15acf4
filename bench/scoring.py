"""Scoring of events read from documents against annotated ones.

Two levels: `detect` (type and company) and `tuple` (and the figure: the count, the percent where there is no count, or
the amount with its currency). Attributes are scored on the counted tuple matches. An annotated event marked `optional`
counts neither way, and a prediction that states it is not spurious. Events are plain dictionaries with the field names
of a claim.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Event = Mapping[str, Any]
Level = Literal["detect", "tuple"]
Agrees = Callable[[Event, Event], bool]

TYPES = ("layoff", "ai_investment")
LEVELS: tuple[Level, ...] = ("detect", "tuple")

LEGAL = re.compile(
    r"\b(inc|incorporated|corp|corporation|co|company|ltd|limited|llc|plc|ag|se|s a|sa|n v|nv|gmbh|holdings?|group|"
    r"technologies|technology|platforms?|labs?|systems|international)\b"
)


@dataclass(slots=True)
class Tally:
    """What was right and wrong in some documents; tallies add up."""

    counts: Counter[tuple[str, Level, str]] = field(default_factory=Counter)
    """(type or "all", level, tp | fp | fn) → events."""
    attributes: list[tuple[str, Any, bool]] = field(default_factory=list)
    """(attribute, annotated value, right) of each counted tuple match."""
    documents: int = 0
    empty: int = 0
    """Documents without any annotated event."""
    empty_hit: int = 0
    """Those of them in which an event was read."""
    errors: list[tuple[str, str, Event]] = field(default_factory=list)
    """("missed" | "spurious", document id, event) at the tuple level."""

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.counts.update(other.counts)
        self.attributes += other.attributes
        self.documents += other.documents
        self.empty += other.empty
        self.empty_hit += other.empty_hit
        self.errors += other.errors

    def ratios(self, type_: str, level: Level) -> tuple[float, float, float]:
        """Return precision, recall and F1 of one type (or "all") at one level; 0 where undefined."""
        tp, fp, fn = (self.counts[type_, level, outcome] for outcome in ("tp", "fp", "fn"))
        precision = tp / (tp + fp) if tp + fp else 0.0
        recall = tp / (tp + fn) if tp + fn else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return precision, recall, f1

    def attribute(self, name: str) -> tuple[float, float, int]:
        """Return accuracy, balanced accuracy (mean of the recalls of the annotated values) and number of matches."""
        rows = [(value, right) for attribute, value, right in self.attributes if attribute == name]
        if not rows:
            return 0.0, 0.0, 0
        by_value: dict[Any, list[bool]] = defaultdict(list)
        for value, right in rows:
            by_value[value].append(right)
        balanced = sum(sum(right) / len(right) for right in by_value.values()) / len(by_value)
        return sum(right for _, right in rows) / len(rows), balanced, len(rows)


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies."""
    out = Tally()
    for tally in tallies:
        out.add(tally)
    return out


def bare(name: str | None) -> str:
    """Return a company name without case, punctuation, article, possessive and legal form."""
    text = unicodedata.normalize("NFKC", name or "").casefold().replace("’", "'")
    text = re.sub(r"'s\b", "s", text)
    text = re.sub(r"^the\s+", "", re.sub(r"[^\w&+ ]", " ", text).strip())
    return re.sub(r"[\W_]+", "", LEGAL.sub(" ", text)) or re.sub(r"[\W_]+", "", text)


def forms(name: str | None) -> set[str]:
    """Return the comparable forms of a name: bare, and without a possessive s."""
    plain = bare(name)
    both = {plain, plain[:-1]} if re.search(r"['’]s\b", name or "") else {plain}
    return both - {""}


def names(event: Event) -> set[str]:
    """Return the comparable forms of an annotated company and its aliases."""
    return {form for name in (event.get("company"), *(event.get("aliases") or ())) for form in forms(name)}


def same_company(gold: Event, read: Event) -> bool:
    """Return whether the companies agree; a stake and a round are one deal seen from its two sides."""
    mine = forms(read.get("company"))
    if mine & names(gold):
        return True
    if gold["type"] == "ai_investment" and {gold.get("kind"), read.get("kind")} == {"stake", "funding"}:
        return bool(mine & {form for name in gold.get("counterparty") or () for form in forms(name)})
    return False


def number(value: object) -> float | None:
    """Return a figure as a float, or None."""
    return None if value in (None, "") else float(value)  # type: ignore[arg-type]


def near(one: object, other: object, tolerance: float = 0.005) -> bool:
    """Return whether two figures are given and differ by no more than the relative tolerance."""
    a, b = number(one), number(other)
    return a is not None and b is not None and abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-9)


def same_span(low: object, high: object, read_low: object, read_high: object) -> bool:
    """Return whether figures agree: a single one by its value ("up to" may stand in the high end), a range by both."""
    if number(high) is None or near(low, high):
        if number(read_low) is None:
            return near(low, read_high)
        return near(low, read_low) and (number(read_high) is None or near(low, read_high))
    return near(low, read_low) and near(high, read_high)


def same_figure(gold: Event, read: Event) -> bool:
    """Return whether the figures agree: count, else percent, or amount with its currency."""
    if gold["type"] == "layoff":
        if number(gold.get("count")) is not None:
            return same_span(gold["count"], gold.get("count_high"), read.get("count"), read.get("count_high"))
        if number(read.get("count")) is not None:
            return False
        return near(gold["percent"], read.get("percent"), 0.01) if number(gold.get("percent")) is not None else True
    if number(gold.get("amount")) is None:
        return number(read.get("amount")) is None
    same_currency = (gold.get("currency") or "USD") == (read.get("currency") or "USD")
    return same_currency and same_span(
        gold["amount"], gold.get("amount_high"), read.get("amount"), read.get("amount_high")
    )


def same_date(gold: Event, read: Event) -> bool:
    """Return whether the date read agrees with the annotated one up to its month."""
    return str(read.get("date") or "").startswith(str(gold["date"])[:7])


def anything(_gold: Event, _read: Event) -> bool:
    """Agree always: the detect level asks for no figure."""
    return True


AGREES: dict[Level, Agrees] = {"detect": anything, "tuple": same_figure}


def match(golds: Sequence[Event], reads: Sequence[Event], agrees: Agrees) -> list[tuple[int, int]]:
    """Return one-to-one pairs (annotated, read), the best first, counted events before optional ones."""
    pairs = [
        (
            (
                not gold.get("optional"),
                same_figure(gold, read),
                bool(forms(read.get("company")) & names(gold)),
                gold.get("time") == read.get("time"),
                bool(gold.get("date")) and same_date(gold, read),
                gold.get("status") == read.get("status"),
                near(gold.get("percent"), read.get("percent"), 0.01),
            ),
            -g,
            -r,
        )
        for g, gold in enumerate(golds)
        for r, read in enumerate(reads)
        if read.get("type") == gold["type"] and same_company(gold, read) and agrees(gold, read)
    ]
    taken_golds: set[int] = set()
    taken_reads: set[int] = set()
    out = []
    for _, g, r in sorted(pairs, reverse=True):
        if g not in taken_golds and r not in taken_reads:
            taken_golds.add(g)
            taken_reads.add(r)
            out.append((-g, -r))
    return out


def spurious(
    golds: Sequence[Event], reads: Sequence[Event], pairs: Sequence[tuple[int, int]], agrees: Agrees
) -> list[int]:
    """Return the indexes of unmatched predictions, less those that state an optional event again."""
    used = {r for _, r in pairs}
    return [
        r
        for r, read in enumerate(reads)
        if r not in used
        and not any(
            gold.get("optional")
            and gold["type"] == read.get("type")
            and same_company(gold, read)
            and agrees(gold, read)
            for gold in golds
        )
    ]


def attributes(gold: Event, read: Event) -> list[tuple[str, Any, bool]]:
    """Return (attribute, annotated value, right) of one match."""
    layoff = gold["type"] == "layoff"
    rows: list[tuple[str, Any, bool]] = [
        (name, gold.get(name) or False, gold.get(name) == read.get(name)) for name in ("status", "time")
    ]
    if layoff:
        cited = bool(gold.get("ai_cited"))
        rows.append(("ai_cited", cited, cited == bool(read.get("ai_cited"))))
    else:
        rows.append(("kind", gold.get("kind") or False, gold.get("kind") == read.get("kind")))
    if gold.get("date"):
        rows.append(("date (month)" if len(gold["date"]) > 4 else "date (year)", 0, same_date(gold, read)))
    if layoff and number(gold.get("count")) is not None and number(gold.get("percent")) is not None:
        rows.append(("percent", 0, near(gold["percent"], read.get("percent"), 0.01)))
    if not layoff:
        rows.append(("role", 0, bool(forms(read.get("company")) & names(gold))))
    return rows


EXTRA = (
    "count_qualifier",
    "amount_qualifier",
    "scope",
    "basis",
    "ai_relation",
    "ai_speaker",
    "location",
    "effective_date",
    "period_start",
    "period_end",
)
"""Fields that only the project's own gold annotates, scored where a gold event carries the key (null is a value)."""


def extra_attributes(gold: Event, read: Event) -> list[tuple[str, Any, bool]]:
    """Return (attribute, annotated value, right) of the further fields that this gold event states."""
    rows: list[tuple[str, Any, bool]] = [
        (name, str(gold[name]), gold[name] == read.get(name)) for name in EXTRA if name in gold
    ]
    if gold["type"] == "layoff" and "kind" in gold:
        rows.append(("layoff kind", gold["kind"], gold["kind"] == read.get("kind")))
    if "roles" in gold:
        mine = {role if isinstance(role, str) else role["role"] for role in read.get("roles") or ()}
        rows.append(("roles", 0, mine == set(gold["roles"])))
    if "counterparty" in gold and gold["type"] == "ai_investment":
        expected = [forms(name) for name in gold["counterparty"]]
        mine = {form for name in read.get("counterparty") or () for form in forms(name)}
        rows.append(("counterparty", 0, bool(mine) == bool(expected) and all(mine & form for form in expected)))
    return rows


def score(id_: str, golds: Sequence[Event], reads: Sequence[Event], *, extra: bool = False) -> Tally:
    """Return the tally of one document; `extra` scores the fields of the project's own gold too."""
    tally = Tally(documents=1, empty=int(not golds), empty_hit=int(not golds and bool(reads)))
    for level in LEVELS:
        agrees = AGREES[level]
        pairs = match(golds, reads, agrees)
        spare = spurious(golds, reads, pairs, agrees)
        hit = {g for g, _ in pairs}
        missed = [gold for g, gold in enumerate(golds) if g not in hit and not gold.get("optional")]
        found = [(golds[g], reads[r]) for g, r in pairs if not golds[g].get("optional")]
        for outcome, events in (
            ("tp", [gold for gold, _ in found]),
            ("fn", missed),
            ("fp", [reads[r] for r in spare]),
        ):
            for event in events:
                for type_ in (event.get("type", ""), "all"):
                    tally.counts[type_, level, outcome] += 1
        if level == "tuple":
            tally.errors = [("missed", id_, gold) for gold in missed] + [("spurious", id_, reads[r]) for r in spare]
            for gold, read in found:
                tally.attributes += attributes(gold, read)
                if extra:
                    tally.attributes += extra_attributes(gold, read)
    return tally
