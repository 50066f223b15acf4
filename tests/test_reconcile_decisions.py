"""What people decide about events stands over what the claims say, can be taken back, and never breaks an id."""

from datetime import UTC, datetime
from typing import Any

from bench.merging import sourced
from newsledger.companies import Resolver, load, provisional
from newsledger.model import Decision, DecisionAction, SourcedClaim, digest
from newsledger.reconcile import MintedId, Reconciled, reconcile, why

NOW = datetime(2031, 6, 1, tzinfo=UTC)
CLAIMS = (
    sourced("a", "2031-03-01", "Hollin Freight", count=500),
    sourced("b", "2031-03-02", "Hollin Freight", count=500),
    sourced("c", "2031-03-03", "Hollin Freight", count=700),
)


def decision(action: DecisionAction, subject: str, number: int = 1, **fields: Any) -> Decision:
    return Decision(
        id=f"d{number}", action=action, subject=subject, author="Ada Example", at=datetime(2031, 5, number, tzinfo=UTC),
        reason="the filing says so", **fields,
    )  # fmt: skip


def run(
    claims: tuple[SourcedClaim, ...] = CLAIMS, decisions: tuple[Decision, ...] = (), minted: tuple[MintedId, ...] = ()
) -> Reconciled:
    return reconcile(claims, resolver=Resolver(load(), decisions), decisions=decisions, minted=minted, now=NOW)


def ids(found: Reconciled) -> dict[int | None, str]:
    return {event.count: event.id for event in found.events}


def test_a_rejected_event_is_gone_and_comes_back_under_its_id() -> None:
    before = run()
    wrong = ids(before)[700]
    reject = decision("event_reject", wrong)
    after = run(decisions=(reject,), minted=before.minted)
    assert wrong not in {event.id for event in after.events}
    assert after.rejected == {wrong}
    assert CLAIMS[2].claim.id in after.covered
    back = decision("event_reject", wrong, 2, revokes=reject.id)
    again = run(decisions=(reject, back), minted=before.minted)
    assert ids(again) == ids(before)


def test_merged_events_keep_the_targets_id_and_point_to_it() -> None:
    before = run()
    merge = decision("event_merge", ids(before)[700], target=ids(before)[500])
    after = run(decisions=(merge,), minted=before.minted)
    (event,) = after.events
    assert event.id == ids(before)[500]
    assert event.claims == 3
    assert after.successors == {ids(before)[700]: ids(before)[500]}
    assert "Ada Example merged them" in why(event, CLAIMS, after.joins)
    later = tuple(
        MintedId(id=m.id, minted_at=m.minted_at, anchor=m.anchor, successor=after.successors.get(m.id))
        for m in before.minted
    )
    undone = run(decisions=(merge, decision("event_merge", merge.subject, 2, revokes=merge.id)), minted=later)
    assert ids(undone) == ids(before)
    assert undone.successors == {merge.subject: None}


def test_claims_that_are_split_off_get_an_id_of_their_own_that_stays() -> None:
    before = run()
    both = ids(before)[500]
    split = decision("event_split", both, values={"claims": digest("b")})
    after = run(decisions=(split,), minted=before.minted)
    assert len(after.events) == 3
    kept = next(event for event in after.events if event.id == both)
    assert kept.claim_ids == (CLAIMS[0].claim.id,)
    (new,) = after.minted
    again = run(decisions=(split,), minted=(*before.minted, new))
    assert {event.id for event in again.events} == {event.id for event in after.events}
    assert not again.minted
    assert not again.successors


def test_a_corrected_figure_says_who_and_why_and_keeps_what_was_told() -> None:
    before = run()
    correct = decision("event_correct", ids(before)[500], values={"count": 520, "stage": "filed", "id": "nonsense"})
    after = run(decisions=(correct,), minted=before.minted)
    event = next(event for event in after.events if event.id == ids(before)[500])
    assert (event.count, event.count_low, event.count_high, event.stage) == (520, 500, 520, "filed")
    assert event.figure_rule == "corrected"
    assert "Ada Example corrected it on 2031-05-01: the filing says so" in why(event, CLAIMS)


def test_a_corrected_amount_is_converted_again() -> None:
    claims = (sourced("m", "2024-03-15", "Hollin Freight", type="ai_investment", amount=10**9, currency="EUR"),)
    before = run(claims)
    (event,) = before.events
    assert event.amount_usd == 1_089_200_000
    correct = decision("event_correct", event.id, values={"amount": 2 * 10**9})
    (again,) = run(claims, (correct,), before.minted).events
    assert again.amount_usd == 2_178_400_000


def test_companies_that_a_person_merges_bring_their_events_together() -> None:
    claims = (
        sourced("a", "2031-03-01", "Hollin Freight", count=500),
        sourced("b", "2031-03-02", "Hollin Logistics", count=500),
    )
    before = run(claims)
    assert len(before.events) == 2
    merge = decision("company_merge", provisional("Hollin Logistics").id, target=provisional("Hollin Freight").id)
    after = run(claims, (merge,), before.minted)
    (event,) = after.events
    first, second = before.events
    assert event.id in {first.id, second.id}
    assert set(after.successors) == {first.id, second.id} - {event.id}
