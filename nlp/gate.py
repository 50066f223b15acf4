"""The cheap gates: may these bytes, may this text hold an event? They lose none.

What they look for is taken from the rules that find candidates (`nlp.prefilter`), so a new shape or word opens them by
itself. RE2 looks for it over a whole text, in linear time. Nothing here loads a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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

    def __init__(self, words: dict[str, str], *needs: Pattern) -> None:
        """Compile the words of the shapes, by name. Any of `needs` stands beside them."""
        self._names = tuple(words)
        self._words = Shapes(words.values())
        self._needs = needs

    def shapes(self, line: bytes) -> set[str]:
        """Return the shapes whose words a line holds, and beside them what they need."""
        found = self._words.may_match(line)
        if not found or (self._needs and not any(pattern.search(line) for pattern in self._needs)):
            return set()
        return {self._names[index] for index in found}


_FIGURE = compile_bytes(either((_BEGINS, necessary(figures.PERCENT_VALUE))))
_PEOPLE = tuple(map(compile_bytes, (necessary(figures.PEOPLE_COUNT), loosened(figures.PERCENT_OF_STAFF, {}))))
_JOBS = compile_bytes(rf"\b(?:{'|'.join(candidates.JOB_NOUNS)})\b")
_OWN = rf"\b(?:{'|'.join(layoff.OWN_NOUNS)})\b|\bhalv"


def _asked() -> tuple[tuple[Pattern, tuple[_Kind, ...]], ...]:
    """Return what the shapes of cuts ask of a line: a figure right beside their words, any figure, or a count of people.

    Each with what finds such lines. Few lines count people, many hold the words beside that; the others are found by
    the words that tell most. Patterns that have gaps, or are about different things, need together far more memory
    than apart, and take long until they are built.
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
            tell.append(alone[name] if marks == {"B"} else telling(pattern, _LEFT_OUT))
        elif marks <= {"P", "W"}:
            beside_people[name] = loosened(pattern, _LEFT_OUT)
        else:
            beside_figure[name] = loosened(pattern, _LEFT_OUT)
            tell.append(telling(pattern, _LEFT_OUT))
    of_words = compile_bytes(either(tell)), (_Kind(alone), _Kind(beside_figure, _FIGURE))
    of_people = (_Kind(beside_people, *_PEOPLE),)
    return of_words, *((people, of_people) for people in _PEOPLE)


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
    lines: dict[tuple[int, int], set[_Kind]] = {}
    for finder, kinds in _ASKED:
        asked = list(_lines(data, finder))
        for kind in kinds:
            yield
            for span, line in asked:
                if kind.shapes(line):
                    lines.setdefault(span, set()).add(kind)
        yield
    opened = _list_opens(data)
    listed = set() if opened is None else {span for span, _ in _lines(data, _LIST_LINE, opened)}
    amounts = {span for span, _ in _lines(data, _MONEY)} if money else set()
    yield
    spoken: tuple[int, int] | None = None
    found = []
    bytes_before = characters_before = 0
    for start, end in sorted({*lines, *listed, *amounts}):
        whole = data[start:end].decode()
        begin = characters_before + len(data[bytes_before:start].decode())
        bytes_before, characters_before = end, begin + len(whole)
        for at, sentence in [(0, whole)] if start == 0 else [(s.start, s.text) for s in sentences(whole)]:
            bare = sentence.encode()
            # what no line holds, no sentence of it does
            shapes = {name for kind in lines.get((start, end), ()) for name in kind.shapes(bare)}
            plain = bool(shapes - layoff.NEEDS_CONTEXT)
            if in_context := bool(shapes & layoff.NEEDS_CONTEXT):
                spoken = spoken or _CONTEXT.find(data) or (len(data), len(data))
                in_context = spoken[0] < end
                plain = plain or _JOBS.search(bare)
            of_list = (start, end) in listed and _LIST_LINE.search(bare)
            amount = (start, end) in amounts and _MONEY.search(bare)
            if plain or in_context or of_list or amount:
                cuts = plain or in_context or of_list
                found.append(Passage(begin + at, sentence, cuts, amount, in_context, of_list))
    return found


def _list_opens(data: bytes) -> int | None:
    """Return where the first line begins that may open a list of cuts: the title, or one that ends in a colon."""
    title = data.find(b"\n") + 1 or len(data)
    if _LIST_TITLE.search(data[:title]):
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
