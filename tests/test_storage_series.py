"""Series and pairs: exact, on both paths, with gaps and unfinished periods marked."""

from __future__ import annotations

from datetime import date
from itertools import product
from random import Random
from typing import Any, get_args

import pytest
from ledger_facts import NOW, WIRE, company, days, investment, layoff, put
from sqlalchemy import Engine

from storage import companies, pairs, ranking, sources
from storage.calendar import Grain, bounds, period_of_day, periods, place
from storage.coverage import covered
from storage.engine import reading, writing
from storage.events import EventFilter
from storage.series import Metric, Property, Question, series_of

TODAY = date(2026, 3, 20)
WATCHED = covered(f"2026-0{month}-{day:02}" for month in (1, 3) for day in range(1, 29))


@pytest.fixture
def ledger(store: Engine) -> Engine:
    beta: dict[str, Any] = {"company_id": "beta", "company": "Beta"}
    with writing(store) as connection:
        companies.save(connection, [company("acme", sector="software"), company("beta", country="US")], NOW)
    put(
        store,
        layoff("a", date="2026-01-05", count=100, count_low=90, count_high=120, ai_relation="cause"),
        layoff("b", date="2026-03-14", count=300, count_low=None, roles=("engineering", "sales")),
        layoff("c", **beta, date="2026-03", date_precision="month", count=50, count_low=None, kind="buyout"),
        layoff("d", **beta, date="2025", date_precision="year", count=1000, count_low=None, count_high=None),
        layoff("e", date="2026-01", date_precision="quarter", count=7, count_low=None, count_high=None),
        layoff("f", stage="denied", count=5000, count_low=None, count_high=None),
        layoff("g", date=None, date_precision=None, count=1, count_low=None, count_high=None),
        investment("m", date="2026-02-10"),
        investment("n", **beta, date="2026-03-20", kind="funding", amount_usd=5_000_000),
        investment("o", date="2026-03-01", basis="booked", amount_usd=9),
        investment("p", date="2026-03-02", basis="guidance", superseded_by="m"),
        investment("q", date="2026-03-02", currency="TWD", amount_usd=None),
        known_at=NOW,
    )
    return store


def numbers(found: Any) -> dict[tuple[str, str], Any]:
    return {(point.key, point.period): point.value for point in found.points}


def unplaced(found: Any) -> dict[tuple[str, str], Any]:
    return {(point.key, point.period): point.value for point in found.unplaced}


def ask(store: Engine, metric: Metric, grain: Grain = "month", by: Property = "all", **more: Any) -> Any:
    with reading(store) as connection:
        question = Question(metric=metric, grain=grain, by=by, **more)
        return series_of(connection, question, today=TODAY, watched=WATCHED)


def test_months(ledger: Engine) -> None:
    found = ask(ledger, "jobs_cut")
    assert numbers(found) == {("all", "2026-01"): 100, ("all", "2026-02"): None, ("all", "2026-03"): 350}
    assert unplaced(found) == {("all", "2025"): 1000, ("all", "2026-Q1"): 7, ("all", "undated"): 1}
    assert [point.partial for point in found.points] == [False, False, True]
    assert [(p.covered_days, p.days) for p in found.points] == [(28, 31), (0, 28), (28, 31)]
    whole = ask(ledger, "jobs_cut", since="2025-12-01", until="2026-02-01")
    assert numbers(whole) == {("all", "2025-12"): None, ("all", "2026-01"): 100}
    assert unplaced(whole) == {("all", "2025"): 1000, ("all", "2026-Q1"): 7}, "may lie in the time asked for"


def test_metrics_of_march(ledger: Engine) -> None:
    expected: dict[Metric, object] = {
        "layoff_events": 2,
        "jobs_cut_low": 350,
        "jobs_cut_high": 600,
        "ai_usd_out": 0,
        "ai_usd_in": 5_000_000,
        "ai_usd_booked": 9,
        "ai_events": 3,
        "unconverted_events": 1,
        "denied_events": 1,
        "ai_cited_share": 0,
        "jobs_per_usd_bn": None,
    }
    found = {metric: numbers(ask(ledger, metric, until="2026-04-01"))["all", "2026-03"] for metric in expected}
    assert found == expected


def test_quarters_years_and_ratios(ledger: Engine) -> None:
    assert numbers(ask(ledger, "jobs_cut", "quarter")) == {("all", "2026-Q1"): 457}
    year = numbers(ask(ledger, "jobs_cut", "year"))
    assert year == {("all", "2025"): 1000, ("all", "2026"): 457}
    assert numbers(ask(ledger, "jobs_per_usd_bn", "quarter")) == {("all", "2026-Q1"): 228.5}
    assert numbers(ask(ledger, "ai_cited_share", "quarter")) == {("all", "2026-Q1"): 100 / 457}


def test_days_and_weeks_take_only_what_is_dated_well_enough(ledger: Engine) -> None:
    found = ask(ledger, "jobs_cut", "week")
    assert {key: value for key, value in numbers(found).items() if value} == {
        ("all", "2026-W02"): 100,
        ("all", "2026-W11"): 300,
    }
    assert unplaced(found)["all", "2026-03"] == 50
    day = ask(ledger, "jobs_cut", "day", since="2026-03-13", until="2026-03-16")
    assert [(p.period, p.value, p.partial) for p in day.points] == [
        ("2026-03-13", 0, False),
        ("2026-03-14", 300, False),
        ("2026-03-15", 0, False),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("company", {"acme": 300, "beta": 50}),
        ("sector", {"software": 300, "unknown": 50}),
        ("country", {"US": 50, "unknown": 300}),
        ("kind", {"layoff": 300, "buyout": 50}),
        ("role", {"engineering": 300, "sales": 300}),
        ("ai_relation", {"none": 350}),
    ],
)
def test_split_by_a_property(ledger: Engine, by: Property, expected: dict[str, int]) -> None:
    found = ask(ledger, "jobs_cut", by=by, since="2026-03-01", until="2026-04-01")
    assert {key: value for (key, _), value in numbers(found).items() if value} == expected
    assert found.additive == (by != "role")
    one = ask(ledger, "jobs_cut", by=by, keys=[next(iter(expected))], since="2026-03-01", until="2026-04-01")
    assert {key for key, _ in numbers(one)} == {next(iter(expected))}


@pytest.mark.parametrize("grain", ["month", "quarter", "year"])
def test_rollups_and_events_give_the_same_series(ledger: Engine, grain: Grain) -> None:
    for metric, by in product(get_args(Metric), ("all", "company", "country")):
        for times in ({}, {"since": "2026-01-01", "until": "2026-04-01"}):
            fast = ask(ledger, metric, grain, by, **times)
            slow = ask(ledger, metric, grain, by, as_of=NOW + days(365), **times) if by == "all" else None
            filtered = ask(ledger, metric, grain, by, filters=EventFilter(), **times)
            assert fast == filtered
            assert slow is None or slow == fast


def test_a_past_state_and_what_was_denied(ledger: Engine) -> None:
    put(ledger, layoff("b", date="2026-03-14", count=400, count_low=None, count_high=None), known_at=NOW + days(5))
    assert numbers(ask(ledger, "jobs_cut"))["all", "2026-03"] == 450
    assert numbers(ask(ledger, "jobs_cut", as_of=NOW + days(1)))["all", "2026-03"] == 350
    assert numbers(ask(ledger, "jobs_cut", include_denied=True))["all", "2026-03"] == 5450


def test_unknown_questions_are_refused(ledger: Engine) -> None:
    for wrong in ({"metric": "fun"}, {"metric": "jobs_cut", "grain": "hour"}, {"metric": "jobs_cut", "by": "mood"}):
        with pytest.raises(ValueError, match="use one of"):
            ask(ledger, **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is no period"):
        ask(ledger, "jobs_cut", since="yesterday")


def test_a_day_without_coverage_is_a_gap(store: Engine) -> None:
    put(store, layoff("a", date="2026-03-18"))
    run = sources.Run(source_id="wire", at=NOW, fetched=1, dropped={})
    sources.save(store, [WIRE])
    sources.record(store, run)
    sources.record(store, sources.Run(source_id="wire", at=NOW - days(1), dropped={}, error="timeout"))
    with reading(store) as connection:
        found = series_of(
            connection, Question(metric="jobs_cut", grain="day", since="2026-03-17", until="2026-03-21"), today=TODAY
        )
    assert [(p.value, p.covered_days, p.partial) for p in found.points] == [
        (None, 0, False),
        (300, 0, False),
        (None, 0, False),
        (0, 1, True),
    ]


def test_pairs_put_both_sides_on_one_clock(ledger: Engine) -> None:
    with reading(ledger) as connection:
        assert [(p.company_id, p.jobs_cut) for p in pairs.pairs(connection)] == [("beta", 1050), ("acme", 408)]
        [acme] = pairs.pairs(connection, company_ids=["acme"], near_days=40)
        assert (acme.ai_usd_out, acme.jobs_per_usd_bn, acme.cuts_near) == (2_000_000_000, 204.0, 2)
        assert [(n.layoff_id, n.investment_id, n.lag_days) for n in acme.near] == [("a", "m", -36), ("b", "q", 12)]
        assert (acme.lag_days, acme.jobs_cut_near) == (-36, 400)
        assert pairs.pairs(connection, sort="jobs_per_usd_bn")[0].company_id == "acme"
        assert pairs.pairs(connection, sort="jobs_cut_near")[0].company_id == "acme"
        quarters = {(q.company_id, q.quarter): q for q in pairs.by_quarter(connection)}
        assert quarters["acme", "2026-Q1"].both
        assert quarters["acme", "2026-Q1"].jobs_cut == 407
        assert quarters["beta", "2026-Q1"].jobs_cut == 50
        assert list(quarters.values()) == list(pairs.by_quarter(connection, as_of=NOW))
        together = list(pairs.by_quarter(connection, together=True))
        assert [(q.company_id, q.quarter, q.jobs_cut) for q in together] == [("all", "2026-Q1", 457)]
        assert together == list(pairs.by_quarter(connection, as_of=NOW, together=True))
        with pytest.raises(ValueError, match="use one of"):
            pairs.pairs(connection, sort="mood")  # type: ignore[arg-type]


def test_pairs_sorted_by_what_is_near_are_those_of_looking_at_every_company(store: Engine) -> None:
    chance = Random(7)
    ids = [f"c{number:03}" for number in range(160)]
    with writing(store) as connection:
        companies.save(connection, [company(id_) for id_ in ids], NOW)
    made = []
    for number, id_ in enumerate(ids):
        of: dict[str, Any] = {"company_id": id_, "company": id_}
        for turn in range(chance.randint(1, 3)):
            day = date(2025, 1, 1).toordinal() + chance.randrange(400)
            made.append(
                layoff(
                    f"cut{number}-{turn}",
                    **of,
                    date=date.fromordinal(day).isoformat(),
                    count=chance.choice([5, 40, 900]),
                    count_low=None,
                    count_high=None,
                )
            )
        day = date(2025, 1, 1).toordinal() + chance.randrange(400)
        made.append(investment(f"money{number}", **of, date=date.fromordinal(day).isoformat()))
    put(store, *made, known_at=NOW)
    with reading(store) as connection:
        every = {pair.company_id: pair for pair in pairs.pairs(connection, limit=len(ids), since="2025-03-01")}
        for sort in ("jobs_cut_near", "cuts_near"):
            wanted = sorted(every.values(), key=lambda pair: (-getattr(pair, sort), pair.company_id))
            for limit in (1, 7, 70):
                assert pairs.pairs(connection, sort=sort, limit=limit, since="2025-03-01") == wanted[:limit]


def test_pairs_of_a_past_state(ledger: Engine) -> None:
    with reading(ledger) as connection:
        before = pairs.pairs(connection)
    put(
        ledger,
        layoff("b", date="2026-03-14", count=900, count_low=None, count_high=None),
        investment("later", date="2026-01-06"),
        considered=("a", "b", "d", "later"),
        known_at=NOW + days(5),
    )
    with reading(ledger) as connection:
        assert pairs.pairs(connection, as_of=NOW + days(1)) == before
        now = pairs.pairs(connection)
        assert now != before
        assert pairs.pairs(connection, as_of=NOW + days(6)) == now
        for more in ({"company_ids": ["acme"]}, {"since": "2026-01-01", "until": "2026-03-01"}, {"sort": "lag_days"}):
            assert pairs.pairs(connection, as_of=NOW + days(6), **more) == pairs.pairs(connection, **more)
        assert pairs.pairs(connection, as_of=NOW - days(1)) == []


def test_ranking_is_exact_however_the_lists_run(store: Engine) -> None:
    months = ("2026-01", "2026-02", "2026-03")
    # c0 leads no month and yet the sum
    jobs = {f"c{n}": [40 + n % 7, 40 + n % 5, 40 + n % 3] for n in range(1, 30)} | {"c0": [39, 60, 60]}
    put(
        store,
        *(
            layoff(
                f"{key}-{m}", company_id=key, company=key.upper(), date=f"{m}-05", count=n, count_low=n, count_high=n
            )
            for key, numbers_ in jobs.items()
            for m, n in zip(months, numbers_, strict=True)
        ),
        layoff("old", company_id="c9", company="C9", date="2025-12-31", count=9000, count_low=0, count_high=None),
        layoff("year", company_id="c9", company="C9", date="2026", date_precision="year", count=9000, count_high=None),
    )
    expected = sorted(((-sum(n), key) for key, n in jobs.items()))
    with reading(store) as connection:
        for limit in (1, 3, 10, 50):
            found = ranking.top(connection, "jobs_cut", "2026-01-01", "2026-04-01", limit)
            assert [(-rank.value, rank.company_id) for rank in found] == expected[:limit]
        assert ranking.top(connection, "jobs_cut", "2026-01-01", "2026-04-01", 1)[0].company == "C0"
        assert ranking.top(connection, "ai_usd_out", "2026-01-01", "2026-04-01") == []


def test_periods() -> None:
    assert list(periods(date(2025, 12, 29), date(2026, 1, 6), "week")) == ["2026-W01", "2026-W02"]
    assert list(periods(date(2025, 11, 2), date(2026, 4, 1), "quarter")) == ["2025-Q4", "2026-Q1"]
    assert (place("2026-03", "quarter"), place("2026-Q1", "month"), place("2026-03", "day")) == ("2026-Q1", None, None)
    for grain in get_args(Grain):
        first, after = bounds(period_of_day(TODAY, grain))
        assert first <= TODAY < after
