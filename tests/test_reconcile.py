"""Claims of one happening become one event, those of two stay two, whatever order they come in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bench.merging import sourced
from newsledger.companies import Resolver, load
from newsledger.model import SourcedClaim
from newsledger.reconcile import Reconciled, reconcile, why

RESOLVER = Resolver(load())
NOW = datetime(2031, 1, 1, tzinfo=UTC)


def run(*claims: SourcedClaim, **options: Any) -> Reconciled:
    return reconcile(claims, resolver=RESOLVER, now=NOW, **options)


def test_forty_reprints_of_one_story_are_one_event_of_one_source() -> None:
    claims = [sourced(f"a{n}", "2031-03-02", "Hollin Freight", count=500, group="wire") for n in range(40)]
    (event,) = run(*claims).events
    assert (event.count, event.claims, event.sources) == (500, 40, 1)
    assert event.date == "2031-03-02"
    assert event.date_basis == "published"


def test_two_rounds_a_month_apart_stay_two() -> None:
    events = run(
        sourced("a", "2031-01-10", "Hollin Freight", count=500),
        sourced("b", "2031-02-12", "Hollin Freight", count=300),
        sourced("c", "2031-01-11", "Hollin Freight", count=500),
    ).events
    assert sorted((e.count, e.claims) for e in events) == [(300, 1), (500, 2)]


def test_a_rumour_its_announcement_its_filing_and_its_amendment_are_one_lifecycle() -> None:
    (event,) = run(
        sourced("rumour", "2031-03-01", "Hollin Freight", count=600, status="reported", count_qualifier="about"),
        sourced("news", "2031-03-09", "Hollin Freight", count=500),
        sourced("filing", "2031-03-20", "Hollin Freight", count=500, source_kind="regulator"),
        sourced(
            "amended", "2031-04-02", "Hollin Freight", count=540, source_kind="regulator",
            sentence="Hollin Freight amended its notice: 540 people, not 500, will go.",
        ),
    ).events  # fmt: skip
    assert (event.count, event.count_low, event.count_high, event.stage) == (540, 500, 600, "filed")
    assert event.figure_rule == "amended"
    assert event.conflict


def test_background_goes_to_the_older_event_by_its_date() -> None:
    events = run(
        sourced("old", "2030-05-02", "Hollin Freight", count=10_000),
        sourced("new", "2031-03-02", "Hollin Freight", count=500),
        sourced("new", "2031-03-02", "Hollin Freight", count=10_000, time="past", date="2030"),
    ).events
    assert sorted((e.count, e.claims, e.date) for e in events) == [(500, 1, "2031-03-02"), (10_000, 2, "2030")]


def test_the_ids_of_a_rebuild_are_those_of_the_ledger() -> None:
    claims = [sourced(f"a{n}", f"2031-03-0{n}", "Hollin Freight", count=500) for n in range(1, 6)]
    late = run(*claims[2:])
    again = run(*claims, minted=late.minted)
    assert again.events[0].id == late.events[0].id
    assert not again.minted


def test_why_tells_figure_stage_and_members_in_words() -> None:
    claims = [
        sourced("a", "2031-03-01", "Hollin Freight", count=500),
        sourced("b", "2031-03-02", "Hollin Freight", count=500),
    ]
    found = run(*claims)
    text = why(found.events[0], claims, found.joins)
    assert "500 jobs" in text
    assert "all claims agree" in text
    assert "equal figure" in text


@pytest.mark.parametrize("name", ["", "…", "***"])
def test_a_company_without_a_letter_is_dropped_and_counted(name: str) -> None:
    found = run(sourced("a", "2031-03-01", name, count=5))
    assert not found.events
    assert found.drops == {"no company name": 1}
