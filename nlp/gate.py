"""The cheap gates: may these bytes, may this text hold an event? They lose none.

What they look for is taken from the rules that find candidates (`nlp.prefilter`), so a new shape or word opens them by
itself. RE2 looks for it over a whole text, in linear time. Nothing here loads a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import re2

from nlp import candidates, figures
from nlp.candidates import Candidate
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
class _Shapes:
    """What shapes of cuts ask of a line that all need the same beside their words."""

    finder: Pattern
    """What a line of any of them holds."""
    needs: Pattern | None
    """What stands beside the words."""
    plain: Pattern
    """The words of those that tell of a cut wherever they stand."""
    in_context: Pattern
    """The words of those that do only where cuts were spoken of, or of jobs."""

    def may_match(self, line: bytes) -> bool:
        """Return whether a line holds words of theirs, and beside them what they need."""
        return (self.needs is None or self.needs.search(line)) and (
            self.plain.search(line) or self.in_context.search(line)
        )


_FIGURE = compile_bytes(either((_BEGINS, necessary(figures.PERCENT_VALUE))))
_PEOPLE = compile_bytes(either((necessary(figures.PEOPLE_COUNT), loosened(figures.PERCENT_OF_STAFF, {}))))
_JOBS = compile_bytes(rf"\b(?:{'|'.join(candidates.JOB_NOUNS)})\b")
_OWN = rf"\b(?:{'|'.join(layoff.OWN_NOUNS)})\b|\bhalv"


_Words = tuple[list[str], list[str]]
"""Patterns of the shapes that tell of a cut anywhere, and of those that ask for context."""


def _asked() -> Iterator[_Shapes]:
    """Yield what the shapes of cuts ask of a line: a figure right beside their words, any figure, or a count of people."""
    alone: _Words = ([], [])
    beside_figure: _Words = ([], [])
    beside_people: _Words = ([_OWN], [])
    for name, shape in layoff.SHAPES:
        pattern, asks_context = candidates.with_marks(shape), name in layoff.NEEDS_CONTEXT
        marks = candidates.marks_of(pattern)
        words = loosened(pattern, _LEFT_OUT)
        if marks in ({"B"}, {"Q", "W"}) or re2.search(words, ""):
            alone[asks_context].append(loosened(pattern, _KEPT))
        else:
            (beside_people if marks <= {"P", "W"} else beside_figure)[asks_context].append(words)
    for (plain, in_context), needs in ((alone, None), (beside_figure, _FIGURE), (beside_people, _PEOPLE)):
        # few lines count people, many hold these words
        finder = _PEOPLE if needs is _PEOPLE else compile_bytes(either((*plain, *in_context)))
        yield _Shapes(finder, needs, compile_bytes(either(plain)), compile_bytes(either(in_context)))


_SHAPES = tuple(_asked())
_CONTEXT = compile_bytes(necessary(layoff.CONTEXT), across_lines=True)
_OPENS = compile_bytes(r":[^\n\w]*(?m:$)")
_LIST_INTRO = compile_bytes(necessary(candidates.LIST_INTRO))
_CUT_NOUN = compile_bytes(necessary(layoff.CUT_NOUN))
_LIST_LINE = compile_bytes(
    f"(?-i:{loosened(candidates.LIST_LINE, {})})(?:{_HEDGES})(?:{necessary(figures.PERCENT_VALUE)}|{_BEGINS})"
)
_MONEY = compile_bytes(necessary(figures.LARGE_MONEY))
_MAY_BE_AI = compile_bytes(necessary(ai_investment.AI), case_sensitive=True)
_AI = re.compile(ai_investment.AI)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence that may hold an event, its place counted in characters of the text."""

    start: int
    text: str
    cuts: bool
    """It may tell of job cuts."""
    money: bool
    """It may tell of an investment."""
    in_context: bool
    """Cuts are spoken of in it or before, and it may be in a shape that asks for that."""
    listed: bool
    """A line before may have opened a list of cuts."""


def speaks_of_ai(text: str) -> bool:
    """Return whether a text speaks of AI at all: only then is money in it for AI."""
    lines = _lines(text.encode("utf-8", "replace"), _MAY_BE_AI)
    return any(_AI.search(line.decode()) for _, line in lines)


def passages(text: str, *, money: bool) -> list[Passage]:
    """Return the sentences of a text that may hold an event; with `money` those of investments too.

    The text is a view's; its first line is the title, one sentence whatever it holds.
    """
    data = text.encode("utf-8", "replace")
    lines: dict[tuple[int, int], list[_Shapes]] = {}
    for shapes in _SHAPES:
        for span, line in _lines(data, shapes.finder):
            if shapes.may_match(line):
                lines.setdefault(span, []).append(shapes)
    opened = _list_opens(data)
    listed = set() if opened is None else {span for span, _ in _lines(data, _LIST_LINE, opened)}
    amounts = {span for span, _ in _lines(data, _MONEY)} if money else set()
    spoken = _SpokenOfCuts(text)
    found = []
    bytes_before = characters_before = 0
    for start, end in sorted({*lines, *listed, *amounts}):
        whole = data[start:end].decode()
        begin = characters_before + len(data[bytes_before:start].decode())
        bytes_before, characters_before = end, begin + len(whole)
        for at, sentence in [(0, whole)] if start == 0 else [(s.start, s.text) for s in sentences(whole)]:
            bare = sentence.encode()
            # what no line holds, no sentence of it does
            asked = [shapes for shapes in lines.get((start, end), ()) if shapes.may_match(bare)]
            plain = any(shapes.plain.search(bare) for shapes in asked)
            if in_context := any(shapes.in_context.search(bare) for shapes in asked):
                in_context = spoken.by(begin + at + len(sentence))
                plain = plain or _JOBS.search(bare)
            of_list = (start, end) in listed and _LIST_LINE.search(bare)
            amount = (start, end) in amounts and _MONEY.search(bare)
            if plain or in_context or of_list or amount:
                cuts = plain or in_context or of_list
                found.append(Passage(begin + at, sentence, cuts, amount, in_context, of_list))
    return found


class _SpokenOfCuts:
    """Whether a text has spoken of cuts by a place; the places asked for go up."""

    _LONGEST = 200
    """Characters that a word for cuts has at most."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._last = ""
        self._found = False

    def by(self, place: int) -> bool:
        """Return whether cuts are spoken of before a place, be it across sentences, which meet in one space."""
        if not self._found:
            words = " ".join([self._last, *self._text[self._at : place].split()])
            self._at, self._last = place, words[-self._LONGEST :]
            self._found = _CONTEXT.search(words.encode("utf-8", "replace"))
        return self._found


def _list_opens(data: bytes) -> int | None:
    """Return where the first line begins that may open a list of cuts: the title, or one that ends in a colon."""
    title = data.find(b"\n") + 1 or len(data)
    if _CUT_NOUN.search(data[:title]):
        return title
    return next((start for (start, _), line in _lines(data, _OPENS) if _LIST_INTRO.search(line)), None)


def _lines(data: bytes, pattern: Pattern, at: int = 0) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield start and end of each line from `at` on in which a pattern matches, and the line."""
    while place := pattern.find(data, at):
        start = data.rfind(b"\n", 0, place[0]) + 1
        end = data.find(b"\n", place[0])
        end = len(data) if end < 0 else end
        yield (start, end), data[start:end]
        at = end + 1
        if at > len(data):
            return


@dataclass(frozen=True, slots=True)
class Stating:
    """What a passage has candidates of."""

    text: str
    cuts: bool
    amounts: Sequence[Candidate]


def stating(found: Iterable[Passage]) -> dict[int, Stating]:
    """Return where those of the passages begin that have a candidate, and what each has.

    What was spoken of anywhere before is taken to be told right before: what is told of fewer is left in.
    """
    stated = {}
    for passage in found:
        before, intro = _told[passage.in_context], _told[passage.listed]
        cuts = passage.cuts and bool(candidates.layoffs(passage.text, before, intro))
        amounts = candidates.investments(passage.text) if passage.money else ()
        if cuts or amounts:
            stated[passage.start] = Stating(passage.text, cuts, amounts)
    return stated


_told = ("", "layoffs")
"""What stands for words before a passage that speak of no cuts, or of cuts."""


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
