"""Events: states through time, ids that always answer, pages of them, roll-ups that are exactly their sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import starmap
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_facts import NOW, company, days, investment, layoff, put
from sqlalchemy import Engine, delete, select
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from newsledger.model import Event
from storage import events, rollups, tables
from storage.engine import reading, writing
from storage.events import BadCursorError, EventFilter


def test_states_are_kept_and_any_past_one_can_be_asked_for(store: Engine) -> None:
    first = layoff("e1", stage="reported", count=200, count_low=None, count_high=None)
    second = replace(first, stage="announced", count=300)
    assert put(store, first, known_at=NOW) == (1, 0)
    assert put(store, first, known_at=NOW + days(1)) == (0, 0), "the same state is not written again"
    assert put(store, second, known_at=NOW + days(2)) == (1, 0)
    assert put(store, considered=("e1",), known_at=NOW + days(3)) == (0, 1)
    with reading(store) as connection:
        assert events.get(connection, "e1") is None
        assert events.get(connection, "e1", as_of=NOW - days(1)) is None
        for when, expected in ((NOW, first), (NOW + days(1), first), (NOW + days(2), second)):
            found = events.get(connection, "e1", as_of=when)
            assert found is not None
            assert found.event == expected
        states = [(state.event.count, state.known_at, state.known_until) for state in events.history(connection, "e1")]
        assert states == [(200, NOW, NOW + days(2)), (300, NOW + days(2), NOW + days(3))]
        assert events.minted(connection, "e1"), "an id once published always answers"


def test_clocks_that_go_back_do_not_unorder_states(store: Engine) -> None:
    put(store, layoff("e1", count=200, count_low=None), known_at=NOW)
    put(store, layoff("e1", count=300, count_low=None), known_at=NOW - days(1))
    with reading(store) as connection:
        assert [state.event.count for state in events.history(connection, "e1")] == [200, 300]


def test_membership_moves_with_the_claims(store: Engine) -> None:
    one = layoff("e1", claim_ids=("c1", "c2"), claims=2, sources=2)
    put(store, one, layoff("e2", claim_ids=("c3",)))
    put(store, replace(one, claim_ids=("c1", "c2", "c3"), claims=3), considered=("e1", "e2"))
    with reading(store) as connection:
        assert {name: events.event_of(connection, name) for name in ("c1", "c2", "c3")} == dict.fromkeys(
            ("c1", "c2", "c3"), "e1"
        )
        assert [sourced.claim.id for sourced in events.claims_of(connection, "e1")] == ["c1", "c2", "c3"]
    put(store, replace(one, claim_ids=("c1",), claims=1, sources=1), layoff("e2", claim_ids=("c2", "c3"), claims=2))
    with reading(store) as connection:
        assert [events.event_of(connection, name) for name in ("c1", "c2", "c3")] == ["e1", "e2", "e2"]


def test_merged_ids_lead_to_the_last_one(store: Engine) -> None:
    put(store, layoff("e1"), layoff("e2"), layoff("e3"))
    with writing(store) as connection:
        events.redirect(connection, {"e1": "e2", "e2": "e3"}, NOW)
        assert events.successor(connection, "e1") == "e3"
        assert events.successor(connection, "e3") is None
        events.redirect(connection, {"e1": None}, NOW + days(1))
        assert events.successor(connection, "e1") is None


@pytest.mark.parametrize("sort", get_args(events.Sort))
def test_pages_of_events_are_complete_and_in_order(store: Engine, sort: events.Sort) -> None:
    kept = [
        layoff(f"e{n}", date=f"2026-03-{n % 5 + 1:02}", count=n % 4 or None, count_low=None, count_high=None)
        for n in range(20)
    ]
    kept += [investment(f"m{n}", amount_usd=n or None, date=None, date_precision=None) for n in range(3)]
    put(store, *kept)
    found: list[Event] = []
    cursor = None
    with reading(store) as connection:
        while True:
            page = events.query(connection, sort=sort, cursor=cursor, limit=4)
            found += [known.event for known in page.events]
            cursor = page.cursor
            if cursor is None:
                break
    name = sort.removeprefix("-")
    expected = [e for e in kept if name not in ("count", "amount_usd") or getattr(e, name) is not None]
    assert sorted(e.id for e in found) == sorted(e.id for e in expected)
    if name != "known_at":
        values = [(getattr(e, name) or "", e.id) for e in found]
        assert values == sorted(values, reverse=sort.startswith("-"))


def test_bad_cursor_is_refused(store: Engine) -> None:
    put(store, *(layoff(f"e{n}") for n in range(3)))
    with reading(store) as connection:
        cursor = events.query(connection, sort="-date", limit=1).cursor
        for wrong, sort in ((cursor, "date"), ("nonsense", "-date"), ("é", "-date"), ("W10", "-date")):
            with pytest.raises(BadCursorError, match="ask again without a cursor"):
                events.query(connection, sort=sort, cursor=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (EventFilter(type="layoff"), "cut half old year"),
        (EventFilter(kinds=["capex"]), "data"),
        (EventFilter(since="2026-03-01"), "cut data half year"),
        (EventFilter(until="2026-01-01"), "old year"),
        (EventFilter(count_min=500), "half"),
        (EventFilter(role="sales"), "half"),
        (EventFilter(location="dubl"), "cut"),
        (EventFilter(ai_cited=True), "half"),
        (EventFilter(sector="software", country="IE"), "cut data"),
        (EventFilter(company="ACME"), "cut data"),
        (EventFilter(company_ids=["beta"], since="2026-03-01"), "half year"),
    ],
)
def test_filters(store: Engine, wanted: EventFilter, ids: str) -> None:
    from storage import companies

    beta: dict[str, Any] = {"company_id": "beta", "company": "Beta"}
    with writing(store) as connection:
        companies.save(connection, [company("acme", sector="software", country="IE"), company("beta", country="US")])
    put(
        store,
        layoff("cut", locations=("Dublin, Ireland",)),
        investment("data"),
        layoff("half", **beta, count=500, count_high=None, ai_relation="cause", roles=("engineering", "sales")),
        layoff("old", **beta, date="2025-06", date_precision="month"),
        layoff("year", **beta, date="2026" if wanted.until is None else "2025", date_precision="year"),
    )
    with reading(store) as connection:
        found = {known.event.id for known in events.query(connection, wanted).events}
        assert found == set(ids.split())
        assert {known.event.id for known in events.each(connection, wanted)} == found
        assert events.count(connection, wanted) == len(found)


@pytest.mark.parametrize(
    "wrong",
    [
        layoff("e", kind="capex"),
        investment("e", count=5),
        investment("e", currency=None),
        layoff("e", date="2026", date_precision="day"),
        layoff("e", count_high=100),
        layoff("e", percent=400.0),
        layoff("e", claims=0),
        layoff("e", company_id="nobody"),
    ],
    ids=lambda e: e.kind,
)
def test_wrong_events_are_impossible(store: Engine, wrong: Event) -> None:
    put(store, layoff("fine"))
    with pytest.raises(IntegrityError), writing(store) as connection:
        events.write(connection, [wrong], (), NOW)


# roll-ups -----------------------------------------------------------------------------------------------------------

COMPANIES = ("acme", "beta", "gamma")
LAYOFFS = st.builds(
    layoff,
    st.just(""),
    company_id=st.sampled_from(COMPANIES),
    count=st.sampled_from([None, 100, 300]),
    count_low=st.just(None),
    count_high=st.sampled_from([None, 400]),
    percent=st.sampled_from([None, 10.0]),
    kind=st.sampled_from(["layoff", "buyout"]),
    stage=st.sampled_from(["announced", "denied", "cancelled"]),
    scope=st.sampled_from(["total", "part"]),
    ai_relation=st.sampled_from(["cause", "none"]),
    date=st.sampled_from(["2026-03-14", "2026-04-01"]),
)
INVESTMENTS = st.builds(
    investment,
    st.just(""),
    company_id=st.sampled_from(COMPANIES),
    kind=st.sampled_from(["capex", "funding", "stake"]),
    basis=st.sampled_from([None, "guidance", "booked"]),
    amount_usd=st.sampled_from([None, 7, 11]),
    superseded_by=st.sampled_from([None, "e-newer"]),
    stage=st.sampled_from(["announced", "cancelled"]),
)
COARSE = st.sampled_from([("2026", "year"), ("2026-04", "quarter"), ("2026-04", "month"), (None, None)])
EVENTS = st.tuples(st.one_of(LAYOFFS, INVESTMENTS), st.one_of(st.none(), COARSE)).map(
    lambda pair: pair[0] if pair[1] is None else replace(pair[0], date=pair[1][0], date_precision=pair[1][1])
)
STEPS = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.none(), EVENTS), min_size=1), max_size=6)


def sums_of_events(connection: Any) -> rollups.Sums:
    columns = [tables.event.c[name] for name in rollups.COUNTED]
    rows = starmap(rollups.Counted, connection.execute(select(*columns).where(tables.event.c.known_until.is_(None))))
    return {key: numbers for key, numbers in rollups.add_up(rows, 1, {}).items() if any(numbers)}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STEPS)
def test_rollups_are_the_sums_of_events(store: Engine, steps: list[dict[str, Event | None]]) -> None:
    """After any inserts, corrections, merges, splits and removals."""
    with writing(store) as connection:
        for table in ("event_claim", "event", *ROLLUPS):
            connection.execute(delete(tables.metadata.tables[table]))
    for step in steps:
        kept = [replace(e, id=id_, claim_ids=(f"c{id_}",)) for id_, e in sorted(step.items()) if e is not None]
        put(store, *kept, considered=tuple(sorted(step)))
        with reading(store) as connection:
            expected = sums_of_events(connection)
            found = held_rollups(connection)
            for table, key_of, names in (
                ("company_month", lambda company_id, _, period: (company_id, period), tables.METRIC_COLUMNS),
                ("company_quarter", lambda company_id, _, p: (company_id, rollups.quarter_of(p)), tables.PAIR_COLUMNS),
                ("kind_month", lambda _, kind, period: (kind, period), tables.METRIC_COLUMNS),
            ):
                sums: dict[tuple[str, str], Any] = {}
                for key, numbers in expected.items():
                    values = dict(zip(tables.METRIC_COLUMNS, numbers, strict=True))
                    sums.setdefault(key_of(*key), Counter()).update(values)
                rows = {(*key, *(values[name] for name in names)) for key, values in sums.items()}
                assert {row for row in rows if any(row[2:])} == set(found[table])
    with writing(store) as connection:
        rollups.rebuild(connection)
        assert held_rollups(connection) == found if steps else True


ROLLUPS = ("company_month", "company_quarter", "kind_month")


def held_rollups(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of each roll-up, in order."""
    found = {name: connection.execute(select(tables.metadata.tables[name])).all() for name in ROLLUPS}
    return {name: sorted(tuple(row) for row in rows) for name, rows in found.items()}


def test_rollups_can_be_made_anew(store: Engine) -> None:
    put(store, layoff("a"), layoff("b", date="2026-03", date_precision="quarter"), investment("c"))
    with writing(store) as connection:
        before = held_rollups(connection)
        connection.execute(delete(tables.company_month))
        rollups.rebuild(connection)
        assert held_rollups(connection) == before
        assert [len(rows) for rows in before.values()] == [2, 1, 3]


def test_pages_and_the_data_version_are_read_along_an_index(store: Engine) -> None:
    put(store, *(layoff(f"e{number}") for number in range(1, 9)))
    if store.dialect.name == "postgresql":
        pytest.skip("PostgreSQL plans by its statistics")
    asked: list[tuple[str, Any]] = []
    listen(store, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    with reading(store) as connection:
        for sort in ("-date", "-known_at", "-count"):
            events.query(connection, sort=sort, limit=2)
        assert events.data_version(connection) != "empty"
        statements = [(text, values) for text, values in asked if "FROM event " in text or "FROM event\n" in text]
        assert len(statements) == 5
        for text, values in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()
            assert all("INDEX" in row[-1] for row in plan), (text, plan)
