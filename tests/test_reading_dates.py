"""When an event happened: the dates of its own sentence, of those before it, of the list it stands in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsledger.model import Article, Claim
from nlp.reader import Reader


def read(reader: Reader, day: str, title: str, text: str) -> list[Claim]:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return reader.read(Article(id="a", revision=1, title=title, text=text, published=published))


def dates_of(claims: list[Claim]) -> dict[float | None, str | None]:
    return {c.count or c.amount or c.percent: c.date for c in claims}


@pytest.mark.parametrize(
    ("day", "text", "expected"),
    [
        pytest.param(
            "2025-11-17",
            "The AI startup Lumora raised $40 million from Hollowbrook Management in October.",
            {40_000_000: "2025-10"},
            id="who it is from is no time from which",
        ),
        pytest.param(
            "2025-12-09",
            "AI startup Tselora emerged from stealth on Tuesday with $26 million in funding.",
            {26_000_000: "2025-12-09"},
            id="nor is stealth",
        ),
        pytest.param(
            "2025-07-02",
            "Kelvane laid off 6,000 workers in May and another 300 in June.",
            {6000: "2025-05", 300: "2025-06"},
            id="May is no verb, and each figure has its own month",
        ),
        pytest.param(
            "2025-08-22",
            "Quentara in April agreed to buy the AI chip designer Graphene Core for $610 million, "
            "and in March it laid off 90 workers.",
            {610_000_000: "2025-04", 90: "2025-03"},
            id="a month after the next clause begins is that clause's",
        ),
        pytest.param(
            "2023-12-14",
            "The toymaker Hobbledehoy will lay off about 1,050 employees, "
            "on top of the 770 whose jobs it abolished in January.",
            {1050: None},
            id="what is told beside it is of another time",
        ),
        pytest.param(
            "2025-11-27",
            "Medlow will shut its plant in Corby by the end of January, putting 96 people out of work, "
            "it said on Thursday.",
            {96: "2025-11-27"},
            id="the January to come is no date of the news",
        ),
        pytest.param(
            "2025-07-22",
            "This month Colvane announced 7,300 job cuts, its biggest round since January 2023, when it cut 8,400.",
            {7300: "2025-07", 8400: "2023-01"},
            id="when binds a date to what follows",
        ),
        pytest.param(
            "2023-01-24",
            "Quentara let 12,000 people go on Friday, and in November 11,000 were dismissed by Ostrander.",
            {12000: "2023-01-20", 11000: "2022-11"},
            id="a count after a month is no day of it",
        ),
        pytest.param(
            "2020-07-02",
            "Aerolune is to make 4,300 people redundant, for passengers would not return to 2019 levels for years.",
            {4300: None},
            id="a year of levels is no date",
        ),
        pytest.param(
            "2026-07-30",
            "AI startup Simwell raised $200 million, five months after a $100 million Series A.",
            {100_000_000: "2026-02"},
            id="months after what was before",
        ),
        pytest.param(
            "2023-03-09",
            "Padhana fired 600 staff in January 2022 and laid off another 925 people that October.",
            {600: "2022-01", 925: "2022-10"},
            id="that October is of the year just told",
        ),
        pytest.param(
            "2022-11-15",
            "MotoKade dismissed 120 workers in June. Rival Coinraja laid off 260 people a month later.",
            {120: "2022-06", 260: "2022-07"},
            id="a month later than the sentence before tells",
        ),
    ],
)
def test_an_event_has_the_date_that_belongs_to_it(
    reader: Reader, day: str, text: str, expected: dict[float, str | None]
) -> None:
    found = dates_of(read(reader, day, "What happened", text))
    assert {figure: found[figure] for figure in expected} == expected


def test_a_month_still_to_come_is_when_a_cut_takes_effect(reader: Reader) -> None:
    text = "Northcott said on Wednesday it would shut a line and lay off 212 workers by January, citing pulp prices."
    (claim,) = read(reader, "2025-11-06", "Northcott to cut 212 jobs", text)
    assert (claim.date, claim.effective_date) == ("2025-11-05", "2026-01")


def test_entries_of_a_list_have_the_date_that_stands_over_them(reader: Reader) -> None:
    text = (
        "Below are the layoffs we know of.\n\nAugust\n\nKestrix\nWill lay off 230 employees in Corby.\n\n"
        "July\n\nPortage\nPortage is cutting 45 jobs, a spokesman confirmed.\n\n"
        "Mapleton\nMapleton laid off 33 employees on July 9."
    )
    claims = {c.count: c for c in read(reader, "2026-08-20", "A list of 2026 tech layoffs", text)}
    assert (claims[45].date, claims[45].date_precision) == ("2026-07", "month")
    assert claims[45].evidence["date"].quote == "July"
    assert claims[33].date == "2026-07-09"


def test_one_date_alone_on_a_line_makes_no_list(reader: Reader) -> None:
    text = "July 3\n\nPortage is cutting 45 jobs."
    (claim,) = read(reader, "2026-08-20", "Portage cuts jobs", text)
    assert claim.date is None


def test_entries_of_a_weekly_list_have_the_month_of_that_week(reader: Reader) -> None:
    text = (
        "Here are the job cuts announced this week.\n\n"
        "Cordova — The cruise operator is eliminating 350 positions in Miami.\n\n"
        "Tomely — The app maker Tomely let go of 28 people, a third of its team."
    )
    claims = read(reader, "2025-05-23", "Layoffs This Week: Cordova, Tomely", text)
    assert {(c.count, c.date, c.date_precision) for c in claims} == {
        (350, "2025-05", "month"),
        (28, "2025-05", "month"),
    }
