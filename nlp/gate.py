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
from nlp.prefilter import ANYTHING, Pattern, compile_bytes, either, loosened, necessary
from nlp.text import View, sentences

_BEGINS = necessary(figures.BEGINS)
_HEDGES = f"(?:(?:{necessary(figures.HEDGES)})\\s*)*"
_SHARE = f"{_HEDGES}(?:{necessary(figures.PERCENT_VALUE)})[^\n;:]*"
_COUNT = f"{_HEDGES}(?:{_BEGINS})[^\n;:]*"
_KEPT = {"P": _COUNT, "B": _COUNT, "Q": _SHARE, "W": _SHARE}
_LEFT_OUT = dict.fromkeys(_KEPT, ANYTHING)


@dataclass(frozen=True, slots=True)
class _Test:
    """Words that a line must hold to tell of a cut, and what it must hold beside them."""

    words: Pattern
    others: tuple[Pattern, ...] = ()

    def beside(self, line: bytes) -> bool:
        """Return whether a line that holds the words holds the rest."""
        return all(other.search(line) for other in self.others)

    def holds(self, line: bytes) -> bool:
        """Return whether a line holds all that it must."""
        return self.words.search(line) and self.beside(line)


_FIGURE = compile_bytes(either((_BEGINS, necessary(figures.PERCENT_VALUE))))
_PEOPLE = compile_bytes(either((necessary(figures.PEOPLE_COUNT), loosened(figures.PERCENT_OF_STAFF, {}))))
_JOBS = compile_bytes(rf"\b(?:{'|'.join(candidates.JOB_NOUNS)})\b")


def _tests(shapes: Iterable[tuple[str, str]], *more: str) -> list[_Test]:
    """Return what shapes of cuts ask of a line: a figure right beside their words, any figure, or a count of people."""
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
    told = ((alone, ()), (beside_figure, (_FIGURE,)), (beside_people, (_PEOPLE,)))
    return [_Test(compile_bytes(either(words)), others) for words, others in told if words]


_OWN = rf"\b(?:{'|'.join(layoff.OWN_NOUNS)})\b|\bhalv"
_PLAIN = _tests([s for s in layoff.SHAPES if s[0] not in layoff.NEEDS_CONTEXT], _OWN)
_IN_CONTEXT = _tests([s for s in layoff.SHAPES if s[0] in layoff.NEEDS_CONTEXT])
_BESIDE_JOBS = [_Test(test.words, (_JOBS, *test.others)) for test in _IN_CONTEXT]
_CONTEXT = compile_bytes(necessary(layoff.CONTEXT))
_INTRO = compile_bytes(f"(?:{necessary(candidates.LIST_INTRO)})[^\n]*:[^\n\\w]*(?m:$)")
_CUT_NOUN = compile_bytes(necessary(layoff.CUT_NOUN))
_LIST = _Test(
    compile_bytes(
        f"(?-i:{loosened(candidates.LIST_LINE, {})})(?:{_HEDGES})(?:{necessary(figures.PERCENT_VALUE)}|{_BEGINS})"
    )
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
    return _AI.search(text.encode("utf-8", "replace"))


def passages(text: str, *, money: bool) -> list[Passage]:
    """Return the sentences of a text that may hold an event; with `money` those of investments too.

    The text is a view's; its first line is the title, one sentence whatever it holds.
    """
    data = text.encode("utf-8", "replace")
    lines = _lines_of_cuts(data)
    amounts = {span for span, _ in _lines(data, _MONEY)} if money else set()
    found = []
    bytes_before = characters_before = 0
    for start, end in sorted({*lines, *amounts}):
        line = data[start:end].decode()
        tests, has_money = lines.get((start, end), ()), (start, end) in amounts
        begin = characters_before + len(data[bytes_before:start].decode())
        for at, sentence in [(0, line)] if start == 0 else [(s.start, s.text) for s in sentences(line)]:
            bare = sentence.encode()
            # what no line matches, no sentence of it does
            cuts = any(test.holds(bare) for test in tests)
            amount = has_money and _MONEY.search(bare)
            if cuts or amount:
                found.append(Passage(begin + at, sentence, cuts, amount))
        bytes_before, characters_before = end, begin + len(line)
    return found


def _lines_of_cuts(data: bytes) -> dict[tuple[int, int], list[_Test]]:
    """Return the lines that may tell of cuts, and by what each may."""
    cuts = _CONTEXT.search(data)
    jobs = cuts or _JOBS.search(data)
    tests = [*_PLAIN, *(_IN_CONTEXT if cuts else _BESIDE_JOBS if jobs else ())]
    if cuts and (_INTRO.search(data) or _CUT_NOUN.search(data[: data.find(b"\n") + 1 or None])):
        tests.append(_LIST)  # a line may open a list
    lines: dict[tuple[int, int], list[_Test]] = {}
    for test in tests:
        for span, line in _lines(data, test.words):
            if test.beside(line):
                lines.setdefault(span, []).append(test)
    return lines


def _lines(data: bytes, pattern: Pattern) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield start and end of each line in which a pattern matches, and the line."""
    at = 0
    while place := pattern.find(data, at):
        start = data.rfind(b"\n", 0, place[0]) + 1
        end = data.find(b"\n", place[0])
        end = len(data) if end < 0 else end
        yield (start, end), data[start:end]
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
    return b"\0" in body[:1000] or _FIGURE.search(body)
