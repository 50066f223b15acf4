"""What a claim says besides who and how much: sureness, time, date, AI's part, roles, place, period, scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from newsledger.model import Basis, Precision, RoleMention, Status
from nlp import dates, prefilter
from nlp.dates import Stated
from nlp.event_types import ai_investment, layoff
from nlp.names import is_place

_DENIED = prefilter.Guarded(
    r"\b(?:den(?:y|ies|ied)\b(?! (?:to|comment))[^.;]{0,60}(?:lay(?:ing)?[- ]?off|cut|plan|report|rumou?r|talks|rais|acqui|buy|spend|invest|suppl|bid|eliminat|shed|replac|clos)\w*|(?:is|are|was|were) not (?:in talks|buying|raising|cutting|laying|investing|spending)|did not (?:lay|cut|pay|buy|raise|invest|spend|fire|dismiss)|"
    r"fake (?:memos?|reports?|news|letters?)|(?:stor(?:y|ies)|reports?|memos?|figures?) (?:\w+ ){0,2}[\"'“‘]?(?:invented|fake|bogus|fabricated|false|wrong)|no plans? (?:to|for)|not (?:planning|considering|going) to|"
    r"rul(?:es|ed|ing) out|dismiss(?:es|ed) (?:the )?(?:reports?|rumou?rs?)|has no (?:plans?|intention)|won't (?:cut|lay)|will not (?:cut|lay|be cutting)|"
    r"(?:reject|rebuff|dismiss|disput|scotch|den(?:y|i))(?:s|es|ed|ing)? (?:a |the |any |an |all |such |these |those |[\w']+ ){0,4}(?:reports?|rumou?rs?|claims?|suggestions?|speculation|story|stories|allegations?|chatter|talk that)|"
    r"pure fiction|baseless|unfounded|groundless|no truth (?:to|in)|without (?:any )?foundation|"
    r"refut(?:es|ed)|false (?:reports?|rumou?rs?)|(?:reports?|rumou?rs?|claims?) (?:is|are|were|was) (?:false|untrue|wrong|inaccurate|not true)|untrue|"
    r"revers(?:es|ed|ing) (?:the |its |a )?(?:decision|plans?) to (?:cut|lay|axe|shed)|averted?|avoid(?:s|ed)? (?:the )?(?:layoffs|cutting)|prevent(?:s|ed)? the|cancel(?:s|led|ed) (?:the |its )?(?:layoffs|plans?))\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"^[^:;,]{2,40}?\s(?:den(?:y|ies|ied)|dismisse[sd]|rejects?|rejected|refutes?d?|rubbishe[sd]|quashe[sd])\s(?!workers|employees|staff|\d)[^:;]{0,60}\b(?:lay|lay-?offs?|job cuts|cuts|rumou?rs?|reports?)\b|^[Nn]o plans (?:for|to)\b",
)


def denies(title: str) -> bool:
    """Return whether a title tells that cuts are denied."""
    return bool(_DENIES.search(title))


_DROPPED = prefilter.Guarded(
    r"\b(?:(?:walk(?:s|ed|ing)?|step(?:s|ped|ping)?) away from|(?:pull(?:s|ed)?|back(?:s|ed)?) out of|call(?:s|ed|ing)? off|g(?:i|a)ves? up on|"
    r"(?:scrap(?:s|ped|ping)?|shelv(?:e|es|ed|ing)|abandon(?:s|ed|ing)?|ditch(?:es|ed|ing)?)|"
    r"(?:drop(?:s|ped|ping)?|withdr(?:e|a)w(?:s|n|ing)?) (?:its |the |a |an |their )?(?:[\w-]+ )?(?:plans?|bid|offer|pursuit|talks|purchase|takeover)(?: to\b)?|end(?:s|ed|ing)? (?:\w+ ){0,2}?talks|"
    r"(?:talks|negotiations|deal|purchase|takeover|merger|acquisition|round) (?:\w+ ){0,2}?(?:collapsed?|collapses|broke down|fell through|falls through|fell apart))\b"
    r"(?: (?:its |the |a |an |any |their )?(?:[\w-]+ )?(?:plans?|proposals?|talks) (?:to|for|on)\b)?",
    re.IGNORECASE,
)
"""What was meant and is not to be."""


_TAKEN_BACK = re.compile(
    r"\b(?:revers(?:e|es|ed|ing)|backtrack(?:s|ed|ing)? on|rescind(?:s|ed|ing)?|(?:walk|row|roll)(?:s|ed|ing)? back(?: on)?|cancel(?:s|l?ed|l?ing)?|call(?:s|ed|ing)? off)"
    r"\s(?:(?:its|the|their|some|all|most|of|plans?|planned|proposed|announced|for|about|around|nearly)\s)*$",
    re.IGNORECASE,
)
"""Before cuts that are not to be: "reverses 45 job cuts"."""
_OF_CUTS = re.compile(r"\b(?:cuts?|lay-?offs?|redundanc\w+|dismissals?|job losses)\b", re.IGNORECASE)


def _dropped(sentence: str, start: int, end: int, is_layoff: bool) -> bool:
    """Whether the clause of a cut or deal tells that it is not to be; jobs scrapped are cut, a plan scrapped is not."""
    if is_layoff and _TAKEN_BACK.search(sentence[:start]) and _OF_CUTS.search(sentence, start, end + 12):
        return True
    for m in _DROPPED.finditer(sentence, max(0, start - 90), min(len(sentence), end + 80)):
        between = sentence[m.end() : start] if m.end() <= start else sentence[end : m.start()]
        if is_layoff and not re.search(r"\b(?:plans?|proposals?|talks)\b", m.group(), re.IGNORECASE):
            continue
        ended = m.start() >= end and re.match(r"(?:talks|negotiations|deal)\b", m.group(), re.IGNORECASE)
        if len(between) <= 45 and (ended or not re.search(r"\b(?:and|after|but|while|to)\b|[,;]", between)):
            return True
    return False


_HEDGED = prefilter.Guarded(
    r"\b(?:reportedly|rumou?red|rumou?rs?|allegedly|people familiar|person familiar|(?:people|persons?) (?:briefed|close to|with (?:direct )?knowledge|there|involved)|unions? (?:says?|said|claims?|fears?)|familiar with (?:the|its|their|microsoft|\w+'s)|sources? (?:says?|said|told|tell|familiar|close|with)|"
    r"anonymous (?:sources?|person)|unnamed source|according to (?:people|sources|a source|multiple sources|a person|two people|insiders?|a report|reports|media reports)|insiders?|is said to|are said to|"
    r"consider(?:s|ing|ed)|mull(?:s|ing|ed)|weigh(?:s|ing|ed)(?! (?:up)?on\b)|explor(?:es|ing|ed)|could|might|may (?:cut|lay|be|lose|soon)|potentially|possibly|in talks|looking to|looks to|look to raise|seek(?:s|ing)? to|seeking|"
    r"(?:plot|eye|want|hope|aim)(?:s|ing|ed)? to|wants|is expected to|are expected to|was expected to|expected to (?:cut|lay|announce|raise|eliminate|be)|likely to|set to (?:announce|cut|axe|shed|lay|lose|eliminate|slash|buy|acquire|raise|invest)|(?<=\w )said to (?=[a-z])|targeting(?= [$€£])|prepar(?:es|ing) to|report (?:says|said)|reports? suggest|"
    r"(?:bloomberg|reuters|the information|the wall street journal|wsj|cnbc|business insider|insider|the verge|axios|the new york times|financial times|ft|sky news|handelsblatt|"
    r"nikkei|the times|kotaku|ign|game developer)(?: news)? (?:first )?(?:reported|reports)|warn(?:s|ed|ing)? (?:of|that)|at risk|under threat|(?:analysts?|unions?|economists?|\w+ly) predict(?:s|ed)|proposed?|proposal|one source|one person|planning to|plans to raise|"
    r"near(?:s|ing)(?= (?:an? |its |the )?(?:[$€£]?[\w.-]+ ){0,3}?(?:deal|round|raise|funding|investment|acquisition|purchase|takeover)\b)|clos(?:es|ing) in on|in line (?:to|for)|seeks?(?= (?:up to |about |around |at least )?[$€£])|(?:is|are) raising(?= (?:up to |about |around |another |as much as |at least )?[$€£])|plans(?= [$€£][\d.,]+ ?\w+ (?:raise|round|fundrais\w+)\b)|(?:is|are) understood to|said to (?:be|plan)|reported to be|"
    r"(?:in|held|holds|holding|began|begun|begins|preliminary|advanced|early|final) (?:[\w-]+ ){0,2}(?:talks|discussions|negotiations)|set to raise|(?:newspaper|publication|magazine|website|broadcaster|media|(?:news|media) outlets?) (?:first )?reported|(?:according to )?(?:\w+ ){0,2}(?:media|news) reports|(?:former|current|two|three|four|several|multiple) (?:former |current )?(?:employees?|workers?|staff(?:ers)?|people) (?:said|say|told (?!to\b)|aware|briefed)|according to (?:\w+ ){0,2}(?:employees|workers|staffers)|"
    r"(?:posts|accounts) (?:by|from|of) (?:former |current |laid-off )?(?:employees|workers|staff(?:ers)?)|"
    r"originally predicted|(?<!the )(?<!an )estimates that|unconfirmed)\b|^(?:sources?|report):\s|\s?[-–—:]\s(?:reports?|sources?|union|bloomberg|reuters|wsj|ft)$|[,–—-]\s(?:an? (?:person|source) says?|[\w .]{2,30} (?:says|reports|learns))$",
    re.IGNORECASE,
)


_INTENT = re.compile(r"look|seek|consider|mull|weigh|explor|wants|prepar|plan|(?:plot|eye|want|hope|aim)")
"""A hedge that tells what someone means to do."""
_ELSEWHERE = re.compile(r"\b(?:after|while|as|because|amid|following|though|although|but)\b|;", re.IGNORECASE)
_APART = re.compile(
    r"\b(?:in addition to|on top of|besides|(?:days|weeks|months|years?) after|(?:down|up) from)\b", re.IGNORECASE
)
"""Words after which something already done is told: "is planning more cuts, in addition to the 400 made in May"."""
_NEXT_DEED = re.compile(r"(?:is|are|was) expected|(?:in|holds?) .*talks|" + _INTENT.pattern)
_OUTLET = re.compile(
    r",\s(?:[Tt]he\s)?(?:[A-Z][\w'&.-]*\s){1,4}(?:has\s)?(?:first\s)?reported(?:\s(?:on\s|in\s|last\s|this\s)?\w+)?\s*(?=[.,;]|$)"
)
"""An outlet named as the one who tells: ", The Ledger Post reported on Monday."."""


def _governs(sentence: str, hedge: re.Match[str], start: int, end: int) -> bool:
    """Whether a word of doubt or intent stands in the clause of the cut or deal itself; who tells governs all."""
    words = hedge.group().lower()
    loose = words in ("reportedly", "allegedly", "could", "might", "potentially", "possibly")
    between = sentence[end : hedge.start()] if hedge.start() >= end else sentence[hedge.end() : start]
    if hedge.start() >= end and between.endswith("and ") and _NEXT_DEED.match(words):
        return False
    if hedge.end() <= start and _APART.search(between):
        return False
    if not loose and not (hedge.start() >= end and _INTENT.match(words)):
        return True
    return not _ELSEWHERE.search(between)


_SURE = prefilter.Beginning(
    r"\b(?:announced|confirm(?:s|ed)|disclosed|notified|filed|told (?:staff|employees|workers)|said on|in a (?:memo|statement|filing|letter))\b",
    re.IGNORECASE,
    not_after=r"\w",
)


def status(sentence: str, start: int, end: int, is_layoff: bool) -> tuple[Status, str]:
    """Return how sure a sentence is of the cut or deal that it states from `start` to `end`, and the rule."""
    if _DENIED.search(sentence):
        return "denied", "denial"
    if _dropped(sentence, start, end, is_layoff):
        return "denied", "dropped"
    near, whole = (max(0, start - 140), end + 90), (0, len(sentence))
    hedges = (m for at in (near, whole) for m in _HEDGED.finditer(sentence, *at)) if _HEDGED.may_match(sentence) else ()
    if hedge := next((m for m in hedges if _governs(sentence, m, start, end)), None):
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
    if outlet := _OUTLET.search(sentence):
        return "reported", f"hedge:{outlet.group()[2:26].lower()}"
    return "confirmed", "announced" if _SURE.search(sentence) else "plain"


class When(NamedTuple):
    """A claim's own date, when it takes effect, and the words' places in the sentence."""

    date: str | None
    precision: Precision | None
    start: int
    end: int
    effective: str | None
    effective_start: int
    effective_end: int


_ASIDE = re.compile(r",\s(?:which|who|that|whose|the|an?|one of|founded|based|led|owned|formerly|once)\s[^,]*$")
_ORIGIN = re.compile(
    r"\bsince\s(?:[\w'-]+\s){1,12}?(?:was|were|in)\b|\b(?:on top of|in addition to|besides|founded|formed|established)\b",
    re.IGNORECASE,
)
"""Words after which a date is that of something else: "the deepest cut since the firm was put together in …"."""


_OF_ANOTHER = re.compile(
    r"\b(?:from|than|against|versus|compared (?:with|to))\s(?:\w+\s){0,2}[^\s\d]{0,3}\d[\d.,]*[a-z]*(?:\s[\w%]+){0,2}\s$",
    re.IGNORECASE,
)
"""A figure that another is set against, right before the date that belongs to it."""


_WHEN = re.compile(r",?\s(?:[^,;]{1,30}\s)?when\b")
"""What binds a date to what follows: "since January 2023, when it cut 8,400"."""
_BESIDE = re.compile(
    r"\b(?:on top of|in addition to|besides|after)\s(?:(?:the|its|an?|another|about|some)\s){0,2}[^\s\d]{0,3}\d{2}[^;]*$",
    re.IGNORECASE,
)
"""What is told beside it of another time: "1,750, after 870 in August"."""
_FROM = re.compile(r"\b[Ff]rom\s(?:(?!stealth|investors|backers|[A-Z])\w+\s){0,2}$")
"""Before a date that only tells from when on, or from which level."""


def when(sentence: str, start: int, end: int, found: list[Stated], published: date | None) -> When:
    """Return the date of the happening among a sentence's dates: the nearest that does not tell of the future."""
    best: tuple[float, Stated] | None = None
    effective: Stated | None = None
    plain = re.sub(r"(?<=\d),(?=\d)", "_", sentence)
    for d in found:
        ahead = d.future or (published is not None and _starts_after(d.value, published))
        if ahead:
            if effective is None or abs(d.start - end) < abs(effective.start - end):
                effective = d
            continue
        if d.of_next and (d.end > start or "," in plain[d.end : start]):
            continue  # "raises $31m two months after its $9m seed"
        near = sentence[max(0, d.start - 34) : d.start]
        lead = near.lower()
        gap = d.start - end if d.start >= end else start - d.end
        between = sentence[end : d.start] if d.start >= end else sentence[d.end : start]
        bound = d.end <= start and _WHEN.match(between)
        if not bound and re.search(
            r"\bas of (?:the )?(?:end of |start of )?$|\b(?:founded|launched|since|formed|created|privatised|privatized|established|employees as of|as of|began in|hired|ousted|joined|acquired|compared (?:with|to)|than in|versus|valued|ipo)\s(?:\w+\s){0,2}$",
            lead,
        ):
            continue
        if not bound and _FROM.search(near):
            continue  # "from 300 in 2023"; not "from Acme in October", "from stealth on Tuesday"
        if (
            d.end <= start
            and not bound
            and re.search(r"\b(?:after|following|since|when)\b[^,]*$", plain[: d.start], re.IGNORECASE)
            and "," in plain[d.end : start]
        ):
            continue  # "After cutting 100 last year, it cuts 50"
        if d.end <= start and not bound and "," in plain[d.end : start] and _ASIDE.search(plain[: d.start]):
            continue  # "Acme, which went public in 2017, cuts 50"
        penalty = 150 * bool(_ORIGIN.search(between)) + 40 * len(
            re.findall(r"[;:]|\bwhile\b|\bafter\b|\bwhen\b|\bwho\b|\bwhich\b|\bsince\b|\bthan\b", between)
        )
        if d.start >= end and (_BESIDE.search(between) or (d.precision != "day" and _OF_ANOTHER.search(between))):
            continue  # "$200bn, up from $131bn in 2025"
        if re.search(r"[$€£¥₹]\s?\d|\d,\d{3}|\d ?%", between):
            penalty += 150  # the date of another figure
        if re.search(r",\s(?:and|then|but)\s", between):
            penalty += 60 if d.end <= start else 90
        elif (
            d.end <= start
            and re.match(r"\s(?:and|then|but)\s", between)
            and re.search(r"\d", sentence[max(0, d.start - 60) : d.start])
        ):
            penalty += 60  # "500 in May and another 300 in June"
        if any(end <= x.start < d.start for x in found):
            penalty += 60  # "a $4bn stake in 2017 before selling it in January 2019"
        if d.start >= end and re.match(r"\s(?:another|it cut|about|some|a further)?\s?\d", sentence[d.end :]):
            penalty += 100
        penalty += {"day": 0, "month": 0, "quarter": 25, "year": 45}[d.precision]
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


_SEPARATION = prefilter.Beginning(
    r"\b(?:separations?|lay-?offs?|cuts|job losses|terminations?|reductions?|departures?|last day|redundanc\w+|dismissals|closure|positions|(?:affected|impacted) (?:employees|workers|staff))\b[^.;]{0,60}\b"
    r"(?:take effect|takes effect|effective|begin|start|occur|are expected|are scheduled|will be|is expected|completed?|phased|leave|happen|end)\b",
    re.IGNORECASE,
    not_after=r"\w",
)


def takes_effect(sentence: str, found: list[Stated], published: date | None) -> Stated | None:
    """Return when cuts told elsewhere take effect, where a sentence says so: "The separations take effect on …"."""
    if not _SEPARATION.search(sentence):
        return None
    return next((d for d in found if d.future or (published is not None and _starts_after(d.value, published))), None)


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


_ROLES = [(role, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for role, words in layoff.ROLES]
_MAY_BE_ROLES = prefilter.Shapes(prefilter.necessary(pattern.pattern, prefilter.FEW) for _, pattern in _ROLES)


_TOLD = re.compile(r"\b(?:told|tells?|said to|to|by|from|,)\s(?:the\s|its\s)?$", re.IGNORECASE)
"""Before people who are spoken to, not cut."""


def roles(sentence: str, start: int, end: int) -> list[tuple[RoleMention, int, int]]:
    """Return the kinds of work cut, named within reach of the trigger, with their places."""
    lo, hi = max(0, start - 30), min(len(sentence), end + 130)
    out = []
    for index in _MAY_BE_ROLES.may_match(sentence[lo:hi].encode("utf-8", "replace")):
        role, pattern = _ROLES[index]
        m = next((x for x in pattern.finditer(sentence, lo, hi) if not _TOLD.search(sentence[: x.start()])), None)
        if m:
            out.append((RoleMention(role=role, quote=m.group()), m.start(), m.end()))  # type: ignore[arg-type]
    return out


_IN_PLACE = re.compile(
    r"\b(?:in|near|across|at its|in its)\s(?:the\s|its\s)?(?P<place>[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,2}(?:,\s[A-Z][\w.]+)?(?:\sand\s[A-Z]\w+)?)"
)


_SITE_PLACE = re.compile(
    r"\b(?:its|the|a|an|their|one|clos\w+|shut\w*|at)\s(?P<place>[A-Z][a-z]+(?:\s[A-Z][a-z]+)?(?:,\s[A-Z][a-z]+)?)\s(?:[a-z-]+\s){0,2}?"
    r"(?:plant|factory|office|site|call[- ]cent(?:er|re)|contact cent(?:er|re)|warehouse|campus|hub|mill|mine|facility|depot|centre|center|store|studio|headquarters|refinery|smelter)\b"
)
_NO_PLACE = re.compile(
    rf"(?:{dates.MONTHS}|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|AI|First|Second|New|Main)(?:\s.*)?"
)


def location(
    sentence: str, start: int, end: int, places: list[tuple[int, int, str]], names: Iterable[str] = ()
) -> tuple[str, int, int] | None:
    """Return the place of a cut or site where the sentence states one right beside it; `names` are no places."""
    after = list(_IN_PLACE.finditer(sentence, start, min(len(sentence), end + 70)))
    for m in after + list(_IN_PLACE.finditer(sentence, max(0, start - 45), start)):
        name = re.sub(r"[.,]$", "", m["place"])
        first = re.split(r",| and ", name)[0]
        if is_place(first) or any(a <= m.start("place") < b and kind in ("GPE", "LOC") for a, b, kind in places):
            return name, m.start("place"), m.start("place") + len(name)
    site = _SITE_PLACE.search(sentence, max(0, start - 70), min(len(sentence), end + 110))
    if site and not _NO_PLACE.fullmatch(site["place"]) and not any(n in site["place"] for n in names):
        return site["place"], site.start("place"), site.end("place")
    m2 = re.search(
        r"\b(?:UK|U\.S\.|US|German|French|Indian|Irish|Dutch|Canadian|Japanese|Swiss|Swedish|Finnish|British)\s(?=(?:jobs|workers|employees|staff|roles|positions|workforce))",
        sentence[start:end],
    )
    if m2:
        return m2.group().strip(), start + m2.start(), start + m2.end() - 1
    return None


_CUMULATIVE_CUT = re.compile(layoff.CUMULATIVE, re.IGNORECASE)
_CUMULATIVE_MONEY = re.compile(ai_investment.CUMULATIVE, re.IGNORECASE)


_RANKED = re.compile(
    r"\b(?:first|biggest|largest|latest|deepest|worst|only|last)\b[^.;]{0,40}\bsince (?:20\d\d|\w+ 20\d\d)",
    re.IGNORECASE,
)
"""What only ranks a cut: "its first cut since 2023"."""


def cumulative_cut(sentence: str, start: int, end: int) -> bool:
    """Return whether a cut's figure is a running total over several rounds."""
    zone = _RANKED.sub("", sentence[max(0, start - 70) : end + 50])
    return bool(_CUMULATIVE_CUT.search(zone))


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


_GUIDANCE = re.compile(
    r"\b(?:guidance|guides?|sees|(?:this|next|fiscal) year|in fiscal|fiscal 20\d\d|expects?|forecast|outlook|capital expenditures? (?:this|for|in|of|will|would)|would reach|capex (?:of|to))\b",
    re.IGNORECASE,
)
_BOOKED = re.compile(r"\b(?:spent|was up|rose|invested|totall?ed|paid)\b", re.IGNORECASE)
_SPENT = re.compile(r"\b(?:spent|invested|paid(?: out)?|totall?ed)\s(?:[a-z]+\s){0,3}$", re.IGNORECASE)


def basis(sentence: str, start: int, end: int, figure_start: int) -> Basis:
    """Return what stands behind a firm's own outlay: spent already, an outlook for a period, or a promise."""
    if _SPENT.search(sentence[:figure_start]) and not re.search(r"\bhas\s(?:\w+\s)?$", sentence[:start]):
        return "booked"
    zone = sentence[max(0, start - 90) : end + 70]
    if _GUIDANCE.search(zone):
        return "guidance"
    return "booked" if _BOOKED.search(zone) else "pledge"


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
