"""Claim by claim or all at once, in any order and any batches: the same events, and the same ids after a rebuild."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bench.merging import cases, sourced
from newsledger.companies import Resolver, load
from newsledger.model import Event, SourcedClaim
from newsledger.reconcile import MintedId, Reconciled, article_of, neighbourhood, reconcile, reconcile_around

RESOLVER = Resolver(load())
START = datetime(2031, 1, 1, tzinfo=UTC)
SIDES = ["OpenAI", "Nvidia", "Microsoft", "Hollin Freight", "Alphabet", "Google", "Waymo", "SoftBank"]


class Ledger:
    """What a store does, in memory: claims by company, events that hold, and every id ever minted."""

    def __init__(self) -> None:
        self.claims: dict[str, SourcedClaim] = {}
        self.touching: dict[str, set[str]] = defaultdict(set)
        self.events: dict[str, Event] = {}
        self.minted: dict[str, MintedId] = {}
        self.clock = START
        self.asked: list[int] = []

    def arrive(self, batch: Sequence[SourcedClaim]) -> None:
        keys: set[str] = set()
        for one in batch:
            self.claims[one.claim.id] = one
            for key in neighbourhood(one, RESOLVER):
                self.touching[key].add(one.claim.id)
                keys.add(key)
        self.derive(keys)

    def leave(self, claim_id: str) -> None:
        gone = self.claims.pop(claim_id)
        keys = neighbourhood(gone, RESOLVER)
        for key in keys:
            self.touching[key].discard(claim_id)
        self.derive(set(keys))

    def derive(self, keys: set[str]) -> None:
        self.clock += timedelta(minutes=1)
        found = reconcile_around(
            keys,
            claims=lambda wanted: [self.claims[i] for i in sorted({i for k in wanted for i in self.touching[k]})],
            minted=lambda articles: [m for m in self.minted.values() if article_of(m.anchor) in articles],
            resolver=RESOLVER,
            now=self.clock,
        )
        self.minted |= {one.id: one for one in found.minted}
        for event_id, to in found.successors.items():
            self.minted[event_id] = replace(self.minted[event_id], successor=to)
        new = {event.id for event in found.events}
        for event_id, event in list(self.events.items()):
            if (event.company_id in keys or found.covered & set(event.claim_ids)) and event_id not in new:
                del self.events[event_id]
        self.events |= {event.id: event for event in found.events}


def told(events: Sequence[Event]) -> dict[frozenset[str], Any]:
    """Everything about events but their ids: members → fields, relations as members of the other event."""
    members = {event.id: frozenset(event.claim_ids) for event in events}
    return {
        members[e.id]: replace(
            e, id="", trace=dict(e.trace), part_of=str(sorted(members[e.part_of])) if e.part_of else None,
            superseded_by=str(sorted(members[e.superseded_by])) if e.superseded_by else None,
        )
        for e in events
    }  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> list[SourcedClaim]:
    claims: dict[str, SourcedClaim] = {}
    for number in range(draw(st.integers(2, 26))):
        company = draw(st.sampled_from(SIDES))
        day = (START + timedelta(days=draw(st.integers(0, 120)))).date().isoformat()
        status = draw(st.sampled_from(["confirmed", "confirmed", "reported", "denied"]))
        time = draw(st.sampled_from(["current", "current", "past"]))
        date = draw(st.sampled_from([None, None, "2030", "2031-01", "2031-02-10"]))
        fields: dict[str, Any] = {"status": status, "time": time, "date": date}
        if draw(st.booleans()):
            fields |= {
                "count": draw(st.sampled_from([None, 500, 505, 540, 1000, 1200])),
                "percent": draw(st.sampled_from([None, None, 10.0])),
                "count_qualifier": draw(st.sampled_from(["exact", "about"])),
                "scope": draw(st.sampled_from(["total", "total", "total", "part", "cumulative"])),
            }
            if fields["count"] is None:
                fields["count_qualifier"] = None
        else:
            kind = draw(st.sampled_from(["funding", "stake", "contract", "capex", "acquisition"]))
            others = draw(st.lists(st.sampled_from([s for s in SIDES if s != company]), max_size=2, unique=True))
            fields |= {
                "type": "ai_investment", "kind": kind, "counterparty": others,
                "amount": draw(st.sampled_from([None, 10**9, 1_010_000_000, 5 * 10**9])),
                "basis": draw(st.sampled_from([None, "guidance"])) if kind == "capex" else None,
            }  # fmt: skip
        article = f"a{draw(st.integers(0, 14))}" if draw(st.booleans()) else f"own{number}"
        cue = draw(st.sampled_from(["", "", " in another round", ", revised from before", " at Waymo"]))
        figure = fields.get("count") or fields.get("amount") or ""
        one = sourced(article, day, company, sentence=f"{company} {figure}{cue}", **fields)
        claims[one.claim.id] = one
    return list(claims.values())


def incremental(claims: Sequence[SourcedClaim], seed: int) -> Ledger:
    chance = random.Random(seed)
    order = list(claims)
    chance.shuffle(order)
    ledger = Ledger()
    while order:
        size = chance.choice([1, 1, 2, 5])
        ledger.arrive(order[:size])
        del order[:size]
    return ledger


def full(claims: Sequence[SourcedClaim], minted: Sequence[MintedId] = ()) -> Reconciled:
    return reconcile(claims, resolver=RESOLVER, minted=minted, now=START)


@settings(phases=[Phase.explicit, Phase.generate], max_examples=60, deadline=None, derandomize=True)
@given(stories(), st.integers(0, 2**32))
def test_arrival_order_and_batches_do_not_matter(claims: list[SourcedClaim], seed: int) -> None:
    ledger = incremental(claims, seed)
    whole = full(claims)
    assert told(list(ledger.events.values())) == told(whole.events)
    rebuilt = full(claims[::-1], list(ledger.minted.values()))
    assert {e.id: e.claim_ids for e in rebuilt.events} == {e.id: e.claim_ids for e in ledger.events.values()}
    assert not rebuilt.minted


@settings(phases=[Phase.explicit, Phase.generate], max_examples=25, deadline=None, derandomize=True)
@given(stories(), st.integers(0, 2**32))
def test_what_leaves_leaves_nothing_behind(claims: list[SourcedClaim], seed: int) -> None:
    ledger = incremental(claims, seed)
    for one in claims[::3]:
        ledger.leave(one.claim.id)
    assert told(list(ledger.events.values())) == told(full([c for n, c in enumerate(claims) if n % 3]).events)
    for event_id in ledger.minted:
        assert event_id in ledger.events or ledger.minted[event_id].minted_at <= ledger.clock


@settings(phases=[Phase.explicit, Phase.generate], max_examples=40, deadline=None, derandomize=True)
@given(stories())
def test_every_claim_is_in_exactly_one_event_and_no_layoffs_of_strangers_meet(claims: list[SourcedClaim]) -> None:
    found = full(claims)
    members = [claim_id for event in found.events for claim_id in event.claim_ids]
    assert sorted(members) == sorted(c.claim.id for c in claims)
    by_id = {c.claim.id: c.claim for c in claims}
    for event in found.events:
        names = {by_id[i].company for i in event.claim_ids}
        if event.type == "layoff":
            assert names <= {"Alphabet", "Google"} or names <= {"Alphabet", "Waymo"} or names <= {
                "Alphabet", "Google", "Waymo"} or len(names) == 1  # fmt: skip


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_gold_cases_agree_too(case: Any) -> None:
    for seed in range(3):
        assert told(list(incremental(case.claims, seed).events.values())) == told(full(case.claims).events)
