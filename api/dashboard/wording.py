"""Figures, dates and names as people read them: "12,400 jobs", "about $1.2bn", "March 2025"."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "CAD": "C$",
    "AUD": "A$",
    "SGD": "S$",
    "HKD": "HK$",
    "TWD": "NT$",
    "ILS": "₪",
    "BRL": "R$",
}
HEDGES = {"about": "about ", "at_least": "at least ", "at_most": "up to ", "exact": ""}

KINDS = {
    "layoff": "Layoff",
    "buyout": "Voluntary buyout",
    "attrition": "Attrition",
    "closure": "Closure",
    "capex": "Capital spending",
    "funding": "Funding round",
    "stake": "Stake",
    "acquisition": "Acquisition",
    "contract": "Contract",
    "fund": "Fund",
}
STAGES = {
    "reported": "Reported",
    "announced": "Announced",
    "filed": "Filed",
    "under_way": "Under way",
    "completed": "Completed",
    "signed": "Signed",
    "closed": "Closed",
    "cancelled": "Cancelled",
    "denied": "Denied",
}
AI_RELATIONS = {
    "cause": "AI given as the reason",
    "shift": "Money or roles moved to AI",
    "context": "AI mentioned in passing",
    "used_to_select": "AI used to choose who goes",
    "denied": "AI denied as the reason",
    "none": "No tie to AI",
}
BASES = {"guidance": "Guidance", "pledge": "Pledge", "deal": "Deal", "booked": "Booked"}
TYPES = {"layoff": "Job cuts", "ai_investment": "AI investments"}
SOURCE_KINDS = {
    "news": "News",
    "wire": "Wire",
    "newsroom": "Company newsroom",
    "regulator": "Regulator",
    "discovery": "Discovery",
    "archive": "Archive",
}
METRICS = {
    "layoff_events": "Job cuts: events, whole ones only, never parts of a stated total.",
    "jobs_cut": "Jobs cut, in persons, where a number is stated; jobs_cut_low and jobs_cut_high span the sources.",
    "percent_only_events": "Job cuts told only as a percentage; they add nothing to jobs_cut.",
    "ai_cited_events": "Job cuts that the text ties to AI as the reason or the aim.",
    "ai_cited_jobs": "The jobs of those.",
    "ai_cited_share": "ai_cited_jobs divided by jobs_cut, from 0 to 1.",
    "ai_events": "AI investments: events.",
    "ai_usd_out": "US dollars announced as capital spending, stakes, acquisitions, contracts and funds.",
    "ai_usd_in": "US dollars raised in funding rounds; never added to ai_usd_out.",
    "ai_usd_booked": "US dollars reported as already spent; never added to what is announced.",
    "unconverted_events": "AI investments whose amount has no dollar rate; in no sum.",
    "denied_events": "Events denied or cancelled; in no other metric.",
    "jobs_per_usd_bn": "jobs_cut for each billion of ai_usd_out: two sums side by side.",
}
SPEAKERS = {
    "employer": "the employer",
    "executive": "an executive",
    "filing": "a filing",
    "press": "the press",
    "analyst": "an analyst",
    "union": "a union",
}


def grouped(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands separated, or an en dash where it is unknown."""
    return "–" if value is None else f"{value:,.{digits}f}"


def short(value: float | None) -> str:
    """Return a number to three figures with its scale: 12.4k, 1.2m, 3.4bn."""
    if value is None:
        return "–"
    for scale, name in ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= scale * 0.9995:
            base = scale if name != "k" else 1e3
            return f"{value / base:.3g}{name}" if abs(value) < base * 999.5 else f"{value / base:,.0f}{name}"
    return f"{value:,.0f}"


def money(value: float | None, currency: str | None = "USD") -> str:
    """Return an amount of money to three figures, with its currency: $1.2bn, €300m, 12bn SEK."""
    if value is None:
        return "–"
    symbol = SYMBOLS.get(currency or "")
    return f"{symbol}{short(value)}" if symbol else f"{short(value)} {currency or 'of unknown currency'}"


def percent(value: float | None) -> str:
    """Return a percentage from 0 to 100 without needless digits: 17 %, 33.3 %."""
    return "–" if value is None else f"{value:.1f}".removesuffix(".0") + "%"


def figure(event: Any) -> str:
    """Return the figure of an event or claim in words: "about 1,200 jobs", "10% of workforce", "€2bn–€3bn"."""
    if event.type == "layoff":
        if event.count is not None:
            hedge = HEDGES.get(event.count_qualifier or "exact", "")
            high = f"–{event.count_high:,}" if is_range(event) else ""
            return f"{hedge}{event.count:,}{high} {'job' if event.count == 1 and not high else 'jobs'}"
        if event.percent is not None:
            return f"{percent(event.percent)} of {event.percent_of or 'staff'}"
        return "number not stated"
    if event.amount is not None:
        hedge = HEDGES.get(event.amount_qualifier or "exact", "")
        high = f"–{money(event.amount_high, event.currency)}" if is_range(event) else ""
        return f"{hedge}{money(event.amount, event.currency)}{high}"
    return "amount not stated"


def is_range(item: Any) -> bool:
    """Whether a claim itself states a range (an event's low and high span its claims instead)."""
    if hasattr(item, "count_low"):
        return False
    high, low = (item.count_high, item.count) if item.type == "layoff" else (item.amount_high, item.amount)
    return high is not None and low is not None and high != low


def day(value: str | date | datetime | None, precision: str | None = None) -> str:
    """Return a date as known: 14 March 2025, March 2025, Q1 2025, 2025; an en dash where it is unknown."""
    if value is None:
        return "–"
    text = value.isoformat()[:10] if isinstance(value, date) else value[:10]
    parts = [int(part) for part in text.split("-")]
    if precision == "year" or len(parts) == 1:
        return str(parts[0])
    if precision == "quarter":
        return f"Q{(parts[1] + 2) // 3} {parts[0]}"
    if precision == "month" or len(parts) == 2:
        return f"{MONTHS[parts[1] - 1]} {parts[0]}"
    return f"{parts[2]} {MONTHS[parts[1] - 1]} {parts[0]}"


def short_day(value: str | None, precision: str | None = None) -> str:
    """Return a date as `day` does, with the month cut to three letters."""
    words = day(value, precision)
    return next((words.replace(month, month[:3]) for month in MONTHS if month in words), words)


def instant(value: datetime | None) -> str:
    """Return a UTC time to the minute: 14 March 2025, 16:05 UTC."""
    if value is None:
        return "–"
    moment = value.astimezone(UTC) if value.tzinfo else value
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} UTC"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: 1 claim, 1,200 claims."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def summary(event: Any) -> str:
    """Return an event in one sentence, hedged as its stage is."""
    when = {"day": "on ", "month": "in ", "quarter": "in ", "year": "in "}.get(event.date_precision or "", "")
    date = (
        f", {'dated' if event.date_basis == 'stated' else 'first told'} {when}{day(event.date, event.date_precision)}"
    )
    what = f"{KINDS[event.kind]} at {event.company}: {figure(event)}"
    stage = {
        "reported": "Reported, not confirmed",
        "denied": "Denied",
        "cancelled": "Cancelled",
    }.get(event.stage, STAGES[event.stage])
    return f"{what}{date if event.date else ''}. {stage}."
