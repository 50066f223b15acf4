"""What an article calls a company: a seller of chips or compute, a firm of AI, an investor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nlp import chooser, names, prefilter
from nlp.drafts import Draft
from nlp.event_types import ai_investment

_SUPPLY = r"(?:(?:chip|semiconductor|cloud|data[- ]cent(?:er|re)|GPU|hardware|neocloud|memory|server|computing|infrastructure|foundry|networking)s?\b[\w\s-]{0,25}?(?:start-?up|maker|firm|company|provider|operator|specialist|developer|giant|supplier|manufacturer|unicorn|business)?|chipmaker|neocloud|hyperscaler|foundry)"

_SUPPLIERS = ("cloud", "semiconductors", "hardware")


@lru_cache(maxsize=2048)
def _naming(word: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(rf"(?P<begins>\b)?{re.escape(word)}\b", flags)


@dataclass(frozen=True, slots=True)
class _Description:
    """Words that describe a name, before it or after. Compiled once for all names: to compile takes longer than to read."""

    before: prefilter.Guarded
    after: re.Pattern[str]
    flags: int

    @classmethod
    def of(cls, before: str, after: str, flags: int = 0) -> _Description:
        return cls(prefilter.Guarded(rf"(?:{before})\Z", flags), re.compile(after, flags), flags)

    def of_name(self, text: str, word: str) -> bool:
        """Return whether it stands beside a name, told by its first word."""
        return _describes(self, text, word)


@lru_cache(maxsize=512)
def _describes(description: _Description, text: str, word: str) -> bool:
    return any(
        description.before.search(text[: m.start()])
        or (m["begins"] is not None and description.after.match(text, m.end()))
        for m in _naming(word, description.flags).finditer(text)
    )


_SUPPLIER = _Description.of(
    rf"{_SUPPLY}\s(?:[\w-]+\s){{0,2}}",
    rf"[^.;]{{0,25}}, (?:an?|the|which|whose)\s[^.;,]{{0,60}}{_SUPPLY}",
    re.IGNORECASE,
)

_OF_AI = _Description.of(
    rf"(?:{ai_investment.AI})[\w\s-]{{0,40}}\s",
    rf"[^.;]{{0,25}}, (?:an?|the|which|whose|maker|developer)\b[^.;,]{{0,60}}(?:{ai_investment.AI})| (?:is|was) an?\b[^.;,]{{0,60}}(?:{ai_investment.AI})",
)

_INVESTOR = _Description.of(
    r"\b(?:investors?|venture (?:capital )?(?:firms?|funds?)|private equity|backers?|shareholders?|wealth fund)\b[\w\s,-]{0,40}\s",
    r", an? [^.;,]{0,40}(?:investor|venture|fund)\b",
)


def supplies(draft: Draft, name: str) -> bool:
    """Return whether the article calls a company a maker or provider of chips, compute or data centres."""
    if name not in draft.supplying:
        word = names.clean(name).split()[0]
        draft.supplying[name] = chooser.sector(name) in _SUPPLIERS or any(
            word.lower() in line.text.lower() and _SUPPLIER.of_name(line.text, word) for line in draft.lines[:12]
        )
    return draft.supplying[name]


def described(draft: Draft, name: str) -> str:
    """Return what the article calls a company: "ai", "investor", or nothing of these."""
    if name not in draft.described:
        draft.described[name] = _description(draft, names.clean(name).split()[0])
    return draft.described[name]


def _description(draft: Draft, word: str) -> str:
    for line in draft.lines[:40]:
        if word not in line.text:
            continue
        if line.speaks_of_ai and _OF_AI.of_name(line.text, word):
            return "ai"
        if _INVESTOR.of_name(line.text, word):
            return "investor"
    return ""
