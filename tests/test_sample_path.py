"""From a news site to events: the whole way over the sample newsroom, judged by what a careful reader found there."""

from __future__ import annotations

from collections import defaultdict

from bench import scoring
from sample import newsroom
from storage import pages
from tests.sample_ledger import SampleLedger


def test_every_page_is_an_article_or_a_counted_drop(sample_ledger: SampleLedger) -> None:
    printed = len(newsroom.pieces())
    assert dict(sample_ledger.dropped) == {"consent_page": 1}
    assert sample_ledger.read["articles"] == printed - 1 + 1  # all but the one behind the wall; one has two editions
    assert dict(pages.drops(sample_ledger.engine)) == {"consent_page": 1}


def test_what_is_read_agrees_with_a_careful_reader(sample_ledger: SampleLedger) -> None:
    said, expected = sample_ledger.said(2), newsroom.expected(2)
    tally = scoring.total(scoring.score(key, golds, said[key]) for key, golds in expected.items())
    precision, recall, f1 = tally.ratios("all", "tuple")
    worst = "\n".join(f"{kind} {key}: {event}" for kind, key, event in tally.errors)
    assert f1 > 0.7, f"precision {precision:.2f}, recall {recall:.2f}\n{worst}"
    assert tally.empty_hit <= 2, worst


def test_claims_of_one_happening_make_one_event(sample_ledger: SampleLedger) -> None:
    """Of the claims that were read rightly: those of one happening share an event, others do not."""
    expected = newsroom.expected(2)
    by_claim: dict[str, str] = {}
    for event in sample_ledger.events():
        by_claim |= dict.fromkeys(event.claim_ids, event.id)
    happenings: dict[str, set[str]] = defaultdict(set)
    for key, claims in sample_ledger.said(2).items():
        golds = [event for event in expected[key] if not event.get("optional")]
        for gold, claim in scoring.match(golds, claims, scoring.same_figure):
            if claims[claim]["id"] in by_claim:
                happenings[golds[gold]["event"]].add(by_claim[claims[claim]["id"]])
    torn = {name: found for name, found in happenings.items() if len(found) > 1}
    taken: dict[str, set[str]] = defaultdict(set)
    for name, found in happenings.items():
        for event in found:
            taken[event].add(name)
    mixed = {event: found for event, found in taken.items() if len(found) > 1}
    assert len(happenings) >= 35
    assert len(torn) <= 0.15 * len(happenings), torn
    assert not mixed, mixed


def test_a_story_on_many_sites_is_one_independent_source(sample_ledger: SampleLedger) -> None:
    cuts = [event for event in sample_ledger.events_of("Ostrander Software") if event.count == 1200]
    cut = max(cuts, key=lambda event: event.claims)
    printed = {claim.url for claim in sample_ledger.claims_of(cut)}
    assert len(printed) >= 5
    assert cut.sources <= len(printed) - 3  # the wire's four prints are one
    assert cut.ai_cited


def test_a_rumour_that_came_true_is_one_event_with_its_last_figure(sample_ledger: SampleLedger) -> None:
    [round_] = sample_ledger.events_of("Dovetail Health")
    assert (round_.kind, round_.amount, round_.sources) == ("funding", 160_000_000, 2)


def test_a_denied_rumour_and_a_cancelled_plan_are_kept_and_marked(sample_ledger: SampleLedger) -> None:
    stages = {(event.company, event.kind, event.amount or event.count): event.stage for event in sample_ledger.events()}
    assert stages["Aurelant", "stake", 5_000_000_000] == "denied"
    assert stages["Nimbusyard", "capex", 2_600_000_000] == "cancelled"
    assert stages["Stellmark", "layoff", 800] == "cancelled"


def test_a_round_and_a_data_centre_within_a_fortnight_are_two_events(sample_ledger: SampleLedger) -> None:
    found = {(event.kind, event.amount) for event in sample_ledger.events_of("Bramble AI")}
    assert found == {("funding", 400_000_000), ("capex", 1_100_000_000)}


def test_two_rounds_at_one_company_are_two_events_each_told_in_both_articles(sample_ledger: SampleLedger) -> None:
    cuts = {event.count: event.date for event in sample_ledger.events_of("Oakhollow Media")}
    assert cuts.keys() == {60, 45}
    assert (cuts[60] or "").startswith("2025-06")
    assert (cuts[45] or "").startswith("2026-01")


def test_money_keeps_its_currency_and_is_converted_where_a_rate_is_known(sample_ledger: SampleLedger) -> None:
    money = {event.company: event for event in sample_ledger.events() if event.currency not in (None, "USD")}
    assert {event.currency for event in money.values()} >= {"INR", "GBP", "JPY", "EUR", "CAD", "ZAR"}
    rupees = money["Kaveri Grid"]
    assert (rupees.amount, rupees.currency) == (12_000_000_000, "INR")
    assert rupees.amount_usd
    assert 100_000_000 < rupees.amount_usd < 200_000_000


def test_a_corrected_text_corrects_its_event_and_keeps_its_id(sample_ledger: SampleLedger) -> None:
    [before] = [event for event in sample_ledger.first if event.company == "Lumenade"]
    [after] = sample_ledger.events_of("Lumenade")
    assert (before.count, after.count) == (450, 540)
    assert before.id == after.id
