"""Amounts that are passed by before names are looked for: which they are, and that nothing else is."""

from __future__ import annotations

import pytest

from newsledger.model import Article
from nlp.reader import Reader

TOLD = (
    "The AI lab Pellwick raised $40 million in a round led by Larkfield Ventures, it said on Tuesday. "
    "Shares worth $4.6 million changed hands on Monday. The lab's models read the notes of doctors."
)


def read(reader: Reader, text: str) -> tuple[set[tuple[str, str, int | None]], int]:
    """Return what is read in a text, and how many amounts are passed by."""
    reader.drops.clear()
    claims = reader.read(Article(id="a", revision=1, title="", text=text))
    return {(c.type, c.company, c.amount or c.count) for c in claims}, reader.drops["dismissed_ai_investment"]


def test_an_amount_that_is_plainly_none_is_passed_by_and_counted(reader: Reader) -> None:
    assert read(reader, TOLD) == ({("ai_investment", "Pellwick", 40_000_000)}, 1)


def test_without_dismissal_the_same_is_read(reader: Reader) -> None:
    every = Reader(disable={"dismissal"})
    assert read(every, TOLD) == ({("ai_investment", "Pellwick", 40_000_000)}, 0)
    assert every.drops["no_ai_investment"] > 0


def test_a_cut_beside_such_an_amount_is_read(reader: Reader) -> None:
    told, passed_by = read(
        reader,
        "Shares worth $4.6 billion were sold on Monday after Oakhelm said it would lay off 900 employees. It uses AI.",
    )
    assert told == {("layoff", "Oakhelm", 900)}
    assert passed_by == 1


def test_an_article_of_such_amounts_alone_holds_nothing(reader: Reader) -> None:
    assert read(reader, "Shares worth $4.6 million changed hands on Monday. AI was no matter.") == (set(), 1)


@pytest.mark.parametrize("part", ["chooser", "tie_to_ai"])
def test_where_rules_decide_nothing_is_passed_by(part: str) -> None:
    assert read(Reader(disable={part}), TOLD)[1] == 0
