"""Dates of news: absolute and relative expressions, each with its precision; never more than the text says.

A relative word ("last week", "on Tuesday") needs the article's own date. Expressions that name when something will take
effect are told apart by their lead-in ("by", "effective", "through").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from newsledger.model import Precision
from nlp import prefilter


@dataclass(frozen=True, slots=True)
class Stated:
    """One date expression of a sentence; offsets count in the sentence."""

    value: str
    precision: Precision
    start: int
    end: int
    future: bool
    """True where it tells when something takes effect or ends."""
    relative: bool = False
    of_next: bool = False
    """True where it tells when that was after which the rest happened: "two months after its $5m seed"."""


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_DAYS = {
    name: i for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
MONTH = rf"(?:{MONTHS}|Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
"""A month in full, or as news agencies shorten it."""
_MONTH = rf"(?:{MONTHS}|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_NO_DAY = r"(?!,\d|\.\d|\s?(?:per\s?cent|pct|%))"
"""What makes a number after a month that of a figure: "in November 11,000 were dismissed"."""
_COUNT = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|\d{1,2})"
_NUMBERS = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
    )
} | {
    "a": 1,
    "an": 1,
}

_PATTERN = prefilter.Guarded(
    rf"(?P<iso>\b(?:19|20)\d\d-\d\d-\d\d\b)"
    rf"|(?P<mdy>\b(?P<m1>{_MONTH})\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y1>(?:19|20)\d\d))?\b){_NO_DAY}"
    rf"|(?P<dmy>\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:\sof)?\s(?P<m2>{_MONTH})(?:,?\s(?P<y2>(?:19|20)\d\d))?\b)"
    rf"|(?P<my>\b(?:(?:early|mid|late|last|this|next|the end of)[- ])?(?P<m3>{_MONTH}),?\s(?:of\s)?(?P<y3>(?:19|20)\d\d|last year|that year|this year|that same year)\b)"
    rf"|(?P<month>\b(?P<lead>in|since|last|this|that|by|from|for|early|mid|late|until|through|next|earlier in|starting|during|back in|and|to|between|of|its|the|until)[- ](?:early |mid-?|late |mid )?(?P<m4>{_MONTH})\b(?!,?\s(?:of\s)?(?:(?:19|20)\d\d\b|\d{{1,2}}(?:st|nd|rd|th)?\b{_NO_DAY}|last year|that year|this year)))"
    rf"|(?P<today>\b(?:today|this morning|this afternoon|this evening|earlier today)\b(?!'s))"
    rf"|(?P<yesterday>\b(?:yesterday|last night)\b)"
    rf"|(?P<weekday>\b(?:(?P<dlead>last|next|this|late|early|earlier)\s)?(?P<w>{_WEEKDAY})\b(?!'s))"
    rf"|(?P<week>\b(?:earlier\s)?(?P<wk>this|last|the past|the previous|next|this past)\sweek(?:end)?\b)"
    rf"|(?P<mon>\b(?:earlier\s|later\s)?(?P<mk>this|last|the previous|next)\smonth\b)"
    rf"|(?P<ago>\b(?P<n>{_COUNT}|a few|several|a couple of)\s(?P<unit>day|week|month|year)s?\s(?P<way>ago|earlier|before|prior|later|after)\b)"
    rf"|(?P<same>\b(?:the same|that same|that) (?:day|week|month)\b|\bthe following month\b)"
    rf"|(?P<quarter>\b(?:(?P<q>first|second|third|fourth|1st|2nd|3rd|4th)[- ](?:fiscal\s)?quarter(?:\s(?:of\s)?(?:fiscal\s)?(?P<qy>(?:19|20)\d\d|this year|last year))?|Q(?P<q2>[1-4])(?:\s(?:of\s)?(?P<qy2>(?:19|20)\d\d))?)\b)"
    rf"|(?P<season>\b(?:in|last|this|early|late|the)\s(?P<s>spring|summer|fall|autumn|winter)(?:\sof)?(?:\s(?P<sy>(?:19|20)\d\d))?\b)"
    rf"|(?P<yr>\b(?:earlier\s|later\s)?(?P<yk>this|last|the previous|next|that|the prior)\s(?:fiscal\s|calendar\s)?year\b(?!-)(?!'s))"
    rf"|(?P<year>\b(?:in|since|by|for|during|of|through|until|from|throughout|late|early|mid|back in|fiscal|FY|year|and|to|over)[- ]?(?:early |late |mid-?|fiscal |FY )?(?P<y>(?:19|20)\d\d)\b(?!\s(?:jobs|employees|workers|levels?)))",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"(?:\b(?:by|effective|until|through|starting|beginning|ending|before|from|as of|as early as|take effect|to be completed|expires?|"
    r"end of|until the|between|next|over the|will)\s(?:the\s)?(?:end\sof\s|middle of\s)?(?:on\s)?)$",
    re.IGNORECASE,
)


_OF_FISCAL_YEAR = re.compile(
    r"\b(?:year|quarter|months|period|half)\s(?:that\s|which\s)?(?:end(?:s|ed|ing)?|start(?:s|ed|ing)?|beg(?:ins|an|inning)|to|through)\s(?:on\s)?$",
    re.IGNORECASE,
)
"""What is before a date that only says when a fiscal year or quarter ends: "the three months to May"."""
_COMING = re.compile(
    r"\b(?:will|would|(?-i:may)|might|could|plans? to|(?:is|are|expected|scheduled|due|set) to)\b(?:(?!\b(?:after|since|when|which|who|than|from|said|announced|told|was|were|had|has|have)\b)[^,;.:])*$",
    re.IGNORECASE,
)
"""What is still to come, right before a month: "will lay off 40 in June"."""


_BY_ITS_END = re.compile(r"\b(?:by|until|through|before)\s(?:the\s)?(?:end|start|middle|beginning)\s$", re.IGNORECASE)
"""Before "of January", where that is a month still to come."""


def day(published: str | None) -> date | None:
    """Return the day of an ISO date or time, or None."""
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def stated(sentence: str, published: date | None, told: Callable[[], Stated | None] = lambda: None) -> list[Stated]:
    """Return the date expressions of a sentence, relative ones resolved against the article's own date.

    Those that hang on a date told before ("that month", "two weeks earlier") are resolved against the last one of the
    sentence, or against what `told` returns, the last one before it; without one, "earlier" is so before the article and
    the others are left out.
    """
    found: list[Stated] = []
    for m in _PATTERN.finditer(sentence):
        resolved = _resolve(m, published, found, told)
        if resolved:
            value, precision, relative = resolved
            lead = sentence[max(0, m.start() - 28) : m.start()]
            coming = False
            opens = (m["lead"] or "").lower()
            ends = opens == "of" and _BY_ITS_END.search(lead)
            told_ahead = opens == "in" and _COMING.search(sentence[: m.start()])
            if published and (ends or told_ahead):
                value, coming = _next(int(value[5:]), published)
            words = m.group().lower()
            future = (
                coming
                or bool(ends)
                or bool(_FUTURE.search(lead))
                or words.startswith(("by ", "until ", "through ", "next ", "later ", "starting ", "from "))
            )
            if _OF_FISCAL_YEAR.search(lead):
                continue
            if (words.startswith(("since ", "since-")) or lead.lower().endswith("since ")) and not sentence.startswith(
                ", when", m.end()
            ):
                continue
            if future and published is not None and _long_ago(value, published):
                future = False
            of_next = m["way"] is not None and m["way"].lower() == "after"
            found.append(Stated(value, precision, m.start(), m.end(), future, relative, of_next))
    return found


_NUMERIC = re.compile(r"\b(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>(?:19|20)\d\d)\b")


def of_notice(value: str) -> Stated | None:
    """Return the date of a field of an American notice, the month first: "01/09/2026" is 9 January."""
    if not (m := _NUMERIC.search(value)):
        return None
    a, b = int(m["a"]), int(m["b"])
    full = _iso(int(m["y"]), *((b, a) if a > 12 else (a, b)))
    return Stated(full[0], full[1], m.start(), m.end(), False) if full else None


def _long_ago(value: str, published: date) -> bool:
    """Whether a date's whole span lies before the article's month."""
    return value[:7] < published.isoformat()[: len(value[:7])]


def _next(month: int, today: date) -> tuple[str, bool]:
    """The coming one of a month, and whether it lies after today's."""
    year = today.year + (month < today.month)
    return f"{year:04}-{month:02}", (year, month) > (today.year, today.month)


def _month(words: str) -> int:
    return _MONTHS[words.lower().rstrip(".")]


def _iso(year: int, month: int, dom: int) -> tuple[str, Precision] | None:
    try:
        return date(year, month, dom).isoformat(), "day"
    except ValueError:
        return None


def _back(today: date, months: int) -> tuple[int, int]:
    index = today.year * 12 + today.month - 1 - months
    return index // 12, index % 12 + 1


def _nearest_year(month: int, dom: int, today: date) -> int:
    """The year that puts a month and day nearest before the article, at most four months after it."""
    try:
        this = date(today.year, month, dom)
    except ValueError:
        return today.year
    return today.year - 1 if (this - today).days > 125 else today.year


def _resolve(
    m: re.Match[str], today: date | None, here: Sequence[Stated], told: Callable[[], Stated | None]
) -> tuple[str, Precision, bool] | None:
    """Return what a match tells, its precision, and whether that hangs on another date: the article's, or one told before.

    `here` are the dates before it in its sentence, `told` returns the last one before that.
    """
    relative = True

    def last() -> Stated | None:
        return here[-1] if here else told()

    if m["iso"]:
        try:
            return date.fromisoformat(m["iso"]).isoformat(), "day", False
        except ValueError:
            return None
    if m["mdy"] or m["dmy"]:
        month = _month(m["m1"] or m["m2"])
        dom = int(m["d1"] or m["d2"])
        year_words = m["y1"] or m["y2"]
        if not year_words and today is None:
            return None
        year = int(year_words) if year_words else _nearest_year(month, dom, today or date.min)
        full = _iso(year, month, dom)
        return (*full, not year_words) if full else None
    if m["my"]:
        month = _month(m["m3"])
        if m["y3"].isdigit():
            return f"{int(m['y3']):04}-{month:02}", "month", False
        words = m["y3"].lower()
        if words in ("last year", "this year"):
            return (f"{today.year - (words[0] == 'l'):04}-{month:02}", "month", True) if today else None
        return (f"{before.value[:4]}-{month:02}", "month", True) if (before := last()) else None
    if m["year"]:
        return m["y"], "year", False
    if m["quarter"]:
        number = (
            int(m["q2"]) if m["q2"] else {"f": 1, "s": 2, "t": 3, "1": 1, "2": 2, "3": 3, "4": 4}[m["q"][0].lower()]
        )
        if m["q"] and m["q"].lower().startswith("four"):
            number = 4
        year_words = m["qy"] or m["qy2"]
        if year_words and year_words.isdigit():
            return f"{int(year_words):04}-{number * 3 - 2:02}", "quarter", False
        return None
    if m["season"] and m["sy"]:
        return m["sy"], "year", False
    if m["same"]:
        before = last()
        if m["same"].lower() == "the following month":
            return _apart(before, "one", "month", 1)
        return (before.value, before.precision, relative) if before else None
    if m["month"] and m["lead"].lower() == "that" and (before := last()):
        return f"{before.value[:4]}-{_month(m['m4']):02}", "month", relative
    if today is None:
        return None
    if m["month"]:
        month = _month(m["m4"])
        if m["m4"].lower() == "may" and m["m4"][0] != "M":
            return None
        lead = m["lead"].lower()
        year = today.year + (lead in _UP_TO and today.month - month > 6)
        ahead = lead in ("by", "until", "through", "next", "starting", "this", "from", "to", "of")
        if month > today.month + (4 if ahead else 0) or (lead == "last" and month == today.month):
            year -= 1
        return f"{year:04}-{month:02}", "month", relative
    if m["today"]:
        return today.isoformat(), "day", relative
    if m["yesterday"]:
        return (today - timedelta(days=1)).isoformat(), "day", relative
    if m["weekday"]:
        back = (today.weekday() - _DAYS[m["w"].lower()]) % 7
        lead = (m["dlead"] or "").lower()
        if lead == "next":
            return (today + timedelta(days=(7 - back) % 7 or 7)).isoformat(), "day", relative
        if lead == "last" and back == 0:
            back = 7
        return (today - timedelta(days=back)).isoformat(), "day", relative
    if m["week"]:
        kind = m["wk"].lower()
        weekend = m["week"].lower().endswith("weekend")
        shift = 0 if kind == "this" else -7 if kind == "next" else 7
        if weekend:
            saturday = today - timedelta(days=(today.weekday() - 5) % 7)
            return _cut((saturday + timedelta(days=7 if kind == "next" else 0)).isoformat(), 7), "month", relative
        return _cut((today - timedelta(days=shift)).isoformat(), 7), "month", relative
    if m["mon"]:
        kind = m["mk"].lower()
        year, month = _back(today, 0 if kind == "this" else -1 if kind == "next" else 1)
        return f"{year:04}-{month:02}", "month", relative
    if m["ago"]:
        words, unit, way = m["n"].lower(), m["unit"].lower(), m["way"].lower()
        if way != "ago":
            before = (here[-1] if here else None) if way == "after" else last()
            if apart := _apart(before, words, unit, 1 if way == "later" else -1):
                return apart
        if way == "later":
            return None
        if words in ("a few", "several"):
            return None if unit != "week" else (_cut((today - timedelta(days=21)).isoformat(), 7), "month", relative)
        return _apart(Stated(today.isoformat(), "day", 0, 0, False), words, unit, -1)
    if m["season"]:
        year = today.year
        month = {"spring": 4, "summer": 7, "fall": 10, "autumn": 10, "winter": 1}[m["s"].lower()]
        if month > today.month or (m["season"].lower().startswith("last") and month + 2 >= today.month):
            year -= 1
        return f"{year:04}", "year", relative
    if m["yr"]:
        kind = m["yk"].lower()
        if kind in ("that", "the prior", "the previous"):
            return None
        shift = 0 if kind == "this" else -1 if kind == "next" else 1
        return f"{today.year - shift:04}", "year", relative
    return None


_UP_TO = ("by", "until", "through", "next", "starting")
"""Before a month still to come: "by January", said in November, is the next."""


def _apart(before: Stated | None, words: str, unit: str, direction: int) -> tuple[str, Precision, bool] | None:
    """Return the day, month or year that lies so many units before or after a date; None where that is too vague."""
    count = 2 if words == "a couple of" else int(words) if words.isdigit() else _NUMBERS.get(words)
    if before is None or count is None or before.precision not in ("day", "month", "year"):
        return None
    if unit == "year":
        return f"{int(before.value[:4]) + direction * count:04}", "year", True
    if before.precision == "year":
        return None
    if unit == "month":
        year, month = _back(date.fromisoformat(f"{before.value[:7]}-01"), -direction * count)
        return f"{year:04}-{month:02}", "month", True
    if before.precision == "month":
        return None
    days = timedelta(days=direction * count * (7 if unit == "week" else 1))
    value = (date.fromisoformat(before.value) + days).isoformat()
    return (value, "day", True) if unit == "day" else (_cut(value, 7), "month", True)


def _cut(iso: str, length: int) -> str:
    return iso[:length]
