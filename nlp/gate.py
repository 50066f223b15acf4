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
    return _Triggers(
        *(compile_bytes(either(words) or r"[^\x00-\x{10ffff}]") for words in (alone, beside_figure, beside_people))
    )


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
    """A sentence that may hold an event, its place counted in characters of the text."""

    start: int
    text: str
    cuts: bool
    """It may tell of job cuts."""
    money: bool
    """It may tell of an investment."""


def speaks_of_ai(text: str) -> bool:
    """Return whether a text speaks of AI at all: only then is money in it for AI."""
    return _AI.search(text.encode("utf-8", "replace")) is not None


def passages(text: str, *, money: bool) -> list[Passage]:
    """Return the sentences of a text that may hold an event; with `money` those of investments too.

    The text is a view's; its first line is the title, one sentence whatever it holds.
    """
    data = text.encode("utf-8", "replace")
    spoken = _Spoken.of(data)
    lines = {*_cut_lines(data, spoken), *(_lines(data, _MONEY) if money else ())}
    found = []
    bytes_before = characters_before = 0
    for start, end in sorted(lines):
        line = data[start:end].decode()
        begin = characters_before + len(data[bytes_before:start].decode())
        for at, sentence in [(0, line)] if start == 0 else [(s.start, s.text) for s in sentences(line)]:
            bare = sentence.encode()
            cuts = any(True for _ in _cut_lines(bare, spoken))
            amount = money and _MONEY.search(bare) is not None
            if cuts or amount:
                found.append(Passage(begin + at, sentence, cuts, amount))
        bytes_before, characters_before = end, begin + len(line)
    return found


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a whole text speaks of, on which it depends what its sentences may tell."""

    cuts: bool
    jobs: bool
    lists: bool
    """A line may open a list of cuts."""

    @classmethod
    def of(cls, data: bytes) -> _Spoken:
        cuts = _CONTEXT.search(data) is not None
        title = data[: data.find(b"\n") + 1 or None]
        lists = cuts and (_INTRO.search(data) is not None or _CUT_NOUN.search(title) is not None)
        return cls(cuts, cuts or _JOBS.search(data) is not None, lists)


def _cut_lines(data: bytes, spoken: _Spoken) -> Iterator[tuple[int, int]]:
    """Yield the lines that may tell of cuts, some twice."""
    yield from _triggered(data, _PLAIN)
    if spoken.jobs:
        yield from (x for x in _triggered(data, _IN_CONTEXT) if spoken.cuts or _JOBS.search(data[slice(*x)]))
    if spoken.lists:
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


def stating(found: Iterable[Passage]) -> set[int]:
    """Return where those of the passages begin that have a candidate.

    The sentence before and the line that opens a list are taken to speak of cuts, so what is told of fewer is left in.
    """
    return {
        passage.start
        for passage in found
        if (passage.cuts and candidates.layoffs(passage.text, "layoffs", "layoffs"))
        or (passage.money and candidates.investments(passage.text))
    }


def text_may_hold(text: str) -> bool:
    """Return whether any sentence of a text, its title on the first line, may state an event."""
    plain = View(text, "text").text
    return bool(stating(passages(plain, money=speaks_of_ai(plain))))


def bytes_may_hold(body: bytes) -> bool:
    """Return whether a page's bytes, HTML and all, may hold an event: whether they hold a figure.

    Markup and scripts speak of everything, so no word of theirs tells more, and to look for words takes as long as to
    parse them. Text in an encoding of two bytes a letter always may.
    """
    return b"\0" in body[:1000] or _FIGURE.search(body) is not None
