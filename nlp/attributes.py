"""What a claim says besides who and how much: sureness, time, date, AI's part, roles, place, period, scope."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from newsledger.model import AiRelation, Precision, RoleMention, Speaker, Status
from nlp.dates import Stated
from nlp.event_types import ai_investment, layoff
from nlp.names import is_place

_DENIED = re.compile(
    r"\b(?:den(?:y|ies|ied)\b(?! (?:to|comment))[^.;]{0,60}(?:lay-?off|cut|plan|report|rumou?r|talks|rais|acqui)|no plans? (?:to|for)|not (?:planning|considering|going) to|"
    r"rul(?:es|ed|ing) out|dismiss(?:es|ed) (?:the )?(?:reports?|rumou?rs?)|has no (?:plans?|intention)|won't (?:cut|lay)|will not (?:cut|lay|be cutting)|"
    r"refut(?:es|ed)|false (?:reports?|rumou?rs?)|(?:reports?|rumou?rs?|claims?) (?:is|are|were|was) (?:false|untrue|wrong|inaccurate|not true)|untrue|"
    r"averted?|avoid(?:s|ed)? (?:the )?(?:layoffs|cutting)|prevent(?:s|ed)? the|cancel(?:s|led|ed) (?:the |its )?(?:layoffs|plans?))\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:reportedly|rumou?red|rumou?rs?|allegedly|people familiar|person familiar|familiar with (?:the|its|their|microsoft|\w+'s)|sources? (?:say|said|told|tell|familiar|close|with)|"
    r"anonymous (?:sources?|person)|unnamed source|according to (?:people|sources|a source|multiple sources|a person|two people|insiders?|a report|reports|media reports)|insiders?|is said to|are said to|"
    r"consider(?:s|ing|ed)|mull(?:s|ing|ed)|weigh(?:s|ing|ed)|explor(?:es|ing|ed)|could|might|may (?:cut|lay|be|lose|soon)|potentially|possibly|in talks|looking to|looks to|look to raise|seek(?:s|ing)? to|seeking|"
    r"(?:plot|eye|want|hope|aim)(?:s|ing|ed)? to|wants|is expected to|are expected to|was expected to|expected to (?:cut|lay|announce|raise|eliminate|be)|likely to|set to announce|prepar(?:es|ing) to|report (?:says|said)|reports? suggest|"
    r"(?:bloomberg|reuters|the information|the wall street journal|wsj|cnbc|business insider|insider|the verge|axios|the new york times|financial times|ft|sky news|handelsblatt|"
    r"nikkei|the times|kotaku|ign|game developer)(?: news)? (?:first )?(?:reported|reports)|warn(?:s|ed|ing)? (?:of|that)|at risk|under threat|predict(?:s|ed)|proposed?|proposal|one source|one person|planning to|plans to raise|"
    r"originally predicted|estimates? that|unconfirmed|leaked)\b",
    re.IGNORECASE,
)


def status(sentence: str, start: int, end: int, around: str, is_layoff: bool, lead: str) -> tuple[Status, str]:
    """Return how sure the text is of a claim, and the rule. `around` is the sentence with its neighbours' hedges."""
    if _DENIED.search(sentence):
        return "denied", "denial"
    zone = sentence[max(0, start - 140) : end + 90]
    hedge = _HEDGED.search(zone) or _HEDGED.search(sentence)
    if hedge:
        words = hedge.group().lower()
        zone_sure = re.search(
            r"\b(?:announced|confirmed|said in a (?:statement|memo|filing)|disclosed|filing|notified|filed|has (?:raised|closed|laid off|cut)|raised|laid off|began laying)\b",
            sentence,
            re.IGNORECASE,
        )
        soft = words in (
            "could",
            "may be",
            "might",
            "potentially",
            "possibly",
            "considered",
            "proposed",
            "proposal",
            "sources",
            "seeking",
            "likely to",
            "wants",
            "plans to reduce",
            "planning to",
            "rumors",
            "reported",
            "insider",
        ) or words.startswith(
            (
                "expected",
                "is expected",
                "are expected",
                "warn",
                "plans to",
                "bloomberg",
                "reuters",
                "cnbc",
                "the ",
                "insider",
                "business insider",
                "wsj",
            )
        )
        if zone_sure and soft:
            return "confirmed", "announced"
        return "reported", f"hedge:{words[:24]}"
    sure = re.search(
        r"\b(?:announced|confirm(?:s|ed)|disclosed|notified|filed|told (?:staff|employees|workers)|said on|in a (?:memo|statement|filing|letter))\b",
        sentence,
        re.IGNORECASE,
    )
    return "confirmed", "announced" if sure else "plain"


class When(NamedTuple):
    """A claim's own date, when it takes effect, and the words' places in the sentence."""

    date: str | None
    precision: Precision | None
    start: int
    end: int
    effective: str | None
    effective_start: int
    effective_end: int


def when(sentence: str, start: int, end: int, found: list[Stated], published: date | None) -> When:
    """Return the date of the happening among a sentence's dates: the nearest that does not tell of the future."""
    best: tuple[float, Stated] | None = None
    effective: Stated | None = None
    for d in found:
        ahead = d.future or (published is not None and _starts_after(d.value, published))
        if ahead:
            if effective is None or abs(d.start - end) < abs(effective.start - end):
                effective = d
            continue
        lead = sentence[max(0, d.start - 34) : d.start].lower()
        if re.search(
            r"\b(?:founded|launched|since|employees as of|as of|began in|hired|ousted|joined|acquired|compared (?:with|to)|than in|from|up from|versus|valued|ipo)\s(?:\w+\s){0,2}$",
            lead,
        ):
            continue
        if (
            d.end <= start
            and re.search(r"\b(?:after|following|since|when)\b[^,]*$", sentence[: d.start], re.IGNORECASE)
            and "," in sentence[d.end : start]
        ):
            continue  # "After cutting 100 last year, it cuts 50"
        gap = d.start - end if d.start >= end else start - d.end
        between = sentence[end : d.start] if d.start >= end else sentence[d.end : start]
        penalty = 40 * len(
            re.findall(r"[;:]|\bwhile\b|\bafter\b|\bwhen\b|\bwho\b|\bwhich\b|\bsince\b|\bthan\b", between)
        )
        if re.search(r"[$€£¥₹]\s?\d|\d,\d{3}|\d ?%", between):
            penalty += 150  # the date of another figure
        penalty += {"day": 0, "month": 0, "quarter": 25, "year": 30}[d.precision]
        if d.start < start and re.search(r"\b(?:said|announced|told|reported)\s*$", lead):
            penalty -= 20
        score = max(0, gap) + penalty
        if best is None or score < best[0]:
            best = (score, d)
    if best and best[0] > 260:
        best = None
    stated = best[1] if best else None
    return When(
        stated.value if stated else None,
        stated.precision if stated else None,
        stated.start if stated else 0,
        stated.end if stated else 0,
        effective.value if effective else None,
        effective.start if effective else 0,
        effective.end if effective else 0,
    )


def _starts_after(value: str, published: date) -> bool:
    parts = [int(p) for p in value.split("-")]
    first = date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
    return first > published + timedelta(days=1)


def age_days(value: str, published: date) -> int:
    """Return how many days before the article a date lies, counted to the end of its month or year."""
    parts = [int(p) for p in value.split("-")]
    if len(parts) == 1:
        last = date(parts[0], 12, 31)
    elif len(parts) == 2:
        last = (date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)) - timedelta(days=1)
    else:
        last = date(parts[0], parts[1], parts[2])
    return (published - last).days


_AI = re.compile(
    r"(?:\bA\.?I\.?\b(?!\s?(?:startup|company|firm|lab|chipmaker|unicorn))|\bA\.I\.|\bAI[- ]|artificial intelligence|\bautomat(?:e|es|ed|ing|ion)\b|machine learning|generative|\bLLMs?\b|chatbots?|\bagentic\b|\bAI agents?|intelligence tools)",
    re.IGNORECASE,
)
_AI_DENIED = re.compile(
    r"(?:\bn[o']t\b[^.;]{0,70}(?:\bAI\b|artificial intelligence|automation)|(?:\bAI\b|artificial intelligence|automation)[^.;]{0,50}\b(?:is|was|were|are|had|has|have)(?:n't| not)\b|nothing to do with (?:AI|artificial|automation)|unrelated to (?:AI|artificial)|"
    r"rather than (?:AI|artificial|automation)|weren't (?:about|driven)|not (?:AI|artificial)[- ]driven|denied [^.;]{0,40}(?:\bAI\b|automation)|regardless of AI)",
    re.IGNORECASE,
)
_AI_CAUSE = re.compile(
    r"(?:replac\w+|because of|due to|driven by|as a result of|thanks to|result of|attribut\w+|blam\w+|cit(?:es|ed|ing)|caus\w+|efficienc\w+|productivity|streamlin\w+|taking over|takes? over|"
    r"leans? on|leaning on|lean more|rely|relies|relying|makes?|making|using|adopt\w*|implement\w+|as AI|through AI|with AI|AI[- ]driven|AI[- ]related|AI[- ]connected|AI[- ]led|AI[- ]powered|behind|leverag\w+|"
    r"automat\w+|redundant|needs? (?:less|fewer)|by AI|to AI|amid (?:an? |its )?(?:AI|artificial|shift|pivot|push)|AI push|embrac\w+|enabl\w+)",
    re.IGNORECASE,
)
_AI_SHIFT = re.compile(
    r"(?:shift\w*|pivot\w*|redirect\w*|reallocat\w*|reinvest\w*|invest\w*|focus\w*|prioriti\w*|ramp\w* up|doubl\w+ down|pours?|pouring|resources? (?:in|to)|spend\w*|fund\w*|bets?|betting|emphas\w+|pay for|AI push|in AI push|"
    r"accelerat\w*|push(?:es|ing)? (?:into|for|in)|restructur\w* around|reorgani[sz]\w+ around|toward)",
    re.IGNORECASE,
)
_SELECT = re.compile(
    r"\b(?:algorithm|software|AI|automated)\b[^.;]{0,50}\b(?:choos|chose|select|decid|pick|rank|determin|flag)\w*[^.;]{0,40}\b(?:who|which|employees|workers|cut|laid)\b",
    re.IGNORECASE,
)
_CUT_WORD = re.compile(
    layoff.STRONG_VERB
    + "|"
    + layoff.CUT_NOUN
    + r"|\bcuts?\b|\bcutting\b|\breduc\w+|\beliminat\w+|headcount|workforce|restructur\w+|\bmove\b|\bdecision\b|\bpositions?\b|\broles?\b|\bjobs?\b|leaner",
    re.IGNORECASE,
)


def ai_relation(sentence: str, neighbours: list[str], title: str, is_topic: bool) -> tuple[AiRelation, str, str]:
    """Return how the text ties a cut to AI, the words that do, and the rule. `neighbours` follow and precede it."""
    scenery: tuple[AiRelation, str, str] = ("none", "", "no-ai-words")
    places = [
        ("sentence", sentence),
        *([("title", title)] if is_topic else []),
        *(("neighbour", n) for n in neighbours),
    ]
    for place, text in places:
        found = _AI.search(text)
        if not found:
            continue
        if _AI_DENIED.search(text):
            return "denied", text, f"denied-in-{place}"
        if _SELECT.search(text):
            return "used_to_select", text, f"select-in-{place}"
        if place == "neighbour" and not _CUT_WORD.search(text):
            continue
        around = text[max(0, found.start() - 110) : found.end() + 110]
        if _AI_SHIFT.search(around):
            return "shift", text, f"shift-in-{place}"
        if _AI_CAUSE.search(around):
            return "cause", text, f"cause-in-{place}"
        if scenery[0] == "none" and place != "neighbour":
            scenery = "context", text, f"context-in-{place}"
    return scenery


_ITS_OWN = re.compile(
    r"\b(?:the company|the firm|company's|it|its|he|she|we|our|CEO|chief executive|spokes\w+|memo|these cuts|the (?:cuts|layoffs|move|restructuring|decision))\b",
    re.IGNORECASE,
)
_OF_CUTS = re.compile(
    layoff.STRONG_VERB
    + "|"
    + layoff.CUT_NOUN
    + r"|\bcuts?\b|headcount|workforce|\bjobs\b|\broles\b|leaner|fewer (?:people|employees|workers)",
    re.IGNORECASE,
)


def ties_elsewhere(text: str, company: str) -> tuple[AiRelation, str]:
    """Return how a sentence further on ties the article's own cut to AI: it must speak of that company and of cuts."""
    found = _AI.search(text)
    if not found or not _OF_CUTS.search(text):
        return "none", ""
    if company.casefold() not in text.casefold() and not _ITS_OWN.search(text):
        return "none", ""
    if _AI_DENIED.search(text):
        return "denied", "denied-further-on"
    around = text[max(0, found.start() - 90) : found.end() + 90]
    if _AI_SHIFT.search(around):
        return "shift", "shift-further-on"
    if _AI_CAUSE.search(around):
        return "cause", "cause-further-on"
    return "none", ""


def ai_speaker(quote: str, press: bool) -> Speaker:
    """Return who ties a cut to AI, from the words around the tie."""
    if re.search(r"\b(?:CEO|chief executive|founder|president|CFO|chairman|executive|boss)\b", quote, re.IGNORECASE):
        return "executive"
    if re.search(r"\bunions?\b", quote, re.IGNORECASE):
        return "union"
    if re.search(r"\banalysts?\b|\beconomists?\b", quote, re.IGNORECASE):
        return "analyst"
    if re.search(r"\bfiling\b|\bSEC\b|\bWARN\b", quote):
        return "filing"
    if re.search(r"\b(?:company|firm|it|spokes\w+|statement|memo|announced|said)\b", quote) and not press:
        return "employer"
    return "press"


_ROLES = [(role, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for role, words in layoff.ROLES]


def roles(sentence: str, start: int, end: int) -> list[tuple[RoleMention, int, int]]:
    """Return the kinds of work cut, named within reach of the trigger, with their places."""
    lo, hi = max(0, start - 30), min(len(sentence), end + 130)
    out = []
    for role, pattern in _ROLES:
        m = pattern.search(sentence, lo, hi)
        if m:
            out.append((RoleMention(role=role, quote=m.group()), m.start(), m.end()))  # type: ignore[arg-type]
    return out


_IN_PLACE = re.compile(
    r"\b(?:in|near|across|at its|in its)\s(?:the\s|its\s)?(?P<place>[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,2}(?:,\s[A-Z][\w.]+)?(?:\sand\s[A-Z]\w+)?)"
)


def location(sentence: str, start: int, end: int, places: list[tuple[int, int, str]]) -> tuple[str, int, int] | None:
    """Return the place of a cut or site where the sentence states one right beside it."""
    for m in _IN_PLACE.finditer(sentence, max(0, start - 20), min(len(sentence), end + 70)):
        name = re.sub(r"[.,]$", "", m["place"])
        first = re.split(r",| and ", name)[0]
        if is_place(first) or any(a <= m.start("place") < b and kind in ("GPE", "LOC") for a, b, kind in places):
            return name, m.start("place"), m.start("place") + len(name)
    m2 = re.search(
        r"\b(?:UK|U\.S\.|US|German|French|Indian|Irish|Dutch|Canadian|Japanese|Swiss|Swedish|Finnish|British)\s(?=(?:jobs|workers|employees|staff|roles|positions|workforce))",
        sentence[start:end],
    )
    if m2:
        return m2.group().strip(), start + m2.start(), start + m2.end() - 1
    return None


_CUMULATIVE_CUT = re.compile(layoff.CUMULATIVE, re.IGNORECASE)
_CUMULATIVE_MONEY = re.compile(ai_investment.CUMULATIVE, re.IGNORECASE)


def cumulative_cut(sentence: str, start: int, end: int) -> bool:
    """Return whether a cut's figure is a running total over several rounds."""
    return bool(_CUMULATIVE_CUT.search(sentence[max(0, start - 70) : end + 50]))


def cumulative_money(sentence: str, start: int, end: int, round_here: bool) -> bool:
    """Return whether an amount is all that was ever raised, not one round."""
    before, after = sentence[max(0, start - 75) : start], sentence[end : end + 45]
    before = re.split(r"[;.]\s|\bincluding\b|\bfollow\w*\b", before)[-1]
    if round_here and not re.search(r"bring|total", before, re.IGNORECASE):
        return False
    if re.search(
        r"\b(?:has|have)\s(?:now\s)?raised\s(?:a total of\s|over\s|more than\s|some\s|around\s|about\s|nearly\s|at least\s)*$",
        before,
    ) and re.match(r"[^.;]{0,40}\b(?:to date|so far|in total|total|since)\b", after):
        return True
    return bool(
        _CUMULATIVE_MONEY.search(before[-60:])
        or re.search(
            r"^[^.;,]{0,30}\b(?:to date|so far|in total|in total funding|since (?:its|inception|founding|launch))\b",
            after,
            re.IGNORECASE,
        )
    )


_PERIOD = re.compile(
    r"\b(?:over|in|within|during|across)\s(?:the\s(?:next|coming|following)\s)?(?P<n>\w+)\s(?P<unit>years?|months?)\b|\b(?:through|until|by(?: the end of)?)\s(?P<year>20\d\d)\b|"
    r"\b(?P<this>this|next)\s(?:fiscal\s|calendar\s)?year\b|\b(?:in|for)\s(?:fiscal\s|calendar\s)?(?P<only>20\d\d)\b|\bfor the year\b",
    re.IGNORECASE,
)
_COUNTS = {
    w: i for i, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
}


def period(sentence: str, end: int, published: date | None) -> tuple[str | None, str | None]:
    """Return the start and end of the time over which money is spent, as years or months, where the text tells them."""
    m = _PERIOD.search(sentence, max(0, end - 80), min(len(sentence), end + 110))
    if not m:
        return None, None
    if m["year"]:
        return (str(published.year) if published else None), m["year"]
    if m["only"]:
        return m["only"], m["only"]
    if m["this"] and published:
        year = published.year + (m["this"].lower() == "next")
        return str(year), str(year)
    if m["n"] and published:
        words = m["n"].lower()
        count = int(words) if words.isdigit() else _COUNTS.get(words)
        if count and m["unit"].lower().startswith("year") and count < 50:
            return str(published.year), str(published.year + count)
    return None, None
