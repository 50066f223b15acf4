"""Whom "the company" and "it" stand for, and whom an article is about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsledger.model import Article
from nlp import stand_ins
from nlp.reader import Reader


def article(title: str, text: str) -> Article:
    return Article(id="a", revision=1, title=title, text=text, published=datetime(2026, 3, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("title", "text", "company", "figure"),
    [
        (
            "Scribewell raises $150M for AI notes",
            "Scribewell, an AI start-up that writes doctors' notes, raised $150 million.\n"
            "Tidewater Capital and Fenwick Ventures led the round. "
            "Last year the company raised $30 million in a Series B.",
            "Scribewell",
            30_000_000,
        ),
        (
            "Learnmoor lets 1,500 go",
            "Learnmoor has laid off 1,500 employees.\nIts backers include Oakline Capital. "
            "In October it laid off 2,500 employees.",
            "Learnmoor",
            2_500,
        ),
        (
            "Tamblyn follows Marrowick in cutting jobs",
            "Tamblyn will cut 300 jobs, a week after rival Marrowick. "
            "Marrowick said in March it was eliminating 9,000 positions.",
            "Marrowick",
            9_000,
        ),
    ],
)
def test_a_figure_is_that_of_whom_its_stand_in_stands_for(
    reader: Reader, title: str, text: str, company: str, figure: int
) -> None:
    found = {c.company for c in reader.read(article(title, text)) if figure in (c.count, c.amount)}
    assert found == {company}


def test_a_figure_is_not_that_of_firms_by_which_its_owner_is_described(reader: Reader) -> None:
    """Beside three of them the owner is read right, but not surely enough to be claimed."""
    told = (
        "Newbold Brands makes pens and candles.\nThe parent company of Sharpline, Inkhurst and Candlewick said "
        "on Monday that it will lay off 900 people. Newbold Brands has 4,000 employees."
    )
    stated = [f for f, _ in reader.statements(article("Owner of Candlewick to cut jobs", told))]
    assert [(f.company, f.figure and f.figure.low) for f in stated] == [("Newbold Brands", 900)]


@pytest.mark.parametrize(
    ("title", "text", "company"),
    [
        ("Oakline and Redfern back robot maker Tessel in $40 million round", "Tessel makes robots with AI.", "Tessel"),
        ("Marrowick cuts 900 jobs as Tamblyn hires", "Marrowick said so on Monday.", "Marrowick"),
    ],
)
def test_an_article_is_about_who_acts_or_is_backed(reader: Reader, title: str, text: str, company: str) -> None:
    told = reader.standing(article(title, text), stand_ins.load())
    assert told is not None
    assert told.topic == company


def test_a_sentence_of_stand_ins_takes_bounded_time(reader: Reader) -> None:
    text = "Marrowick will cut 900 jobs. " + "It said it was it, and " * 3000 + "it will cut 300 jobs."
    assert {c.company for c in reader.read(article("Marrowick cuts jobs", text))} <= {"Marrowick"}
