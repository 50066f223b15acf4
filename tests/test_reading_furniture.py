"""What stands above a story on its page is no part of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsledger.model import Article
from nlp import furniture
from nlp.reader import Reader

FURNITURE = (
    "Skip to main content",
    "By Our Staff Writer, Senior Editor",
    "Updated Nov. 3, 2026, 9:40 a.m. ET",
    "Nov. 3, 2026, 9:40 a.m. ET",
    "Share this article",
    "(opens in a new window)",
    "Image Credits: Jo Doe / Some Agency",
    "HALDEN, Ohio —",
    "A version of this story first appeared in our Morning Ledger newsletter.",
    "Markets Technology Opinion Events Podcasts More",
)
STORY = (
    "Quentara, the maker of lifts, is the next to feel it.",
    "Pellworth Group",
    "Orders fell.",
    "Advertisement Quentara, the maker of lifts, told its staff on Monday that orders from hotels had fallen for six "
    "quarters and more.",
)


@pytest.mark.parametrize("line", FURNITURE)
def test_a_line_of_the_page_is_told_from_the_story(line: str) -> None:
    assert furniture.is_furniture(line, titled=True)
    assert not furniture.begins(line)


@pytest.mark.parametrize("line", STORY[0::2] + STORY[3:])
def test_a_sentence_of_the_story_is_no_furniture(line: str) -> None:
    assert not furniture.is_furniture(line, titled=True)


def test_a_line_in_capitals_may_be_the_headline_where_no_title_is_known() -> None:
    assert furniture.is_furniture("Pellworth Signs New Lift Deal With Ostrander", titled=True)
    assert not furniture.is_furniture("Pellworth Signs New Lift Deal With Ostrander", titled=False)


def test_the_story_below_furniture_is_read_as_the_story_alone(reader: Reader) -> None:
    text = (
        "Quentara, the maker of lifts, had a hard year and orders from hotels fell for the sixth quarter.\n"
        "The company will cut 900 jobs, it said on Monday.\n"
        "In January the rival Ostrander let 700 workers go."
    )
    published = datetime(2026, 11, 3, tzinfo=UTC)
    above = "\n".join(FURNITURE[:-1]) + "\n"

    def told(text: str) -> list[tuple[str, int | None, str, str | None, str]]:
        claims = reader.read(Article(id="a", revision=1, title="", text=text, published=published))
        return [(c.company, c.count, c.time, c.date, c.sentence.quote) for c in claims]

    assert told(above + text) == told(text)
    assert [(company, count, time) for company, count, time, *_ in told(text)] == [
        ("Quentara", 900, "current"),
        ("Ostrander", 700, "past"),
    ]


def test_a_heading_above_its_own_line_stays(reader: Reader) -> None:
    text = (
        "Share this article\nPhoto: an office\nPellworth\nThe lift maker is laying off 300 people.\nOstrander\n"
        "Let 700 people go in Hull.\nQuentara\nCut 12% of its workforce.\nVantrell\nCut 90 jobs in Corby.\n"
    )
    claims = reader.read(Article(id="a", revision=1, title="Tech layoffs of 2026: the full list", text=text))
    assert [(c.company, c.count) for c in claims if c.company in ("Pellworth", "Vantrell")] == [
        ("Pellworth", 300),
        ("Vantrell", 90),
    ]
