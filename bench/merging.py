"""How well claims are put together into events: pairwise and B-cubed precision, recall and F1 on own-written articles.

`python -m bench.merging` prints the table for the gold claims and end to end, and the score of the company names.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from newsledger.companies import Resolver, load
from newsledger.model import Article, Claim, Evidence, SourcedClaim, digest
from newsledger.reconcile import reconcile
from newsledger.reconcile.reading import company_of

if TYPE_CHECKING:
    from nlp.reader import Reader

GOLD = Path(__file__).parent.parent / "tests" / "gold" / "merging"
NAMES = GOLD.parent / "company_names.csv"


@dataclass(frozen=True)
class Case:
    """One set of articles, what each states, and which statements tell of one happening."""

    name: str
    articles: tuple[Article, ...]
    claims: tuple[SourcedClaim, ...]
    happening: Mapping[str, str]
    """Claim id → label of the happening, equal for claims of one event."""
    expect: Mapping[str, Mapping[str, Any]]
    """Label → fields that the event must have."""


def sourced(
    article: str, day: str | None, company: str, *, type: str = "layoff", sentence: str | None = None,
    source: str | None = None, source_kind: str = "news", group: str | None = None, title: str = "",
    fetched: str = "2032-01-01", **fields: Any,
) -> SourcedClaim:  # fmt: skip
    """Return one claim with its article's circumstances, from the few fields that matter."""
    layoff = type == "layoff"
    figure = next((fields[k] for k in ("count", "amount", "percent") if fields.get(k) is not None), "")
    text = sentence or f"{company} {'cuts' if layoff else 'invests'} {figure}"
    for name in ("date", "effective_date", "period_start", "period_end"):
        if fields.get(name) is not None:
            fields[name] = str(fields[name])
    date = fields.get("date")
    if date is not None:
        fields.setdefault("date_precision", {4: "year", 7: "month"}.get(len(date), "day"))
    if fields.get("amount") is not None:
        fields["amount"] = int(fields["amount"])
        fields.setdefault("currency", "USD")
    if fields.get("amount_high") is not None:
        fields["amount_high"] = int(fields["amount_high"])
    fields.setdefault("kind", "layoff" if layoff else "capex")
    fields["counterparty"] = tuple(fields.get("counterparty", ()))
    identity = digest(article, type, company, str(sorted(fields.items(), key=lambda f: f[0])), text)
    claim = Claim(
        id=fields.pop("id", None) or identity,
        article_id=digest(article),
        revision=1,
        version="gold",
        type=type,  # type: ignore[arg-type]
        company=company,
        status=fields.pop("status", "confirmed"),
        time=fields.pop("time", "current"),
        sentence=Evidence(where="text", start=0, end=len(text), quote=text),
        **fields,
    )
    return SourcedClaim(
        claim=claim,
        published=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
        published_precision="day" if day else None,
        fetched_at=datetime.fromisoformat(fetched).replace(tzinfo=UTC),
        source_id=source or article,
        source_kind=source_kind,  # type: ignore[arg-type]
        group_id=digest(group or article),
        title=title,
        url=None,
    )


def cases(folder: Path = GOLD) -> list[Case]:
    """Return the gold cases of all files of the folder. Raises ValueError naming the file and the case."""
    return [
        _case(path, row) for path in sorted(folder.glob("*.yml")) for row in yaml.safe_load(path.read_text("utf-8"))
    ]


def _case(path: Path, row: Mapping[str, Any]) -> Case:
    articles: list[Article] = []
    claims: list[SourcedClaim] = []
    happening: dict[str, str] = {}
    named: dict[str, str] = {}
    for entry in row["articles"]:
        key, day = f"{row['case']}/{entry['id']}", str(entry["day"]) if entry.get("day") else None
        title, text = entry.get("title", ""), entry.get("text", "")
        articles.append(
            Article(
                id=digest(key), revision=1, title=title, text=text, language="en",
                published=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
                published_precision="day" if day else None,
                source_id=entry.get("source", entry["id"]),
                fetched_at=datetime(2032, 1, 1, tzinfo=UTC),
                group_id=digest(f"{row['case']}/{entry.get('group', entry['id'])}"),
            )
        )  # fmt: skip
        for spec in entry["claims"]:
            fields = dict(spec)
            label = fields.pop("event", None)
            if label is None:
                raise ValueError(f"{path.name}: {row['case']}: a claim of {entry['id']} has no event label: add one")
            if (total := fields.pop("part_of", None)) is not None:
                fields["part_of"] = named[f"{entry['id']}/{total}"]
            one = sourced(
                key, day, source=entry.get("source", entry["id"]), source_kind=entry.get("kind", "news"),
                group=f"{row['case']}/{entry.get('group', entry['id'])}", title=title, **fields,
            )  # fmt: skip
            named[f"{entry['id']}/{label}"] = one.claim.id
            claims.append(one)
            happening[one.claim.id] = label
    return Case(row["case"], tuple(articles), tuple(claims), happening, row.get("expect", {}))


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1, from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def b_cubed(gold: Mapping[str, Hashable], found: Mapping[str, Hashable]) -> Score:
    """Return B-cubed precision and recall (Bagga and Baldwin 1998) of a clustering over the items of the gold."""
    by_gold, by_found = Counter(gold.values()), Counter(found[i] for i in gold)
    both = Counter((gold[i], found[i]) for i in gold)
    n = len(gold) or 1
    precision = sum(both[gold[i], found[i]] / by_found[found[i]] for i in gold) / n
    recall = sum(both[gold[i], found[i]] / by_gold[gold[i]] for i in gold) / n
    return Score(precision, recall)


def pairwise(gold: Mapping[str, Hashable], found: Mapping[str, Hashable]) -> Score:
    """Return precision and recall of the pairs put together; 1 where there are none to find or none were made."""
    right = made = wanted = 0
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for item in sorted(gold):
        groups[found[item]].append(item)
    for items in groups.values():
        for a, b in combinations(items, 2):
            made += 1
            right += gold[a] == gold[b]
    for size in Counter(gold.values()).values():
        wanted += size * (size - 1) // 2
    return Score(right / made if made else 1.0, right / wanted if wanted else 1.0)


def _label(claim: SourcedClaim, resolver: Resolver) -> tuple[object, ...]:
    c = claim.claim
    return c.article_id, c.type, company_of(claim, resolver), c.count, c.amount, c.percent


def on_gold(resolver: Resolver) -> tuple[dict[str, Hashable], dict[str, Hashable]]:
    """Return gold and found cluster of every gold claim."""
    gold: dict[str, Hashable] = {}
    found: dict[str, Hashable] = {}
    for case in cases():
        gold |= {claim_id: (case.name, label) for claim_id, label in case.happening.items()}
        for event in reconcile(case.claims, resolver=resolver).events:
            found |= dict.fromkeys(event.claim_ids, (case.name, event.id))
    return gold, found


def end_to_end(resolver: Resolver, reader: Reader) -> tuple[dict[str, Hashable], dict[str, Hashable], int, int]:
    """Return gold and found cluster of every claim that the gold holds or the reader found, the misses and the extras.

    A claim that the reader missed stands alone in the found clustering, one that the gold does not hold in the gold's.
    """
    gold: dict[str, Hashable] = {}
    found: dict[str, Hashable] = {}
    missed = extra = 0
    for case in cases():
        about = {one.claim.article_id: one for one in case.claims}
        read = [
            replace(about[article.id], claim=claim)
            for article, claims in zip(case.articles, reader.read_many(case.articles), strict=True)
            for claim in claims
        ]
        events = reconcile(read, resolver=resolver).events
        event_of = {claim_id: event.id for event in events for claim_id in event.claim_ids}
        by_label: dict[tuple[object, ...], list[SourcedClaim]] = defaultdict(list)
        for one in read:
            by_label[_label(one, resolver)].append(one)
        for one in case.claims:
            item = one.claim.id
            gold[item] = (case.name, case.happening[item])
            same = by_label.get(_label(one, resolver))
            if same:
                found[item] = (case.name, event_of[same.pop(0).claim.id])
            else:
                missed += 1
                found[item] = (case.name, "missed", item)
        for rest in by_label.values():
            for one in rest:
                extra += 1
                gold[one.claim.id] = (case.name, "extra", one.claim.id)
                found[one.claim.id] = (case.name, event_of[one.claim.id])
    return gold, found, missed, extra


def resolver_score(resolver: Resolver) -> tuple[float, float, int]:
    """Return precision and recall of the resolver on the hand-made crosswalk of names, and the number of names."""
    rows = list(csv.DictReader(NAMES.read_text("utf-8").splitlines()))
    answers = [(row["company_id"], resolver.resolve(row["name"], context=row["context"])) for row in rows]
    given = [(want, got.company_id) for want, got in answers if got is not None]
    right = sum(1 for want, got in given if want == got)
    return right / len(given), right / sum(1 for want, _ in answers if want), len(rows)


def section() -> list[str]:
    """Return the lines on merging and on company names for the accuracy report."""
    from nlp.reader import Reader  # here, so that tests of merging need no model

    resolver = Resolver(load())
    gold, found = on_gold(resolver)
    all_gold, all_found, missed, extra = end_to_end(resolver, Reader())
    precision, recall, names = resolver_score(resolver)
    lines = [
        "## Events put together from claims",
        "",
        f"{len(cases())} sets of own-written articles, {len(gold)} claims, {len(set(gold.values()))} happenings. "
        "B-cubed asks of every claim whether the others in its event belong there and none is missing; "
        f"pairwise asks it of every pair. End to end the reader makes the claims ({missed} missed, {extra} extra).",
        "",
        "| claims from | B-cubed P | R | F1 | pairwise P | R | F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, want, got in (("gold", gold, found), ("the reader", all_gold, all_found)):
        scores = b_cubed(want, got), pairwise(want, got)
        figures = " | ".join(f"{s.precision:.3f} | {s.recall:.3f} | {s.f1:.3f}" for s in scores)
        lines.append(f"| {name} | {figures} |")
    return [
        *lines,
        "",
        f"Company names: {names} names of a crosswalk checked by hand, precision {precision:.3f}, recall {recall:.3f}.",
        "",
    ]


if __name__ == "__main__":
    print("\n".join(section()))
