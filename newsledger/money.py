"""Dollars for an amount of any currency at a date, from the European Central Bank's reference rates.

The native amount stays the truth; a currency or a date without a rate has no dollars (null, never a guess).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from importlib.metadata import version

from currency_converter import CurrencyConverter, RateNotFoundError

GAP_DAYS = 7
"""The longest pause of the table (Easter, New Year) that the last rate before it fills."""

TAIL_DAYS = 120
"""How long after the end of the table its last rate still serves; later amounts stay native until a newer table."""


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in US dollars and where it comes from."""

    amount_usd: int
    rate: Decimal
    """Dollars for one unit of the currency, ten decimals."""
    rate_date: str | None
    """The day of the rate used, ISO; null for dollars themselves."""
    table: str
    """Name and version of the rate table."""


@cache
def _table() -> CurrencyConverter:
    return CurrencyConverter(decimal=True)


@cache
def table_version() -> str:
    """Return the name of the rate table: the package that carries it, its version and the table's last day."""
    return f"ECB {_last_day().isoformat()} (CurrencyConverter {version('currencyconverter')})"


@cache
def _last_day() -> dt.date:
    last: dt.date = _table().bounds["USD"].last_date
    return last


def _middle(date: str) -> dt.date:
    parts = [int(part) for part in date.split("-")]
    match parts:
        case [year]:
            return dt.date(year, 7, 1)
        case [year, month]:
            return dt.date(year, month, 15)
        case _:
            return dt.date(*parts[:3])


@cache
def _rate(currency: str, day: dt.date) -> tuple[Decimal, dt.date] | None:
    table = _table()
    if currency not in table.currencies:
        return None
    last = _last_day()
    if day > last:
        if (day - last).days > TAIL_DAYS:
            return None
        day = last
    for back in range(GAP_DAYS + 1):
        try:
            rate: Decimal = table.convert(Decimal(1), currency, "USD", day - dt.timedelta(days=back))
        except RateNotFoundError:
            continue
        return rate.quantize(Decimal("1e-10"), ROUND_HALF_EVEN), day - dt.timedelta(days=back)
    return None


def to_usd(amount: int, currency: str, date: str) -> Converted | None:
    """Convert whole units of a currency at a date into whole US dollars.

    `currency` is ISO 4217, `date` ISO text of a day, a month or a year (a month or year is taken at its middle).
    The rate is that of the day or, where the bank published none, of the last day before it. Null where the table
    has no such rate. Raises ValueError for a date that is none.
    """
    day = _middle(date)
    if currency == "USD":
        return Converted(amount, Decimal(1), None, table_version())
    found = _rate(currency, day)
    if found is None:
        return None
    rate, rate_date = found
    usd = int((Decimal(amount) * rate).to_integral_value(ROUND_HALF_EVEN))
    return Converted(usd, rate, rate_date.isoformat(), table_version())
