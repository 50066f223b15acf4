"""Every figure that is read stands in the text: its quote is the text at its place, and says that value."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from text_to_num import text2num

from bench import predictions
from bench.split import available, documents
from newsledger.model import Claim
from tests.test_gold import DOCUMENTS

SCALES = {
    "hundred": 1e2, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "mm": 1e6, "million": 1e6, "b": 1e9,
    "bn": 1e9, "bln": 1e9, "billion": 1e9, "t": 1e12, "tn": 1e12, "trn": 1e12, "trillion": 1e12, "lakh": 1e5,
    "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "cr": 1e7, "lakh crore": 1e12, "lakh crores": 1e12, "dozen": 12.0,
}  # fmt: skip
PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip
SCALE = "|".join(sorted(SCALES, key=len, reverse=True))


def word_value(words: str) -> float | None:
    words = re.sub(r"^(?:a|an) ", "one ", words.replace("-", " "))
    if words.startswith("half a "):
        return 0.5 * SCALES[words.removeprefix("half a ")] if words.removeprefix("half a ") in SCALES else None
    try:
        return float(text2num(words, "en"))
    except ValueError:
        return None


def values(quote: str) -> set[float]:
    """Return all values that the words can mean, by a reading of their own."""
    text = quote.lower().replace(",", "").replace("\n", " ")
    found = {float(n) for n in re.findall(r"\d+(?:\.\d+)?", text)}
    found |= {float(re.sub(r"\s", "", n)) for n in re.findall(r"(?<!\d)\d{1,3}(?:\s\d{3})+(?!\d)", text)}
    scales = {SCALES[s] for s in re.findall(rf"(?<![a-z])({SCALE})(?![a-z])", text)}
    found |= {n * s for n, s in product(set(found), scales)}
    tokens = re.findall(r"[a-z]+|\d+(?:\.\d+)?", text)
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + 8) + 1):
            run = " ".join(tokens[start:end])
            value = word_value(run)
            if value is not None:
                found |= {value} | {value * s for s in scales}
    for whole_words, scale in re.findall(rf"\b(\w+) and a half ({SCALE})\b", text):
        found.add(((word_value(whole_words) or 0) + 0.5) * SCALES[scale])
    for part, whole in PARTS.items():
        if re.search(rf"\b{part}s?\b", text):
            found |= {100 * n / whole for n in (1, *(word_value(t) or 0 for t in tokens if word_value(t)))}
    if re.search(r"\bhal(?:f|ve|ves|ved|ving)\b", text):
        found.add(50.0)
    if re.search(r"\b(?:all|entire|whole|every|everyone|everybody)\b", text):
        found.add(100.0)
    whole = re.search(r"(\w+)[- ](?:in|out of)(?: every)?[- ](\w+)", text)
    if whole:
        top, bottom = (float(t) if t.isdigit() else word_value(t) for t in whole.groups())
        if top and bottom:
            found.add(100 * top / bottom)
    return found


def figures(claim: Claim) -> list[tuple[str, float, str]]:
    """Return (field, value, words behind it) of a claim's figures; a high end may share the words of its low end."""
    rows = []
    for field in ("count", "count_high", "percent", "amount", "amount_high"):
        value = getattr(claim, field)
        if value is not None:
            evidence = claim.evidence.get(field) or claim.evidence[field.removesuffix("_high")]
            rows.append((field, float(value), evidence.quote))
    return rows


def assert_verbatim(document: dict[str, Any]) -> int:
    article = predictions.article(document)
    claims = predictions.shared_reader().read(article)
    for claim in claims:
        for name, evidence in [*claim.evidence.items(), ("sentence", claim.sentence)]:
            stored = article.title if evidence.where == "title" else article.text
            assert stored[evidence.start : evidence.end] == evidence.quote, (document["id"], name)
            assert evidence.quote, (document["id"], name)
        for field, value, quote in figures(claim):
            close = [v for v in values(quote) if abs(v - value) <= max(0.06, 1e-9 * value)]
            assert close, (document["id"], field, value)
        for mention in claim.roles:
            assert mention.quote in article.title + "\n" + article.text
    return sum(len(figures(claim)) for claim in claims)


def test_the_reading_of_words_by_itself():
    assert 1.5e12 in values("Rs 1.5 lakh crore")
    assert 1.2e10 in values("Rs 1,200 crore")
    assert 2500 in values("two and a half thousand") or 2500 in values("2.5k")
    assert 1200 in values("Twelve hundred steelworkers")
    assert 10 in values("one in ten")
    assert any(abs(v - 66.7) < 0.06 for v in values("two-thirds of its staff"))
    assert 98912 not in values("9,891 (2 from Rhode Island)")


def test_every_figure_of_the_gold_stands_in_its_text():
    assert sum(assert_verbatim(document) for document in DOCUMENTS) > 100


@pytest.mark.skipif(not available(), reason="the development documents are not beside the project")
@pytest.mark.parametrize("side", ["training", "validation"])
def test_every_figure_of_the_news_stands_in_its_text(side):
    assert sum(assert_verbatim(document) for document in documents(side)) > 50
