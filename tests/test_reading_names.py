"""Where a sentence ends, whom it names, and for whom its stand-ins may stand."""

from __future__ import annotations

import re

import pytest

from nlp import names, text
from nlp.names import Mention


@pytest.mark.parametrize(
    ("words", "company", "may"),
    [
        ("the iPhone maker", "Apple", True),
        ("the iPhone maker", "Google", False),
        ("the bank", "Barclays", True),
        ("the bank", "Nvidia", False),
        ("the chipmaker", "Nvidia", True),
        ("the retailer", "Oracle", False),
        ("the AI company", "Anthropic", True),
        ("the AI company", "Oracle", False),
        ("the retailer", "Pellwick", True),
        ("the tech giant", "Pellwick", False),
    ],
)
def test_a_stand_in_fits_only_companies_of_its_trade(words: str, company: str, may: bool) -> None:
    assert names.fits(Mention("anaphor", words, 0, len(words), words.split()[-1]), company) is may


def named(sentence: str, title_case: bool = False) -> list[str]:
    return [m.name for m in names.mentions(sentence, (), names.Registry(), title_case=title_case) if m.kind == "name"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Bank of America and Capital One are banks.", ["Bank of America", "Capital One"]),
        ("State Bank of India is larger than Yes Bank.", ["State Bank of India", "Yes Bank"]),
        ("US Steel makes steel, and New Relic makes software.", ["US Steel", "New Relic"]),
        ("Harbour Bank of Norway said it would close branches.", ["Harbour Bank of Norway"]),
        ("Brightmere AI of France said it would hire.", ["Brightmere AI"]),
        ("LinkedIn cuts jobs", ["LinkedIn"]),
        ("Harwick Co-operative Bank sheds 400 roles.", ["Harwick Co-operative Bank"]),
        ("St. Brendan Health is in Oakland.", ["St. Brendan Health"]),
        ("Pellwick's Redcar plant will close.", ["Pellwick"]),
        ("BBC News lost 140 posts.", ["BBC"]),
        ("Bank of Castelmar plans cuts.", ["Bank of Castelmar"]),
        ("Norvolt, the Swedish-German utility, cuts.", ["Norvolt"]),
        ("A post on LinkedIn told of it.", []),
    ],
)
def test_names_of_several_words_are_whole_and_a_site_is_a_firm_where_it_acts(
    sentence: str, expected: list[str]
) -> None:
    assert named(sentence) == expected


@pytest.mark.parametrize("sentence", ["{} said it would hire.", "On Monday {} said it would hire."])
def test_every_company_of_the_catalogue_with_a_name_of_several_words_is_named_whole(sentence: str) -> None:
    left_out = ("media", "education", "government", "investor", "nonprofit")
    plain = re.compile(r"[A-Z][a-z]+(?: (?:of|[A-Z][a-z]+))+")
    companies = [c.name for c in names.shipped().values() if c.sector not in left_out and plain.fullmatch(c.name)]
    assert len(companies) > 300
    assert [name for name in companies if names.key(name) not in map(names.key, named(sentence.format(name)))] == []


def test_the_letter_of_a_round_may_end_a_sentence() -> None:
    told = [s.text for s in text.sentences("Pellwick closed its Series B. Quillbee raised a Series A. round.")]
    assert told == ["Pellwick closed its Series B.", "Quillbee raised a Series A. round."]


@pytest.mark.parametrize(
    ("before", "place"),
    [
        ("It shuts its plant in ", True),
        ("It shuts its plants in Redcar and ", True),
        ("Jobs go near ", True),
        ("It put $40m in ", False),
        ("Its stake in ", False),
        ("A round of funding in ", False),
        ("Jobs go at ", False),
    ],
)
def test_a_name_stands_as_a_place_where_no_money_goes_into_it(before: str, place: bool) -> None:
    assert names.stands_as_place(before + "Ystrad", len(before)) is place


def test_a_firm_that_a_month_stands_before_is_named() -> None:
    sentence = "In March Skerrow had said so."
    entity = (3, 16, "DATE")  # as the recogniser takes it
    found = names.mentions(sentence, [entity], names.Registry())
    assert [m.name for m in found if m.kind == "name"] == ["Skerrow"]


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Acme May Let 30,000 Employees Go", True),
        ("Pellwick to buy Tollivar", False),
        ("Acme Cuts Jobs in Third Round", True),
    ],
)
def test_a_short_headline_is_told_by_all_its_words(title: str, headline: bool) -> None:
    assert names.headline_like(title) is headline


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nokia Siemens Networks will cut 17,000 jobs.", ["Nokia Siemens Networks"]),
        ("The Harrow Morning News laid off at least 43 people.", ["Harrow Morning News"]),
        ("New York Pressworks shed 16 posts.", ["New York Pressworks"]),
        ("The St. Orrin Courier cut 23 posts.", ["St. Orrin Courier"]),
        ("Q.H. Tollivar and the haulier W.R. Skerrow shed jobs.", ["Q.H. Tollivar", "W.R. Skerrow"]),
        ("In the U.S. Skerrow shed 16 posts.", ["Skerrow"]),
        ("Ottawa agreed to a CAD 2.4 billion plan.", []),
        ("Some MPs and CEOs asked about it.", []),
    ],
)
def test_a_name_is_whole_and_no_currency_or_office_is_one(sentence: str, expected: list[str]) -> None:
    assert [name for name in named(sentence) if not names.is_place(name)] == expected


@pytest.mark.parametrize(
    ("words", "company", "may"),
    [
        ("the Japanese group", "SoftBank", True),
        ("the Japanese group", "OpenAI", False),
        ("the French startup", "Mistral AI", True),
        ("the Chinese company", "Pellwick", True),
    ],
)
def test_a_stand_in_fits_only_companies_of_its_nation(words: str, company: str, may: bool) -> None:
    assert names.fits(Mention("anaphor", words, 0, len(words), words.split()[-1]), company) is may


def test_a_venture_named_after_two_firms_is_neither() -> None:
    registry = names.Registry()
    for name in ("Nokia Siemens Networks", "Nokia", "Siemens", "Larkfield Bakeries", "Larkfield"):
        registry.add(name)
    assert not registry.same("Nokia Siemens Networks", "Nokia")
    assert registry.same("Larkfield Bakeries", "Larkfield")


@pytest.mark.parametrize(
    ("lead", "is_object"),
    [
        ("Oslo-based ", False),
        ("In April, the London-based rival ", False),
        ("the messaging software maker ", False),
        ("AI coding start-up ", False),
        ("It acquired ", True),
        ("It acquired Israeli start-up ", True),
        ("said it was acquiring start-up ", True),
        ("a bear market costs the exchange ", True),
    ],
)
def test_a_name_is_no_object_of_a_word_that_only_describes_it(lead: str, is_object: bool) -> None:
    assert names.is_object(lead) is is_object


@pytest.mark.parametrize(
    ("after", "acts"),
    [
        (" cut around 100 people.", True),
        (" (PLWK) said it would part with 90 people.", True),
        (" earlier this year set aside $3 billion.", True),
        (" on Friday, November 14, said it would go on.", True),
        (", twice the size of Tarnhill, said in the autumn that it would go on.", True),
        (", said on Wednesday that 90 people will go.", True),
        (", Tarnhill and Oakhelm shares.", False),
        (" chips are scarce.", False),
    ],
)
def test_a_name_is_a_subject_where_a_verb_follows_it(after: str, acts: bool) -> None:
    assert names.acts(after) is acts


def test_a_known_name_is_one_whatever_the_recogniser_takes_it_for() -> None:
    sentence = "At Upwork roughly a quarter of the staff have to go."
    entities = [(3, len("At Upwork roughly a quarter"), "DATE")]
    assert [m.name for m in names.mentions(sentence, entities, names.Registry()) if m.kind == "name"] == ["Upwork"]
