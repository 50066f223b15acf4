"""What an article calls a company: a seller of chips or compute, a firm of AI, an investor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nlp import chooser, names, prefilter
from nlp.drafts import Draft
from nlp.event_types import ai_investment

_SELL_CLOUDS = frozenset(map(names.key, ai_investment.SELL_CLOUDS))

_SUPPLIERS = ("cloud", "semiconductors", "hardware")


def _namings(text: str, word: str, any_case: bool) -> Iterator[tuple[int, int]]:
    """Yield where a word stands at the end of a word or is one. A pattern for each name would take longer to compile."""
    if any_case and len(text.lower()) == len(text):
        text, word = text.lower(), word.lower()
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        ends = names.is_edge(text, end)
        if ends:
            yield at, end
        at = text.find(word, end if ends else at + 1)


@dataclass(frozen=True, slots=True)
class _Description:
    """Words that describe a name, before it or after. Compiled once for all names: to compile takes longer than to read."""

    before: prefilter.Guarded
    """It ends in a space."""
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
        (text[:start][-1:].isspace() and description.before.search(text[:start]))
        or (names.is_edge(text, start) and description.after.match(text, end))
        for start, end in _namings(text, word, bool(description.flags & re.IGNORECASE))
    )


_MAKER = r"(?:(?:chip|semiconductor|cloud|data[- ]cent(?:er|re)|GPU|hardware|memory|server|comput(?:e|ing)|infrastructure)s?[\s-](?:[\w-]+\s)?(?:start-?up|maker|firm|company|provider|operator|specialist|developer|giant|supplier|manufacturer|unicorn|business|group)|chipmaker|neocloud|hyperscaler|foundry)"

_WARES = r"(?:chips?|GPUs?|processors?|accelerators?|semiconductors?|memory|servers?|cloud|data[- ]cent(?:er|re)s?|comput(?:e|ing)|AI infrastructure)\b"
_MAKES = rf"(?:providers?|operators?|developers?|owners?|builders?|makers?|sellers?|suppliers?|designers?|manufacturers?) of\s[^.;,]{{0,40}}\b{_WARES}"
_SELLS = rf"(?:rents?(?: out)?|leases?(?: out)?|sells?|makes?|designs?|supplies|provides?|hosts?|operates?)\s[^.;,]{{0,40}}\b{_WARES}"
"""What sellers of chips and compute sell, what they are called by it, and what they do with it."""

_SUPPLIER = _Description.of(
    rf"\b{_MAKER},?\s",
    rf"[^.;,]{{0,25}}(?:(?:, (?:an?|the|which is an?)| is an?)\s[^.;,]{{0,40}}\b(?:{_MAKER}|{_MAKES})|, (?:{_MAKES}|(?:which|that) {_SELLS}))",
    re.IGNORECASE,
)
"""A firm called just that, by words beside its name."""

_OF_AI = _Description.of(
    rf"(?:{ai_investment.AI})[\w\s-]{{0,40}}\s",
    rf"[^.;]{{0,25}}, (?:an?|the|which|whose|maker|developer)\b[^.;,]{{0,90}}(?:{ai_investment.AI})| (?:is|was) an?\b[^.;,]{{0,60}}(?:{ai_investment.AI})",
)

_INVESTOR = _Description.of(
    r"\b(?:investors?|venture (?:capital )?(?:firms?|funds?)|private equity|backers?|shareholders?|wealth fund)\b[\w\s,-]{0,40}\s",
    r", an? [^.;,]{0,40}(?:investor|venture|fund)\b",
)


_NAMED_SO = re.compile(
    r"\b(?:Compute|Clouds?|Data ?Cent(?:er|re)s?|Semi(?:con|conductors?)?|Chips?|Silicon|Micro(?:n|electronics|systems|devices)?|Hosting)\b"
)
"""A name that tells what its bearer sells."""


def supplies(draft: Draft, name: str) -> bool:
    """Return whether the article calls a company a maker or provider of chips, compute or data centres."""
    if name not in draft.supplying:
        word = names.clean(name).split()[0]
        lower = word.lower()
        draft.supplying[name] = (
            chooser.sector(name) in _SUPPLIERS
            or bool(_NAMED_SO.search(name))
            or any(lower in line.text.lower() and _SUPPLIER.of_name(line.text, word) for line in draft.lines[:12])
        )
    return draft.supplying[name]


def tier(draft: Draft, name: str) -> int:
    """Return where a company stands in the chain of compute: 3 chips, 2 clouds, 1 who sells a cloud beside else, 0 none.

    The one further down buys from the one further up.
    """
    trade = chooser.sector(name)
    if trade in ("semiconductors", "hardware"):
        return 3
    if trade == "cloud":
        return 2
    if trade:
        return int(names.key(name) in _SELL_CLOUDS)
    return 2 * supplies(draft, name)


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
