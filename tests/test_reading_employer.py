"""Whose cut it is, and how many: what a sentence tells by its order, its asides and those who only count or own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsledger.model import Article
from nlp.reader import Reader

Cut = tuple[str, int | None, float | None]


def cuts(reader: Reader, text: str, title: str = "") -> set[Cut]:
    article = Article(id="a", revision=1, title=title, text=text, published=datetime(2026, 11, 3, tzinfo=UTC))
    return {(c.company, c.count, c.percent) for c in reader.read(article) if c.type == "layoff"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("In March 427 people at Oakhelm headquarters in East Corby were to be laid off.", {("Oakhelm", 427, None)}),
        (
            "25 per cent of the staff at Oakhelm Software, roughly 1,800 employees, will lose their jobs.",
            {("Oakhelm Software", 1800, 25)},
        ),
        (
            "Oakhelm let 2,800 people go in February and 500 more in October.",
            {("Oakhelm", 2800, None), ("Oakhelm", 500, None)},
        ),
        (
            "Oakhelm, which had already eliminated 500 jobs in May, announced a plan to eliminate 15% of its staff.",
            {("Oakhelm", 500, None), ("Oakhelm", None, 15)},
        ),
        ("At Oakhelm, next in line, 700 out of 10,000 employees had to leave.", {("Oakhelm", 700, None)}),
    ],
)
def test_the_figure_is_that_of_the_cut(reader: Reader, told: str, expected: set[Cut]) -> None:
    assert cuts(reader, told) == expected


@pytest.mark.parametrize(
    "told",
    [
        "Oakhelm has about 277,000 employees, so 5.8% of them have to go.",
        "In Ireland, where Oakhelm has about 6,000 staff, it is not yet known how many will leave.",
        "In 2022 Oakhelm employed some 45,000, and several rounds of layoffs have brought it down to around 40,000.",
    ],
)
def test_those_who_are_employed_or_stay_are_no_cut(reader: Reader, told: str) -> None:
    assert not {count for _, count, _ in cuts(reader, told)} - {None}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "Larkmoor, another retail unicorn that Oakhelm backs, has cut nearly 600 jobs.",
            {("Larkmoor", 600, None)},
        ),
        ("Larkmoor, in which Oakhelm holds a third, will lay off 600 people.", {("Larkmoor", 600, None)}),
        ("Larkmoor Corp, to which Oakhelm belongs, is cutting 500 salaried jobs.", {("Larkmoor", 500, None)}),
        ("Quillcount counted 244,851 layoffs in technology in 2025.", set()),
        (
            "Oakhelm makes pumps. The day before, Quillcount had reported about 80 layoffs at Oakhelm.",
            {("Oakhelm", 80, None)},
        ),
        ("In January Larkmoor, Tarnhill and Oakhelm announced 52,000 job cuts in all.", set()),
        ("Tarnhill and Oakhelm alone cut nearly 21,000 jobs in a grim August.", set()),
        ("In Argentina Oakhelm laid off about 80 people.", {("Oakhelm", 80, None)}),
        ("The deepest cuts are those at Oakhelm: 3,500 jobs go by next September.", set()),
        ("The University of East Corby is to shed the equivalent of 170 full-time jobs.", set()),
    ],
)
def test_the_employer_is_who_cuts(reader: Reader, told: str, expected: set[Cut]) -> None:
    assert cuts(reader, told) == expected


def test_a_title_names_the_employer_after_what_costs_the_jobs(reader: Reader) -> None:
    title = "Drop in demand for lifts costs 6,650 jobs at Oakhelm, around 5% of workforce"
    assert cuts(reader, "", title) == {("Oakhelm", 6650, 5)}


def test_a_town_with_its_state_is_no_employer(reader: Reader) -> None:
    text = "Oakhelm Foods closes plants in Kansas. In Corbyville, Kansas, 809 employees are affected."
    assert cuts(reader, text) == {("Oakhelm Foods", 809, None)}


@pytest.mark.parametrize(
    "told",
    [
        "Oakhelm has plans. Larkmoor, which wants fewer layers, announced in January that it would cut 11,000 jobs.",
        "Oakhelm plans layoffs. Up to 11,000 people are losing their jobs at Larkmoor in a drive for savings.",
        "Oakhelm plans layoffs. In November Larkmoor laid off 11,000 people.",
    ],
)
def test_another_firm_than_the_titles_is_told_by_its_sentence(reader: Reader, told: str) -> None:
    assert ("Larkmoor", 11_000, None) in cuts(reader, told, "Oakhelm plans layoffs")


@pytest.mark.parametrize(
    ("title", "told", "expected"),
    [
        (
            "Games makers cut jobs",
            "Larkmoor axed 1,900 jobs across its studios last month, Tarnhill of America let go of 61 workers and "
            "Oakhelm has laid off 25 percent of its workforce.",
            {("Larkmoor", 1900, None), ("Tarnhill", 61, None), ("Oakhelm", None, 25)},
        ),
        (
            "Larkmoor, following Oakhelm, lays off 900 employees",
            "Larkmoor, which makes routers, said on Monday that it will lay off 900 employees.",
            {("Larkmoor", 900, None)},
        ),
        (
            "Larkmoor to cut 300 jobs",
            "Larkmoor will cut 300 jobs, it said on Monday. Oslo-based Oakhelm said in April that it would shed 10,000 "
            "jobs.",
            {("Larkmoor", 300, None), ("Oakhelm", 10000, None)},
        ),
    ],
)
def test_each_of_several_companies_has_its_own_cut(reader: Reader, title: str, told: str, expected: set[Cut]) -> None:
    assert cuts(reader, told, title) == expected
