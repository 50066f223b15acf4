"""Who is a company in a document: what the rest of it tells of a name, and what only stands before one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from newsledger.model import Article
from nlp import drafts, names
from nlp.abreast import alone
from nlp.reader import Reader


def companies(reader: Reader, text: str, title: str = "") -> set[tuple[str, int | None]]:
    article = Article(id="a", revision=1, title=title, text=text, published=datetime(2026, 11, 3, tzinfo=UTC))
    return {(c.company, c.count or c.amount) for c in reader.read(article)}


@pytest.mark.parametrize(
    ("told", "is_firm"),
    [
        ("Hallam Verity, the publisher of law reports, raised its dividend.", True),
        ("Shares in Hallam Verity rose.", True),
        ("Hallam Verity on Thursday posted a quarterly loss.", True),
        ("Hallam Verity said on Monday it would go on.", True),
        ("The startup Hallam Verity makes lamps.", True),
        ("Hallam Verity, the founder of a lamp company, went home.", False),
        ("Analyst Hallam Verity said shares of the company were cheap.", False),
        ("Hallam Verity went home.", False),
        ("Susan Verity said it was late.", False),
    ],
)
def test_a_name_like_a_persons_is_a_firms_where_the_text_tells_of_it_what_is_told_of_firms(
    told: str, is_firm: bool
) -> None:
    name = "Susan Verity" if "Susan" in told else "Hallam Verity"
    assert names.told_as_firm(name, told) is is_firm


def test_the_last_word_of_a_titled_persons_name_is_a_person_too() -> None:
    told = (
        "Chief Executive Louisa Tremmel and Mr. Dow agree, as do co-founder Ann P. Quist and Acme CEO Bo Strand's aide."
    )
    assert names.titled_people(told) == {
        "Louisa Tremmel",
        "Tremmel",
        "Dow",
        "Ann Quist",
        "Quist",
        "Bo Strand",
        "Strand",
    }


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("YSTAD, Sweden — Pellworth said it would hire.", ["Pellworth"]),
        ("OSLO — Pellworth said it would hire.", ["Pellworth"]),
        ("IBM — the oldest of them — said it would hire.", ["IBM"]),
        ("Rival Pellworth Systems said it would hire.", ["Pellworth Systems"]),
        ("Insurer Pellworth said it would hire.", ["Pellworth"]),
        ("Pellworth Robotics of Corby said it would hire.", ["Pellworth Robotics"]),
        ("Home News Business Property Lifestyle", []),
        ("StartupsVentureFintechEventsPodcasts", []),
        ("Pellworth Inc. said it would hire.", ["Pellworth Inc."]),
        ("It paid Dh92 million to Pellworth.", ["Pellworth"]),
    ],
)
def test_what_stands_around_a_name_is_no_part_of_it(sentence: str, expected: list[str]) -> None:
    found = names.mentions(sentence, (), names.Registry())
    assert [m.name for m in found if m.kind == "name"] == expected


def test_words_of_the_page_before_a_name_that_the_document_has_elsewhere_are_left_out() -> None:
    registry = names.Registry()
    registry.organisations["pellworth mutual bank"] = 2
    (found,) = names.mentions("Sport Business Cars Log Pellworth Mutual Bank wields the axe", (), registry)
    assert found.name == "Pellworth Mutual Bank"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ostrander shares fell. Chipmaker Delphic Devices said in January it would lay off 1,100 workers.",
            ("Delphic Devices", 1100),
        ),
        (
            "Ostrander had a bad week. Larkmoor Road, an early customer of Ostrander, laid off 430 people in August.",
            ("Larkmoor Road", 430),
        ),
        ("Oakhelm plans to trim headcount by 120 this year.", ("Oakhelm", 120)),
    ],
)
def test_a_cut_is_that_of_the_firm_that_speaks_of_itself_and_not_of_one_that_describes_it(
    reader: Reader, text: str, expected: tuple[str, int]
) -> None:
    assert companies(reader, text, "Ostrander falls") == {expected}


def test_who_is_bought_in_a_month_by_another_does_not_pay(reader: Reader) -> None:
    text = "AI firm Gantry Minds was acquired in August by warehouse operator Ostler Logistics for $850 million."
    assert companies(reader, text, "Robots learn") == {("Ostler Logistics", 850_000_000)}


def test_a_percent_of_value_is_none_of_the_staff_that_is_named_after_it(reader: Reader) -> None:
    article = Article(
        id="a", revision=1, title="", text="Oakhelm has lost 89% of its value and sacked 2,500 employees."
    )
    (claim,) = reader.read(article)
    assert (claim.count, claim.percent) == (2500, None)


def test_a_share_of_staff_this_year_is_read(reader: Reader) -> None:
    article = Article(id="a", revision=1, title="", text="Oakhelm plans to trim headcount by 8% this year.")
    assert [c.percent for c in reader.read(article)] == [8.0]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "AI chip start-up Pellwick raises $40 million",
            "Pellwick of Reno, which makes AI chips, has raised $40 million in a Series B. Norvolt led the round.",
            ("Pellwick", 40_000_000),
        ),
        (
            "Robot Maker Norvolt Dynamics Nets $40 Million to Train AI",
            "Norvolt Dynamics of Oslo makes robots that learn. Its AI needs chips, and Norvolt Dynamics will buy some.",
            ("Norvolt Dynamics", 40_000_000),
        ),
        (
            "Outsourcer Harwick Services to cut 5,200 jobs",
            "Harwick Services said that the jobs would go by June.",
            ("Harwick Services", 5_200),
        ),
    ],
)
def test_where_a_firm_sits_what_it_does_and_a_headlines_verb_are_no_part_of_its_name(
    reader: Reader, title: str, text: str, expected: tuple[str, int]
) -> None:
    assert companies(reader, text, title) == {expected}


@pytest.mark.parametrize(
    ("title", "lines", "shown"),
    [
        ("A hard year", ["Rain fell.", "Skerrow is old.", "Pellwick cuts 40 jobs."], [-1, 2]),
        ("A hard year", ["Rain fell.", "Skerrow is old.", "The company cuts 40 jobs."], [-1, 1, 2]),
        ("A hard year", ["Skerrow is old.", "it rained.", "It is to cut 40 jobs."], [-1, 0, 1, 2]),
        ("", ["Skerrow is old.", "Rain fell.", "Pellwick cuts 40 jobs."], [0, 2]),
    ],
)
def test_names_are_looked_for_before_a_sentence_only_where_it_may_mean_them(
    title: str, lines: list[str], shown: list[int]
) -> None:
    article = Article(id="a", revision=1, title=title, text="\n".join(lines))
    draft = alone(drafts.draft(article, Counter(), gated=True, any_money=False))
    assert draft is not None
    assert [line.order for line in draft.windows] == shown
