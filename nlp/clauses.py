"""The words about a finding's own figure, apart from what its sentence says of another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from nlp.dates import MONTHS

if TYPE_CHECKING:
    from nlp.merging import Finding

BEFORE, AFTER, OPENING = 12, 8, 4
"""Words of the clause before and after the figure that count, and words that open the sentence."""
OPENS_WITHIN = 80
"""Characters in which those that open it are looked for."""
_DAYS = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,]*|[^\w\s]")
_TIMES = {**dict.fromkeys(MONTHS.split("|"), "‹month›"), **{f"{day}day": "‹day›" for day in _DAYS}}
_YEAR = re.compile(r"(?:19|20)\d\d")

_FIGURE = re.compile(r"[$€£¥₹]?\b(?!(?:19|20)\d\d\b)\d[\d,.]*")
_BREAK = re.compile(
    r"[;:()—](?!\d)|,(?!\d)|\s-\s|\b(?:after|following|while|but|whereas|though|although|before|including|compared|up from|on top of|and)\b",
    re.IGNORECASE,
)


def around(f: Finding) -> tuple[int, int]:
    """Return where the words about a finding's own figure begin and end: up to what belongs to another figure."""
    own = f.own
    lo, hi = max(0, f.start - 60), min(len(f.words), f.end + 45)
    for m in _FIGURE.finditer(f.words, lo, hi):
        if any(x and x.start <= m.start() < x.end for x in (f.figure, f.percent)):
            continue
        if f.start <= m.start() < own.start:
            continue  # told in one breath: "cut 500 and 700"
        if m.end() <= own.start and (edge := _BREAK.search(f.words, m.end(), own.start)):
            lo = edge.start()
        elif m.start() >= f.end:
            edges = [x.start() for x in _BREAK.finditer(f.words, f.end, m.start())]
            if edges:
                hi = min(hi, edges[-1])
                break
    return lo, hi


def _plain(text: str, opens: bool) -> list[str]:
    """Return a text's words in lower case: names, numbers, years, months, days told as such and not by themselves."""
    out: list[str] = []
    for n, word in enumerate(_WORD.findall(text)):
        first = word[0]
        if first.isdigit():
            out.append("‹year›" if _YEAR.fullmatch(word) else "‹number›")
        elif not first.isupper():
            out.append(word.lower())
        elif time := _TIMES.get(word):
            out.append(time)
        elif opens and n == 0:
            out.append(word.lower())
        elif out[-1:] != ["‹name›"]:
            out.append("‹name›")
    return out


def words(f: Finding, lo: int, hi: int) -> Iterator[str]:
    """Yield as cues how a finding's sentence opens, and the words and pairs of words beside its figure from `lo` to `hi`."""
    before = _plain(f.words[lo : f.own.start], lo == 0)[-BEFORE:]
    after = _plain(f.words[f.own.end : hi], False)[:AFTER]
    for side, said in (("before", before), ("after", after)):
        for word in said:
            yield f"{side}:{word}"
        for pair in pairwise(said):
            yield f"{side}:{pair[0]} {pair[1]}"
    yield from (f"opens:{told}" for told in accumulate(_plain(f.words[:OPENS_WITHIN], True)[:OPENING], "{} {}".format))
