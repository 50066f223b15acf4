"""Figures: every usual form has one right reading, from one contiguous expression."""

from __future__ import annotations

from datetime import date

import pytest

from nlp import dates, figures


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("a $1.5bn deal", 1_500_000_000, None, "USD"),
        ("raised US$40 billion", 40_000_000_000, None, "USD"),
        ("will spend Rs 1,200 crore", 12_000_000_000, None, "INR"),
        ("₹1.5 lakh crore", 1_500_000_000_000, None, "INR"),
        ("¥1.5 trillion", 1_500_000_000_000, None, "JPY"),
        ("€2bn", 2_000_000_000, None, "EUR"),
        ("C$5 million", 5_000_000, None, "CAD"),
        ("HK$300 million", 300_000_000, None, "HKD"),
        ("2 trillion won", 2_000_000_000_000, None, "KRW"),
        ("100 billion lira ($2.3 billion)", 100_000_000_000, None, "TRY"),
        ("€65 million (~$71 million)", 65_000_000, None, "EUR"),
        ("$10bn-$12bn", 10_000_000_000, 12_000_000_000, "USD"),
        ("between $320 million and $640 million", 320_000_000, 640_000_000, "USD"),
        ("$10 to $20 billion", 10_000_000_000, 20_000_000_000, "USD"),
        ("half a billion dollars", 500_000_000, None, "USD"),
        ("R4.2bn ($235m)", 4_200_000_000, None, "ZAR"),
        ("DKr3bn", 3_000_000_000, None, "DKK"),
        ("Rp 9 trillion", 9_000_000_000_000, None, "IDR"),
        ("53 trillion dong", 53_000_000_000_000, None, "VND"),
        ("110 million dirhams", 110_000_000, None, "AED"),
        ("PLN 40 million", 40_000_000, None, "PLN"),
        ("10 billion Pakistani rupees", 10_000_000_000, None, "PKR"),
        ("will spend 20 to 30 billion yuan", 20_000_000_000, 30_000_000_000, "CNY"),
        ("between 2 and 3 billion euros", 2_000_000_000, 3_000_000_000, "EUR"),
        ("raises capex in 2026 to 21 trillion won ($14.8 billion)", 21_000_000_000_000, None, "KRW"),
        ("a 300-million-euro programme", 300_000_000, None, "EUR"),
        ("a 170 billion-won round", 170_000_000_000, None, "KRW"),
        ("raises NIS 55m", 55_000_000, None, "ILS"),
        ("a half-a-billion-dollar fund", 500_000_000, None, "USD"),
        ("half-billion-dollar deal", 500_000_000, None, "USD"),
        ("a quarter of a billion dollars", 250_000_000, None, "USD"),
        ("two and a half billion dollars", 2_500_000_000, None, "USD"),
        ("$10 mil", 10_000_000, None, "USD"),
        ("a fund of SR37.5bn", 37_500_000_000, None, "SAR"),
        ("$10 million Cdn", 10_000_000, None, "CAD"),
        ("$30 million (CAD)", 30_000_000, None, "CAD"),
        ("$5m (AUD) of seed money", 5_000_000, None, "AUD"),
        ("$3 billion (US)", 3_000_000_000, None, "USD"),
    ],
)
def test_money(text: str, low: int, high: int | None, currency: str) -> None:
    (found,) = figures.money(text)
    assert (found.low, found.high, found.currency) == (low, high, currency)


@pytest.mark.parametrize(
    "text",
    [
        "raised $30 million (US$22 million) from",
        "raised $30M ($22M USD) from",
        "raised about $30 million (about US$22 million) from",
        "raised $30 million (22 million U.S. dollars) from",
        "raised US$22 million ($30 million) from",
    ],
)
def test_dollars_that_are_told_in_those_of_the_us_too_are_not_taken_for_them(text: str) -> None:
    (found,) = figures.money(text)
    assert (found.low, found.currency) == (22_000_000, "USD")
    assert "22" in text[found.value_start : found.value_end]


def test_a_sum_in_brackets_that_is_no_conversion_leaves_dollars_as_they_are() -> None:
    for text in ("a $30 million ($22 million of it new) round", "spent $30 million (2024: US$22 million)"):
        assert (figures.money(text)[0].low, figures.money(text)[0].currency) == (30_000_000, "USD")


def test_an_amount_that_goes_from_one_to_another_is_two() -> None:
    for told in ("rose from $53 billion to $80 billion", "rose from 53 billion yuan to 80 billion yuan"):
        assert [f.low for f in figures.money(told)] == [53_000_000_000, 80_000_000_000]
    assert [f.low for f in figures.money("rose from 53 billion to 80 billion yuan")] == [53_000_000_000, 80_000_000_000]
    assert [f.low for f in figures.money("rose from 20 to 30 billion yuan")] == [30_000_000_000]
    assert [f.low for f in figures.money("rose by $2 billion to $9 billion")] == [2_000_000_000, 9_000_000_000]
    assert [(f.low, f.high) for f in figures.money("rose by 2 to 3 billion yuan")] == [(2_000_000_000, 3_000_000_000)]


@pytest.mark.parametrize(
    "text", ["the R1 model beats R2", "a third of a billion dollars", "38 billion pesos", "RS 5 and rs 6"]
)
def test_no_money(text: str) -> None:
    """A model's name is no rand, pesos of no named country have no currency, and a third of an amount is not that."""
    assert figures.money(text) == []


@pytest.mark.parametrize(
    ("text", "low", "high", "qualifier"),
    [
        ("about 10,000 jobs", 10_000, None, "about"),
        ("more than 500 staff", 500, None, "at_least"),
        ("up to 600 roles", 600, None, "at_most"),
        ("fewer than 40 people", 40, None, "at_most"),
        ("1,000 to 1,200 positions", 1_000, 1_200, "exact"),
        ("four thousand workers", 4_000, None, "exact"),
        ("two dozen employees", 24, None, "exact"),
        ("10K employees", 10_000, None, "exact"),
        ("its 200-person workforce", 200, None, "exact"),
        ("3,500 hourly skilled and production jobs", 3_500, None, "exact"),
        ("1 710 employees", 1_710, None, "exact"),
        ("some 490 of its jobs", 490, None, "about"),
        ("10,000+ jobs", 10_000, None, "at_least"),
        ("500-plus staff", 500, None, "at_least"),
    ],
)
def test_people(text: str, low: int, high: int | None, qualifier: str) -> None:
    (found,) = figures.people(text)
    assert (found.low, found.high, found.qualifier) == (low, high, qualifier)


@pytest.mark.parametrize(
    "text", ["in 2025 workers said", "$500,000 severance", "thousands of jobs", "version 3.5 people"]
)
def test_no_people(text: str) -> None:
    assert figures.people(text) == []


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("17% of its staff", 17),
        ("nearly a third of its 300 staff", 33.3),
        ("one in ten jobs", 10),
        ("two-thirds of its workforce", 66.7),
        ("ten percent of employees", 10),
        ("its entire workforce", 100),
        ("half the workforce", 50),
        ("9pc of its people", 9),
        ("4 in 10 staff", 40),
        ("15 percent to 20 percent of staff", 15),
        ("a tenth of its underwriters", 10),
    ],
)
def test_percent(text: str, low: float) -> None:
    (found,) = figures.percents(text)
    assert found.low == pytest.approx(low)


def test_all_of_a_number_is_no_percent() -> None:
    assert figures.percents("laid off all of its 140 employees") == []


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("last week", "2026-04", "month"),
        ("on Wednesday", "2026-04-15", "day"),
        ("yesterday", "2026-04-14", "day"),
        ("in February", "2026-02", "month"),
        ("last October", "2025-10", "month"),
        ("in January 2023", "2023-01", "month"),
        ("on Jan. 4", "2026-01-04", "day"),
        ("last year", "2025", "year"),
        ("four months ago", "2025-12", "month"),
        ("in Q2 2025", "2025-04", "quarter"),
    ],
)
def test_dates(text: str, value: str, precision: str) -> None:
    (found,) = dates.stated(text, date(2026, 4, 15))
    assert (found.value, found.precision) == (value, precision)


@pytest.mark.parametrize(
    ("text", "value", "future"),
    [
        ("it will lay off 316 workers in June", "2026-06", True),
        ("it might cut more in January", "2027-01", True),
        ("it laid off 316 workers in June", "2025-06", False),
        ("it will say on which day it cut them in June", "2025-06", False),
    ],
)
def test_what_is_to_come_is_in_the_next_month_of_that_name(text: str, value: str, future: bool) -> None:
    (found,) = dates.stated(text, date(2026, 4, 15))
    assert (found.value, found.future) == (value, future)


def test_the_end_of_a_fiscal_year_dates_nothing() -> None:
    assert dates.stated("in the fiscal year ending in June", date(2026, 4, 15)) == []


def test_relative_dates_need_the_article_s_own() -> None:
    assert dates.stated("last week, and on Tuesday", None) == []
