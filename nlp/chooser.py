"""Which company an amount belongs to, whether it is an investment at all, and of which kind: small linear models.

`candidates` hands on every amount, `linking` proposes a company; these models weigh that proposal against every other
company that the sentence, or the text before it, offers. They see named cues, the shapes and the words around, with
names and amounts masked. Their weights, in `weights/`, are made by `python -m bench.train` from the training half, the
project's own gold and our own articles.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from newsledger.model import Kind
from nlp import linear, names, prefilter, wording
from nlp.candidates import Candidate, figures_of
from nlp.event_types import ai_investment
from nlp.figures import Figure
from nlp.linking import Link, is_fronted, stands_oblique
from nlp.names import Mention
from nlp.text import OPEN_QUOTE
from nlp.wording import Features

WEIGHTS = Path(__file__).parent / "weights" / "ai_investment.json"

SORTS = {
    "funding": "raise",
    "contract": "contract",
    "acquisition": "buy",
    "outlay": "spend",
    "stake": "spend",
    "amount": "any",
}
"""What a family's cues are told apart by, beside what they say alone."""


class _Crossed(dict[str, str]):
    """Name of a cue → its name crossed with a sort, made once: names are few, cues are many."""

    def __init__(self, sort: str) -> None:
        self._sort = sort

    def __missing__(self, name: str) -> str:
        self[name] = crossed = f"{self._sort}/{name}"
        return crossed


_CROSSED = {sort: _Crossed(sort) for sort in SORTS.values()}


class _AddCue(Protocol):
    def __call__(self, name: str, value: float = 1.0) -> None: ...


def _adding_to(out: Features, sort: str) -> _AddCue:
    """Return what adds a cue to features: by its name, and by its name crossed with the sort where that is one of ours."""
    crossed = _CROSSED.get(sort)

    def cue(name: str, value: float = 1.0) -> None:
        out[name] = value
        if crossed is not None:
            out[crossed[name]] = value

    return cue


_DEALS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (sort, re.compile(words, re.IGNORECASE))
    for sort, words in (
        (
            "raise",
            r"\b(?:rais(?:e|es|ed|ing)|rounds?|funding|financing|series [a-k]\b|(?:pre-)?seed|valuation|investors)\b"
            r"|\b(?:gets?|lands?|landed|nabs|nabbed|bags|bagged|nets|snags|snagged|scores|secur(?:es|ed|ing)|attracts|pulls in)\s(?:up to |over |nearly |about |another |an? )?[$€£¥₹]",
        ),
        (
            "contract",
            r"\b(?:contracts?|agreements?|orders?|pact|compute|capacity|GPUs?|cloud (?:services|deal)|suppl\w+)\b",
        ),
        ("buy", r"\b(?:acqui\w+|b[uo]y(?:s|ing)?|bought|purchas\w+|takeover|snap\w+ up|the (?:purchase )?price)\b"),
        (
            "spend",
            r"\b(?:capex|capital (?:spending|expenditures?|expenses?)|invest\w*|spen[dt]\w*|budget|outlays?|build\w*|built|data cent(?:er|re)s?)\b",
        ),
    )
)


def sort_near(c: Candidate, text: str) -> str:
    """Return what a candidate's cues are told apart by; of an amount in no shape, the deal spoken of nearest to it."""
    assert c.figure is not None
    if c.family != "amount" and c.flags != {"amount-on-ai"}:
        return SORTS[c.family]
    start, end = max(0, c.figure.start - 90), c.figure.end + 70
    found = [
        (max(c.figure.start - m.end(), m.start() - c.figure.end), sort)
        for sort, pattern in _DEALS
        for m in pattern.finditer(text, start, end)
    ]
    return min(found)[1] if found else SORTS[c.family]


@dataclass(frozen=True, slots=True)
class Option:
    """One company that a figure may belong to."""

    link: Link
    mention: Mention | None
    """None where no words of the sentence name it: the rules' own proposal, the article's topic, one of its title."""
    titled: Features = field(default_factory=dict)
    """What the title says of it, where only the title names it."""


def sector(name: str) -> str:
    """Return the sector of a shipped company, empty where it is unknown."""
    company = names.shipped().get(names.key(name))
    return (company.sector or "") if company else ""


_GIVER = re.compile(
    r"\b(?:led|co-led|backed|joined|headed|anchored|supported|funded|founded)\sby\b[^.;]*$|\bparticipation (?:from|by|of)\b[^.;]*$|\binvestors?(?: \w+)? (?:include|including|such as|like)\b[^.;]*$|"
    r"\bbackers (?:include|including|such as|like)\b[^.;]*$|\balongside\b[^.;]*$"
)
_FROM_ON = re.compile(
    r"^[^.;]*?\b(?:from|led by|co-led by|backed by|by|including|with participation|with backing|alongside|joined by|investors?)\b(?![^.;]*\b(?:into|raised|for its|round (?:in|for)|invest(?:ed|ment|ments)? in|stake in)\s)"
)
_INTO = re.compile(
    r"(?:\b(?:into|invest(?:s|ed|ing|ment|ments)?(?: \S+){0,7} in|(?:commitments?|pledges?|promises?|cheques?|checks?) (?:to|for)|(?:commit|pledg|promis)(?:s|es|ed|ted|ing|ting)(?: \S+){1,5} to|stake in|shares in|bet on|owns?|acquisitions? of|purchases? of|takeovers? of|buyouts? of|acquir(?:e|es|ed|ing)|buy(?:s|ing)?|bought|purchas(?:es|ed|ing)|snap(?:s|ped) up|scoop(?:s|ed) up|swallow(?:s|ed))"
    r"\s(?:the\s|its\s|rival\s|an?\s|[a-z][\w'-]*\s|AI\s|British\s|Israeli\s|French\s|Chinese\s|U\.S\.\s){0,6})$"
)


_TOLD_BY = re.compile(
    r"\b(?:announced|unveiled|disclosed|revealed|reported|raised|closed|secured|won)\b[^.;,]{0,25}\sby\s(?:the\s|[a-z][\w-]*\s|[A-Z][a-z]+(?:n|sh|ch|se)\s){0,4}$"
)
"""Before who tells of its own round: "a round led by Acme was announced by Borealis"."""
_RIVAL = re.compile(
    r"\b(?:take on|taking on|rivals?(?: to)?|challeng\w+|compet\w+ with|against|than|like|beat)\s(?:the\s|giants?\s)?$",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"^\s(?:said|says|announced|told|confirmed|added|plans|will)\b")
_PROGRAMME = re.compile(r"\s(?:Fund|Plan|Initiative|Programme|Program|Project|Act)$")
_STATE_ACTS = re.compile(r"(?:,\sand|,\swhile|\bthat|\bas|;)\s(?:the\s)?(?:[A-Z]\w+\s){0,2}government\b")
_LEFT = re.compile(
    r"(?:\b[Ee]x-|\b[Ff]ormer\s|\b(?:left|leaving|quits?|departed|alumni of|veterans? of)\s(?:the\s|[a-z-]+\s){0,3})$"
)
"""Before the firm that those who act have left: "Ex-Acme engineers raise"."""
_PEOPLE_OF = re.compile(
    r"^(?:(?:,|\s(?:and|&))\s(?:and\s)?[A-Z][\w&]+){0,3}(?:'s)?\s(?:[A-Z][\w&]+\s)?(?:executives?|employees?|engineers?|researchers?|alum\w*|veterans?|co-founders?|founders?|staffers?|scientists?|managers?)\b"
)
_TICKER = re.compile(r"\s\((?:[A-Z]{1,8}:\s?)?[A-Z.]{1,6}\)")
"""What stands after the names of a list: "Acme (ACM), Borealis (BRL) and …"."""
_AMONG_INVESTORS = re.compile(
    r"^(?:,?\s(?:is|are|was|were))?\samong\s(?:the\s|[a-z]+\s){0,2}(?:investors|backers|shareholders)\b"
)
"""After who gives to another's round."""
_UNIT_OF = re.compile(
    r"[\w.)]\sand\s(?:its|the)\s(?:[\w-]+\s){0,3}(?:unit|subsidiary|arm|affiliate|division|business|brand|spin-?off)\s$"
)
"""What makes a name that of another's unit, which acts with it: "Acme and its telecom unit Borealis"."""
_LIST_OF_MANY = re.compile(
    r"[A-Z][\w.&'-]+(?:\s[A-Z][\w.&'-]+){0,2},\s[A-Z][\w.&'-]+(?:\s[A-Z][\w.&'-]+){0,2},?\s(?:(?:and|&)\s)?[A-Z][\w.&'-]+(?:\s[A-Z][\w.&'-]+){0,2}(?:\s\([^)]*\))?\s(?:are|have|all|each|will|plan|plans|collectively|now|to|[a-z]+ed|pour|boost|spend|invest|lead)\b"
)


_BUYS = re.compile(
    r"\b(?:buy|purchas|rent|leas|spend|spent|use|access|secure capacity|pay|paid|procur|order|commit)\w*\b"
)
_SUPPLIES = re.compile(
    r"^[^.;]{0,70}?\b(?:to|will|would|has agreed to)\s(?:provide|supply|sell|deliver|host|rent|lease|build|give)\b|^[^.;]{0,50}?\b(?:provid|suppl|sell|deliver|host)(?:es|ies|s|ing|ying)\b|^\s(?:sold|supplied|provided)\b"
)
"""What makes a company the one that supplies, not the one that pays."""
_SUPPLIED = re.compile(
    r"\b(?:provid|suppl|sell|sold|deliver|host|rent|leas|giv)\w*\s(?:[^.;,]{0,60}\s)?(?:to|for)\s(?:the\s|an?\s|[A-Z][\w.]*'s\s|[a-z-]+\s|AI\s|U\.S\.\s){0,4}$|\b(?:suppl(?:y|ies|ied|ying)|giv(?:e|es|ing)|orders? from|commitments? from|customer)\s(?:the\s)?$"
)
"""What makes the company after it the one supplied, which pays."""
_BOUGHT_FROM = re.compile(
    r"\b(?:buy|purchas|rent|leas|order|procur|worth of|of)\w*\s[^.;]{0,60}\bfrom\s(?:the\s|an?\s|[A-Z][\w.]*'s\s|[a-z-]+\s|AI\s|U\.S\.\s){0,4}$"
)
"""Before who sells what is ordered."""
_SELLER = prefilter.Beginning(ai_investment.SELLER_SUBJECT, re.IGNORECASE, not_after=r"\w")


def _without_tickers(text: str) -> str:
    return _TICKER.sub("", text) if "(" in text else text


def _ruled_out(m: Mention, text: str, c: Candidate) -> str:
    """What in the words around a name rules it out: giver of a round, target of a purchase, attribute; or nothing."""
    figure = c.own
    before = text[: m.start]
    after = text[m.end :]
    trigger = min(c.start, figure.start)
    if m.kind != "name" and m.start >= figure.end and not _SPEAKS.match(after):
        return "stand-in-after"
    if m.kind == "name" and " and " in before[-90:] and _UNIT_OF.search(before[-90:]):
        return "unit"
    if m.kind == "name" and (_PROGRAMME.search(m.name) or _STATE_ACTS.search(text[m.end : trigger])):
        return "state"
    if m.kind == "name" and _AMONG_INVESTORS.match(after):
        return "giver"
    if (
        names.ATTRIBUTE.match(after)
        or _PEOPLE_OF.match(after)
        or names.GIVEN_NAME.match(m.name)
        or _LEFT.search(before[-40:])
    ):
        return "people"
    if m.end <= figure.start:
        beside = f"{before[-120:]}{m.name}{after[:120]}"
        if "," in beside and _LIST_OF_MANY.search(_without_tickers(beside)):
            return "" if re.search(r"\b(?:while|whereas)\b|;", text[m.end : figure.start]) else "list"
    if c.family != "funding" and m.start >= figure.end and not m.possessive:
        gap = text[figure.end : m.start]
        if gap.strip() == ":" and not text[: figure.start].strip():
            return ""  # "$1.3bn: Acme takes over Borealis"
        if re.search(r",\s|:|\b(?:while|as|after|although|but)\s", gap) and not re.match(
            r"\s(?:said|says|announced|told)\b", after
        ):
            return "" if re.search(r"\b(?:by|from)\s(?:\w+\s){0,3}$", gap) else "apart"
    if c.family == "funding":
        if m.start >= figure.end:
            between = text[figure.end : m.start]
            return (
                "giver" if (_FROM_ON.match(between) and not _TOLD_BY.search(between)) or _RIVAL.search(between) else ""
            )
        return "giver" if _GIVER.search(before) and not names.VERB_NEXT.match(text[m.end :]) else ""
    if c.family == "acquisition" and m.start > c.start and not m.possessive:
        return "" if re.search(r"\b(?:by|from|paying)\s(?:the\s)?(?:[a-z][\w'-]*\s){0,4}$", before) else "target"
    if c.family == "contract" and m.end <= figure.start and m.kind == "name":
        gap = text[m.end : figure.start]
        if _SELLER.search(gap) and not _BUYS.search(gap) and not re.search(r"\bwith\s", gap):
            return "seller"
    target = _INTO.search(before) and not (m.possessive and m.end + 30 > figure.start > m.end)
    return "target" if target else ""


_MANY = prefilter.Beginning(
    r"\b(?:start-?ups|companies|firms|hyperscalers|giants|investors (?:have |had |are )|sector|industry|worldwide|global(?:ly)?|Big Tech|venture (?:capital|funding)|boom|wave|surge)\b",
    re.IGNORECASE,
    not_after=r"\w",
)
_OWN_MATTER = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Tt]hat|[Aa]n?|[Ii]ts|[Oo]ur|[Hh]er|[Hh]is|[Nn]ew)\s(?:[\w$€£¥₹₩.,-]+\s){0,5}?(?:round|(?:pre-)?[Ss]eed|deal|investment|funding|financing|raise|[Ss]eries|acquisition|transaction|purchase|contract|agreement|order|plan|project|spending|"
    r"che(?:ck|que)|money|cash|proceeds|capital|injection|facility|campus|data cent(?:er|re)|site|stake|bet|takeover|price|capex|budget|outlay|start-?up|company|firm)\b|^(?:\W*)(?:[Rr]ais|[Ii]nvest|[Ff]und|[Cc]lose|[Ss]ecur|[Ll]and|[Aa]nnounc|[Aa]cquir|[Ss]pend|[Cc]apital (?:expend|spend)|[Cc]apex\b|Series [A-K]\b|[Ss]eed\b)|\b(?:we|our|it|its|he|she)\b"
    r"|\b(?:previous|earlier|latest|last|first|second|third|recent)\s(?:[\w-]+\s){0,2}(?:rounds?|raises?|che(?:ck|que)s?)\b",
)
"""What a sentence without a company's name must speak of for the article's own company to be meant."""


@lru_cache(maxsize=64)
def _of_others(text: str) -> bool:
    """Whether a sentence without a company's name is not about the article's own company."""
    return bool(_MANY.search(text)) or not _OWN_MATTER.search(text)


def options(
    c: Candidate,
    text: str,
    rule: Link | None,
    mentions: Sequence[Mention],
    resolve: Callable[[Mention], str | None],
    topic: str | None,
    titled: Sequence[Option] = (),
) -> list[Option]:
    """Return the companies that may own a figure: those its sentence names or stands for, whom the text speaks of, `titled`."""
    out: list[Option] = []
    for m in mentions:
        if m.label in ("we", "our", "they", "their") and not OPEN_QUOTE.search(text[: m.start]):
            continue  # who writes, or many
        name = m.name if m.kind == "name" else resolve(m)
        if not name or (m.kind == "name" and names.is_place(name)):
            continue
        out.append(Option(Link(name, m.start, m.end, f"chosen-{m.kind}", m.kind == "name"), m))
    if (
        rule is not None
        and not any(o.link.name == rule.name and o.link.start == rule.start for o in out)
        and not (rule.rule in ("topic", "context") and _of_others(text))
    ):
        out.append(Option(rule, None))
    trigger = min(c.start, c.own.start)
    led = any(
        o.mention
        and o.mention.kind in ("name", "anaphor")
        and o.mention.end <= trigger
        and not BACKS.match(text, o.mention.end)
        for o in out
    )
    if not led and not _of_others(text):
        for name, sort in ((topic, "topic"), (resolve(names.UNTOLD), "untold")):
            if name and not any(o.link.name == name for o in out):
                out.append(Option(Link(name, c.start, c.end, f"chosen-{sort}", False), None))
    if "price" in c.flags or not (led or _of_others(text)):
        out += [t for t in titled if not any(o.link.name == t.link.name for o in out)]
    return out


def before_figure(found: Sequence[Option], text: str, c: Candidate) -> tuple[list[Mention], list[tuple[int, int]]]:
    """Return the mentions of options before a candidate's figure, and from where to where each is only described."""
    before = [o.mention for o in found if o.mention and o.mention.end <= c.own.start]
    apposed = [(m.end, names.APPOSITION.match(text[m.end :])) for m in before]
    return before, [(end, end + what.end()) for end, what in apposed if what]


def role(text: str, m: Mention) -> Features:
    """Return what a title says of a company: what it does or undergoes, and whether it is a subject."""
    out: Features = {}
    if verb := _ACTS.match(text, m.end):
        out[f"titled-acts={verb.lastgroup}"] = 1.0
    before = text[: m.start]
    if verb := _UNDERGOES.search(before, wording.last_words(before, 9)):
        out[f"titled-undergoes={verb.lastgroup}"] = 1.0
    if stands_oblique(text, m) or names.is_object(before):
        out["titled-object"] = 1.0
    return out


BACKS = re.compile(
    r"(?:,[^,;.]{2,80},)?\s(?:(?:also|has|had|have|will|would|and|which|who|again|itself|previously|already)\s){0,3}"
    r"(?:(?:co-)?(?:led|leads?|leading)|join(?:s|ed)|participat\w+|took part|takes part|invest(?:s|ed)?|back(?:s|ed)?|anchor\w*|contribut\w+|re-?up\w*)\b"
)
"""What a backer does, right after its name."""
_REFERS_BACK = re.compile(r"(?:,|—|-)\s(?:which|who|that|whose)\s(?:[\w']+\s){0,4}$")
_BOUNDARY = re.compile(
    r"[;:]|\s[—-]\s|,\s(?:and|but|while|as|after|when|with|or)\b|\b(?:while|whereas|because|after|before|since|when|who|which|that|as)\b"
)
_OWNER = re.compile(
    r"'s?\s(?:(?!(?:raises|raised|invests|invested|secures|secured|lands|landed|gets|got|spends|spent|puts|pays|paid|buys|bought|builds|built|is|was|has|had|will|and|which|that)\b)[\w-]+,?\s){0,4}"
)
_ABOUT = {
    "in": ("in", "into", "of", "on", "behind"),
    "with": ("with",),
    "from": ("from",),
    "by": ("by",),
    "for": ("for", "to", "at", "toward", "towards"),
    "other": (
        "like",
        "than",
        "including",
        "alongside",
        "against",
        "versus",
        "via",
        "per",
        "after",
        "after",
        "among",
        "between",
        "about",
    ),
}
_BEFORE_NAME = re.compile(r"\b([a-z]+)\s(?:(?:the|its|rival|fellow|an?|[a-z]+-based|[a-z]+-[a-z]+|AI|[a-z]+)\s){0,5}$")
_DESCRIBED = re.compile(
    r"\b(?:start-?up|company|firm|lab|maker|developer|provider|group|rival|giant|unicorn|platform|chipmaker|designer|business|outfit|specialist|operator)s?\s$",
    re.IGNORECASE,
)
_LONGEST_DESCRIBING = 16
"""Characters, more than the longest of those words has with what stands before and after it."""
_LED_BY = prefilter.Beginning(
    r"\b(?:led|co-led|backed|joined|headed|anchored)\sby\b|\bparticipation (?:from|by|of)\b|\binvestors (?:include|including)\b|\balongside\b",
    not_after=r"\w",
)


@lru_cache(maxsize=64)
def _led_by_ends(text: str) -> int:
    """Return where the words end that make what follows givers, 0 where there are none: asked of each company of a sentence."""
    return led.end() if (led := _LED_BY.search(text)) else 0


_LEADS_WITH = re.compile(r"\b(?:lead|led|leads|leading|co-led)\s(?:\w+\s){0,2}$")
_LEADS = re.compile(r"\b(?:led|leads|co-led)\b")
_LEADS_ROUND_OF = re.compile(
    r"\b(?:co-)?(?:lead|leads|led|leading|head|heads|headed|join|joins|joined|joining|back|backs|backed|anchor\w*)\s(?:[\w-]+\s){0,2}$"
)
_SHARED = re.compile(
    r"^(?:,\s[A-Z][\w.&'-]+(?:\s[A-Z][\w.&'-]+)*){0,4},?\s(?:and|&)\s[A-Z]|^,\s[A-Z][\w.&'-]+,?\s(?:and|&)\s[A-Z]"
)
_AFTER_SHARED = re.compile(r"\b[A-Z][\w.&'-]+(?:,| and|, and| &)\s$")
_OTHER_SUBJECT = re.compile(
    r"\b(?P<det>(?:the|this)\s)?(?:[\w-]+\s)?(?:ministers?|lawmakers|officials|investors|analysts|governments?|president|states?|regulators|researchers|customers|users|consumers|lenders|"
    r"buyers|capitalists|VCs|backers|rivals|competitors|peers|hyperscalers|giants|companies|firms|startups|start-ups|economists|businesses|enterprises|startup|start-up)\s(?:\w+\s){0,2}$"
)
"""A subject without a name right before the trigger."""
_VC = re.compile(ai_investment.VC)


_VERBS = {
    "raise": r"rais(?:e|es|ed|ing)|secur(?:e|es|ed|ing)|land(?:s|ed)?|clos(?:e|es|ed|ing)|bag(?:s|ged)|nets|netted|scor(?:es|ed)|pull(?:s|ed) in|snag(?:s|ged)|"
    r"collect(?:s|ed)?|attract(?:s|ed)?|receiv(?:e|es|ed|ing)|gets?|got|obtain(?:s|ed)?|draws?|drew|nab(?:s|bed)|pick(?:s|ed) up|br(?:ings?|ought) in|complet(?:es|ed)",
    "give": r"invest(?:s|ed|ing)?|spend(?:s|ing)?|spent|pour(?:s|ed|ing)?|commit(?:s|ted|ting)?|pledg(?:e|es|ed|ing)|puts?|putting|earmark(?:s|ed)?|allocat(?:e|es|ed|ing)|"
    r"inject(?:s|ed|ing)?|plough(?:s|ed|ing)?|plow(?:s|ed|ing)?|pump(?:s|ed|ing)?|funnel(?:s|ed|ing)?|gives?|giving|gave|pa(?:y|ys|id|ying)|contribut(?:e|es|ed|ing)|devot(?:e|es|ed|ing)",
    "buy": r"buy(?:s|ing)?|bought|acquir(?:e|es|ed|ing)|purchas(?:e|es|ed|ing)|snap(?:s|ped)? up|scoop(?:s|ed)? up|t(?:akes?|ook) (?:in|over|on)|swallow(?:s|ed)?|absorb(?:s|ed)?|order(?:s|ed|ing)?|rent(?:s|ed|ing)?|leas(?:e|es|ed|ing)",
    "build": r"build(?:s|ing)?|built|develop(?:s|ed|ing)?|construct(?:s|ed|ing)?|expand(?:s|ed|ing)?|set(?:s|ting)? up",
    "supply": r"suppl(?:y|ies|ied|ying)|provid(?:e|es|ed|ing)|sells?|selling|sold|deliver(?:s|ed|ing)?|hosts?|hosted|hosting",
}
"""Verbs of money, by which way it goes."""
_BY_SORT = "|".join(rf"(?P<{sort}>{words})" for sort, words in _VERBS.items())
_ACTS = re.compile(
    r"(?:-led(?:\s[a-z]+)?\s(?:group|consortium|team|syndicate|alliance)\b)?(?:\s\([^)]{1,30}\))?(?:,[^.;]{1,110},)?\s(?:(?:ha[sd]|have|is|was|will|would|to|also|already|recently|now|plans?|planned|planning|agreed|agrees|set|"
    r"expects?|expected|intends?|aims?|wants?|said|says|told|it|that|its|in talks|looking|seeking|hopes?|could|may|might|today|just|not|[a-z]+ly|committed|"
    r"(?:on |early |late )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:earlier |late )?(?:this|last) (?:week|month|year|quarter|summer|spring|fall|autumn|winter)|in [A-Z][a-z]+|investors|reporters|announced)\s){0,9}"
    rf"(?i:{_BY_SORT})\b"
)
"""What a company does with the money: the verb whose subject it is."""
_UNDERGOES = re.compile(
    rf"\b(?:{_BY_SORT})(?:\s(?:up to\s|about\s|another\s|an additional\s)?[$€£¥₹]?\d[\w.,]*(?:\s(?:trillion|billion|million|crore))?)?"
    r"\s(?:(?:in|into|to|for|on|of)\s)?(?:the\s|its\s|rival\s|an?\s|[a-z][\w-]*\s|AI\s){0,4}$"
)
"""What is done to it: the verb whose object it is."""
_WHICH = re.compile(
    r"(?:\s(?:in|of)\s(?:[\w-]+\s)?(?:funding|capital|cash|money|equity))?\s(?:(?:that|which)\s)?(?:the\s|[A-Z][\w.]+'s\s)?(?:[a-z][\w-]*\s){0,2}"
)
"""What stands between an amount and who acts with it: "the $3bn that Acme raised"."""
_BESIDE = re.compile(r"\s(?:more\s|each\s)?(for|from|to|by|at)\s(?:the\s)?(?:[a-z][\w-]*\s){0,2}")
_GAPPED = re.compile(
    r"(?:\s(?:with|at|up to|about|another|some|more than|over|nearly|around|an?|the)){0,3}[\s(:–-]{1,3}"
)
"""A company right before an amount, its verb left out: "Acme raised $2bn, Borealis $3bn"."""
_GIVES = re.compile(
    r"\b(?:offer(?:s|ed|ing)?|promis(?:e|es|ed|ing)|pa(?:y|ys|id|ying)|gives?|gave|given|giving|hand(?:s|ed|ing)?|ow(?:e|es|ed|ing)|len[dt]|lends|grant(?:s|ed|ing)?|award(?:s|ed|ing)?|guarantee[sd]?|"
    r"bring(?:s|ing)?|brought|sen[dt]|sends|net(?:s|ted)?|earn(?:s|ed)?|buys?|win|wins|won)\s(?:the\s|rival\s|startup\s|start-up\s|AI\s){0,2}$"
)
"""Before who is given an amount: "paid Acme $2bn"."""
_SOLD_TO = re.compile(
    r"\b(?:go|goes|went|gone|sold|sells?|selling|sale)\s(?:[\w$€£.%'-]+\s){0,7}to\s(?:the\s|an?\s|[a-z-]+\s|[A-Z][\w.]*'s\s){0,3}$"
)
"""Before who takes over what is sold."""
_AWARDED = re.compile(
    r"\b(?:w[io]n(?:s|ning)?|secur(?:e|es|ed|ing)|land(?:s|ed|ing)?|clinch(?:es|ed)|bag(?:s|ged)|receiv(?:es|ed)|awarded|books?|booked)\s(?:[\w$€£.,-]+\s){0,8}?"
    r"(?:contracts?|orders?|deals?|agreements?)\b[^;]{0,80}\s(?:for|from|by|with|to supply|to serve)\s(?:the\s|[a-z][\w-]*\s|AI\s){0,4}$"
)
"""Before who gives an order: "Acme won a contract to make chips for Borealis"."""
_OUTSIDERS = ("finance", "investor", "consulting", "media", "business_services")
_RECKONS = re.compile(
    r"\b(?:estimat\w+|forecasts?|predict\w*|project(?:s|ed|ions?)|reckon\w*|expects?|sees|puts|model|analysts?|calculat\w+|thinks|believes|according)\b"
)
"""What an analysts' house says of others' money."""
_THING_OF = re.compile(
    r"(?:'s)?\s(?:[a-z-]+\s)?(?:shares?|stocks?|stakes?|holdings?|chips?|GPUs?|processors?|bonds|customers?|investors?|backers?|rivals?|competitors?|founders?|co-?founders?|executives?|alumni|veterans?|investments?\sin|compute|computing (?:power|capacity)|capacity)\b"
)
"""What is a company's own, or held of it, not the company: "Acme shares", "Acme chips"."""
_GETS_FROM = re.compile(
    r"\b(?:gets?|got|getting|receiv(?:e|es|ed|ing)|accept(?:s|ed)?|t(?:akes?|ook))\s(?:[a-z]+\s){0,3}‹M[^‹.;]{0,40}?\sfrom\s(?:[a-z]+\s|the\s){0,3}$"
)
"""Before a firm that gives money of its own, no round: "Acme gets $5bn from Borealis"; in masked words."""
_MONEY_FROM = re.compile(
    r"\b(?:investments?|commitments?|injections?|infusions?|cash|money|capital|funding|financing|backing|cheques?|checks?|pledges?|payments?|orders?|contracts?|deals?|agreements?)"
    r"\s(?:[\w$€£.,-]+\s){0,4}from\s(?:the\s|[a-z][\w-]*\s|AI\s){0,4}$"
)


_OPENS_CLAUSE = re.compile(r"(?:^|[,;:—(]\s?|\b(?:that|and|while|as|but|said|after)\s)(?:[\w'-]+\s){0,1}$")


def _figures_between(text: str, m: Mention, figure: Figure) -> int:
    """Return how many other figures stand between a company and a figure."""
    lo, hi = (m.end, figure.start) if m.end <= figure.start else (figure.end, m.start)
    return sum(f.kind != "bare" and lo <= f.start and f.end <= hi for f in figures_of(text))


def _words_beside(plain: str, m: Mention, figure: Figure) -> Features:
    """Return the words between a company and a figure, and those next to the company."""
    if m.end <= figure.start:
        out = wording.between(plain, m.end, figure.start, f"{m.kind}>")
    else:
        out = wording.between(plain, figure.end, m.start, f"{m.kind}<")
    for n, stem in enumerate(wording.words(plain[m.end : m.end + 40])[:2]):
        out[f"name+{n + 1}={stem}"] = 1.0
    for n, stem in enumerate(wording.words(plain[max(0, m.start - 40) : m.start])[::-1][:2]):
        out[f"name-{n + 1}={stem}"] = 1.0
    return out


def company_features(
    option: Option,
    text: str,
    c: Candidate,
    *,
    sort: str,
    rule: Link | None,
    same: Callable[[str, str], bool],
    topic: str | None,
    headed: bool,
    before_it: Sequence[Mention],
    in_apposition: bool,
    told: int,
    standing: str,
    described: str = "",
    supplies: bool = False,
    stream: str = "",
    plain: str = "",
    pairs: bool | None = None,
) -> Features:
    """Return the cues for and against an option owning the candidate's figure.

    `sort` is what its cues are told apart by, see `sort_near`, or "" where they are all of one sort; `same` tells whether two names are one company; `headed`
    whether the title names it; `described` what the article calls it ("ai", "investor" or ""); `supplies` whether it is
    a seller of chips or compute; `stream` where it stands in the chain from chips over clouds to who trains models,
    beside another option ("upstream", "downstream" or ""); `plain` is the sentence with its names and amounts masked, "" where
    its words are no cues; `before_it` the mentions of companies before the figure in it; `in_apposition` whether the option stands in what only describes another; `told`
    how often the article names it; `standing` what its name is taken for: "known", "organisation", "person", "plain"
    words, or "new"; `pairs` whether "respectively" gives it this amount or another, None where it says nothing.
    """
    link, figure = option.link, c.own
    out: Features = {}
    cue = _adding_to(out, sort)
    kind = option.mention.kind if option.mention else link.rule if link.rule.startswith("chosen-") else "rule-only"
    cue(f"kind={kind}")
    cue("told", min(told, 4) / 4)
    cue(f"name={standing}")
    if option.mention is None:
        cue(f"{kind}/{'against' if before_it else 'no'}-subject")
    if rule is not None and same(rule.name, link.name):
        cue(f"rule={rule.rule}")
        if rule.start == link.start and rule.end == link.end:
            cue("rule-here")
    elif rule is None:
        cue("no-rule")
    else:
        cue(f"against={rule.rule}")
    if topic and same(topic, link.name):
        cue("topic")
    if headed:
        cue("headed")
    trade = sector(link.name)
    cue(
        f"sector={trade if trade in ('ai', 'cloud', 'semiconductors', 'hardware', 'software', 'internet', 'finance', 'investor', 'government') else 'other' if trade else 'unknown'}"
    )
    if described:
        cue(f"described={described}")
    if supplies:
        cue("supplies")
    if stream:
        cue(stream)
    if _VC.search(link.name):
        cue("venture-name")
    for name in option.titled:
        cue(name)
    m = option.mention
    if m is None:
        return out
    if m in before_it:
        cue(f"turn={min(len(before_it) - before_it.index(m), 3)}")
        named = [x for x in before_it if x.kind == "name"]
        if m in named:
            cue(
                "only-named"
                if len(named) == 1
                else "first-named"
                if m is named[0]
                else "last-named"
                if m is named[-1]
                else "named-between"
            )
    if in_apposition:
        cue("in-apposition")
    if reason := _ruled_out(m, text, c):
        cue("ruled-out")
        cue(f"ruled-out={reason}")
    if plain:
        out |= _words_beside(plain, m, figure)
    before, after = text[: m.start], text[m.end :]
    trigger = min(c.start, figure.start)
    if verb := _ACTS.match(text, m.end, figure.start if m.end <= figure.start else len(text)):
        cue(f"acts={verb.lastgroup}")
        if m.start >= figure.end and _WHICH.fullmatch(text, figure.end, m.start):
            cue(f"which-acts={verb.lastgroup}")
    if m.start >= figure.end and (beside := _BESIDE.fullmatch(text, figure.end, m.start)):
        cue(f"next-{beside[1]}")
    if m.end <= figure.start and _GAPPED.fullmatch(text, m.end, figure.start):
        cue("given" if _GIVES.search(before[-40:]) else "gapped")
    if " to " in before[-40:] and _SOLD_TO.search(before[-110:]):
        cue("sold-to")
    if trade in _OUTSIDERS and _RECKONS.search(text, m.end, max(m.end, figure.start)):
        cue("outsider-reckons")
    if pairs is not None:
        cue("paired" if pairs else "paired-otherwise")
    near = wording.last_words(before, 9)
    if verb := _UNDERGOES.search(before, near):
        cue(f"undergoes={verb.lastgroup}")
    if _MONEY_FROM.search(before, near):
        cue("money-from")
    from_it = m.start >= figure.end and trade != "investor" and " from " in plain[figure.end : m.start]
    if from_it and _GETS_FROM.search(plain[: m.start]):
        cue("gives-what-another-gets")
    if m.end <= trigger:
        cue("before")
        gap = text[m.end : trigger]
    elif m.end <= figure.start:
        cue("inside")
        gap = text[m.end : figure.start]
    else:
        cue("after")
        gap = text[figure.end : m.start]
    if between := _figures_between(text, m, figure):
        cue(f"figures-between={min(between, 2)}")
    cue(f"apart={min(len(_BOUNDARY.findall(gap)), 3)}")
    cue("distance", min(len(gap), 200) / 100)
    if m.label in ("PERSON", "GPE", "LOC", "NORP", "PRODUCT", "ORG"):
        cue(f"label={m.label}")
    if names.ATTRIBUTE.match(after):
        cue("attribute")
    if _THING_OF.match(after):
        cue("thing-of")
    if names.VERB_NEXT.match(after):
        cue("verb-next")
    if apposed := names.APPOSITION.match(after):
        cue("apposed")
        if m.end + apposed.end() <= trigger:
            cue("apposed-then-trigger")
    if m.end <= trigger and _REFERS_BACK.fullmatch(gap if len(gap) < 60 else ""):
        cue("refers-back")
    elif m.end <= trigger and re.match(r"^(?:'s?\s[\w\s-]{1,40})?,\s(?:which|who)\b[^,]*$", gap):
        cue("in-relative")
    if m.possessive:
        if m.end <= figure.start and _OWNER.fullmatch(text, m.end, figure.start):
            cue("owns-amount")
        elif re.match(
            r"^'s?\s(?:[\w-]+\s){0,3}(?:purchase|acquisition|takeover|investment|bet|stake|deal|spending|capex|capital|commitment|plans?|pledge|funding|round|raise|series|financing|guidance|forecast|budget)\b",
            after,
        ):
            cue("owns-noun")
        elif re.match(
            r"^'s?\s(?:[\w-]+\s){0,2}(?:CEO|CFO|chief|boss|founder|shares?|stock|board|unit|management|parent|executives?|spokes\w+)\b",
            after,
        ):
            cue("owns-agent")
        else:
            cue("owns-other")
    if word := _BEFORE_NAME.search(before, wording.last_words(before, 7)):
        for sort_of, words in _ABOUT.items():
            if word[1] in words and not before.rstrip().endswith(","):
                cue(f"preposition={sort_of}")
    if sort == "contract" and _AWARDED.search(before):
        cue("awards")
    if sort == "contract" and "from" in before and _BOUGHT_FROM.search(before[-120:]):
        cue("bought-from")
    oblique = stands_oblique(text, m)
    if oblique and is_fronted(before):
        cue("fronted")
    pays_from_behind = "money-from" in out or "awards" in out or (sort == "contract" and stream == "downstream")
    if oblique and not pays_from_behind:
        cue("oblique")
    if m.possessive and _LEADS_ROUND_OF.search(before):
        cue("led-by-another")
    if names.is_object(before):
        cue("object")
    if not oblique and _OPENS_CLAUSE.search(before, wording.last_words(before, 3)):
        cue("opens-clause")
    if _DESCRIBED.search(before[-_LONGEST_DESCRIBING:]):
        cue("described-before")
    if led_by := _led_by_ends(text):
        cue("after-led-by" if m.start >= led_by else "before-led-by")
    if ("led" in text or "lead" in text) and (
        _LEADS_WITH.search(text[: figure.start]) or (m.end < figure.start and _LEADS.search(text[m.end : figure.start]))
    ):
        cue("leads-round")
    if _SHARED.match(after) or _AFTER_SHARED.search(before):
        several = re.match(r"^,\s[A-Z]", after) or re.search(
            r"[A-Z][\w.&'-]+,\s(?:[A-Z][\w.&' -]+,?\s(?:and|&)\s)?$", before
        )
        cue("one-of-several" if several else "one-of-two")
    if m.end <= trigger and (other := _OTHER_SUBJECT.search(gap)) and not other["det"]:
        cue("other-subject")
    if m.end <= figure.start and _SELLER.search(gap) and not _BUYS.search(gap):
        cue("sells-here")
    if _BUYS.search(after[:90]) and m.end <= figure.start:
        cue("buys-here")
    if _SUPPLIES.match(after[:110]):
        cue("supplies-another")
    if _SUPPLIED.search(before):
        cue("supplied")
    return out


_OTHER_TRADE = prefilter.Beginning(ai_investment.OTHER_TRADE, re.IGNORECASE, not_after=r"\w")
_KIN_OF_AI = prefilter.Beginning(ai_investment.KIN_OF_AI, re.IGNORECASE, not_after=r"\w")
_PEER = re.compile(
    r"\b(?:[Rr]ivals?|[Cc]ompetitors?|[Cc]ompet(?:es?|ing)|[Pp]eers?|[Cc]ounterparts?|[Ff]ellow|[Nn]ewcomers?|[Uu]pstarts?|[Cc]hallengers?)\b"
)
"""What makes a firm one like another of its article."""
_NOT_FOR_AI = prefilter.Beginning(ai_investment.NOT_MONEY_FOR_AI, re.IGNORECASE, not_after=r"\w")
_COMPUTE = prefilter.Beginning(ai_investment.COMPUTE, re.IGNORECASE, not_after=r"\w")
_AGGREGATE = prefilter.Beginning(ai_investment.AGGREGATE_PAYERS, re.IGNORECASE, not_after=r"\w")
_FOR_WHOM = re.compile(
    r"\b(?:to|for|with|helps?|by|like|from|serves?|told|tells?|group of|among)\s(?:[\w-]+\s){0,2}$", re.IGNORECASE
)
"""Before many who are only served or asked, and do not pay."""
_CUES: tuple[tuple[str, str, str], ...] = (
    (
        "forecast",
        "before",
        r"\b(?:estimat\w+|predict\w*|forecast\w*|project(?:s|ed|ions?)|expects?|expectations?|analysts?|consensus)\b",
    ),
    (
        "earlier-figure",
        "near-before",
        r"\b(?:from|than|versus|vs\.?|compared (?:with|to)|prior|previous(?:ly)?|earlier|original(?:ly)?|initial(?:ly)?|up from|down from|above|below)\s(?:an?\s|its\s|the\s|\w+\s){0,4}$",
    ),
    (
        "value-before",
        "near-before",
        r"\b(?:valu\w+|worth|market cap\w*|revenues?|sales|profits?|income|earnings|loss(?:es)?|savings?|backlog|assets|(?<!at a )(?<!at a total )costs?|total expenses|wip(?:es|ed)|eras(?:es|ed)|lost|loses|(?<!at a )price\w*|fine\w*|(?:outstanding|unfilled|total|new) orders|bookings|obligations)\b[^,;.]{0,30}$",
    ),
    (
        "valued-at",
        "before",
        r"\bvalu(?:ation|ed|es|ing)\b(?:(?!\b(?:rais|round|fund|invest|led|after)\w*)[^;])*$",
    ),
    (
        "value-after",
        "near-after",
        r"^[\s-]*(?:(?!(?:at|to|for|in|into|with|from|that|which|valuing)\b)[\w-]+\s){0,3}?(?:valu(?:e|es|ation|ations)|company|revenues?|sales|profits?|market|loss(?:es)?|gain|assets|bonus(?:es)?|salar(?:y|ies)|pay package|debt|loan|bonds?|notes|savings|startup|firm|deficit|orders?|milestone)\b",
    ),
    (
        "in-round",
        "near-after",
        rf"^[\s-]*(?:in\s|of\s|as\s)?(?:an?\s|its\s|the\s|new\s|fresh\s)*{ai_investment.ROUND}",
    ),
    (
        "capex-words",
        "around",
        r"\b(?:capex|capital (?:expenditures?|spending|expenses?)|data[- ]cent\w+|infrastructure|campus|GPUs?|chips?|supercomputer|compute|build-?out)\b",
    ),
    ("ai-near", "around", r"\bA\.?I\b|artificial intelligence|machine learning"),
    (
        "forecast-after",
        "near-after",
        r"^[^.;,]{0,20}\b(?:analysts?|consensus|Wall Street|expected by|estimated?)\b",
    ),
    ("into", "near-after", r"^[^.;,]{0,25}\b(?:in|into)\s"),
    ("spend-on", "near-after", r"^[^.;,]{0,25}\b(?:on|for|to|toward)\s"),
    (
        "plural-target",
        "near-after",
        r"^\s(?:into|in|on)\s(?:[\w-]+\s){0,3}(?:start-?ups|companies|firms|businesses)\b",
    ),
    ("per-year", "near-after", r"^\s(?:per|a|an|each) (?:year|month|quarter)\b"),
    (
        "debt",
        "around",
        r"\b(?:loans?|debt|bonds?|(?:convertible|senior|secured|dollar) notes|notes (?:due|offering|sale)|convertible|credit (?:line|facilit\w+|agreement|fund)|(?:private|line of) credit|IPO|share sale|stock offering|borrow\w*)\b",
    ),
    ("fund-noun", "near-after", r"^[\s-]*(?:[A-Za-z-]+\s){0,4}?(?:fund|vehicle)\b(?!ing)"),
    (
        "total",
        "around",
        r"\b(?:a total of|total(?:ing|ling|s)? (?:of|funding|raised|financing|investments?)|to date|so far|altogether)\b",
    ),
    (
        "gift",
        "around",
        r"\b(?:donat\w+|grants?|philanthrop\w+|charit\w+|scholarship\w*|prize|bounty|reward\w*|non-?profit)\b",
    ),
    (
        "announce",
        "before",
        r"\b(?:announc\w+|unveil\w*|agree[sd]?|sign(?:s|ed)?|plans?|will|to|commit\w*|pledg\w+|confirm\w*|complet\w+|clos(?:ed|es))\b",
    ),
    (
        "sell",
        "before",
        r"\b(?:sell(?:s|ing)?|sold|exit\w*|divest\w*|offload\w*|dump\w*|drop(?:s|ped)|trim(?:s|med)|unload\w*|s(?:ale|elling) of|g[eo]ts? rid of)\s(?:its\s|the\s|whole\s|entire\s|[\w%$.]+\s){0,4}(?:stake|shares|holding|interest|bonds|notes|unit)\b",
    ),
    (
        "penalty",
        "around",
        r"\b(?:(?:told|ordered|forced|made|liable) to pay|fine[sd]?\b|penalt\w+|damages|settle\w*|compensation|verdict)",
    ),
    (
        "is-worth",
        "near-before",
        r"\b(?:is|are|was|were|be|been|being|becom(?:e|es|ing)|now|still|once|already|then|itself|company|firm)\s(?:\w+\s){0,2}worth\s(?:\w+\s){0,2}$|\bworth (?:at|of)\s(?:\w+\s){0,2}$",
    ),
    ("at", "near-before", r"\bat\s(?:an?\s|the\s|some\s|about\s)?$"),
    (
        "market-move",
        "around",
        r"\b(?:in (?:a|one|a single) (?:day|week)|market (?:value|capitali[sz]ation|cap)|stock[- ]market|off (?:its|the|their|[\w.]+['’]s)? ?(?:value|market)|(?:share|stock) (?:price|slump|slide|rout|rally)|sell-?off)\b",
    ),
    (
        "parts-with",
        "before",
        r"\b(?:part(?:s|ed|ing)? with|drop(?:s|ped)|got rid of|cash(?:es|ed) (?:in|out))\b[^.;]{0,40}$",
    ),
    (
        "took-in",
        "near-before",
        r"\b(?:took|taken|takes|brought|brings?|made|makes)(?: in)?\s(?:[a-z]+\s){0,2}$",
    ),
    (
        "between-them",
        "around",
        r"\b(?:between them|combined|collectively|in aggregate|jointly|as a group|taken together)\b",
    ),
    (
        "called-off",
        "before",
        r"\b(?:not go ahead|scrap(?:s|ped|ping)?|cancel\w*|abandon\w*|shelv\w*|call(?:s|ed)? off|walk\w* away|withdr\w+|pull(?:s|ed) out|halt\w*|fell through|collaps\w+)\b",
    ),
    ("pay-of-staff", "around", r"\b(?:bonus(?:es)?|salar(?:y|ies)|compensation|pay packages?|wages)\b"),
    (
        "in-cash",
        "near-after",
        r"^\s(?:in|of)\s(?:[a-z]+\s)?(?:cash|debt|reserves|assets|revenues?|sales|orders|income|stock|shares|equity|tax\w*)\b",
    ),
    (
        "subsidy",
        "around",
        r"\b(?:CHIPS (?:and Science )?Act|subsid(?:y|ies|i[sz]ed)|tax (?:break|credit|relief|incentive)s?|incentives?|state aid)\b",
    ),
    ("question", "around", r"\?"),
    ("would-be", "before", r"\b(?:could|might|may|would|should|if)\b"),
    ("not", "before", r"\b(?:not|n't|never|no longer|without|instead of|rather than)\b"),
    ("income", "before", r"\b(?:earn(?:s|ed|ing)?|generat(?:e|es|ed|ing)|brings? in|revenue|sales|profits?|ARR)\b"),
    (
        "state",
        "around",
        r"\b(?:government|ministry|minister|federal|state|congress|parliament|president|governor|EU|European Union|public)\b",
    ),
    ("market", "around", r"\b(?:market|industry|sector|economy|GDP|globally|worldwide)\b"),
)
"""What the words beside an amount may say: name, where they are looked for, pattern."""
_OPENING = tuple(
    (name, re.compile(words, re.IGNORECASE).match) for name, place, words in _CUES if place == "near-after"
)
"""Those that ask how what follows begins."""
_ANYWHERE = tuple(
    (place, prefilter.Several({name: words for name, where, words in _CUES if where == place}, re.IGNORECASE))
    for place in ("before", "near-before", "around")
)


_LISTED = re.compile(
    r"[\s•*–—-]*(?:\d{1,2}[.)]\s)?‹N›\s*(?:,[^,:]{1,30})?(?:\([^)]{1,60}\)\s*)?[:,(–—-]*\s*(?:with\s)?"
)
"""All that stands before an amount of a list: "• Acme (Oslo, chips): $30 million"."""
_OF_ROUNDS = re.compile(
    r"\b(?:funding|fund(?:s|ed)?|rais(?:e|ed|es|ing)|rounds?|deals?|venture|seed|exits?)\b", re.IGNORECASE
)
_OF_SPENDING = re.compile(
    r"\b(?:capex|spen[dt]\w*|capital expend\w*|outlays?|bills?|budgets?|investments?)\b", re.IGNORECASE
)
"""What the title of such a list is about."""
_PRICED = ("contract", "buy")
"""Deals whose price is what they are worth."""
_WORTH = re.compile(r"\b(?:worth|valued|costs?|priced?)\b[^,;.]{0,30}$")
_BUILT = frozenset(("project-worth", "will-cost", "cost-to-build"))
"""Shapes of what is built, whose cost is the outlay."""
_INTO_NAME = re.compile(
    r"^\s?(?:more\s|investments?\s|stakes?\s|bet\s|commitment\s|funding\s(?:deal|round)\s|equity\s\w+\s)?(?:in|into|for)\s(?P<what>(?:[^\s‹›.;,]+\s){0,6})‹N",
    re.IGNORECASE,
)
"""What an amount goes into, where that is named; `plain` tells names by ‹N›."""
_FIRM = re.compile(
    r"\b(?:compan(?:y|ies)|start-?up|firm|lab|maker|chip ?maker|unicorn|developer|provider|rival|platform|business|designer|operator|giant|specialist)\s$",
    re.IGNORECASE,
)


_TO_A_DOLLAR = {
    code: units
    for units, codes in (
        (10, "CNY HKD TWD SEK NOK DKK ZAR MXN THB TRY EGP CZK UAH"),
        (100, "INR JPY RUB PKR BDT LKR NPR KES HUF PHP KZT"),
        (1_000, "KRW CLP COP NGN ARS"),
        (10_000, "IDR VND"),
    )
    for code in codes.split()
}
"""Units of a currency to a dollar, to the power of ten: enough to tell a vast amount from a small one."""


_FORECAST = re.compile(
    r"(?<!that )(?<!which )\b(?:estimates?|predicts?)\b(?! (?:its|that it))|\bprojects (?:that|total|global|the)\b|\bexpects?\s(?:their|the (?:industry|market)|hyperscal\w+)",
    re.IGNORECASE,
)
_BEATS = re.compile(
    r"\b(?:beat|beats|beating|topp\w+|tops?|exceed\w*|miss\w*|surpass\w*)\s(?:[\w']+\s){0,3}(?:estimates|expectations|forecasts)\b",
    re.IGNORECASE,
)
_BUILDS = prefilter.Beginning(
    r"data cent|infrastructure|capex|capital expend|capital spend|campus|facilit|supercomputer|chips?\b|GPU|\bA\.?I\.?\b|artificial|R&D|cloud|comput",
    re.IGNORECASE,
)
_OF_THE_COMPANY = (
    "topic",
    "headed",
    "oblique",
    "object",
    "verb-next",
    "attribute",
    "one-of-several",
    "one-of-two",
    "other-subject",
    "venture-name",
    "owns-amount",
    "owns-noun",
    "owns-agent",
    "label=PERSON",
    "label=GPE",
    "label=ORG",
    "before",
    "inside",
    "after",
    "kind=anaphor",
    "kind=pronoun",
    "name=known",
    "name=organisation",
    "name=person",
    "name=plain",
    "ruled-out",
    "in-apposition",
    "only-named",
    "turn=1",
    "apart=0",
    "apart=3",
    "acts=raise",
    "acts=give",
    "acts=buy",
    "acts=build",
    "acts=supply",
    "undergoes=give",
    "undergoes=buy",
    "gapped",
    "paired",
    "upstream",
    "downstream",
    "thing-of",
    "money-from",
    "awards",
    "outsider-reckons",
)
"""Cues of a company that tell whether an amount is an investment of it."""


@lru_cache(maxsize=1024)
def _cues_beside(text: str, start: int, end: int, figure_start: int, figure_end: int) -> tuple[str, ...]:
    """Return what the words beside an amount say, whatever company it is of: asked before names are looked for, and then again."""
    before, after = text[:figure_start], text[figure_end : figure_end + 60]
    places = {
        "before": before[-90:],
        "near-before": before[-45:],
        "around": text[max(0, start - 80) : end + 80],
    }
    told = {name for name, match in _OPENING if match(after)}
    told.update(*(cues.found(places[place]) for place, cues in _ANYWHERE))
    found = [name for name, _, _ in _CUES if name in told]
    if _NOT_FOR_AI.search(text[max(0, start - 90) : end + 70]):
        found.append("not-for-ai")
    if _COMPUTE.search(text):
        found.append("compute")
    if _KIN_OF_AI.search(text):
        found.append("kin-of-ai")
    if _PEER.search(before):
        found.append("peer")
    if _OTHER_TRADE.search(text[max(0, figure_start - 120) : figure_end + 70]):
        found.append("other-trade")
    return tuple(found)


def word_features(
    c: Candidate, text: str, *, sort: str, tie: Mapping[str, float], order: int, plain: str, title: str
) -> Features:
    """Return the cues for and against a candidate being an investment that need no company.

    `tie` tells what is for its being for AI, 0 where it is not so; `plain` and `title` are the sentence and the title with their names and amounts
    masked.
    """
    assert c.figure is not None
    figure = c.figure
    out: Features = wording.around(plain, figure.start, figure.end)
    for word in wording.words(title) if order >= 0 else ():
        out[f"title:{word}"] = 1.0
    for flag in sorted(c.flags):
        out[f"shape={flag}"] = 1.0

    cue = _adding_to(out, sort)
    out["always"] = 1.0
    out[f"family={c.family}"] = 1.0
    for name, value in tie.items():
        if value:
            cue(f"tie-{name}", float(value))
    before = text[: figure.start]
    priced = sort in _PRICED or not _BUILT.isdisjoint(c.flags)
    for name in _cues_beside(text, c.start, c.end, figure.start, figure.end):
        if name == "value-before" and priced and _WORTH.search(before):
            continue
        cue(name)
        if name == "kin-of-ai" and not tie.get("sentence"):
            cue("kin-of-ai/alone")
        elif name == "peer" and (tie.get("title") or tie.get("throughout")):
            cue("peer/of-ai")
        elif name == "other-trade" and not tie.get("clause"):
            cue("other-trade/no-ai")
    ahead = plain[max(0, c.start - 60) : c.start + 1]
    if any(not _FOR_WHOM.search(ahead[: many.start()]) for many in _AGGREGATE.finditer(ahead)):
        cue("aggregate")
    if into := _INTO_NAME.match(plain[figure.end : figure.end + 110]):
        cue(
            "into-firm"
            if _FIRM.search(into["what"])
            else "into-name"
            if into["what"].count(" ") < 3
            else "into-far-name"
        )
    if _LISTED.fullmatch(plain, 0, figure.start):
        cue("listed")
        if _OF_ROUNDS.search(title):
            cue("listed-as-round")
        elif _OF_SPENDING.search(title):
            cue("listed-as-outlay")
    if _BUILDS.search(text):
        out["builds"] = 1.0
    if _FORECAST.search(_BEATS.sub("", before[-110:])):
        out["forecast-words"] = 1.0
    size = figure.low / _TO_A_DOLLAR.get(figure.currency or "", 1)
    out["small"] = float(size < 1_000_000)
    out["vast"] = float(size > 600_000_000_000)
    out["range"] = float(figure.high is not None)
    out[f"place={'title' if order < 0 else 'lead' if order <= 2 else 'early' if order <= 8 else 'late'}"] = 1.0
    out["in-brackets"] = float(before.count("(") > before.count(")"))
    return out


def amount_features(
    told: Features,
    *,
    sort: str,
    kind: str,
    link: Link,
    chosen: Features,
    margin: float,
    counterparty: bool,
    cumulative: bool,
) -> Features:
    """Return all cues for and against a candidate being an investment of one company: `told` by words, and by the company."""
    out = dict(told)
    cue = _adding_to(out, sort)
    out[f"as={kind}"] = 1.0
    cue(f"by={link.rule}")
    cue("margin", margin)
    cue("doubtful", 1 / (1 + math.exp(margin)))
    cue("here", float(link.here))
    for name in _OF_THE_COMPANY:
        if name in chosen:
            cue(f"company-{name}", chosen[name])
    for name in ("ai", "cloud", "unknown", "finance", "investor", "government"):
        if f"sector={name}" in chosen:
            cue(f"company-sector={name}")
    out["counterparty"] = float(counterparty)
    out["cumulative"] = float(cumulative)
    return out


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the decisions, and the least probability of an investment that is read."""

    company: Mapping[str, float]
    amount: Mapping[str, float]
    kinds: Mapping[Kind, Mapping[str, float]]
    least: float
    _of_kinds: dict[str, list[float]] = field(init=False, repr=False, default_factory=dict)
    """Name of a feature → its weight for each kind, in the order of `kinds`."""

    def __post_init__(self) -> None:
        for place, weights in enumerate(self.kinds.values()):
            for name, weight in weights.items():
                self._of_kinds.setdefault(name, [0.0] * len(self.kinds))[place] = weight

    def rank(self, all_features: Sequence[Features]) -> list[float]:
        """Return the score of each option."""
        return [linear.score(self.company, f) for f in all_features]

    def probability(self, features: Features) -> float:
        """Return how probable it is that a candidate is an investment by the company chosen."""
        return linear.probability(linear.score(self.amount, features))

    def kind_of(self, features: Features) -> tuple[Kind, float]:
        """Return the kind of an investment, and how probable it is."""
        told = [
            weights if value == 1.0 else [weight * value for weight in weights]
            for name, value in features.items()
            if (weights := self._of_kinds.get(name)) is not None
        ]
        scores = (
            dict(zip(self.kinds, map(sum, zip(*told, strict=True)), strict=True))
            if told
            else dict.fromkeys(self.kinds, 0.0)
        )
        kind = max(scores, key=lambda k: scores[k])
        return kind, 1 / sum(math.exp(max(-30.0, score - scores[kind])) for score in scores.values())


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Return the shipped weights."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Model(data["company"], data["amount"], data["kinds"], data["least"])


def best(scores: Sequence[float], companies: Sequence[str]) -> tuple[int, float]:
    """Return the place of the best option of the likeliest company, and the log-odds of that company, 5 at most.

    `companies` tells of each option which company it is: several may be of one, and what speaks for it adds up.
    """
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    of_company = dict.fromkeys(companies, 0.0)
    for company, share in zip(companies, shares, strict=True):
        of_company[company] += share
    chosen = max(of_company, key=lambda company: of_company[company])
    place = max((p for p, company in enumerate(companies) if company == chosen), key=lambda p: scores[p])
    rest = sum(share for company, share in of_company.items() if company != chosen)
    return place, min(5.0, math.log(of_company[chosen] / rest)) if rest else 5.0
