"""The words around an amount: what a linear model sees of a sentence."""

from __future__ import annotations

from nlp import wording
from nlp.candidates import investments

TEXT = "Korvane, a Leeds start-up, raised $40m from Larkspur Ventures"


def test_names_and_amounts_are_hidden_at_their_places() -> None:
    plain = wording.masked(TEXT, [(0, 7), (44, 61)], [(34, 38)])
    assert len(plain) == len(TEXT)
    assert not {"Korvane", "Larkspur", "40m"} & set(plain.split())
    assert wording.words(plain) == ("‹N›", ",", "a", "leed", "start-up", ",", "rais", "‹M›", "from", "‹N›")


def test_forms_of_a_word_are_one_and_numbers_are_alike() -> None:
    assert {wording.stem(word) for word in ("raise", "raises", "raised", "raising")} == {"rais"}
    assert wording.stem("2,400") == wording.stem("7") == "0"


def test_near_words_count_by_their_place_and_all_by_their_side() -> None:
    found = wording.around(wording.masked(TEXT, [(0, 7), (44, 61)], [(34, 38)]), 34, 38)
    assert found["l1=rais"] == found["l:start-up"] == found["r1=from"] == found["r:‹N›"] == 1.0
    assert "l6=a" not in found


def test_few_words_between_two_places_are_told_whole() -> None:
    assert wording.between(TEXT, 7, 10, "gap") == {"gap:,": 1.0, "gap:a": 1.0, "gap=, a": 1.0}
    assert wording.between("word " * 40, 0, 200, "gap") == {"gapmany": 1.0}


def test_an_amount_in_no_shape_is_a_candidate_and_a_value_is_none() -> None:
    [found] = investments("For the Oslo lab the bill came to $40m, its owner said.")
    assert (found.family, found.figure and found.figure.low) == ("amount", 40_000_000)
    assert investments("Its revenue rose to $40m, and it has a market value of $2bn.") == []
    assert investments("A seat costs $90.") == []
