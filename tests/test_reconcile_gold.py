"""The gold for merging: own-written sets of articles, what they state, and what is one happening."""

from typing import Any

import pytest

from bench.merging import Case, b_cubed, cases, pairwise
from newsledger.companies import Resolver, load
from newsledger.model import Event
from newsledger.reconcile import reconcile

RESOLVER = Resolver(load())
CASES = cases()


def events_of(case: Case) -> tuple[Event, ...]:
    return reconcile(case.claims, resolver=RESOLVER).events


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_case_comes_out_right(case: Case) -> None:
    events = events_of(case)
    found = {claim_id: event for event in events for claim_id in event.claim_ids}
    labels: dict[str, set[str]] = {}
    for claim_id, label in case.happening.items():
        labels.setdefault(label, set()).add(found[claim_id].id)
    split = {label: ids for label, ids in labels.items() if len(ids) > 1}
    assert not split, f"one happening in several events: {split}"
    ids = {label: next(iter(ids)) for label, ids in labels.items()}
    assert len(set(ids.values())) == len(ids), f"several happenings in one event: {ids}"
    by_id = {event.id: event for event in events}
    for label, fields in case.expect.items():
        event = by_id[ids[label]]
        wanted = {k: ids.get(v, v) if k in ("part_of", "superseded_by") else v for k, v in fields.items()}
        got: dict[str, Any] = {name: getattr(event, name) for name in wanted}
        assert got == wanted, label


def test_b_cubed_f1_over_all_cases_is_at_least_095_and_no_companies_meet() -> None:
    gold: dict[str, tuple[str, str]] = {}
    found: dict[str, tuple[str, str]] = {}
    for case in CASES:
        gold |= {claim_id: (case.name, label) for claim_id, label in case.happening.items()}
        found |= {claim_id: (case.name, event.id) for event in events_of(case) for claim_id in event.claim_ids}
    assert b_cubed(gold, found).f1 >= 0.95
    assert pairwise(gold, found).precision == 1.0


def test_the_scores_are_those_of_the_definition() -> None:
    gold = {"a": 1, "b": 1, "c": 2, "d": 2, "e": 2}
    found = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2}
    score = b_cubed(gold, found)
    assert score.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert score.recall == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    assert pairwise(gold, found).precision == pytest.approx(2 / 4)
    assert pairwise(gold, found).recall == pytest.approx(2 / 4)
    assert b_cubed(gold, gold).f1 == 1.0
