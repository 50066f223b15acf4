"""A claim as reconciliation sees it: its company, when it can have happened, and which figures it allows."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from newsledger.companies import Resolver
from newsledger.model import Claim, Precision, SourcedClaim
from newsledger.money import Converted
from newsledger.reconcile.cues import AMENDED, ANOTHER, CANCELLED, COMPLETED

Rates = Callable[[int, str, str], Converted | None]
"""Amount, currency, ISO date → dollars, or null where there is no rate."""

SAME = 0.02
"""Figures no further apart than this share are one figure told twice."""

HEDGE = 0.10
"""How far "about", "more than" and "up to" may reach from their number."""

FX_DRIFT = 0.06
"""How far two currencies' views of one amount may lie apart: rounding and the day of the rate."""

TELLING = 60
"""Days back that news told as current may lie; later it is told with its date."""

RUMOUR = 120
"""Days ahead that a plan or rumour may come true."""

AFTERMATH = 400
"""Days back that a happening may lie whose end is told."""

MEMORY = 1100
"""Days back that undated background may lie."""


@dataclass(frozen=True, slots=True)
class Span:
    """Two ends of an interval, both in it."""

    low: float
    high: float

    def meet(self, other: Span) -> Span:
        """Return what both allow; its ends are crossed by the distance between the two where they do not meet."""
        return Span(max(self.low, other.low), min(self.high, other.high))

    @property
    def gap(self) -> float:
        """Distance between the two intervals that met here; 0 or less where they overlap."""
        return self.low - self.high


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One claim with everything that reconciliation asks of it worked out once."""

    sourced: SourcedClaim
    company_id: str
    others: tuple[str, ...]
    """Company ids of the counterparties, in the order of the claim."""
    said: tuple[str, ...]
    """The same as the text names them."""
    told: int
    """Day number of the article."""
    dated: bool
    """Whether the day of the article is known, not only that of its fetching."""
    stated: Span | None
    """Days that the claim itself states, widened by what "last year" may mean; null where it states none."""
    when: Span
    """Days on which the happening can have been announced."""
    count: Span | None
    percent: Span | None
    amount: Span | None
    """In whole units of the claim's own currency."""
    usd: Span | None
    another: bool
    amended: bool

    @property
    def claim(self) -> Claim:
        """The claim itself."""
        return self.sourced.claim

    @property
    def has_figure(self) -> bool:
        """Whether it carries any figure."""
        return self.count is not None or self.percent is not None or self.amount is not None

    @property
    def order(self) -> tuple[int, str, str]:
        """Place in time and, within a day, by id: the same whatever order claims arrived in."""
        return self.told, self.sourced.claim.article_id, self.sourced.claim.id


def days(date: str, precision: Precision | None = None) -> tuple[int, int]:
    """Return the first and last day number of ISO text cut to what is known; a quarter is dated by its first month.

    Raises ValueError for text that is no such date.
    """
    parts = [int(part) for part in date.split("-")]
    if precision == "year" or len(parts) == 1:
        return dt.date(parts[0], 1, 1).toordinal(), dt.date(parts[0], 12, 31).toordinal()
    if precision == "quarter" or precision == "month" or len(parts) == 2:
        last = min(parts[1] + 2, 12) if precision == "quarter" else parts[1]
        end = dt.date(parts[0], last, calendar.monthrange(parts[0], last)[1])
        return dt.date(parts[0], parts[1], 1).toordinal(), end.toordinal()
    day = dt.date(*parts[:3]).toordinal()
    return day, day


def _span(low: float, high: float | None, qualifier: str | None) -> Span:
    top = high if high is not None else low
    match qualifier:
        case "about":
            return Span(low * (1 - HEDGE), top * (1 + HEDGE))
        case "at_least":
            return Span(low * (1 - SAME / 2), top * (1 + HEDGE))
        case "at_most":
            return Span(low * (1 - HEDGE), top * (1 + SAME / 2))
        case _:
            return Span(low * (1 - SAME / 2), top * (1 + SAME / 2))


def _dollars(span: Span, claim: Claim, date: str, rates: Rates) -> Span | None:
    if claim.currency is None:
        return None
    found = rates(10**9, claim.currency, date)
    if found is None:
        return None
    rate = float(Decimal(found.amount_usd) / 10**9)
    drift = 0.0 if claim.currency == "USD" else FX_DRIFT
    return Span(span.low * rate * (1 - drift), span.high * rate * (1 + drift))


def company_of(sourced: SourcedClaim, resolver: Resolver) -> str:
    """Return the id of the claim's company: a person's decision, then what the name means, then the reader's answer.

    The name comes before the reader's answer, which was right by the catalogue of its day.
    Raises ValueError for a name without a letter or digit.
    """
    claim = sourced.claim
    decided = resolver.decided(claim.company)
    if decided is not None:
        return decided
    on = sourced.published.date().isoformat() if sourced.published else None
    context = f"{sourced.title}\n{claim.sentence.quote}"
    if claim.company_id is not None and resolver.resolve(claim.company, context=context, on=on) is None:
        return resolver.final(claim.company_id)
    return resolver.key(claim.company, context=context, on=on)


def others_of(sourced: SourcedClaim, resolver: Resolver) -> dict[str, str]:
    """Return company id → name as said of the claim's counterparties; names without a letter or digit are left out."""
    found: dict[str, str] = {}
    for name in sourced.claim.counterparty:
        if any(c.isalnum() for c in name):
            found.setdefault(resolver.key(name), name)
    return found


def read(sourced: SourcedClaim, resolver: Resolver, rates: Rates) -> Reading:
    """Work out one claim. Raises ValueError where its company's name has no letter or its date is none."""
    claim = sourced.claim
    moment = sourced.published or sourced.fetched_at
    told = moment.date().toordinal()
    text = claim.sentence.quote
    another = ANOTHER.search(text) is not None

    stated: Span | None = None
    if claim.date is not None:
        first, last = days(claim.date, claim.date_precision)
        slack = {"year": 31, "quarter": 15, "month": 5}.get(
            claim.date_precision or "", 31 if len(claim.date) == 4 else 5
        )
        if len(claim.date) == 10 and claim.date_precision in (None, "day"):
            slack = 0
        if first <= told + 3 or sourced.published is None:  # a later day is when it takes effect, not when it was told
            stated = Span(first - slack, min(last + slack, max(told, first)) if sourced.published else last + slack)
    if stated is not None:
        when = Span(stated.low, stated.high + (RUMOUR if claim.status == "reported" and claim.time == "current" else 0))
    elif claim.time == "past":
        when = Span(told - MEMORY, told)
    elif sourced.published is None:
        when = Span(told - MEMORY, told + (RUMOUR if claim.status == "reported" else 0))
    elif COMPLETED.search(text) or CANCELLED.search(text):
        when = Span(told - AFTERMATH, told)
    elif another and claim.time == "current":
        when = Span(told - 10, told + (RUMOUR if claim.status == "reported" else 0))
    else:
        when = Span(told - TELLING, told + (RUMOUR if claim.status == "reported" else 0))

    count = None if claim.count is None else _span(claim.count, claim.count_high, claim.count_qualifier)
    percent = None
    if claim.percent is not None:
        percent = Span(claim.percent * (1 - SAME) - 0.34, claim.percent * (1 + SAME) + 0.34)
    amount = usd = None
    if claim.amount is not None:
        amount = _span(claim.amount, claim.amount_high, claim.amount_qualifier)
        usd = _dollars(amount, claim, moment.date().isoformat(), rates)
    said = others_of(sourced, resolver)
    return Reading(
        sourced=sourced,
        company_id=company_of(sourced, resolver),
        others=tuple(said),
        said=tuple(said.values()),
        told=told,
        dated=sourced.published is not None,
        stated=stated,
        when=when,
        count=count,
        percent=percent,
        amount=amount,
        usd=usd,
        another=another,
        amended=AMENDED.search(text) is not None,
    )
