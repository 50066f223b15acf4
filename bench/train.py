"""Train the chooser of AI investments on the training half, our own gold and our own articles; write `nlp/weights/`.

`python -m bench.train` writes the weights, with a hash of the documents they were made from; `--folds 5` measures
instead: each fold of clusters is read with weights made without it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bench import predictions, scoring
from bench.split import Register, documents, own_articles, read_jsonl
from nlp import chooser, linear, wording
from nlp.reader import Proposal, Reader

GOLD = Path(__file__).resolve().parents[1] / "tests" / "gold"
FILES = ("traps", "layoffs", "investments", "articles", "forms", "negatives")
HELD: tuple[Register, ...] = ("plain", "long", "retold")
"""Registers whose articles held out are measured on."""
PATTERN_WEIGHT = 0.4
"""How much a document made of a pattern counts; three are made of each."""
ARTICLE_WEIGHTS: dict[Register, float] = {"plain": 1.0, "odd": 0.3, "long": 1.0, "retold": 2.0}
"""How much an article of our own counts, by its register."""
LEAST = 0.3
"""The least probability of an investment that is read; whether it is sure enough, acceptance tells."""
LEAST_SEEN = 3
"""Documents in which a feature must stand to have a weight."""
COMPANY_PENALTY = (1.0, 1.5)
AMOUNT_PENALTY = (2.0, 10.0)
KIND_PENALTY = (0.3, 1.2)
"""How strongly weights are held to what they are taken for before any document is seen: of a cue, of a single word."""
_WORD = re.compile(r"[lr](?:\d+=|:)|title:|name[+-]|(?:name|anaphor|pronoun)[<>]")
_OF_THE_FIRM = re.compile(r"company-(?:name=|label|topic|only|turn|head)|margin")
"""Cues of who pays, which tell nothing of what the deal is."""
WORD_PENALTY = 8.0
WORD_SEEN = 12
"""How strongly a word's weight is held where words are cues of a statement, and how many statements must have it."""
TITLE_WORD_PENALTY = 22.0
"""The same of a word of the title, which all statements of an article share."""
KINDS = ("funding", "capex", "stake", "acquisition", "contract", "fund")
COMPANY_PRIOR = {
    "rule-here": 1.5,
    "object": -0.5,
    "verb-next": 0.5,
    "owns-amount": 1.0,
    "owns-noun": 0.7,
    "raise/acts=raise": 1.0,
    "raise/acts=give": -1.0,
    "spend/acts=give": 1.0,
    "spend/undergoes=give": -1.0,
    "buy/acts=buy": 1.0,
    "buy/undergoes=buy": -1.0,
    "contract/acts=buy": 1.0,
    "contract/acts=give": 1.0,
    "contract/acts=supply": -1.0,
    "paired": 1.5,
    "paired-otherwise": -1.5,
    "gapped": 0.5,
    "thing-of": -1.0,
    "ruled-out=unit": -1.5,
    "outsider-reckons": -1.5,
    "raise/which-acts=raise": 1.0,
    "spend/which-acts=give": 1.0,
    "spend/money-from": 1.0,
    "contract/money-from": 1.0,
    "gives-what-another-gets": 2.0,
    "contract/awards": 1.5,
    "contract/upstream": -1.0,
    "contract/downstream": 1.0,
}
AMOUNT_PRIOR = {
    "tie-sentence": 0.5,
    "tie-title": 0.3,
    "company-oblique": -0.5,
    "company-outsider-reckons": -1.5,
    "value-before": -0.7,
    "value-after": -0.7,
}
COMPANY_SIGNS = {
    1: """rule-here verb-next topic headed owns-amount owns-noun owns-agent refers-back opens-clause
    apposed-then-trigger rule=subject rule=owner rule=anaphor-subject described=ai buys-here only-named
    raise/acts=raise spend/acts=give spend/acts=build buy/acts=buy contract/acts=buy contract/acts=give
    contract/downstream contract/awards spend/money-from contract/money-from
    gives-what-another-gets paired gapped raise/which-acts=raise spend/which-acts=give raise/next-for sold-to""",
    -1: """given bought-from object oblique attribute one-of-several one-of-two other-subject distance apart=2 apart=3
    label=GPE label=LOC label=NORP label=PERSON sells-here after-led-by raise/leads-round raise/venture-name
    raise/described=investor contract/supplies no-rule in-apposition name=plain name=person
    ruled-out ruled-out=giver ruled-out=target ruled-out=people ruled-out=apart ruled-out=seller
    raise/acts=give raise/acts=buy spend/undergoes=give buy/undergoes=buy contract/acts=supply contract/upstream
    raise/money-from paired-otherwise spend/next-for raise/next-from thing-of outsider-reckons
    ruled-out=state ruled-out=list ruled-out=stand-in-after ruled-out=unit""",
}
AMOUNT_SIGNS = {
    1: """tie-sentence tie-title tie-lead tie-neighbour tie-company tie-beside-company tie-counterparty tie-share
    tie-throughout tie-title-of-company tie-clause company-verb-next here company-topic company-headed
    company-owns-amount company-owns-noun company-owns-agent margin in-round announce announces builds
    counterparty company-sector=ai company-label=ORG capex-words compute into spend-on ai-near
    company-before company-apart=0 company-name=known""",
    -1: """forecast forecast-words penalty earlier-figure value-before value-after valued-at plural-target debt gift
    sell not income market aggregate not-for-ai would-be question small vast in-brackets cumulative tie-none tie-far
    tie-not-local tie-title-of-others tie-once tie-seldom tie-sentence-only forecast-after
    company-one-of-several company-one-of-two company-other-subject company-oblique company-object
    company-outsider-reckons company-ruled-out company-in-apposition company-name=plain company-name=person
    company-attribute company-label=PERSON company-label=GPE company-distance company-apart=3 company-kind=pronoun
    company-kind=anaphor by=chosen-topic crowd doubt=debt doubt=no-round doubt=no-compute doubt=seller-alone
    shape=ruled-out is-worth market-move parts-with between-them called-off pay-of-staff subsidy doubtful other-trade
    no-ai""",
}
"""Cues that can only speak for, or only against, whatever few documents say."""
SIDES = {
    "own": "own gold",
    "pattern": "patterns",
    "plain": "plain articles",
    "odd": "odd articles",
    "long": "long articles",
    "retold": "retold stories",
}
"""What a document is, by the first word of its group; all others are of the training half."""
REAL_WEIGHT = 2.0
GOLD_WEIGHT = 2.0
"""How much more a document of real news counts than an article of our own, and a short one of our own gold."""


@dataclass
class Example:
    """One proposal of a document, with what the annotations say of it."""

    group: str
    weight: float
    proposal: Proposal
    right: list[bool]
    """Whether each option is the company of an annotated event with this amount."""
    counted: list[bool]
    """Whether that event counts, not being optional."""
    kinds: list[str | None]
    """Which kind of investment that event is, where it is right."""
    near: bool
    """Whether the amount is that of an event but for its rounding."""


FIRMS = (
    "Brightloom", "Kestrel AI", "Norvane", "Tallowick Labs", "Zentra.ai", "Quillstone", "Ostrava Robotics",
    "Deepmarrow", "Pellucid", "Harbourline AI", "Verdana Systems", "Lumenforge", "Cobaltree", "Mirowave",
    "Sableworks", "Indigo Loop",
    "Fathom Grid", "Tessera AI", "Wrenfield", "Auralis", "Kindling Compute", "Novaspan", "Rookery", "Stratavox",
)  # fmt: skip
INVESTORS = (
    "Larkspur Ventures", "Summit Hollow Capital", "Oakline", "Greywater Partners", "Ninth Street", "Pinecrest Ventures",
    "Fenwick Equity", "Tidewater Capital", "Redfern", "Alder Point",
)  # fmt: skip
LARGE = (
    "Halcyon Motors", "Orbis", "Vantrell", "Meridian Telecom", "Calder Group", "Toppan Heavy",
    "Northgate Semiconductor", "Averill", "Sunridge", "Ironbridge", "Lakeland Bank", "Polestead",
)  # fmt: skip
PLACES = ("Texas", "Toronto", "Berlin", "Ohio", "India", "Singapore", "Paris", "Japan")
OUTLETS = ("Bloomberg", "Reuters", "The Information", "Gartner")
SENTENCES = Path(__file__).parent / "sentences" / "ai_investment.txt"
COPIES = 3
"""Documents made of each pattern."""


def from_patterns() -> list[dict[str, Any]]:
    """Return the documents made of the patterns in `sentences/`, with made-up names and amounts."""
    out: list[dict[str, Any]] = []
    for n, line in enumerate(SENTENCES.read_text(encoding="utf-8").splitlines()):
        if not line.strip() or line.startswith("#"):
            continue
        words, _, stated = line.partition("||")
        for copy in range(COPIES):
            pick = random.Random(f"{n}-{copy}")
            names = dict(zip("ABCD", pick.sample(FIRMS, 4), strict=True))
            names |= dict(zip("VWX", pick.sample(INVESTORS, 3), strict=True))
            names |= dict(zip("GH", pick.sample(LARGE, 2), strict=True))
            names |= {"P": pick.choice(PLACES), "U": pick.choice(OUTLETS)}
            amounts = {}
            for letter in "MNOQ":
                value = pick.choice((3, 12, 26, 45, 75, 110, 250, 430, 675)) + 10 * "MNOQ".index(letter)
                scale, unit = pick.choice(((10**6, "million"), (10**9, "billion"), (10**6, "m"), (10**9, "bn")))
                amounts[letter] = (value * scale, f"${value} {unit}" if len(unit) > 2 else f"${value}{unit}")
            text = words.strip().format(**names, **{k: v[1] for k, v in amounts.items()})
            title, _, body = text.partition(" ## ") if " ## " in text else ("", "", text)
            if copy == 1 and not title and not text.rstrip().endswith((".", '"')):
                title, body = body, ""  # a headline alone
            events = [
                {
                    "type": "ai_investment",
                    "company": names.get(part[0], part[0]),
                    "kind": part[1],
                    "amount": amounts[part[2]][0],
                    "currency": "USD",
                    "counterparty": [n for k, n in names.items() if k != part[0] and n in text],
                    "optional": part[-1] == "?",
                }
                for part in map(str.split, stated.split(";"))
                if len(part) >= 3
            ]
            out.append(
                {
                    "id": f"pattern-{n}-{copy}",
                    "title": title,
                    "text": body,
                    "published": "2025-06-12",
                    "events": events,
                    "group": f"pattern-{n}",
                    "weight": PATTERN_WEIGHT,
                }
            )
    return out


def side(document: dict[str, Any]) -> str:
    """Return what a document is: of the training half, of our own gold, or one of our own articles."""
    return SIDES.get(document["group"].split("-")[0], "training")


def sources() -> list[dict[str, Any]]:
    """Return the documents to train on: each with its `group`, the cluster that must stay on one side of a fold."""
    real = [{**d, "group": d["cluster"], "weight": REAL_WEIGHT} for d in documents("training")]
    own = [
        {**d, "group": f"own-{d['id'].rstrip('abcdefgh')}", "weight": GOLD_WEIGHT}
        for f in FILES
        for d in read_jsonl(GOLD / f"{f}.jsonl")
    ]
    articles = [
        {**d, "group": f"{register}-{d.get('cluster', d['id'])}", "weight": weight}
        for register, weight in ARTICLE_WEIGHTS.items()
        for d in own_articles(register)
    ]
    return real + own + from_patterns() + articles


def examples(docs: Sequence[dict[str, Any]]) -> list[Example]:
    """Return what the reader proposes in documents, with the annotations' verdict.

    What it would pass by is learned from too: else the weights that tell of it would be forgotten.
    """
    reader = predictions.reader_that_dismisses_nothing()
    out = []
    for d in docs:
        golds = [e for e in d["events"] if e["type"] == "ai_investment"]
        for p in reader.proposals(predictions.article(d)):
            figure = p.candidate.figure
            assert figure is not None
            right, counted, kinds = [], [], []
            for place, option in enumerate(p.options):
                read = {
                    "type": "ai_investment",
                    "company": option.link.name,
                    "kind": p.kind,
                    "amount": figure.low,
                    "amount_high": figure.high,
                    "currency": figure.currency,
                    "counterparty": p.others_of(place),
                }
                hits = [g for g in golds if scoring.same_figure(g, read) and scoring.same_company(g, read)]
                right.append(bool(hits))
                counted.append(any(not g.get("optional") for g in hits))
                kinds.append(hits[0].get("kind") if hits else None)
            near = any(
                g.get("amount")
                and not scoring.same_span(g["amount"], g.get("amount_high"), figure.low, figure.high)
                and min(
                    abs(figure.low - float(x)) / float(x) for x in (g["amount"], g.get("amount_high") or g["amount"])
                )
                < 0.05
                for g in golds
            )
            out.append(Example(d["group"], d["weight"], p, right, counted, kinds, near))
    return out


def matrix(rows: Sequence[wording.Features], names: dict[str, int]) -> Any:
    """Return the rows as a sparse matrix."""
    places = [(i, names[name], value) for i, row in enumerate(rows) for name, value in row.items() if name in names]
    at, column, values = zip(*places, strict=True)
    return csr_matrix((values, (at, column)), shape=(len(rows), len(names)))


def _names(rows: Sequence[wording.Features], groups: Sequence[str], least: int) -> dict[str, int]:
    """Return an index of the features that stand in documents of at least so many groups."""
    seen: dict[str, set[str]] = defaultdict(set)
    for row, group in zip(rows, groups, strict=True):
        for name, value in row.items():
            if value:
                seen[name].add(group)
    return {name: i for i, name in enumerate(sorted(n for n, found in seen.items() if len(found) >= least))}


def _penalties(names: dict[str, int], penalty: tuple[float, float]) -> np.ndarray[Any, Any]:
    """Return how strongly each weight is held: those of single words more than those of cues."""
    of_a_cue, of_a_word = penalty
    return np.array([of_a_word if _WORD.match(name) else of_a_cue for name in names])


def bounds(
    names: Iterable[str], signs: Mapping[int, str], alone: Callable[[str], str] = str
) -> list[tuple[float | None, float | None]]:
    """Return the range of each weight: a cue keeps to its sign, or to that of what `alone` makes of its name."""
    sign = {name: value for value, words in signs.items() for name in words.split()}
    ranges = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
    return [ranges[sign.get(name, sign.get(alone(name), 0))] for name in names]


def _alone(name: str) -> str:
    """Return the cue that one named with its sort is."""
    return name.split("/")[-1]


def conditional_logit(
    x: Any,
    right: Sequence[Sequence[bool]],
    weights: Sequence[float],
    prior: np.ndarray[Any, Any],
    held: np.ndarray[Any, Any],
    ranges: Sequence[tuple[float | None, float | None]],
) -> np.ndarray[Any, Any]:
    """Return the weights of a choice among options, held to their priors by an L2 penalty and to their ranges.

    The rows of `x` are the options' cues, one example after the other; `right` tells of each example which are right.
    """
    starts = np.cumsum([0, *map(len, right)])[:-1]
    of = np.repeat(np.arange(len(right)), [len(r) for r in right])
    good_ones = np.array([ok for r in right for ok in r])
    m = np.array(weights)

    def loss(w: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        z = x @ w
        e = np.exp(z - np.maximum.reduceat(z, starts)[of])
        p = e / np.add.reduceat(e, starts)[of]
        good = np.where(good_ones, p, 0.0)
        total = np.maximum(np.add.reduceat(good, starts), 1e-12)
        away = w - prior
        value = -(m * np.log(total)).sum() + 2 * away @ (held * away)
        return float(value), x.T @ (m[of] * (p - good / total[of])) + 4 * held * away

    return minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=ranges).x


def logistic_regression(
    x: Any,
    told: Sequence[bool],
    weights: Sequence[float],
    prior: np.ndarray[Any, Any],
    held: np.ndarray[Any, Any],
    ranges: Sequence[tuple[float | None, float | None]],
) -> np.ndarray[Any, Any]:
    """Return the weights of a yes or no, held to their priors by an L2 penalty and to their ranges."""
    y, m = np.where(told, 1.0, -1.0), np.array(weights)

    def loss(w: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        z = y * (x @ w)
        p = 1 / (1 + np.exp(np.clip(z, -30, 30)))
        away = w - prior
        value = (m * np.logaddexp(0, -z)).sum() + away @ (held * away)
        return float(value), x.T @ (-y * p * m) + 2 * held * away

    return minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=ranges).x


def fit_cues(
    rows: Sequence[wording.Features],
    told: Sequence[bool],
    weights: Sequence[float],
    *,
    prior: Mapping[str, float],
    signs: Mapping[int, str],
    penalty: float,
    least_seen: int,
    alone: Callable[[str], str] = str,
) -> dict[str, float]:
    """Fit a yes or no to cues, some of them words ("before:had cut"), which are held more strongly."""
    seen = Counter(name for row in rows for name in row)
    names = sorted(name for name, n in seen.items() if n >= (WORD_SEEN if ":" in name else least_seen))
    w = logistic_regression(
        matrix(rows, {name: i for i, name in enumerate(names)}),
        told,
        weights,
        np.array([prior.get(name, 0.0) for name in names]),
        np.array([_held(name, penalty) for name in names]),
        bounds(names, signs, alone),
    )
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True) if abs(value) >= 0.0005}


def _held(name: str, penalty: float) -> float:
    if name.startswith("title:"):
        return TITLE_WORD_PENALTY
    return WORD_PENALTY if ":" in name else penalty


def fit_company(data: Sequence[Example]) -> dict[str, float]:
    """Fit the choice among a candidate's options: a conditional logit with an L2 penalty."""
    useful = [e for e in data if any(e.right) and not all(e.right)]
    rows = [f for e in useful for f in e.proposal.cues]
    names = _names(rows, [e.group for e in useful for _ in e.right], LEAST_SEEN)
    w = conditional_logit(
        matrix(rows, names),
        [e.right for e in useful],
        [e.weight for e in useful],
        np.array([COMPANY_PRIOR.get(name, 0.0) for name in names]),
        _penalties(names, COMPANY_PENALTY),
        bounds(names, COMPANY_SIGNS, _alone),
    )
    learned = {name: round(float(w[i]), 4) for name, i in names.items() if abs(w[i]) >= 0.0005}
    return {name: value for name, value in COMPANY_PRIOR.items() if name not in names} | learned


def fit_amount(data: Sequence[Example], placed: Sequence[tuple[int, float]]) -> dict[str, float]:
    """Fit whether a candidate is an investment of the option placed first: logistic regression with an L2 penalty."""
    rows, labels, weights, groups = [], [], [], []
    for e, (place, lead) in zip(data, placed, strict=True):
        if (e.right[place] and not e.counted[place]) or (e.near and not e.right[place]):
            continue  # optional, or a title's rounding: neither right nor wrong
        rows.append(e.proposal.weigh(place, lead))
        labels.append(e.counted[place])
        weights.append(e.weight)
        groups.append(e.group)
    names = _names(rows, groups, LEAST_SEEN)
    w = logistic_regression(
        matrix(rows, names),
        labels,
        weights,
        np.array([AMOUNT_PRIOR.get(name, 0.0) for name in names]),
        2 * _penalties(names, AMOUNT_PENALTY),
        bounds(names, AMOUNT_SIGNS, _alone),
    )
    return {name: round(float(w[i]), 4) for name, i in names.items() if abs(w[i]) >= 0.0005}


def fit_kind(data: Sequence[Example], placed: Sequence[tuple[int, float]]) -> dict[str, dict[str, float]]:
    """Fit which kind an investment is: multinomial logistic regression with an L2 penalty."""
    rows, labels, weights, groups = [], [], [], []
    for e, (place, lead) in zip(data, placed, strict=True):
        if e.kinds[place] in KINDS:
            rows.append(e.proposal.weigh(place, lead))
            labels.append(KINDS.index(e.kinds[place]))
            weights.append(e.weight)
            groups.append(e.group)
    names = _names([{k: v for k, v in row.items() if not _OF_THE_FIRM.search(k)} for row in rows], groups, LEAST_SEEN)
    held = np.repeat(_penalties(names, KIND_PENALTY)[:, None], len(KINDS), axis=1)
    x, y, m = matrix(rows, names), np.eye(len(KINDS))[labels], np.array(weights)[:, None]

    def loss(flat: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        w = flat.reshape(len(names), len(KINDS))
        scores = x @ w
        scores = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        total = p.sum(axis=1, keepdims=True)
        value = -(m * y * (scores - np.log(total))).sum() + (held * w * w).sum()
        return float(value), (x.T @ (m * (p / total - y)) + 2 * held * w).ravel()

    w = minimize(loss, np.zeros(len(names) * len(KINDS)), jac=True, method="L-BFGS-B").x.reshape(-1, len(KINDS))
    return {
        kind: {name: round(float(w[i, k]), 3) for name, i in names.items() if abs(w[i, k]) >= 0.02}
        for k, kind in enumerate(KINDS)
    }


def fold(group: str, folds: int) -> int:
    """Return the fold of a cluster."""
    return int.from_bytes(hashlib.blake2b(group.encode(), digest_size=4).digest()) % folds


def _places(data: Sequence[Example], weights: dict[str, float]) -> list[tuple[int, float]]:
    return [chooser.best([linear.score(weights, f) for f in e.proposal.cues], e.proposal.companies) for e in data]


def train(data: Sequence[Example], folds: int = 4) -> chooser.Model:
    """Return both models; the second learns from choices that the first made without having seen them."""
    placed: list[tuple[int, float]] = [(0, 0.0)] * len(data)
    for n in range(folds):
        seen = [e for e in data if fold(e.group, folds) != n]
        mine = [i for i, e in enumerate(data) if fold(e.group, folds) == n]
        for i, place in zip(mine, _places([data[i] for i in mine], fit_company(seen)), strict=True):
            placed[i] = place
    return chooser.Model(fit_company(data), fit_amount(data, placed), fit_kind(data, placed), LEAST)


def inputs_hash(docs: Sequence[dict[str, Any]]) -> str:
    """Return a hash of the documents trained on."""
    return hashlib.blake2b(json.dumps(docs, sort_keys=True).encode(), digest_size=8).hexdigest()


def write_weights(path: Path, docs: Sequence[dict[str, Any]], **tables: object) -> None:
    """Write a model's tables of weights, with a hash of the documents that they were made from."""
    weights = {"inputs": inputs_hash(docs), **tables}
    path.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def measure(docs: Sequence[dict[str, Any]], data: Sequence[Example], folds: int) -> None:
    """Print what is read in each document with weights made without its cluster."""
    tallies: dict[str, list[scoring.Tally]] = defaultdict(list)
    for n in range(folds):
        model = train([e for e in data if fold(e.group, folds + 1) % folds != n])
        mine = [d for d in docs if fold(d["group"], folds + 1) % folds == n]
        read = predictions.read(mine, Reader(weights=model))
        for d in mine:
            tallies[side(d)].append(scoring.score(d["id"], d["events"], read[d["id"]]))
    reader = Reader(weights=train(data))
    for register in HELD:
        held = own_articles(register, held=True)
        read = predictions.read(held, reader)
        tallies[f"{register}, held out"] = [scoring.score(d["id"], d["events"], read[d["id"]]) for d in held]
    for name, found in tallies.items():
        for level in scoring.LEVELS:
            p, r, f1 = scoring.total(found).ratios("ai_investment", level)
            print(f"{name:16} {level:7} precision {p:.3f} recall {r:.3f} F1 {f1:.3f}")


def main() -> None:
    """Write the weights, or measure them by folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="measure by so many folds instead of writing")
    arguments = parser.parse_args()
    docs = sources()
    data = examples(docs)
    print(f"{len(data)} amounts, {sum(any(e.counted) for e in data)} of them investments")
    if arguments.folds:
        measure(docs, data, arguments.folds)
        return
    model = train(data)
    write_weights(
        chooser.WEIGHTS, docs, least=model.least, company=model.company, amount=model.amount, kinds=model.kinds
    )


if __name__ == "__main__":
    main()
