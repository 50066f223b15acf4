"""Dollars at the date of the event, or none."""

import datetime as dt
from decimal import Decimal

import pytest

from newsledger.money import TAIL_DAYS, to_usd


def test_a_dollar_is_a_dollar_at_any_date() -> None:
    for date in ("1965", "2024-02-03", "2031-01-01"):
        found = to_usd(5_000_000_000, "USD", date)
        assert found is not None
        assert (found.amount_usd, found.rate) == (5_000_000_000, Decimal(1))


def test_euro_at_a_working_day_uses_that_days_reference_rate() -> None:
    found = to_usd(2_000_000_000, "EUR", "2024-03-15")
    assert found is not None
    assert found.rate == Decimal("1.0892")  # published by the bank for 15 March 2024
    assert found.amount_usd == 2_178_400_000
    assert found.rate_date == "2024-03-15"
    assert "ECB" in found.table


def test_a_weekend_takes_the_friday_before_and_says_so() -> None:
    saturday, friday = to_usd(1_000_000, "GBP", "2024-03-16"), to_usd(1_000_000, "GBP", "2024-03-15")
    assert saturday is not None
    assert friday is not None
    assert saturday == friday
    assert saturday.rate_date == "2024-03-15"


def test_months_and_years_are_taken_at_their_middle() -> None:
    month, day = to_usd(10**12, "JPY", "2024-03"), to_usd(10**12, "JPY", "2024-03-15")
    assert month == day
    year = to_usd(10**12, "JPY", "2024")
    assert year is not None
    assert year.rate_date == "2024-07-01"


@pytest.mark.parametrize(
    ("currency", "date"),
    [
        ("TWD", "2024-03-15"),  # not in the table
        ("AED", "2024-03-15"),
        ("XYZ", "2024-03-15"),
        ("GBP", "1990-01-02"),  # before the table
        ("GBP", "2060-01-02"),  # long after it
        ("RUB", "2023-01-10"),  # the bank stopped
    ],
)
def test_no_rate_no_dollars(currency: str, date: str) -> None:
    assert to_usd(1_000, currency, date) is None


def test_shortly_after_the_table_ends_its_last_rate_serves_with_its_own_date() -> None:
    last = to_usd(1_000, "EUR", "2026-10-30")
    assert last is not None
    end = dt.date.fromisoformat(last.table.split()[1])
    later = to_usd(1_000, "EUR", (end + dt.timedelta(days=TAIL_DAYS)).isoformat())
    assert later is not None
    assert later.rate_date == end.isoformat()
    assert to_usd(1_000, "EUR", (end + dt.timedelta(days=TAIL_DAYS + 1)).isoformat()) is None


def test_lakh_and_crore_sums_stay_exact() -> None:
    found = to_usd(12_000_000_000, "INR", "2024-03-15")
    assert found is not None
    assert found.amount_usd == int((Decimal(12_000_000_000) * found.rate).to_integral_value())


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        to_usd(1, "EUR", "2024-13-40")
