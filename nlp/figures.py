"""The grammar of figures: people counts, percents and fractions, and money, each from one contiguous expression.

Every figure's value is that of its own words: nothing is computed from two expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from newsledger.model import Qualifier
from nlp import dates, prefilter

FigureKind = Literal["people", "bare", "percent", "money"]

MOST_PER_SENTENCE = 60
"""Figures of one sentence that are read; a table row has more, an event never."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a sentence. Offsets count in the sentence."""

    kind: FigureKind
    low: float
    high: float | None
    qualifier: Qualifier
    start: int
    """Where it begins, hedge words and all."""
    end: int
    """Where it ends, with its noun or base."""
    value_start: int
    value_end: int
    """The words of the value alone."""
    currency: str | None = None
    noun: str = ""
    """The people's noun ("employees"), or a percent's base ("workforce")."""
    base: str = ""
    """The base of a percent in the text's words ("its cloud unit")."""
    converted: tuple[float, str] | None = None
    """The same money in another currency, as the text gives it in brackets."""


_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_SMALL = {word: value for value, word in enumerate(_UNITS)} | _TENS
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 10**9, "dozen": 12}
_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
NUMBER_WORDS = rf"(?:(?:{_WORD}) and a half (?:thousand|hundred|million)|(?:{_WORD}|a|half a)(?:[- ](?:{_WORD}))?(?:[- ](?:hundred|thousand|dozen)(?:[- ](?:and )?(?:{_WORD}))*)+|(?:{_WORD})(?:-(?:{_WORD}))?)"
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_NUMBER = rf"(?:{DIGITS}(?:\s?[kK]\b|\s(?:thousand|hundred|million)\b)?|{NUMBER_WORDS})"

_HEDGES: tuple[tuple[str, Qualifier], ...] = (
    (
        r"just under|under|(?:no |not )?more than|less than|fewer than|below|up to|as many as|as much as|at most|a maximum of",
        "at_most",
    ),
    (
        r"just over|over|at least|no fewer than|no less than|upwards? of|north of|exceeding|in excess of|above|well over|not less than",
        "at_least",
    ),
    (
        r"about|around|roughly|nearly|almost|approximately|approx\.?|some|an estimated|estimated|close to|circa|~|another|an additional|additional|a further|a total of|an overall|overall|a combined|further|an added|an extra|extra|a whopping|a staggering|a record|an initial|a new|new|fresh|its|the|his|a|an",
        "about",
    ),
)
HEDGES = "|".join(words for words, _ in _HEDGES)
"""Words before a figure that say how exact it is."""
_HEDGE = re.compile(rf"(?<![\w-])(?:(?:{HEDGES})(?:\s|(?<=~)|(?=~))\s?){{1,3}}$", re.IGNORECASE)
_HEDGE_ENDS = tuple({re.sub(r"\W", "", words.rsplit(" ", 1)[-1]) for words in HEDGES.split("|")} - {""} | {"~"})
"""The last words of all hedges."""
_NOT_BEFORE = r"\w$€£¥₹₩.,/"
_START = rf"(?<![{_NOT_BEFORE}])"
"""Where a number may begin."""

PEOPLE = (
    r"(?:job cuts?|job losses|jobs?|roles?|positions?|posts?|employees?|workers?|staffers?|staff(?: members| roles)?|people|"
    r"persons?|personnel|members of staff|team members|colleagues|associates|engineers|managers|executives|contractors|"
    r"teachers|journalists|reporters|pilots|drivers|miners|bankers|developers|lay-?offs|redundancies|job losses|"
    r"dismissals|headcount|employments?|agents|flight attendants|professionals|individuals|hands|salaried|workforce|"
    r"full-time equivalents?|FTEs?|crew|technicians|recruiters|moderators|programmers|faculty|nurses|"
    r"analysts|editors|operators|processors|annotators|inspectors|instructors|supervisors|translators|administrators|auditors|advis[eo]rs|coordinators|"
    r"paralegals|clerks|trainees|apprentices|interns|guards|academics|mechanics|electricians|freelancers|specialists|representatives|salespeople|lawyers|"
    r"negotiators|tellers|crew members|researchers|scientists|consultants|partners|retrenchments|firings|staff cuts|reductions|cuts|colleagues|"
    r"(?!(?:custom|us|numb|oth|ord|memb|pap|read|subscrib|view|play|follow|invest|comput|serv|own|off|pow|low|high|long|short|bett|great|larg|small|start|shareholder|consum|shopp|"
    r"passeng|visitor|travel|us|mak|suppli|deal|provid|found|lead|numb|quart|lett|cent|chapt|cov|trail|monst|spons|advertis|borrow|hold|comp)ers?\b)[a-z]{2,}(?:workers|hands|ers|ists|ants|men))"
)
_ADJECTIVES = (
    r"(?:(?!(?:of|to|from|in|at|by|and|or|as|on|for|over|since|per|its|the|their|were|will|was|a|after|with|during|"
    r"million|billion|percent|who|that|which|have|has|is|are|could|would|may|next|last|this|amid|than|because|"
    r"years?|months?|weeks?|days?|hours?|points?|times|stores|shops|offices|countries|customers|users)\b)"
    r"[A-Za-z][\w'&./-]*(?:, | and |,? )){0,5}?"
)

_SPACED = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+"
"""Digits in groups with a space between, as in South Africa and France: "1 710 employees"."""
PEOPLE_COUNT = (
    rf"{_START}(?P<value>(?:between )?(?P<low>{_SPACED}|{_NUMBER})(?:\s?(?:-|to|and|or)\s?(?P<high>{_NUMBER}))?)"
    rf"(?P<tail>(?:(?<=\d\d)\sof\s(?:its|their|our)\b)?\+?[- ](?P<more>more |additional |other |further )?{_ADJECTIVES}(?P<noun>{PEOPLE})\b)"
)
_PEOPLE = prefilter.Beginning(PEOPLE_COUNT, re.IGNORECASE, not_after=_NOT_BEFORE)
_BARE = prefilter.Beginning(
    rf"{_START}(?P<value>(?P<low>{DIGITS}(?:\s?[kK]\b|\s(?:thousand|hundred)\b)?|{NUMBER_WORDS})"
    rf"(?:\s?(?:-|to)\s?(?P<high>{DIGITS}(?:\s?[kK]\b)?))?)(?P<tail>)(?P<noun>)(?P<more>)(?![\w%]|\.\d|,\d|\s?(?:%|percent|per cent))",
    re.IGNORECASE,
    not_after=_NOT_BEFORE,
)

_FRACTIONS = {
    "half": 50.0,
    "third": 33.3,
    "quarter": 25.0,
    "fourth": 25.0,
    "fifth": 20.0,
    "sixth": 16.7,
    "seventh": 14.3,
    "eighth": 12.5,
    "tenth": 10.0,
}
_PLURAL = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3}
_FRACTION = (
    r"(?:(?:(?:a|one)[- ](?:third|quarter|fourth|fifth|sixth|seventh|eighth|tenth|half)|half)(?! (?:a )?(?:hundred|thousand|million|dozen)\b)|"
    r"(?:two|three|four)[- ](?:thirds|quarters|fourths|fifths|tenths))"
)
_ONE_IN = (
    r"(?:(?:one|two|three|four|1|2|3)[- ](?:in|out of)(?: every)?[- ]"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|\d{1,2})"
    r"|(?:five|six|seven|eight|nine|[4-9])[- ](?:in|out of)(?: every)?[- ](?:ten|10)(?=\s(?:of\s)?(?:[\w'-]+\s){0,2}(?:staff|employees|workers|jobs|roles)\b))"
)
_ENTIRE = r"(?:(?:its|their|the|his) (?:entire|whole)|all(?: of)? (?:its|their|the)|entire)"
_OF_WHAT = (
    rf"\s?(?:\(\w+%\)\s)?(?:of|in)\s(?!(?:{dates.MONTHS}|20\d\d)\b)(?P<base>(?!it,)(?:(?:the|its|their|his|her|all|our|a|[\w&.'-]+'s?)\s)?"
    r"(?:(?!(?:to|from|by|was|were|after|with|lose|loses|losing|must|will|would|value|valuation|revenues?|profits?|shares|users|customers|subscribers|money|cash|laid|sacked|fired|shed|cut|eliminated|dropped|axed|trimmed|slashed|dismissed|reduced|let|lost)\b)(?:[\w&.'$-]|,(?!\s(?:about|around|some|roughly|nearly|almost|approximately|or|\d)))+\s){0,6}?(?P<noun>workforce|work force|staff|staffers|employees|workers|headcount|head count|jobs|"
    r"roles|positions|payroll|personnel|team|people|company|labou?r force|employee base|managers|posts|labou?r|"
    r"employment|engineers|members|ranks|teams|consultants|analysts|underwriters|journalists|reporters|editors|developers|programmers|designers|recruiters|traders|bankers|"
    r"pilots|nurses|agents|moderators|contractors|executives|technicians|researchers|scientists|lawyers|sales ?force|screeners|firm|department|division|unit|business|office|group)\b)"
    r"|\s(?P<base2>(?!of\b|in\b|to\b|from\b|by\b)(?:[a-z-]+ ){0,2}(?P<noun2>jobs|workers|employees|roles|staff|positions|workforce|people|headcount|staffers)\b)"
)
PERCENT_VALUE = (
    r"(?P<value>(?:between )?(?P<low>\d+(?:\.\d+)?)(?:\s?%|\s(?:percent|per cent)(?=\sto\s))?(?:\s?(?:-|to|and)\s?(?P<high>\d+(?:\.\d+)?))?\s?(?:%|percent\b|per cent\b|pct\b|(?-i:pc)\b)|"
    rf"(?P<words>{NUMBER_WORDS}) (?:percent|per cent)\b|(?P<one_in>\b{_ONE_IN}\b)|(?P<fraction>\b{_FRACTION}\b)|(?P<entire>\b{_ENTIRE}\b(?=\s(?:[\w-]+\s){{0,3}}(?:workforce|staff|team|employees)))"
    r"|(?P<halve>\bhalv(?:e|es|ed|ing)\b(?=\s(?:[\w'-]+\s){0,3}(?:workforce|staff|headcount|team|payroll|employees))))"
)
PERCENT_OF_STAFF = rf"{PERCENT_VALUE}(?:{_OF_WHAT})|\bhalv(?:e|es|ed|ing)\b"
"""What every percent of a workforce matches."""
_PERCENT = prefilter.Beginning(
    rf"{_START}{PERCENT_VALUE}(?:{_OF_WHAT}|\s?(?=-)-?)?", re.IGNORECASE, not_after=_NOT_BEFORE
)
BEGINS = rf"(?:\d|\b(?:{_WORD}|(?:half a|a)[- ](?:hundred|thousand|dozen)))"
"""What every count has."""

CURRENCIES: dict[str, str] = {
    "US$": "USD",
    "U.S.$": "USD",
    "$US": "USD",
    "USD$": "USD",
    "$": "USD",
    "C$": "CAD",
    "$C": "CAD",
    "CA$": "CAD",
    "CAD$": "CAD",
    "CDN$": "CAD",
    "A$": "AUD",
    "$A": "AUD",
    "AU$": "AUD",
    "AUD$": "AUD",
    "HK$": "HKD",
    "$HK": "HKD",
    "NZ$": "NZD",
    "$NZ": "NZD",
    "S$": "SGD",
    "$S": "SGD",
    "SG$": "SGD",
    "NT$": "TWD",
    "R$": "BRL",
    "MX$": "MXN",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "CN¥": "CNY",
    "₹": "INR",
    "Rs": "INR",
    "Rs.": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₺": "TRY",
    "₽": "RUB",
    "RM": "MYR",
    "RMB": "CNY",
    "Rmb": "CNY",
    "Rp": "IDR",
    "Dh": "AED",
    "Dhs": "AED",
    "DKr": "DKK",
    "NKr": "NOK",
    "SKr": "SEK",
    "₱": "PHP",
    "₫": "VND",
    "₦": "NGN",
    "₴": "UAH",
    "NIS": "ILS",
    "SR": "SAR",
    "QR": "QAR",
    "Tk": "BDT",
    "฿": "THB",
    "R": "ZAR",
    "CHF": "CHF",
    "SFr": "CHF",
    "AED": "AED",
    "SAR": "SAR",
    "USD": "USD",
    "EUR": "EUR",
    "GBP": "GBP",
    "INR": "INR",
    "JPY": "JPY",
    "CNY": "CNY",
    "KRW": "KRW",
    "CAD": "CAD",
    "AUD": "AUD",
    "SGD": "SGD",
    "SEK": "SEK",
    "NOK": "NOK",
    "DKK": "DKK",
    "BRL": "BRL",
    "TRY": "TRY",
    "TWD": "TWD",
    "HKD": "HKD",
    "ARS": "ARS",
    "BDT": "BDT",
    "CLP": "CLP",
    "COP": "COP",
    "CZK": "CZK",
    "EGP": "EGP",
    "HUF": "HUF",
    "IDR": "IDR",
    "ILS": "ILS",
    "KES": "KES",
    "KWD": "KWD",
    "LKR": "LKR",
    "MXN": "MXN",
    "MYR": "MYR",
    "NGN": "NGN",
    "NZD": "NZD",
    "PHP": "PHP",
    "PKR": "PKR",
    "PLN": "PLN",
    "QAR": "QAR",
    "RON": "RON",
    "RUB": "RUB",
    "THB": "THB",
    "UAH": "UAH",
    "VND": "VND",
    "ZAR": "ZAR",
}
_NAMED: tuple[tuple[str, str], ...] = (
    (r"u\.?s\.? dollars?|dollars?|usd|bucks", "USD"),
    (r"canadian dollars?|cad|cdn", "CAD"),
    (r"australian dollars?|aud", "AUD"),
    (r"singapore dollars?|sgd", "SGD"),
    (r"hong kong dollars?|hkd", "HKD"),
    (r"(?:new )?taiwan dollars?|twd", "TWD"),
    (r"new zealand dollars?|nzd", "NZD"),
    (r"euros?|eur", "EUR"),
    (r"pounds?(?: sterling)?|gbp|sterling", "GBP"),
    (r"(?:japanese )?yen|jpy", "JPY"),
    (r"(?:chinese )?(?:yuan|renminbi)|rmb|cny", "CNY"),
    (r"(?:south korean |korean )?won|krw", "KRW"),
    (r"(?:indian )?rupees?|inr", "INR"),
    (r"(?:turkish )?lira|try", "TRY"),
    (r"swiss francs?|chf", "CHF"),
    (r"swedish crowns?|(?:swedish )?kron(?:or|a)|sek", "SEK"),
    (r"norwegian (?:kroner?|crowns?)|nok", "NOK"),
    (r"danish (?:kroner?|crowns?)|dkk", "DKK"),
    (r"(?:brazilian )?rea(?:is|l)|brl", "BRL"),
    (r"rubles?|roubles?", "RUB"),
    (r"(?:uae )?dirhams?|aed", "AED"),
    (r"(?:saudi )?riyals?|sar", "SAR"),
    (r"(?:israeli )?(?:new )?shekels?|ils", "ILS"),
    (r"ringgit", "MYR"),
    (r"(?:thai )?baht|thb", "THB"),
    (r"(?:south african )?rand|zar", "ZAR"),
    (r"(?:nigerian )?naira|ngn", "NGN"),
    (r"(?:indonesian )?rupiah|idr", "IDR"),
    (r"(?:vietnamese )?dong|vnd", "VND"),
    (r"(?:polish )?z[lł]ot(?:ys?|ies)|pln", "PLN"),
    (r"czech (?:koruna|crowns?)|czk", "CZK"),
    (r"(?:hungarian )?forints?|huf", "HUF"),
    (r"(?:ukrainian )?hryvnias?|uah", "UAH"),
    (r"pakistani rupees?|pkr", "PKR"),
    (r"(?:bangladeshi )?taka|bdt", "BDT"),
    (r"sri lankan rupees?|lkr", "LKR"),
    (r"kenyan shillings?|kes", "KES"),
    (r"egyptian pounds?|egp", "EGP"),
    (r"kuwaiti dinars?|kwd", "KWD"),
    (r"qatari ri[ya]+ls?|qar", "QAR"),
    (r"(?:philippine|filipino) pesos?|php", "PHP"),
    (r"mexican pesos?|mxn", "MXN"),
    (r"colombian pesos?|cop", "COP"),
    (r"chilean pesos?|clp", "CLP"),
    (r"argentine(?:an)? pesos?|ars", "ARS"),
)
_NAME = "|".join(words for words, _ in _NAMED)
_MARK = "|".join(re.escape(m) for m in sorted(CURRENCIES, key=len, reverse=True))
_MONEY_SCALES: dict[str, int] = {
    "trillion": 10**12,
    "trn": 10**12,
    "tn": 10**12,
    "t": 10**12,
    "billion": 10**9,
    "bln": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "million": 10**6,
    "mil": 10**6,
    "mln": 10**6,
    "mn": 10**6,
    "mm": 10**6,
    "m": 10**6,
    "thousand": 1000,
    "k": 1000,
    "lakh crore": 10**12,
    "lakh crores": 10**12,
    "crore": 10**7,
    "crores": 10**7,
    "cr": 10**7,
    "lakh": 10**5,
    "lakhs": 10**5,
}
_SCALE = "|".join(sorted(_MONEY_SCALES, key=len, reverse=True))
_EXACT_MARK = "|".join(sorted((m for m in CURRENCIES if m.isalpha() and m != "R"), key=len, reverse=True))
_ANY_MARK = "|".join(re.escape(m) for m in sorted(CURRENCIES, key=len, reverse=True) if not m.isalpha())
_LARGE = rf"(?:\d[\d,]{{4}}|{DIGITS}(?:\s?(?:-|to|and|or)\s?(?:{_MARK})?\s?{DIGITS})?[\s-]?(?:{_SCALE})\b)"
LARGE_MONEY = (
    rf"(?<![\w])(?:(?-i:{_EXACT_MARK})|{_ANY_MARK})\s?{_LARGE}|(?<![\w])(?-i:R)\s?{DIGITS}[\s-]?(?:{_SCALE})\b"
    rf"|(?:\d[\d,]{{3}}\d(?:\.\d+)?|\d[\s-]?(?:{_SCALE})|\b(?:{_WORD}|hundred|dozen|{_SCALE}|(?:{_WORD})(?:{_SCALE})))[\s-](?:{_NAME})\b"
    rf"|\d\s?(?:{_SCALE})\s?[€£₹]"
)
"""What every amount of 10,000 or more has: a mark and a large number, a number and a currency's name, a scale and a mark."""
_MONEY = prefilter.Beginning(
    r"(?<!\w)(?P<value>(?:between )?(?:"
    rf"(?<![A-Za-z])(?P<mark>{_MARK})\s?(?P<low>{DIGITS})(?:[\s-]?(?P<scale>{_SCALE})\b)?(?P<plus>\+)?"
    rf"(?:\s?(?:-|to|and|or)\s?(?P<mark2>{_MARK})?\s?(?P<high>{DIGITS})[\s-]?(?P<scale2>{_SCALE})\b)?"
    rf"(?:\s(?:(?P<after>{_NAME})\b|\((?P<told>(?-i:US|USD|CAD|AUD|NZD|SGD|HKD|TWD))\)))?"
    rf"|(?P<nlow>{DIGITS}|(?:half[\s-]|(?:half|a quarter|three[\s-]quarters) of )?an?\b|(?:half|quarter)(?=[\s-](?:million|billion|trillion)\b)|(?:{_WORD}) and a half|{NUMBER_WORDS})(?:[\s-]?(?P<nscale>{_SCALE})\b)?(?:\s?(?:-|to|and)\s?(?P<nhigh>{DIGITS})[\s-]?(?P<nscale2>{_SCALE})\b)?[\s-](?P<name>{_NAME})\b"
    rf"|(?P<blow>{DIGITS})\s?(?P<bscale>{_SCALE})\s?(?P<bmark>[€£₹])"
    rf"))",
    re.IGNORECASE,
    not_after=r"\w",
)


_GROUPS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_THREE_DIGITS, _FEW_DIGITS, _YEAR = re.compile(r"\d{3}(?!\d)"), re.compile(r"\d{1,3}"), re.compile(r"(?:19|20)\d\d")
_REST_OF_GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})*[ \u00a0\u202f]$")


@lru_cache(maxsize=4096)
def number(words: str) -> float | None:
    """Return the value of digits or number words ("12,000", "10K", "four thousand", "a dozen"), or None."""
    words = words.strip().lower().replace(",", "")
    words = _GROUPS.sub("", words)
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s?(k|thousand|hundred|million|billion)?", words)
    if match:
        scale = {"k": 1000, None: 1}.get(match[2], _SCALES.get(match[2] or "", 1))
        return round(float(match[1]) * scale, 6)
    if half := re.fullmatch(r"(\w+) and a half(?: (hundred|thousand|million))?", words):
        whole = _SMALL.get(half[1])
        return (whole + 0.5) * _SCALES.get(half[2], 1) if whole else None
    total = current = 0.0
    seen = False
    for word in re.split(r"[-\s]+", words):
        if word in _SMALL:
            current += _SMALL[word]
        elif word in ("a", "an"):
            current += 1 if not current else 0
        elif word == "half":
            current += 0.5
        elif word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word not in ("and", ""):
            return None
        seen = seen or word in _SMALL or word in _SCALES
    return total + current if seen else None


def _hedged(sentence: str, start: int) -> tuple[int, str]:
    """Return where the hedge words before a figure begin, and the words."""
    low = max(0, start - 42)
    if not sentence[low:start].casefold().rstrip().rstrip(".").endswith(_HEDGE_ENDS):
        return start, ""
    m = _HEDGE.search(sentence, low, start)
    return (m.start(), m.group()) if m else (start, "")


@lru_cache(maxsize=1024)
def _qualifier(hedge: str) -> Qualifier:
    words = hedge.lower().strip()
    if not words:
        return "exact"
    if re.search(r"\b(?:no|not) more than\b", words):
        return "at_most"
    if re.search(r"\bmore than\b", words):
        return "at_least"
    for pattern, meaning in _HEDGES[:2]:
        if re.search(rf"(?:^|\W)(?:{pattern})(?:\W|$)", words):
            return meaning
    if re.search(r"about|around|roughly|nearly|almost|approx|some|estimated|close to|circa|~", words):
        return "about"
    return "exact"


def people(sentence: str) -> list[Figure]:
    """Return the people counts with a noun ("about 900 UK jobs", "200-person workforce", "1,000 to 1,200 roles")."""
    found: list[Figure] = []
    for m in _PEOPLE.finditer(sentence):
        figure = _count(m, "people", sentence)
        if figure:
            found.append(figure)
        if len(found) >= MOST_PER_SENTENCE:
            break
    return found


def bare(sentence: str) -> list[Figure]:
    """Return the counts without a noun ("a reduction of 17,500", "cut 4,000")."""
    found: list[Figure] = []
    for m in _BARE.finditer(sentence):
        before = sentence[max(0, m.start("low") - 2) : m.start("low")]
        if before[-1:] in tuple("$€£¥₹₩.,-/:'") or (before[-1:].isalnum() and before):
            continue
        figure = _count(m, "bare", sentence)
        if figure:
            found.append(figure)
        if len(found) >= MOST_PER_SENTENCE:
            break
    return found


_YEAR_BEFORE = re.compile(
    r"(?:\b(?:in|since|by|of|until|through|from|fiscal|year|early|late|mid|for|during|before|after|than|vs)|[a-z]{3}\.?|\d,)[ -]$",
    re.IGNORECASE,
)


_PLUS = re.compile(r"\+|[- ]plus\b")
"""After a count that is the least: "10,000+ jobs", "500-plus staff"."""
_DAY_OF_MONTH = re.compile(rf"\b{dates.MONTH}\s$")


def _count(m: re.Match[str], kind: FigureKind, sentence: str) -> Figure | None:
    start = m.start("low")
    before = sentence[max(0, start - 1) : start]
    if before and (before in "$€£¥₹₩.,/" or before.isalnum()):
        return None
    if before == "-" and sentence[max(0, start - 2) : start - 1].isalnum():
        return None
    if _THREE_DIGITS.match(m["low"]) and _REST_OF_GROUPS.search(sentence[max(0, start - 16) : start]):
        return None  # the end of "1 710"
    low = number(m["low"])
    high = number(m["high"]) if m["high"] else None
    if low is None or low != int(low) or low < 1:
        return None
    if _YEAR.fullmatch(m["low"]) and _YEAR_BEFORE.search(sentence[max(0, start - 12) : start]):
        return None
    if high is not None and _FEW_DIGITS.fullmatch(m["low"]) and (m["high"] or "").lower().endswith(("k", "thousand")):
        low *= 1000
    if high is not None and (high <= low or high > low * 20 or high != int(high)):
        return None
    begin, hedge = _hedged(sentence, m.start())
    qualifier: Qualifier = "at_least" if _PLUS.match(sentence, m.end("value")) else _qualifier(hedge)
    joiner = m["value"][len(m["low"]) :].strip()[:3].lower() if m["high"] else ""
    if joiner.startswith("and") and not m["value"].lower().startswith("between"):
        return None
    if kind == "bare" and _DAY_OF_MONTH.search(sentence[max(0, start - 11) : start]) and low <= 31:
        return None
    return Figure(
        kind,
        low,
        high,
        qualifier,
        begin,
        m.end(),
        m.start("value"),
        m.end("value"),
        noun=(m["noun"] or "").lower(),
    )


def percents(sentence: str) -> list[Figure]:
    """Return percents and fractions with what they are of ("10% of its staff", "one in ten jobs", "two-thirds")."""
    found: list[Figure] = []
    for m in _PERCENT.finditer(sentence):
        start = m.start("value")
        before = sentence[max(0, start - 1) : start]
        dashed = before == "-" and re.search(r"[a-z]{4}-$", sentence[max(0, start - 5) : start])
        if before and (before in "$€£¥₹₩.,/-" or before.isalnum()) and not dashed:
            continue
        if m["entire"] and re.match(r"\s(?:[a-z]+\s){0,2}?\d", sentence[m.end("value") :]):
            continue  # "all of its 140 employees" counts them
        high: float | None = None
        if m["low"]:
            low: float | None = float(m["low"])
            high = float(m["high"]) if m["high"] else None
        elif m["words"]:
            low = number(m["words"])
        elif m["one_in"]:
            parts = re.split(r"[- ](?:in|out of)(?: every)?[- ]", m["one_in"].lower())
            top, bottom = number(parts[0]), number(parts[1])
            low = round(100 * top / bottom, 1) if top and bottom and top < bottom else None
        elif m["halve"]:
            low = 50.0
        elif m["fraction"]:
            low = _fraction(m["fraction"].lower())
        else:
            low = 100.0
        if low is None or low > 100 or low <= 0 or (high is not None and high <= low):
            continue
        begin, hedge = _hedged(sentence, m.start())
        found.append(
            Figure(
                "percent",
                low,
                high,
                _qualifier(hedge),
                begin,
                m.end(),
                m.start("value"),
                m.end("value"),
                noun=(m["noun"] or m["noun2"] or ("workforce" if m["halve"] else "")).lower(),
                base=m["base"] or m["base2"] or "",
            )
        )
        if len(found) >= MOST_PER_SENTENCE:
            break
    return found


def _fraction(words: str) -> float | None:
    parts = re.split(r"[- ]", words)
    name = parts[-1].rstrip("s") if parts[-1] != "half" else "half"
    share = _FRACTIONS.get(name)
    if share is None:
        return None
    times = _PLURAL.get(parts[0], 1) if len(parts) > 1 else 1
    exact = {"third": 100 / 3, "sixth": 100 / 6, "seventh": 100 / 7}.get(name, share)
    return round(exact * times, 1)


_APART = re.compile(
    r"(?<!ranging )(?<!range )(?<!anywhere )\b(?:(?P<by>by)|from)\s(?:about |around |roughly |nearly |some |as much as |up to )?$",
    re.I,
)
"""Words before "A to B" that make it two amounts: "raised it by $2bn to $9bn", "up from $5bn to $6bn"."""


_OF_ONE = {
    f"{part}{article}": share
    for part, share in (
        ("", 1.0),
        ("half ", 0.5),
        ("half of ", 0.5),
        ("a quarter of ", 0.25),
        ("three quarters of ", 0.75),
    )
    for article in ("a", "an")
} | {"half": 0.5, "quarter": 0.25}
"""What stands before "billion" and is no number."""
_PART_OF = re.compile(
    r"(?:\b(?:thirds?|quarters|fifths?|tenths?|fraction|most|much|part|per ?cent)|%)\sof\s$", re.IGNORECASE
)
"""Before an amount of which only a part is told: "a third of a billion dollars"."""


_OTHER_DOLLAR = re.compile(
    r"\$\s?\d[^$(\[]*[(\[][^$\d]*(?:\b(?:US|U\.S\.|USD)\s?\$?\s?\d|\$?\s?\d[^$]*\s(?:USD?|U\.S\. dollars)\b)"
)
"""Dollars that are told in those of the US as well, and so are some other country's: "$30 million (US$20 million)"."""


def money(sentence: str) -> list[Figure]:
    """Return the amounts of money, in whole units of their currency, a converted amount in brackets left out."""
    found: list[Figure] = []
    place = 0
    while m := _MONEY.search(sentence, place):
        place = m.end()
        two = m["high"] or m["nhigh"]
        apart = _APART.search(sentence[: m.start("value")]) if two else None
        if apart and apart["by"] and not (m["scale"] or m["nscale"]):
            apart = None  # "raised it by $2 to $3bn"
        figure = None if apart else _amount(m, sentence)
        if figure is None and two and (figure := _amount(m, sentence, lone=True)):
            place = figure.end
        if figure is None:
            if m["nhigh"]:
                place = m.start("nhigh")
            continue
        if found and re.fullmatch(
            r"\s?[(\[]\s?(?:about |around |roughly |or |some |~|approximately |nearly |more than |over )?",
            sentence[found[-1].end : figure.value_start].replace("~", ""),
        ):
            last = found[-1]
            close = sentence.find(")", figure.end)
            end = close + 1 if 0 <= close - figure.end < 12 else figure.end
            if last.currency != figure.currency:
                found[-1] = replace(last, end=end, converted=(figure.low, figure.currency or ""))
            elif _OTHER_DOLLAR.match(sentence, last.value_start, figure.value_end):
                found[-1] = replace(figure, start=last.start, end=end)
            continue  # a conversion, or a part of the amount that it follows
        found.append(figure)
        if len(found) >= MOST_PER_SENTENCE:
            break
    return found


def _amount(m: re.Match[str], sentence: str, lone: bool = False) -> Figure | None:
    """The amount a match states, or None; `lone` takes the first of two amounts that are no range."""
    start = m.start("value")
    before = sentence[max(0, start - 1) : start]
    if before.isalnum() or (before and before in "$€£"):
        return None
    high: float | None = None
    if m["mark"]:
        mark = m["mark"]
        if mark.isalpha() and (mark not in CURRENCIES or (mark == "R" and not m["scale"])):
            return None
        currency = next((code for name, code in CURRENCIES.items() if name.lower() == mark.lower()), None)
        base = number(m["low"])
        scale = (m["scale"] or "").lower()
        scale2 = (m["scale2"] or "").lower()
        factor = _MONEY_SCALES.get(scale or (scale2 if m["high"] else ""), 1)
        if lone:
            factor = _MONEY_SCALES.get(scale, 1)
        top = number(m["high"]) if m["high"] and not lone else None
        top_factor = _MONEY_SCALES.get(scale2, factor)
        if named := m["after"] or m["told"]:
            currency = _named(named) or currency
        if mark == "¥" and (m["after"] or "").lower().endswith(("yuan", "renminbi")):
            currency = "CNY"
    elif m["name"]:
        currency = _named(m["name"])
        words = m["nlow"].lower().replace("-", " ")
        scale = (m["nscale"] or "").lower()
        top = number(m["nhigh"]) if m["nhigh"] and not lone else None
        if lone and not scale:
            return None
        if top is not None and not scale:
            if _YEAR.fullmatch(words):
                return None  # "in 2026 to 21 billion won"
            scale = (m["nscale2"] or "").lower()
        if words in _OF_ONE:
            if not scale or len(scale) < 4 or _PART_OF.search(sentence[:start]):
                return None
            base = _OF_ONE[words]
        else:
            base = number(words)
        if not scale and (base is None or base < 1000):
            return None
        factor = _MONEY_SCALES.get(scale, 1)
        top_factor = _MONEY_SCALES.get((m["nscale2"] or "").lower(), factor)
    else:
        currency = CURRENCIES.get(m["bmark"])
        base, top = number(m["blow"]), None
        factor = _MONEY_SCALES[m["bscale"].lower()]
        top_factor = factor
    if base is None or currency is None:
        return None
    low = base * factor
    high = top * top_factor if top is not None else None
    end = m.end("value")
    if lone:
        end = next(m.end(part) for part in ("scale", "nscale", "low") if m[part])
    if high is not None and (high <= low or high > low * 1000):
        return None
    if high is not None and "and" in m["value"].lower() and not m["value"].lower().startswith("between"):
        return None
    begin, hedge = _hedged(sentence, start)
    return Figure(
        "money",
        round(low),
        round(high) if high is not None else None,
        "at_least" if m["plus"] else _qualifier(hedge),
        begin,
        end,
        start,
        end,
        currency=currency,
    )


def _named(words: str) -> str | None:
    for pattern, code in _NAMED:
        if re.fullmatch(pattern, words, re.IGNORECASE):
            return code
    return None


GRAMMARS: tuple[tuple[Callable[[str], list[Figure]], str], ...] = (
    (money, _MONEY.pattern),
    (percents, _PERCENT.pattern),
    (people, _PEOPLE.pattern),
    (bare, _BARE.pattern),
)
"""Each kind of figure with the pattern that all of its kind match; the kinds before win over those after."""
