"""The gates let every stated event through, and little else: what they look for follows from the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.predictions import article
from bench.split import available, documents, read_jsonl
from newsledger.model import Claim
from nlp import candidates, figures, gate, prefilter
from nlp.abreast import alone
from nlp.event_types import ai_investment, layoff
from nlp.reader import Reader
from nlp.text import View, sentences

AROUND = "The town lies on the coast.\nPeople there were warned of wind, and 40 boats stayed in.\n"
GOLD = [
    document
    for name in ("traps", "layoffs", "investments", "articles", "forms", "negatives")
    for document in read_jsonl(Path(__file__).parent / "gold" / f"{name}.jsonl")
]


@pytest.mark.parametrize(
    "sentence",
    [
        "Brineworks said it would lay off 300 workers at its two yards.",
        "Brineworks is cutting 12% of its workforce.",
        "Brineworks raised $40 million in a Series B round for its AI pumps.",
        "Kelp Holdings will spend $2 billion on AI data centers this year.",
        "Kelp Holdings will halve its sales team.",
        "Kelp Holdings let another three hundred people go.",
    ],
)
def test_a_stated_event_passes(sentence: str) -> None:
    assert gate.text_may_hold(AROUND + sentence + "\n" + AROUND)
    assert gate.bytes_may_hold(f"<p>{sentence}</p>".encode())


@pytest.mark.parametrize(
    "text",
    [
        "The staff of 12 schools lost a match, 3 to 2, and the loser's workers were sad about jobs in 2024.",
        "Brineworks raised $40 million in a Series B round for its pumps.",
        "The museum opened at ten.",
    ],
)
def test_words_without_an_event_do_not(text: str) -> None:
    assert not gate.text_may_hold(AROUND + text)


def test_a_list_opened_by_a_line_or_by_the_title_passes() -> None:
    assert gate.text_may_hold("A hard year\nThe layoffs so far:\nBrineworks: 1,100\nKelp Holdings: 40")
    assert gate.text_may_hold("Job cuts of the week\nBrineworks: 1,100")
    assert not gate.text_may_hold("Results of the week\nBrineworks: 1,100")


def test_only_what_stands_before_opens_a_list_or_speaks_of_cuts() -> None:
    assert not gate.text_may_hold("A hard year\nBrineworks: 1,100\nThe layoffs so far:\nNone")
    assert gate.text_may_hold("A year\nLayoffs came.\nThe sea lay calm.\nSome 40 workers at Brineworks are affected.")
    assert not gate.text_may_hold("A hard year\nAbout 40 workers at Brineworks are affected.\nLayoffs came.")
    assert gate.text_may_hold("A hard year for the job\ncuts to come\nAbout 40 workers at Brineworks are affected.")


AMOUNTS = [
    *(f"{mark}{number}" for mark in figures.CURRENCIES for number in ("1.5bn", "40 million", "250k")),
    *(f"{mark} 60,000" for mark in figures.CURRENCIES if mark != "R"),
    *("between $5 and $7 billion", "$1.5-2 billion", "US$40m to US$50m", "120,000 euros", "5m-7m pounds", "3bn€"),
    *("half a million dollars", "twomillion dollars", "a hundred thousand yen", "1.5 lakh crore rupees", "Rs. 900 cr"),
]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_large_amount_in_any_form_passes(amount: str) -> None:
    sentence = f"Brineworks raised {amount} for its AI pumps."
    assert candidates.investments(sentence)
    assert gate.text_may_hold(AROUND + sentence)


def test_small_amounts_and_words_that_end_like_a_currency_are_looked_at_no_further() -> None:
    text = "AI pumps\nOn September 12 the years 2019 and 2020 were told of, and a ticket cost $160 or 12 euros."
    assert alone(gate.passages(text, money=True)) == []


def unguarded(text: str) -> set[tuple[int, str]]:
    """Return where the sentences with a candidate begin, and of what, each looked at; the first line is the title."""
    title, _, _ = text.partition("\n")
    found: set[tuple[int, str]] = set()
    previous, intro = "", title if re.search(layoff.LIST_TITLE, title, re.IGNORECASE) else ""
    of_title = intro
    rest = [(len(title) + s.start, s.text) for s in sentences(text[len(title) :])]
    for start, sentence in [(0, title), *rest]:
        if sentence.rstrip().endswith(":"):
            intro = sentence
        elif len(sentence) > 120:
            intro = of_title
        if candidates.layoffs(sentence, previous, "" if sentence == intro else intro):
            found.add((start, "cut"))
        if gate.speaks_of_ai(text) and candidates.investments(sentence):
            found.add((start, "amount"))
        previous = f"{previous[-400:]} {sentence}"
    return found


def guarded(text: str) -> set[tuple[int, str]]:
    stating = alone(gate.stating(alone(gate.passages(text, money=gate.speaks_of_ai(text)))))
    return {(start, "cut") for start, told in stating.items() if told.cuts} | {
        (start, "amount") for start, told in stating.items() if told.amounts
    }


def test_no_candidate_of_the_gold_is_dropped() -> None:
    kept = 0
    for document in GOLD:
        text = document["title"].replace("\n", " ") + "\n" + View(document["text"], "text").text
        assert unguarded(text) <= guarded(text), document["id"]
        kept += len(unguarded(text))
    assert kept > 300


WORDS = sorted({word for document in GOLD for word in f"{document['title']} {document['text']}".split()})
ODD = ["\n", "\n\n", "é", "—", "ñandú", "\u2009", "(", ":", ";", "’", "layoffs:\n", "Acmé: 300", "\n- Firm: cuts 40"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(GOLD),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["drop", "swap", "add"]), st.sampled_from(WORDS + ODD))),
)
def test_no_candidate_of_a_changed_text_is_dropped(document, changes) -> None:
    words = re.split(r"( )", f"{document['title']}\n{document['text']}")
    for place, change, word in changes:
        if change == "add":
            words.insert(place, f" {word} ")
        elif place < len(words):
            words[place] = word if change == "swap" else ""
    text = View("".join(words), "text").text
    assert unguarded(text) <= guarded(text)


PATTERNS = [
    [candidates.with_marks(shape) for _, shape in table]
    for table in (layoff.SHAPES, [shape for _, family in candidates.FAMILIES for shape in family])
]
SHAPES = [prefilter.Shapes(map(prefilter.necessary, patterns)) for patterns in PATTERNS]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(GOLD), st.lists(st.sampled_from(WORDS + ODD), max_size=8))
def test_a_shape_left_out_does_not_match(document, words) -> None:
    for sentence in sentences(View(f"{document['text']} {' '.join(words)}", "text").text):
        masked = candidates.mask(sentence.text, candidates.figures_of(sentence.text)).text
        for patterns, shapes in zip(PATTERNS, SHAPES, strict=True):
            matching = {i for i, p in enumerate(patterns) if re.search(p, masked, re.IGNORECASE)}
            assert matching <= set(shapes.may_match(masked.encode()))


def stated(found: list[Claim]) -> list[tuple[object, ...]]:
    return [(c.type, c.company, c.count, c.percent, c.amount, c.sentence.quote) for c in found]


@pytest.mark.parametrize(
    "part", ["gold", pytest.param("training", marks=[pytest.mark.long, pytest.mark.skipif(not available(), reason="")])]
)
def test_the_same_is_read_without_gates(part: str) -> None:
    articles = [article(d) for d in (GOLD if part == "gold" else documents("training"))]
    for given_, on, off in zip(
        articles, Reader().read_many(articles), Reader(gates=False).read_many(articles), strict=True
    ):
        assert stated(on) == stated(off), given_.id


def test_a_pattern_that_re2_cannot_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no form in RE2"):
        prefilter.necessary(r"(\w)\1")


def test_the_telling_words_of_a_shape_are_those_with_most_letters() -> None:
    shape = candidates.with_marks(r"\blet\s{F}(?:\s\w+){0,4}\sredundant(?: now)?\b")
    words = prefilter.telling(shape, dict.fromkeys("PBQW", ""))
    needed = prefilter.compile_bytes(words)
    assert needed.search(b"ten were Redundant")
    assert not needed.search(b"let go")


def test_the_patterns_of_ai_are_matched_in_their_case() -> None:
    assert gate.speaks_of_ai("Its A.I. chips")
    assert re.search(ai_investment.AI, "Its A.I. chips")
    assert not gate.speaks_of_ai("He said again")
    assert not gate.speaks_of_ai("AIDS and AIRPORTS")
