"""The cheap gates: may these bytes, may this text hold an event? They lose none.

What they look for is taken from the rules that find candidates (`nlp.prefilter`), so a new shape or word opens them by
itself. RE2 looks for it over a whole text, in linear time. Nothing here loads a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp import candidates, figures
from nlp.abreast import Steps, alone
from nlp.candidates import Candidate
from nlp.event_types import ai_investment, layoff
from nlp.prefilter import ANYTHING, Pattern, Shapes, compile_bytes, either, loosened, necessary, telling
from nlp.text import View, sentences

_BEGINS = necessary(figures.BEGINS)
_HEDGES = f"(?:(?:{necessary(figures.HEDGES)})\\s*)*"
_SHARE = f"{_HEDGES}(?:{necessary(figures.PERCENT_VALUE)})[^\n;:]*"
_COUNT = f"{_HEDGES}(?:{_BEGINS})[^\n;:]*"
_KEPT = {"P": _COUNT, "B": _COUNT, "Q": _SHARE, "W": _SHARE}
_LEFT_OUT = dict.fromkeys(_KEPT, ANYTHING)


class _Kind:
    """Shapes of cuts that need the same beside their words."""

    def __init__(self, words: dict[str, str]) -> None:
        """Compile the words of the shapes, by name."""
        self._names = tuple(words)
        self._words = Shapes(words.values())

    def shapes(self, sentence: bytes) -> set[str]:
        """Return the shapes whose words a sentence holds."""
        return {self._names[index] for index in self._words.may_match(sentence)}


_FIGURE = compile_bytes(either((_BEGINS, necessary(figures.PERCENT_VALUE))))
_DIGITS = b"0123456789"
_PEOPLE = tuple(map(compile_bytes, (necessary(figures.PEOPLE_COUNT), loosened(figures.PERCENT_OF_STAFF, {}))))
_JOBS = compile_bytes(rf"\b(?:{'|'.join(candidates.JOB_NOUNS)})\b")
_OWN = rf"\b(?:{'|'.join(layoff.OWN_NOUNS)})\b|\bhalv|\bfewer\b"


def _asked() -> tuple[tuple[tuple[Pattern, ...], tuple[_Kind, ...]], ...]:
    """Return the shapes of cuts, by whether they ask for a figure right beside their words, any figure, or a count of people.

    Each with what finds it. Few sentences count people, many hold the words beside that; the others are found by the
    words that tell most. Patterns that have gaps, or are about different things, need together far more memory than
    apart, and take long until they are built.
    """
    alone: dict[str, str] = {}
    beside_figure: dict[str, str] = {}
    beside_people = {"own-noun": _OWN}
    tell = []
    for name, shape in layoff.SHAPES:
        pattern = candidates.with_marks(shape)
        marks = candidates.marks_of(pattern)
        if marks in ({"B"}, {"Q", "W"}):
            alone[name] = loosened(pattern, _KEPT)
        elif marks <= {"P", "W"}:
            beside_people[name] = loosened(pattern, _LEFT_OUT)
            continue
        else:
            beside_figure[name] = loosened(pattern, _LEFT_OUT)
        tell.append(telling(pattern, _LEFT_OUT))
    of_words = (compile_bytes(either(tell)),), (_Kind(alone), _Kind(beside_figure))
    return of_words, (_PEOPLE, (_Kind(beside_people),))


_ASKED = _asked()
_CONTEXT = compile_bytes(
    # sentences and lines that follow each other meet in one space
    necessary(layoff.CONTEXT.replace("[- ]", r"(?:-|\s+)").replace(" ", r"\s+")),
    across_lines=True,
)
_OPENS = compile_bytes(r":[^\n\w]*(?m:$)")
_LIST_INTRO = compile_bytes(necessary(layoff.LIST_INTRO))
_LIST_TITLE = compile_bytes(necessary(layoff.LIST_TITLE))
_LIST_LINE = compile_bytes(
    f"(?-i:{loosened(layoff.LIST_LINE, {})})(?:{_HEDGES})(?:{necessary(figures.PERCENT_VALUE)}|{_BEGINS})"
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


_Line = tuple[int, int]
"""Where a line begins and ends, in bytes."""


@dataclass(slots=True)
class _Sentence:
    """A sentence that is looked into."""

    start: int
    """Characters from its line's beginning."""
    text: str
    data: bytes
    shapes: set[str] = field(default_factory=set)
    """Those of cuts that it may be in."""


def speaks_of_ai(text: str) -> bool:
    """Return whether a text speaks of AI at all: only then is money in it for AI."""
    data = text.encode("utf-8", "replace")
    at = 0
    while place := _MAY_BE_AI.find(data, at):
        start = data.rfind(b"\n", 0, place[0]) + 1
        end = data.find(b"\n", place[0])
        end = len(data) if end < 0 else end
        if _AI.search(data[start:end].decode(), len(data[start : place[0]].decode())):
            return True
        at = end + 1
    return False


def passages(text: str, *, money: bool) -> Steps[list[Passage]]:
    """Return the sentences of a text that may hold an event; with `money` those of investments too.

    The text is a view's; its first line is the title, one sentence whatever it holds.
    """
    data = text.encode("utf-8", "replace")
    parted: dict[_Line, list[_Sentence]] = {}

    def parts(line: _Line) -> list[_Sentence]:
        if line not in parted:
            parted[line] = _parts(data, line)
        return parted[line]

    for finders, kinds in _ASKED:
        lines = {line for finder in finders for line, whole in _lines(data, finder) if _has_figure(whole)}
        told = (s for line in lines for s in parts(line) if _has_figure(s.data))
        asked = [s for s in told if any(finder.search(s.data) for finder in finders)]
        for kind in kinds:
            yield
            for s in asked:
                s.shapes |= kind.shapes(s.data)
        yield
    shaped = {line for line, found in parted.items() if any(s.shapes for s in found)}
    opened = _list_opens(data)
    listed = set() if opened is None else {span for span, _ in _lines(data, _LIST_LINE, opened)}
    amounts = {span for span, _ in _lines(data, _MONEY)} if money else set()
    yield
    spoken: tuple[int, int] | None = None
    found = []
    before = begin = 0
    for line in sorted({*shaped, *listed, *amounts}):
        start, end = line
        begin += len(data[before:start].decode())
        before = start
        for s in parts(line):
            plain = bool(s.shapes - layoff.NEEDS_CONTEXT)
            if in_context := bool(s.shapes & layoff.NEEDS_CONTEXT):
                spoken = spoken or _CONTEXT.find(data) or (len(data), len(data))
                in_context = spoken[0] < end
                plain = plain or _JOBS.search(s.data)
            of_list = line in listed and _LIST_LINE.search(s.data)
            amount = line in amounts and _MONEY.search(s.data)
            if plain or in_context or of_list or amount:
                cuts = plain or in_context or of_list
                found.append(Passage(begin + s.start, s.text, cuts, amount, in_context, of_list))
    return found


def _has_figure(data: bytes) -> bool:
    """Whether a line holds a figure; most that do hold a digit."""
    # to take them out is quicker than to look for one
    return len(data.translate(None, _DIGITS)) < len(data) or _FIGURE.search(data)


def _parts(data: bytes, line: _Line) -> list[_Sentence]:
    """Return the sentences of a line."""
    start, end = line
    whole = data[start:end].decode()
    if start == 0:
        return [_Sentence(0, whole, data[:end])]
    return [_Sentence(s.start, s.text, s.text.encode()) for s in sentences(whole)]


def _list_opens(data: bytes) -> int | None:
    """Return where the first line begins that may open a list of cuts: the title, or one that ends in a colon."""
    title = data.find(b"\n") + 1 or len(data)
    if _LIST_TITLE.search(data[:title]):
        return title
    return next((start for (start, _), line in _lines(data, _OPENS) if _LIST_INTRO.search(line)), None)


def _lines(data: bytes, pattern: Pattern, at: int = 0) -> Iterator[tuple[_Line, bytes]]:
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


def stating(found: Sequence[Passage]) -> Steps[dict[int, Stating]]:
    """Return where those of the passages begin that have a candidate, and what each has.

    What was spoken of anywhere before is taken to be told right before: what is told of fewer is left in.
    """
    for passage in found:
        candidates.figures_of(passage.text)  # which keeps them
    yield
    cutting = [p.cuts and bool(candidates.layoffs(p.text, _told[p.in_context], _told[p.listed])) for p in found]
    yield
    stated = {}
    for passage, cuts in zip(found, cutting, strict=True):
        amounts = candidates.investments(passage.text) if passage.money else ()
        if cuts or amounts:
            stated[passage.start] = Stating(passage.text, cuts, amounts)
    return stated


_told = ("", "layoffs")
"""What stands for words before a passage that speak of no cuts, or of cuts."""


def text_may_hold(text: str) -> bool:
    """Return whether any sentence of a text, its title on the first line, may state an event."""
    plain = View(text, "text").text
    return bool(alone(stating(alone(passages(plain, money=speaks_of_ai(plain))))))


def bytes_may_hold(body: bytes) -> bool:
    """Return whether a page's bytes, HTML and all, may hold an event: whether they hold a figure.

    Markup and scripts speak of everything, so no word of theirs tells more, and to look for words takes as long as to
    parse them. Text in an encoding of two bytes a letter always may.
    """
    return b"\0" in body[:1000] or _FIGURE.search(body)
