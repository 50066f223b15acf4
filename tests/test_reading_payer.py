"""Who pays and who is paid: what a sentence tells by its verbs, its order and the trades of those it names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsledger.model import Article
from nlp.reader import Reader


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "The AI start-ups Pellwick and Marrowfield raised $40 million and $12 million, respectively.",
            {("Pellwick", 40), ("Marrowfield", 12)},
        ),
        (
            "Cloud provider Tarnhill signed a $3 billion deal with Oakhelm, which will train its AI models there.",
            {("Oakhelm", 3000)},
        ),
        (
            "It is hard to see where this ends: Oakhelm said that it is investing $200 million in the AI lab Pellwick.",
            {("Oakhelm", 200)},
        ),
        (
            "The AI lab Pellwick closed a $43 million Series B. Quillbee, an AI start-up, raised $12 million.",
            {("Pellwick", 43), ("Quillbee", 12)},
        ),
        ("Chip maker Tarnhill won a $3 billion contract to make AI chips for Oakhelm.", {("Oakhelm", 3000)}),
        ("Brightmere AI of France raised $40 million to train its models.", {("Brightmere AI", 40)}),
        (
            "Oakhelm plans to spend $9 billion on AI data centres this year, $2 billion more than in the last.",
            {("Oakhelm", 9000)},
        ),
        ("Oakhelm earmarks $US80 million for AI data centres this financial year.", {("Oakhelm", 80)}),
        (
            "Tarnhill, a provider of GPU cloud services, signed a $3 billion deal with Oakhelm, an AI developer.",
            {("Oakhelm", 3000)},
        ),
        (
            "Oakhelm signed up in May to rent $3 billion of computing power for its AI models from Tarnhill.",
            {("Oakhelm", 3000)},
        ),
        ("Pellwick, an AI start-up, goes to Oakhelm for $300 million.", {("Oakhelm", 300)}),
        ("The AI lab Pellwick raised $40 million and is now worth $900 million.", {("Pellwick", 40)}),
        ("An Oakhelm-led consortium will buy the AI lab Pellwick for $300 million.", {("Oakhelm", 300)}),
        ("Oakhelm-led group to buy Pellwick for $300 million to ride the AI boom", {("Oakhelm", 300)}),
        ("AI firm Pellwick was ordered to pay $33 million for its database of faces.", set()),
    ],
)
def test_each_amount_goes_to_who_pays_or_raises_it(reader: Reader, told: str, expected: set[tuple[str, int]]) -> None:
    article = Article(id="a", revision=1, title="", text=told, published=datetime(2026, 3, 11, tzinfo=UTC))
    found = {(c.company, c.amount) for c in reader.read(article) if c.type == "ai_investment"}
    assert found == {(company, millions * 1_000_000) for company, millions in expected}


def test_a_list_of_rounds_is_read_and_firms_of_other_trades_in_it_are_not(reader: Reader) -> None:
    told = (
        "Pellwick (Oslo, AI chips): $30 million\n\nMarrowfield (Ghent, AI for hospitals): $12 million\n\n"
        "Quillbee (Turin, skin care): $9 million"
    )
    article = Article(id="a", revision=1, title="AI start-up funding: who raised what this week", text=told)
    found = {(c.company, c.amount) for c in reader.read(article)}
    assert found == {("Pellwick", 30_000_000), ("Marrowfield", 12_000_000)}
