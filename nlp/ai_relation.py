"""How a text ties a cut to AI: as its cause, as where the money goes, as scenery, as what chose the people, or not at all.

A tie is a mention of AI beside words of reason, replacement, efficiency or shift. Words that deny it are looked for first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from newsledger.model import AiRelation, Speaker
from nlp import prefilter
from nlp.event_types import layoff


class Tie(NamedTuple):
    """A tie to AI in one sentence, and the place of its words."""

    relation: AiRelation
    rule: str
    start: int
    end: int


_AI = prefilter.Guarded(layoff.AI_TERM, re.IGNORECASE)
_NO_TERM_AFTER = re.compile(layoff.AI_NO_TERM_AFTER, re.IGNORECASE)
_MAKES = re.compile(r"\b(?:makes|sells|builds|makers? of|which (?:make|sell|build)s?)\s(?:[\w-]+\s){0,2}$")
_MANY = prefilter.Beginning(
    r"\b(?:firms|companies|employers|industries|businesses|tech giants|workers across)\b",
    re.IGNORECASE,
    not_after=r"\w",
)
_DENIED = prefilter.Guarded(layoff.AI_DENIED.replace("{AI}", f"(?:{layoff.AI_TERM})"), re.IGNORECASE)
_SELECTED = prefilter.Guarded(layoff.AI_SELECTED.replace("{AI}", f"(?:{layoff.AI_TERM})"), re.IGNORECASE)
_CONTEXT = re.compile(layoff.AI_CONTEXT.replace("{AI}", f"(?:{layoff.AI_TERM})"), re.IGNORECASE)
_PATTERNS: tuple[tuple[AiRelation, str, prefilter.Guarded], ...] = tuple(
    (relation, name, prefilter.Guarded(pattern.replace("{AI}", f"(?:{layoff.AI_TERM})"), re.IGNORECASE))  # type: ignore[misc]
    for relation, name, pattern in layoff.AI_TIES
)
_OF_CUTS = prefilter.Guarded(
    layoff.STRONG_VERB
    + "|"
    + layoff.CUT_NOUN
    + r"|\bcuts?\b|\bcutting\b|headcount|workforce|\bjobs\b|\broles\b|\bpositions\b|leaner|\bcull\b|\bpurge\b|shake-?up|departures|fewer (?:people|employees|workers)|\beliminat\w+|\breduc\w+",
    re.IGNORECASE,
)
_STANDS_FOR_CUT = prefilter.Guarded(
    r"\b(?:(?:this|that|the|these|those|such|its|our) (?:\w+ ){0,2}(?:move|decision|change|changes|step|restructuring|reorgani[sz]ation|overhaul|plan|memo|announcement|action|actions|strategy|measures?)|"
    r"(?:this|that|it) (?:is|was|comes|came|follows)|(?:their|the) (?:work|jobs|tasks|duties|roles)|not doing this|doing this|why)\b",
    re.IGNORECASE,
)
_ITS_OWN = prefilter.Beginning(
    r"\b(?:the company|the firm|the bank|company's|it|its|he|she|we|our|CEO|chief executive|spokes\w+|memo|these (?:cuts|layoffs)|the (?:cuts|layoffs|move|restructuring|decision|union))\b",
    re.IGNORECASE,
    not_after=r"\w",
)


_IN_NAME = re.compile(
    r"[\w,'\"] (?!(?:Due|To|By|With|As|In|On|For|Amid|From|Over|Of|And|The|Its|More|Using|Via|Into|Because|After|About|Says?|Said|Than|"
    r"Towards?|Cites?|Citing|Blames?|Generative|Agentic|Enterprise|Heavy|Big|Not|How|While|That|Through|Embraces?|Adopts?)\b)[A-Z][a-z]+\s$"
)
"""A capitalised word before "AI" within a sentence: the name of a firm or product."""


@lru_cache(maxsize=2048)
def speaks_of_ai(text: str) -> bool:
    """Return whether a sentence has a word for AI or automation."""
    return bool(_AI.search(text))


def speaks_of_cuts(text: str) -> bool:
    """Return whether a sentence speaks of cuts, by their words or by "the move", "this decision", "their work"."""
    return bool(_OF_CUTS.search(text) or _STANDS_FOR_CUT.search(text))


def tells_of(text: str, company: str) -> bool:
    """Return whether a sentence further on may tie a company's cut to AI.

    It names the company or a stand-in, and speaks of cuts or says outright what AI does or gets there.
    """
    if company.casefold() not in text.casefold() and (_MANY.search(text) or not _ITS_OWN.search(text)):
        return False
    if speaks_of_cuts(text):
        return True
    found = tie(text, 0, company)
    return (
        found is not None
        and found.rule in _OUTRIGHT
        and bool(_AI_PROPER.search(text, found.start, found.end))
        and not _MONEY.search(text)
    )


def heads_a_list(title: str, named: list[str]) -> bool:
    """Return whether a title ties the cuts of many employers to AI: "Firms that replaced staff with AI"."""
    if any(company.casefold() in title.casefold() for company in named) or not _MANY.search(title):
        return False
    found = tie(title)
    if found is None or found.relation not in ("cause", "shift"):
        return False
    return found.rule == "replaces" or speaks_of_cuts(title)


_OUTRIGHT = frozenset({"replaces", "does", "reason", "efficiency", "compound", "shift", "push"})
_AI_PROPER = re.compile(r"\bA\.?I\b|artificial intelligence|ChatGPT|agentic|chat-?bots?", re.IGNORECASE)


def tie(text: str, cut_end: int = 0, company: str = "") -> Tie | None:
    """Return how a sentence ties a cut to AI, or None where it speaks of no AI.

    `cut_end` is where the cut's own words end in the sentence, 0 where they stand elsewhere; a word for AI in the
    `company`'s own name says nothing.
    """
    found = list(_AI.finditer(text))
    named = [m.span() for m in re.finditer(re.escape(company), text)] if company and found else []
    terms = [
        m
        for m in found
        if not _is_descriptor(text, m)
        and not any(a <= m.start() < b for a, b in named)
        and not (cut_end and _other_money(text, cut_end, m.end()))
    ]
    if not terms:
        return None
    if m := _DENIED.search(text):
        return Tie("denied", "denied", m.start(), m.end())
    if m := _SELECTED.search(text):
        return Tie("used_to_select", "selected", m.start(), m.end())
    places = [(m.start(), m.end()) for m in terms]
    for relation, name, pattern in _PATTERNS:
        for m in pattern.finditer(text):
            if not any(m.start() < b and a < m.end() for a, b in places):
                continue
            if any(_CONTEXT.match(text, a) for a, b in places if m.start() < b and a < m.end()):
                continue
            return Tie(relation, name, m.start(), m.end())
    return Tie("context", "nearby", *places[0])


def _is_descriptor(text: str, m: re.Match[str]) -> bool:
    """Whether a word for AI only says what a company is ("AI start-up Acme") or is part of a name ("Acme AI")."""
    own = re.search(r"\b(?:its|their|our|own)\s(?:\w+\s)?$", text[max(0, m.start() - 24) : m.start()])
    if (_NO_TERM_AFTER.match(text, m.end()) and not own) or _MAKES.search(text, 0, m.start()):
        return True
    return (
        m.group() == "AI" and bool(_IN_NAME.search(text[max(0, m.start() - 24) : m.start()])) and not _title_case(text)
    )


def _title_case(text: str) -> bool:
    words = re.findall(r"\b[A-Za-z]{4,}", text)
    return len(words) > 3 and sum(w[0].isupper() for w in words) / len(words) > 0.7


_MONEY = re.compile(r"[$€£¥₹]\s?\d")
_JOINED = re.compile(
    r"[,;]\s(?!as\b|while\b|amid\b|to\b|in\b|with\b|because\b|due\b|cit|blam|saying|and (?:will )?(?:re|shift|put|redirect|mov))",
    re.IGNORECASE,
)


def _other_money(text: str, cut_end: int, tie_end: int) -> bool:
    """Whether the AI stands in a statement of its own about money: "cuts 500 jobs, sees $2bn of AI spending"."""
    between = text[cut_end:tie_end]
    joined = _JOINED.search(between)
    return bool(joined and _MONEY.search(between, joined.start()))


_SPEAKERS: tuple[tuple[Speaker, re.Pattern[str]], ...] = (
    ("union", re.compile(r"\bunions?\b", re.IGNORECASE)),
    (
        "executive",
        re.compile(
            r"\b(?:CEO|CFO|COO|CTO|chief (?:\w+ )?(?:executive|officer)|(?:co-?)?founder|president|chairman|chairwoman|managing director|executives?|boss|chief [A-Z]\w+)\b|(?:^|, )(?:its|the) chief\b",
            re.IGNORECASE,
        ),
    ),
    (
        "filing",
        re.compile(
            r"\b(?:regulatory |securities |stock exchange |SEC |WARN |exchange )?filing\b|\bWARN notice\b|\b8-K\b"
        ),
    ),
    (
        "analyst",
        re.compile(
            r"\b(?:analysts?|economists?|researchers?)\b[^.;]{0,40}\b(?:said|says?|wrote|noted?|argued?|estimated?|believes?|expects?)\b|\b(?:according to|said|says) (?:an? |the |one )?(?:\w+ )?(?:analyst|economist)s?\b",
            re.IGNORECASE,
        ),
    ),
    (
        "employer",
        re.compile(
            r"\b(?:spokes\w+|statement|memo|announced|insist(?:s|ed)|maintain(?:s|ed)|stress(?:es|ed)|argu(?:es|ed)|cit(?:es|ed|ing)|blam(?:es|ed|ing)|saying|den(?:y|ies|ied)|confirmed|tells?|told)\b|"
            r"\b(?:company|firm|bank|group|maker|giant|start-?up|retailer|insurer|studio|lender|outsourcer|carrier|it|we)\b[^.;]{0,30}\b(?:said|says|wrote|explained|added|are|were|expects?)\b|^(?:we|our)\b|\bsaid\b",
            re.IGNORECASE,
        ),
    ),
)


def speaker(text: str, *, title: bool = False) -> Speaker:
    """Return who ties a cut to AI, from the words around the tie; a title's plain voice is the press's."""
    for name, pattern in _SPEAKERS:
        if pattern.search(text):
            return name
    return "press"
