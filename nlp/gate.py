"""The cheap gates: may these bytes, may this text hold an event? They lose none.

What they look for is taken from the rules that find candidates (`nlp.prefilter`), so a new shape or word opens them by
itself. RE2 looks for it over a whole text, in linear time. Nothing here loads a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import re2

from nlp import candidates, figures
from nlp.event_types import ai_investment, layoff
from nlp.prefilter import ANYTHING, compile_bytes, either, loosened, necessary
from nlp.text import View, sentences

_BEGINS = necessary(figures.BEGINS)
_HEDGES = f"(?:(?:{necessary(figures.HEDGES)})\\s*)*"
_SHARE = f"{_HEDGES}(?:{necessary(figures.PERCENT_VALUE)})[^\n;:]*"
_COUNT = f"{_HEDGES}(?:{_BEGINS})[^\n;:]*"
_KEPT = {"P": _COUNT, "B": _COUNT, "Q": _SHARE, "W": _SHARE}
_LEFT_OUT = dict.fromkeys(_KEPT, ANYTHING)


@dataclass(frozen=True, slots=True)
class _Triggers:
    """The words of shapes of cuts, parted by how much a line must hold beside them."""

    alone: re2._Regexp
    """With their figure, where it must stand right beside them."""
    beside_figure: re2._Regexp
    """Those that take any figure of the line."""
    beside_people: re2._Regexp
    """Those that take a count of people or a share of a workforce."""


def _triggers(shapes: Iterable[tuple[str, str]], *more: str) -> _Triggers:
    alone: list[str] = []
    beside_figure: list[str] = []
    beside_people = list(more)
    for _, shape in shapes:
        pattern = candidates.with_marks(shape)
        marks = candidates.marks_of(pattern)
        words = loosened(pattern, _LEFT_OUT)
        if marks in ({"B"}, {"Q", "W"}) or re2.search(words, ""):
            alone.append(loosened(pattern, _KEPT))
        else:
            (beside_people if marks <= {"P", "W"} else beside_figure).append(words)
    return _Triggers(*(compile_bytes(either(words) or r"[^\x00-\x{10ffff}]") for words in (alone, beside_figure, beside_people)))


_OWN = rf"\b(?:{'|'.join(layoff.OWN_NOUNS)})\b|\bhalv"
_PLAIN = _triggers([s for s in layoff.SHAPES if s[0] not in layoff.NEEDS_CONTEXT], _OWN)
_IN_CONTEXT = _triggers([s for s in layoff.SHAPES if s[0] in layoff.NEEDS_CONTEXT])
_FIGURE = compile_bytes(either((_BEGINS, necessary(figures.PERCENT_VALUE))))
_PEOPLE = compile_bytes(either((necessary(figures.PEOPLE_COUNT), loosened(figures.PERCENT_OF_STAFF, {}))))
_CONTEXT = compile_bytes(necessary(layoff.CONTEXT))
_JOBS = compile_bytes(rf"\b(?:{'|'.join(candidates.JOB_NOUNS)})\b")
_INTRO = compile_bytes(f"(?:{necessary(candidates.LIST_INTRO)})[^\n]*:[^\n\\w]*(?m:$)")
_CUT_NOUN = compile_bytes(necessary(layoff.CUT_NOUN))
_LIST_LINE = compile_bytes(
    f"(?-i:{loosened(candidates.LIST_LINE, {})})(?:{_HEDGES})(?:{necessary(figures.PERCENT_VALUE)}|{_BEGINS})"
)
_MONEY = compile_bytes(necessary(figures.MONEY_NEEDS))
_AI = compile_bytes(necessary(ai_investment.AI), case_sensitive=True)


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of a text that may hold an event; offsets count in the text's characters."""

    start: int
    end: int
    cuts: bool
    """It may tell of job cuts."""
    money: bool
    """It may tell of an investment."""


def speaks_of_ai(text: str) -> bool:
    """Return whether a text speaks of AI at all: only then is money in it for AI."""
    return _AI.search(text.encode("utf-8", "replace")) is not None


def passages(text: str, *, money: bool) -> list[Passage]:
    """Return the lines of a text, its title the first, that may hold an event; with `money` those of investments too."""
    data = text.encode("utf-8", "replace")
    cuts = set(_cut_lines(data))
    amounts = set(_lines(data, _MONEY)) if money else set()
    found = []
    bytes_before = characters_before = 0
    for start, end in sorted(cuts | amounts):
        begin = characters_before + len(data[bytes_before:start].decode())
        stop = begin + len(data[start:end].decode())
        found.append(Passage(begin, stop, (start, end) in cuts, (start, end) in amounts))
        bytes_before, characters_before = end, stop
    return found


def _cut_lines(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the lines that may tell of cuts, some twice."""
    yield from _triggered(data, _PLAIN)
    if context := _CONTEXT.search(data):
        yield from _triggered(data, _IN_CONTEXT)
    elif _JOBS.search(data):
        yield from (span for span in _triggered(data, _IN_CONTEXT) if _JOBS.search(data[slice(*span)]))
    if context and (_INTRO.search(data) or _CUT_NOUN.search(data[: data.find(b"\n") + 1 or None])):
        yield from _lines(data, _LIST_LINE)


def _triggered(data: bytes, triggers: _Triggers) -> Iterator[tuple[int, int]]:
    yield from _lines(data, triggers.alone)
    for words, figure in ((triggers.beside_figure, _FIGURE), (triggers.beside_people, _PEOPLE)):
        for start, end in _lines(data, words):
            if figure.search(data[start:end]):
                yield start, end


def _lines(data: bytes, pattern: re2._Regexp) -> Iterator[tuple[int, int]]:
    """Yield start and end of each line in which a pattern matches."""
    at = 0
    while match := pattern.search(data, at):
        start = data.rfind(b"\n", 0, match.start()) + 1
        end = data.find(b"\n", match.start())
        end = len(data) if end < 0 else end
        yield start, end
        at = end + 1
        if at > len(data):
            return


def may_hold(text: str, found: Iterable[Passage]) -> set[int]:
    """Return where the sentences begin that have a candidate, of the passages found in a text.

    The sentence before and the line that opens a list are taken to speak of cuts, so what is told of fewer is left in.
    """
    begin: set[int] = set()
    for passage in found:
        line = text[passage.start : passage.end]
        for at, sentence in [(0, line)] if passage.start == 0 else [(s.start, s.text) for s in sentences(line)]:
            if (passage.cuts and candidates.layoffs(sentence, "layoffs", "layoffs")) or (
                passage.money and candidates.investments(sentence)
            ):
                begin.add(passage.start + at)
    return begin


def text_may_hold(text: str) -> bool:
    """Return whether any sentence of a text, its title on the first line, may state an event."""
    plain = View(text, "text").text
    return bool(may_hold(plain, passages(plain, money=speaks_of_ai(plain))))


def bytes_may_hold(body: bytes) -> bool:
    """Return whether a page's bytes, HTML and all, may hold an event; text in an unusual encoding always may."""
    return True
