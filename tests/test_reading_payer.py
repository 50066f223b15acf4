"""Who pays and who is paid: what a sentence tells by its verbs, its order and the trades of those it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from newsledger.model import Article
from nlp import names, text
from nlp.names import Mention
from nlp.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


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
        ("Tarnhill won a $3 billion contract to make AI chips for Oakhelm.", {("Oakhelm", 3000)}),
        ("Brightmere AI of France raised $40 million to train its models.", {("Brightmere AI", 40)}),
        (
            "Oakhelm plans to spend $9 billion on AI data centres this year, $2 billion more than in the last.",
            {("Oakhelm", 9000)},
        ),
        ("AI firm Pellwick was ordered to pay $33 million for its database of faces.", set()),
    ],
)
def test_each_amount_goes_to_who_pays_or_raises_it(reader: Reader, told: str, expected: set[tuple[str, int]]) -> None:
    article = Article(id="a", revision=1, title="", text=told, published=datetime(2026, 3, 11, tzinfo=UTC))
    found = {(c.company, c.amount) for c in reader.read(article) if c.type == "ai_investment"}
    assert found == {(company, millions * 1_000_000) for company, millions in expected}


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
