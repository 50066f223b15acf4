"""The gate before extraction lets every stated event through and little else."""

from __future__ import annotations

import pytest

from nlp import gate, page_gate

AROUND = "The town lies on the coast.\nPeople there were warned of wind, and 40 boats stayed in.\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "Brineworks said it would lay off 300 workers at its two yards.",
        "Brineworks is cutting 12% of its workforce.",
        "Brineworks raised $40 million in a Series B round for its AI pumps.",
        "Kelp Holdings will spend $2 billion on AI data centers this year.",
    ],
)
def test_a_stated_event_passes(sentence: str) -> None:
    assert page_gate.text_may_hold(AROUND + sentence + "\n" + AROUND)


def test_words_of_both_kinds_without_an_event_do_not() -> None:
    text = AROUND + "The staff of 12 schools lost a match, 3 to 2, and the loser's workers were sad about jobs in 2024."
    assert gate.text_may_hold(text)
    assert not page_gate.text_may_hold(text)
