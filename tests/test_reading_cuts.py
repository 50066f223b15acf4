"""The forms in which a sentence tells of job cuts, and those that only look like it."""

from __future__ import annotations

import pytest

from nlp import candidates

CUTS = "Oakhelm said that it was laying off staff."


def figures(told: str, before: str = "") -> list[tuple[float | None, float | None]]:
    """Return count and percent of each cut that a sentence may state."""
    found = candidates.layoffs(told, before)
    return [(c.figure.low if c.figure else None, c.percent.low if c.percent else None) for c in found]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Larkmoor Medical Center cut the jobs of 131 employees.", [(131, None)]),
        ("Larkmoor expects to lay off around 6,000 people who work in sales or research.", [(6000, None)]),
        ("Larkmoor confirmed temporary layoffs for 165 people at its plant in Corby.", [(165, None)]),
        ("Larkmoor bids farewell to 240 employees", [(240, None)]),
        ("Larkmoor lays off 240 via video", [(240, None)]),
        ("Larkmoor slims down by 240 jobs", [(240, None)]),
        ("In 2006 Larkmoor lopped off 10,500 jobs and whittled its workforce by 5% later.", [(10500, None), (None, 5)]),
        ("Some 1,000 people, front-line workers among them, to lose jobs at Larkmoor", [(1000, None)]),
        ("240 Larkmoor jobs in jeopardy", [(240, None)]),
        ("240 jobs threatened at Larkmoor", [(240, None)]),
        ("Pink slips went to 240 people at Larkmoor.", [(240, None)]),
        ("Notices of termination reached 240 employees on Monday.", [(240, None)]),
        ("Layoffs at Larkmoor: 240 affected", [(240, None)]),
        ("5% of Larkmoor's staff to go", [(None, 5)]),
        ("Larkmoor Air has 17,000 managers and plans to reduce them by 30%, or about 5,100 jobs.", [(5100, 30)]),
        ("Staff at Larkmoor learned that it was cutting 9% of them, about 200 people.", [(200, 9)]),
        ("Larkmoor will have 600 fewer employees by the end of the year.", [(600, None)]),
        ("There are 11,000 fewer jobs at Larkmoor than a year ago.", [(11000, None)]),
        ("The closure will cost a first 265 people their jobs.", [(265, None)]),
        ("Larkmoor will close its Corby plant, where 438 people work, by September.", [(438, None)]),
        ("It is closing a plant in Camden County that employs 310 people.", [(310, None)]),
        ("About 200 employees of Larkmoor, a seller of used cars, were laid off in April.", [(200, None)]),
        ("In March, 61 people in Corby, Ontario, will be let go by Larkmoor.", [(61, None)]),
        ("At Larkmoor 8% of the staff, roughly 350 people in 25 countries, have been laid off.", [(350, 8)]),
        ("Around 2 percent of the total, about 250 people, were laid off by Larkmoor then.", [(250, 2)]),
        ("At Larkmoor about 2% of the workforce, 12,000 roles, were trimmed.", [(12000, 2)]),
        ("At Larkmoor 1,750 employees, or 8.5%, were told in February that they must go.", [(1750, 8.5)]),
        ("14,000 office workers at Larkmoor heard that their jobs were being cut.", [(14000, None)]),
        ("2,500 dismissed at Larkmoor in spite of record profit", [(2500, None)]),
        ("The week of Larkmoor's 2,500 layoffs: Oakhelm cuts a quarter of its people", [(2500, None), (None, 25)]),
        ("It closed a third of its branches and dropped 2,100 employees.", [(2100, None)]),
    ],
)
def test_a_cut_is_told_in_many_forms(told: str, expected: list[tuple[float | None, float | None]]) -> None:
    assert figures(told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Another 9,000 or so, just under 4%, followed in July, many of them in sales.", [(9000, None)]),
        ("More than 6,000 had already gone in May and June.", [(6000, None)]),
        ("They come on top of 2,500 that the bank has made earlier this year.", [(2500, None)]),
        ("That would be about 1,500 people.", [(1500, None)]),
    ],
)
def test_a_cut_is_told_after_others(told: str, expected: list[tuple[float | None, float | None]]) -> None:
    assert figures(told, CUTS) == expected
    assert figures(told) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "Many have lost tech jobs this year: Larkmoor 12,000, Oakhelm 10,000, Tessel 8,000.",
            "Larkmoor Oakhelm Tessel",
        ),
        (
            "The layoffs go on: Larkmoor (12,000), Oakhelm (10,000) and Tessel (8,000) are next.",
            "Larkmoor Oakhelm Tessel",
        ),
        ("Next came Larkmoor with 12,000 job cuts, Oakhelm with 11,000 and Tessel with 9,000.", " Oakhelm Tessel"),
        ("Larkmoor is cutting as many as 400 jobs, staff learned on Thursday, and Oakhelm 150.", " Oakhelm"),
        ("Larkmoor has shed 650 positions this year and the Oakhelm Bank about 300.", " Oakhelm Bank"),
    ],
)
def test_each_of_a_row_names_who_cuts(told: str, expected: str) -> None:
    assert " ".join(c.list_name for c in candidates.layoffs(told, "")) == expected


def test_cuts_of_one_firm_follow_each_other() -> None:
    told = "It said that it would shed 11,500 workers, followed by 1,300 in July 2012 and 4,000 in August last year."
    assert figures(told) == [(11500, None), (1300, None), (4000, None)]
    assert figures("Layoffs go on, with as many as 400 jobs at Larkmoor and 150 at Oakhelm") == [
        (400, None),
        (150, None),
    ]


@pytest.mark.parametrize(
    "told",
    [
        "240 workers threatened to strike at Larkmoor.",
        "Larkmoor created 30,000 fewer jobs than it had promised.",
        "Larkmoor needs 600 fewer people than forecast for its new plant.",
        "Larkmoor added 1,100 jobs at Corby and 145 at Redcar.",
        "Larkmoor will hire 300 people in May and 200 in October.",
        "Larkmoor employs 388 people who work from home.",
        "That would be about 1,500 people.",
        "Bags went to 240 people at Larkmoor.",
        "Larkmoor closes its books on a year in which it built a plant that employs 310 people.",
    ],
)
def test_what_only_looks_like_a_cut_is_none(told: str) -> None:
    assert figures(told) == []


def test_a_share_of_more_staff_is_no_cut() -> None:
    assert figures("That is 388 employees.", "The workforce of Larkmoor grew 9% as it hired engineers.") == []
