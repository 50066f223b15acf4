"""When a page was published: reading the forms that pages and feeds write, and refusing what cannot be."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from newsledger.model import Precision

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it there was no news on the web: 1970 and its like are broken clocks."""
AHEAD = timedelta(days=1)
"""How far a page's clock, or its missing time zone, may run ahead of ours."""

_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?")
_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT)$|\s*\[[^\]]*\]$")
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")


class Moment(NamedTuple):
    """A time in UTC, and how much of it was written."""

    at: datetime
    precision: Precision


def plausible(at: datetime, now: datetime) -> datetime | None:
    """Return a publication time in UTC, or None for one that cannot be: before the web, or a day and more ahead.

    A time less than a day ahead of `now` (UTC, the moment of fetching) is a wrong zone or clock, and becomes `now`.
    A time without a zone is taken as UTC.
    """
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at < EARLIEST or at > now + AHEAD:
        return None
    return min(at, now)


def parse_time(text: str, now: datetime) -> Moment | None:
    """Return the moment that an ISO 8601 or RFC 822 text states, or None where it states none that can be."""
    text = text.strip()
    precision: Precision = "day"
    try:
        if match := _YEAR.fullmatch(text):
            precision = "year" if match[2] is None else "month"
            at = datetime(int(match[1]), int(match[2] or 1), 1, tzinfo=UTC)
        elif text[:4].isdigit():
            at = datetime.fromisoformat(_SPACED_OFFSET.sub("", _ZONE_NAME.sub("", text)))
        else:
            at = parsedate_to_datetime(text)
        possible = plausible(at, now)
    except (ValueError, OverflowError):
        return None
    return Moment(possible, precision) if possible else None


def written_precision(at: datetime, text: str) -> Precision:
    """Return how much of a date stands in a text.

    A date finder that met no more than a year or month fills in the first day: only for that day is there a question.
    """
    if at.day != 1:
        return "day"
    month = rf"(?:{at:%B}|{at:%b})\.?"
    forms = (
        rf"{at:%Y}[-/.]?0?{at.month}[-/.]?0?1(?!\d)",
        rf"\b0?{at.month}[/.-]0?1[/.-](?:{at:%Y}|{at:%y})\b",
        rf"\b0?1[/.-]0?{at.month}[/.-](?:{at:%Y}|{at:%y})\b",
        rf"\b{month}\s+0?1(?:st)?\b",
        rf"\b0?1(?:st)?\s+(?:of\s+)?{month}",
    )
    if re.search("|".join(forms), text, re.IGNORECASE):
        return "day"
    return "year" if at.month == 1 else "month"
