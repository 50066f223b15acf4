"""Text that no editor wrote: the reader neither fails nor takes for ever, and drops what is not English."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.predictions import shared_reader
from newsledger.model import Article
from nlp.reader import Reader

SENTENCE = "Veltrano said on Tuesday that it will lay off 1,200 employees, about 8% of its workforce. "


def article(text: str, title: str = "") -> Article:
    return Article(id="hostile", revision=1, title=title, text=text)


def read_within(seconds: float, text: str, title: str = "") -> int:
    shared_reader()
    start = time.process_time()
    claims = shared_reader().read(article(text, title))
    assert time.process_time() - start < seconds
    return len(claims)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00" * 1000,
        "x" * 200_000,
        "9" * 200_000,
        "$" * 200_000,
        "," * 100_000,
        "-" * 100_000,
        "(" * 100_000,
        "laid off " * 20_000,
        "AI " * 60_000,
        "1,000 " * 40_000,
        "$1bn-" * 40_000,
        "one hundred and " * 15_000,
        "Acme Corp " * 20_000,
        "A" * 100_000 + " cuts 500 jobs",
        "\n" * 200_000,
        "\ud83d" + SENTENCE,
        "\u202e" + SENTENCE + "\u200f",
        "Zalgo t\u0335\u0321e\u0322x\u0323t " * 5_000,
    ],
    ids=range(20),
)
def test_odd_text_is_read_in_bounded_time(text):
    read_within(30, text)


def test_five_megabytes_are_read_in_bounded_time():
    filler = "The museum opens at nine and the garden at ten, and both are free for children. "
    text = filler * (5_000_000 // len(filler))
    assert len(text) > 4_900_000
    read_within(60, SENTENCE + text, "Veltrano to lay off 1,200")


def test_ten_thousand_figures_in_one_sentence():
    figures = ", ".join(f"{n} jobs at Firm{n}" for n in range(100, 10_100))
    read_within(60, f"Veltrano will cut {figures}.")
    money = ", ".join(f"${n}m" for n in range(100, 10_100))
    read_within(60, f"AI lab Aurelith raised {money}.")


def test_html_left_in_the_text():
    text = f'<div class="a"><p>{SENTENCE}</p><script>var cut = 500;</script></div>'
    read_within(10, text)


def test_mixed_scripts_and_mojibake():
    read_within(20, ("Компания уволит 500 человек. 会社は五百人を解雇する。 " + SENTENCE + "CafÃ© â€œNÃ¶rdâ€ ") * 50)


@pytest.mark.parametrize(
    "text",
    [
        "Das Unternehmen streicht nach eigenen Angaben 1200 Stellen und schließt zwei Werke in Sachsen. " * 5,
        "La empresa despedirá a 500 trabajadores y cerrará su fábrica de Sevilla antes de que acabe el año. " * 5,
        "L'entreprise va supprimer 800 postes en France et fermer deux usines avant la fin de l'année. " * 5,
        "会社は来年三月までに五百人を解雇すると発表した。労働組合は反対している。" * 10,
    ],
    ids=["German", "Spanish", "French", "Japanese"],
)
def test_text_that_is_not_english_is_dropped_and_counted(text):
    reader = shared_reader()
    before = sum(reader.drops.values())
    assert reader.read(article(text)) == []
    assert sum(reader.drops.values()) == before + 1


FRAGMENTS = st.sampled_from(
    [
        "Veltrano", "Nvidia", "the company", "it", "AI", "lays off", "cut", "raises", "to invest", "in", "of its staff",
        "12,000", "1,200 jobs", "$1.5bn", "Rs 1,200 crore", "one in ten", "a third of", "17%", "up to", "more than",
        "€2bn", "between", "and", "to", "last year", "on Tuesday", "in March 2024", "denies", "because of AI", ".", ",",
        ";", "\n", "—", "(", ")", '"', "’s", "Series B", "led by", "<p>", "&amp;", "\u200b", "\x07", "Ã©", "日本", "💸",
    ]
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.lists(FRAGMENTS, max_size=60).map(" ".join), st.text(max_size=400)), st.text(max_size=60))
def test_any_text_is_read_and_quoted(text, title):
    given_ = article(text, title)
    for claim in shared_reader().read(given_):
        for evidence in [*claim.evidence.values(), claim.sentence]:
            stored = given_.title if evidence.where == "title" else given_.text
            assert stored[evidence.start : evidence.end] == evidence.quote
        assert claim.company.strip()


def test_reading_twice_gives_the_same():
    reader: Reader = shared_reader()
    twice = [reader.read(article(SENTENCE * 3, "Veltrano to lay off 1,200")) for _ in range(2)]
    assert twice[0] == twice[1]
