"""RE2 patterns that match wherever a rule's own pattern does, so that most text is told from candidates in linear time.

They are derived from the rules, never written beside them: a rule without its lookarounds matches all that the rule
does, and more. RE2 knows ASCII words only, so any other character passes as a letter.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import re2

_parser: Any = importlib.import_module("re._parser")
_code: Any = importlib.import_module("re._constants")

_CATEGORIES = {
    _code.CATEGORY_DIGIT: r"\d",
    _code.CATEGORY_SPACE: r"\s",
    _code.CATEGORY_WORD: r"\w",
    _code.CATEGORY_NOT_DIGIT: r"\D",
    _code.CATEGORY_NOT_SPACE: r"\S",
    _code.CATEGORY_NOT_WORD: r"\W",
}
_BEYOND_ASCII = {
    _code.CATEGORY_DIGIT: r"\x{660}-\x{1fff}\x{2c00}-\x{10ffff}",
    _code.CATEGORY_SPACE: r"\v\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    _code.CATEGORY_WORD: r"\x80-\x{10ffff}",
}
"""What else Python may take for such a character. No range of digits or spaces holds "ſ" or the sign of kelvin: where
case is ignored, RE2 would take every s and k for them."""
_FIGURE = object()
"""The code of a figure's mark among the parts of a pattern."""
_SPECIAL = frozenset(r"\[]^-.$*+?(){}|/")

ANYTHING = r"[^\n]*"
"""A figure of which nothing is asked."""


class Pattern:
    """A pattern to search UTF-8 bytes with."""

    __slots__ = ("_regexp",)

    def __init__(self, compiled: Any) -> None:
        # called as it is, without the objects of a match about it, a short line costs a third
        self._regexp = compiled._regexp

    def search(self, data: bytes) -> bool:
        """Return whether it matches anywhere."""
        return self.find(data) is not None

    def find(self, data: bytes, at: int = 0) -> tuple[int, int] | None:
        """Return where its first match from `at` on begins and ends."""
        place: tuple[int, int] = self._regexp.Match(_UNANCHORED, data, at, len(data))[0]
        return place if place[0] >= 0 else None


_UNANCHORED = re2._Anchor.UNANCHORED


def compile_bytes(
    pattern: str, *, case_sensitive: bool = False, across_lines: bool = False, megabytes: int = 32
) -> Pattern:
    """Return a pattern to search UTF-8 bytes with; unless `across_lines`, a match never leaves its line."""
    options = _options(megabytes)
    options.case_sensitive = case_sensitive
    options.never_nl = not across_lines
    return Pattern(re2.compile(pattern.encode(), options))


def _options(megabytes: int) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    options.max_mem = megabytes << 20
    return options


def necessary(pattern: str, counted: int = 8) -> str:
    """Return what a pattern comes to without its lookarounds, but for those where it begins and ends.

    What may stand there more than `counted` times may be there any number of times: each count would be a state of its
    own, and it is to build states that takes RE2 long.
    """
    return _Writer(None, counted).sequence(_parser.parse(pattern, re.IGNORECASE), whole=True)


def loosened(pattern: str, figures: Mapping[str, str]) -> str:
    """Return what the pattern of a masked sentence comes to in the sentence itself, figures unmasked.

    `figures` gives for each letter of a mark (‹P0›) what its figure looks like. Gaps may be of any length, for a figure
    is longer than its mark.
    """
    return _Writer(figures).sequence(_parser.parse(pattern, re.IGNORECASE), whole=True)


def telling(pattern: str, figures: Mapping[str, str]) -> str:
    """Return the words of a masked sentence's pattern that tell most: those with most letters between gaps and figures.

    Of words without gaps many fit into one automaton of few states.
    """
    writer = _Writer(figures)
    runs: list[list[tuple[Any, Any]]] = [[]]
    for code, value in writer._with_figures(_written_out(list(_parser.parse(pattern, re.IGNORECASE)))):
        if code in (_code.LITERAL, _code.BRANCH, _code.SUBPATTERN, _code.AT) or (
            code is _code.IN and value[0][0] is not _code.NEGATE
        ):
            runs[-1].append((code, value))
        else:
            runs.append([])
    return writer.sequence(max(runs, key=_letters))


def _letters(items: Iterable[tuple[Any, Any]]) -> int:
    """Return how many letters what parts of a pattern match has at least."""
    count = 0
    for code, value in items:
        if code is _code.LITERAL:
            count += chr(value).isalpha()
        elif code is _code.BRANCH:
            count += min(map(_letters, value[1]))
        elif code is _code.SUBPATTERN:
            count += _letters(value[3])
        elif code in (_code.MAX_REPEAT, _code.MIN_REPEAT):
            count += value[0] * _letters(value[2])
    return count


def either(patterns: Iterable[str]) -> str:
    """Return one pattern for any of several."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


FEW = 3
"""Times that are counted where RE2 only spares work."""
_SHORT = 64
"""Characters up to which to search a text takes less time than to ask whether it is worth it."""


class _Forms:
    """A pattern, and beside it the form for texts of ASCII alone, which `re` tries in two thirds of the time.

    They match alike but for the control characters that only the one takes for space; a view has none.
    """

    __slots__ = ("any", "ascii")

    def __init__(self, pattern: str, flags: int = 0, ascii_pattern: str | None = None) -> None:
        self.any = re.compile(pattern, flags)
        self.ascii = re.compile(pattern if ascii_pattern is None else ascii_pattern, flags | re.ASCII)

    def of(self, text: str) -> re.Pattern[str]:
        """Return the form to try on a text."""
        return self.ascii if text.isascii() else self.any


class Guarded:
    """A rule's pattern that is tried only where RE2 finds what it cannot do without: most sentences have none of it."""

    __slots__ = ("_forms", "_needs", "_without", "flags", "pattern")

    def __init__(self, pattern: str, flags: int = 0, *, megabytes: int = 8) -> None:
        """Compile a pattern, and with so much memory at most what every match of it holds."""
        self.pattern, self.flags = pattern, flags
        self._forms = _Forms(pattern, flags)
        self._needs = compile_bytes(
            necessary(pattern, FEW), case_sensitive=not flags & re.IGNORECASE, across_lines=True, megabytes=megabytes
        )
        self._without = ""
        """A text that is known to have none."""

    def may_match(self, text: str) -> bool:
        """Return whether RE2 finds what a match anywhere in a text cannot do without."""
        if text is not self._without and self._needs.search(text.encode("utf-8", "replace")):
            return True
        self._without = text
        return False

    def search(self, text: str, at: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first match from `at` on, as `re` finds it."""
        if len(text) - at <= _SHORT:
            return self._forms.of(text).search(text, at, end)
        if text is self._without:
            return None
        data = (text[at:] if at else text).encode("utf-8", "replace")
        if (place := self._needs.find(data)) is None:
            if not at:
                self._without = text
            return None
        # no match begins before that place
        before = place[0] if len(data) == len(text) - at else len(data[: place[0]].decode())
        return self._forms.of(text).search(text, at + before, end)

    def finditer(self, text: str, at: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield the matches, none of them empty, one after the other."""
        while match := self.search(text, at, end):
            yield match
            at = match.end()


class Several:
    """Rules' patterns by name, of which those are tried that one pass of RE2 does not rule out: most texts match few."""

    __slots__ = ("_forms", "_needs")

    def __init__(self, patterns: Mapping[str, str], flags: int = 0) -> None:
        """Compile patterns, and together what every match of each holds."""
        options = _options(8)
        options.case_sensitive = not flags & re.IGNORECASE
        self._needs = re2.Set.SearchSet(options)
        for pattern in patterns.values():
            self._needs.Add(necessary(pattern, FEW))
        self._needs.Compile()
        self._forms = [(name, _Forms(pattern, flags)) for name, pattern in patterns.items()]

    def found(self, text: str) -> list[str]:
        """Return the names, in their order, of those that match anywhere in a text."""
        if not (maybe := self._needs.Match(text.encode("utf-8", "replace"))):
            return []
        return [name for name, forms in map(self._forms.__getitem__, sorted(maybe)) if forms.of(text).search(text)]


class Beginning:
    """A rule's pattern that is tried only where its first characters stand: at few places of a sentence."""

    __slots__ = ("_any", "_ascii", "flags", "pattern")

    def __init__(self, pattern: str, flags: int = 0, *, not_after: str = "") -> None:
        """Compile a pattern. `not_after` are the characters, as in a class, that it asks not to stand before it."""
        self.pattern, self.flags = pattern, flags
        whole = _Forms(pattern, flags)
        openings = _openings(_parser.parse(pattern, flags))
        begin = _Forms(_beginnings(openings, not_after), re.DOTALL, _beginnings(_of_ascii(openings), not_after))
        # bound once: a sentence is searched for hundreds of patterns
        self._any, self._ascii = (begin.any.search, whole.any.match), (begin.ascii.search, whole.ascii.match)

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        """Return the first match from `at` on, as `re` finds it."""
        begins, whole = self._ascii if text.isascii() else self._any
        while (begin := begins(text, at)) is not None:
            if (match := whole(text, begin.start())) is not None:
                return match
            at = begin.start() + 1
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches, none of them empty, one after the other."""
        at = 0
        while match := self.search(text, at):
            yield match
            at = match.end()


_FIRST = 3
"""Characters of a pattern that are looked at to tell where it may begin."""


def _of_ascii(openings: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the openings that a text of ASCII may have."""
    told = {
        tuple(_IN_ASCII.get(part) or "".join(filter(str.isascii, part)) for part in opening) for opening in openings
    }
    return {opening for opening in told if all(opening)}


_IN_ASCII = {r"\d": "0-9", r"\w": "0-9A-Za-z_"}
"""Classes as `re` finds them at once."""


def _beginnings(openings: set[tuple[str, ...]], not_after: str) -> str:
    """Return what the first characters of a pattern's matches match."""
    seconds: dict[str, dict[str, set[str]]] = {}
    for opening in openings:
        if not opening:
            raise ValueError("a pattern that may be empty may begin anywhere")
        first, second, third = (*opening, "", "")[:_FIRST]
        seconds.setdefault(first, {}).setdefault(second, set()).add(third)
    # a class comes first, so that `re` runs to the next of its characters without trying all between
    told = []
    for first, by_second in sorted(seconds.items()):
        rests = [
            "" if "" in thirds else f"[{second}][{''.join(sorted(thirds))}]" for second, thirds in by_second.items()
        ]
        rests = [f"[{second}]" if second and not rest else rest for second, rest in zip(by_second, rests, strict=True)]
        told.append(f"(?<=[{first}])" + ("" if "" in rests else f"(?:{'|'.join(sorted(rests))})"))
    before = f"(?<![{not_after}].)" if not_after else ""
    return f"[{''.join(sorted(seconds))}]{before}(?:{'|'.join(told)})"


def _openings(parsed: Iterable[tuple[Any, Any]]) -> set[tuple[str, ...]]:
    """Return the first characters, each the inside of a class, of what a pattern matches; fewer where it is shorter."""
    whole: set[tuple[str, ...]] = {()}
    cut: set[tuple[str, ...]] = set()
    for code, value in parsed:
        if code in (_code.AT, _code.ASSERT, _code.ASSERT_NOT):
            continue
        longer = {(before + after)[:_FIRST] for before in whole for after in _openings_of(code, value)}
        cut |= {opening for opening in longer if len(opening) == _FIRST}
        whole = {opening for opening in longer if len(opening) < _FIRST}
        if not whole:
            break
    return cut | whole


def _openings_of(code: Any, value: Any) -> set[tuple[str, ...]]:
    if code is _code.LITERAL:
        return {(_any_case(chr(value)),)}
    if code is _code.IN and value[0][0] is not _code.NEGATE:
        return {(_part_of_class(*item),) for item in value}
    if code is _code.BRANCH:
        return set().union(*(_openings(branch) for branch in value[1]))
    if code is _code.SUBPATTERN:
        return _openings(value[3])
    if code in (_code.MAX_REPEAT, _code.MIN_REPEAT):
        least, most, inner = value
        times = range(min(least, _FIRST), min(most, _FIRST) + 1)
        return set().union(*(_openings([(_code.SUBPATTERN, (None, 0, 0, inner))] * n) for n in times))
    return {(r"\s\S",)}


def _part_of_class(code: Any, value: Any) -> str:
    if code is _code.LITERAL:
        return _any_case(chr(value))
    if code is _code.RANGE:
        low, high = map(chr, value)
        return f"{re.escape(low)}-{re.escape(high)}" if low.isdigit() else r"\s\S"
    return _CATEGORIES[value]


def _any_case(character: str) -> str:
    """Return the characters that are one with a character where case is ignored, as the inside of a class."""
    alike = {"s": "ſ", "i": "İı", "k": "\u212a"}.get(character.lower(), "")
    return "".join(re.escape(c) for c in sorted({character.lower(), character.upper(), *alike}))


class Shapes:
    """Patterns of which a text is asked which match: first all by the words they need, then those left one by one.

    One automaton of them all would have more states than fit its memory, and be built anew all the time.
    """

    def __init__(self, patterns: Iterable[str], megabytes: int = 4, *, quick: Container[int] = ()) -> None:
        """Compile patterns in RE2's words, each with so much memory at most.

        `quick` are the places of those that `re` tries as quickly: it is enough that the words they need are there.
        """
        sides: tuple[dict[int, str], dict[int, str]] = {}, {}
        for index, pattern in enumerate(patterns):
            sides[index in quick][index] = pattern
        self._filters = []
        for by_words, side in enumerate(sides):
            if side:
                told = re2.Filter()
                for pattern in side.values():
                    told.Add(pattern, _options(megabytes))
                told.Compile()
                self._filters.append((told, list(side), bool(by_words)))

    def may_match(self, data: bytes) -> list[int]:
        """Return the indexes, in order, of the patterns that match UTF-8 bytes, and of quick ones that may."""
        return sorted(places[n] for told, places, by_words in self._filters for n in told.Match(data, by_words) or ())


class _Writer:
    """Writes the parsed form of a pattern in RE2's words; with `figures`, loosened."""

    def __init__(self, figures: Mapping[str, str] | None, counted: int = 1) -> None:
        self._figures = figures
        self._counted = counted

    def sequence(self, parsed: Iterable[tuple[Any, Any]], whole: bool = False) -> str:
        """Write a run of parts; with `whole` it is all of the pattern: what must stand around it is written too."""
        items = list(parsed)
        if whole and len(items) == 1 and items[0][0] is _code.BRANCH:
            return either(self.sequence(branch, whole=True) for branch in items[0][1][1])
        items = self._trimmed(_written_out(items)) if whole else self._with_figures(items)
        parts: list[str] = []
        for at, (code, value) in enumerate(items):
            if code is _code.AT:
                if value is _code.AT_BOUNDARY and (_has_letter(items[at + 1 :]) or _has_letter(items[:at], last=True)):
                    # a figure's mark parts it from a word that is glued to its last digit
                    parts.append(r"\b" if self._figures is None else r"(?:\b|\d)")
            elif code in (_code.ASSERT, _code.ASSERT_NOT):
                if whole and at == 0 and (before := _before(code, value)):
                    parts.append(before)
            else:
                parts.append(self._one(code, value))
        return "".join(parts)

    def _with_figures(self, items: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        """Make one part of each mark of a figure."""
        if self._figures is None:
            return items
        kept: list[tuple[Any, Any]] = []
        rest = iter(items)
        for code, value in rest:
            if (code, value) == (_code.LITERAL, ord("‹")):
                kind, letters = next(rest)
                marks = [letters] if kind is _code.LITERAL else [letter for _, letter in letters]
                kept.append((_FIGURE, tuple(dict.fromkeys(self._figures[chr(mark)] for mark in marks))))
                while next(rest, None) not in (None, (_code.LITERAL, ord("›"))):
                    pass
            elif (code, value) != (_code.LITERAL, ord("›")):
                kept.append((code, value))
        return kept

    def _trimmed(self, items: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        """Leave out what may be empty where a loosened pattern begins or ends: it tells nothing of where it matches."""
        if self._figures is None:
            return items
        items = self._with_figures(items)
        while items and _may_be_empty(items[-1]):
            items = items[:-1]
        while items and _may_be_empty(items[0]):
            items = items[1:]
        return items

    def _one(self, code: Any, value: Any) -> str:
        if code is _FIGURE:
            return _group(either(value))
        if code is _code.LITERAL:
            return _escaped(value)
        if code is _code.ANY:
            return r"[^\n]"
        if code is _code.NOT_LITERAL:
            return r"[^\n]" if self._figures is not None else f"[^{_escaped(value)}]"
        if code is _code.IN:
            return self._class(value)
        if code is _code.BRANCH:
            return _group(either(self.sequence(branch) for branch in value[1]))
        if code is _code.SUBPATTERN:
            _, added, removed, inner = value
            case = "i" if added & re.IGNORECASE else "-i" if removed & re.IGNORECASE else ""
            return f"(?{case}:{self.sequence(inner)})"
        if code in (_code.MAX_REPEAT, _code.MIN_REPEAT):
            least, most, inner = value
            written = self.sequence(inner)
            if not written:
                return ""
            if most is _code.MAXREPEAT or most > self._counted:
                return f"(?:{written}){'*' if least == 0 else '+'}"
            return f"(?:{written}){{{least},{most}}}"
        raise ValueError(f"a rule's pattern uses {code}, which has no form in RE2: write the rule without it")

    def _class(self, items: list[tuple[Any, Any]]) -> str:
        negated = items[0][0] is _code.NEGATE
        literals = {chr(value) for code, value in items if code is _code.LITERAL}
        if negated and self._figures is not None and not literals & {"‹", "›"}:
            return r"[^\n]"  # it may run over a figure
        parts = []
        for code, value in items:
            if code is _code.LITERAL:
                parts.append(_escaped(value))
            elif code is _code.RANGE:
                parts.append(f"{_escaped(value[0])}-{_escaped(value[1])}")
            elif code is _code.CATEGORY:
                parts.append(_CATEGORIES[value] + ("" if negated else _BEYOND_ASCII.get(value, "")))
        return f"[{'^' if negated else ''}{''.join(parts)}]"


def _written_out(items: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Let a lookbehind with which a pattern begins, and the first lookahead of those with which it ends, be its parts."""
    if items and items[0][0] is _code.ASSERT and items[0][1][0] < 0:
        items = [*items[0][1][1], *items[1:]]
    end = len(items)
    while end and items[end - 1][0] in (_code.ASSERT, _code.ASSERT_NOT):
        end -= 1
    ahead = next((v[1] for c, v in items[end:] if c is _code.ASSERT and v[0] > 0), ())
    return [*items[:end], *ahead]


def _may_be_empty(item: tuple[Any, Any]) -> bool:
    code, value = item
    if code is _FIGURE:
        return ANYTHING in value
    return code in (_code.MAX_REPEAT, _code.MIN_REPEAT) and value[0] == 0


def _group(pattern: str) -> str:
    return f"(?:{pattern})"


def _escaped(character: int) -> str:
    return f"\\{chr(character)}" if chr(character) in _SPECIAL else chr(character)


def _before(code: Any, value: Any) -> str:
    """What "none of these stands before" comes to at a pattern's start: the beginning, or another character."""
    direction, inner = value
    if code is _code.ASSERT_NOT and direction < 0 and len(inner) == 1 and inner[0][0] is _code.IN:
        written = _Writer(None)._class([(_code.NEGATE, None), *inner[0][1]])
        return rf"(?:(?m:^)|{written})" if inner[0][1][0][0] is not _code.NEGATE else ""
    return ""


def _has_letter(items: Iterable[tuple[Any, Any]], last: bool = False) -> bool | None:
    """Whether parts of a pattern surely begin, or end, with an ASCII letter, where RE2's words are Python's.

    None where they do, or are empty.
    """
    for code, value in reversed(list(items)) if last else items:
        found: bool | None = False
        if code in (_code.AT, _code.ASSERT, _code.ASSERT_NOT):
            continue
        if code is _code.LITERAL:
            found = chr(value).isascii() and chr(value).isalnum()
        elif code is _code.IN:
            found = all(
                (c is _code.LITERAL and _has_letter([(c, v)]))
                or (c is _code.RANGE and all(_has_letter([(_code.LITERAL, x)]) for x in v))
                for c, v in value
            )
        elif code is _code.BRANCH:
            sides = {_has_letter(branch, last) for branch in value[1]}
            found = False if False in sides else None if None in sides else True
        elif code is _code.SUBPATTERN:
            found = _has_letter(value[3], last)
        elif code in (_code.MAX_REPEAT, _code.MIN_REPEAT) and _has_letter(value[2], last) is not False:
            found = None if value[0] == 0 else _has_letter(value[2], last)
        if found is not None:
            return found
    return None
