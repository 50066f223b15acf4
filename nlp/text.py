"""A text as the rules see it: marks made plain, words that lost their space parted, and split into sentences.

Scraped news often loses the space beside a link ("Acmesaid", "some$200bn"). The view puts it back, and every place in
the view maps to the place in the stored text, so evidence always quotes the stored text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from newsledger.model import Evidence, Place
from nlp import prefilter

OPEN_QUOTE = re.compile(r"[\"“][^\"”]*$")
"""What ends within a quotation."""

LONGEST_SENTENCE = 900
"""Characters after which a sentence is cut: bounds the work on text without full stops."""

LONGEST_TEXT = 200_000
"""Characters of an article that are read; news is far shorter."""

_PLAIN = (
    ("‘", "'"),
    ("’", "'"),
    ("‛", "'"),
    ("“", '"'),
    ("”", '"'),
    ("„", '"'),
    ("\u00a0", " "),
    ("\u2009", " "),
    ("\u202f", " "),
    ("\u200b", " "),
    ("\u200d", " "),
    ("\ufeff", " "),
    ("\t", " "),
    ("\r", " "),
    ("‐", "-"),
    ("‑", "-"),
    ("‒", "-"),
    ("–", "-"),
    ("―", "—"),
    ("−", "-"),
    ("*", " "),
    ("#", " "),
    ("|", "\n"),
    ("…", "."),
    ("＄", "$"),
    ("￡", "£"),
    ("￥", "¥"),
    ("ſ", "s"),  # a letter to the rules, but not to RE2
    ("\u212a", "K"),
)
"""Marks and what they are read as; replacing one after the other is a hundred times quicker than `str.translate`."""
_ASCII = tuple(marks for marks in _PLAIN if marks[0].isascii())
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_CONTROL = re.compile(rf"[{_CONTROLS}\ud800-\udfff]")

_GLUED = re.compile(
    r"(?<=[a-z0-9])(?=[$€£¥₹₩])"
    r"|(?<=[a-z0-9%][a-z0-9%)]\.)(?=[A-Z][a-z]+[\s,'])"
    r"|(?<=[a-z]{3})(?=US\$)"
    r"|(?<=[a-z]{2}:)(?=[A-Z][a-z])"
    r"|(?<=[a-z]\))(?=(?:said|announced|reported|raised|has|will|is|plans)\b)"
    r"|\b[A-Z][A-Za-z]{2,14}?(?=(?:said|announced|raised|raises|reported|reportedly|confirmed|plans)\b)(?!(?<=App)raise)"
    r"|\b[A-Z][a-z]{2,9}AI(?=[a-z]{2,})"
    r"|(?<=[A-Za-z][a-z],)(?=[a-z]{3,}\b)"
    r"|\b(?:deal|agreement|contract|round|funding|investment|stake|jobs|workers|employees|staff|layoffs|startup|company|announced|signed|raised|acquired|invested|agreed)"
    r"(?=(?:with|of|in|to|for|from|by|that|at|on|an)\b)"
    r"|\b[a-z]{3,9}ing(?=(?:a|an|the)\b)"
    r"|\b(?:had|has|have|will|would|to|was|were|is|also)(?=(?:signed|raised|announced|laid|acquired|invested)\b)"
    r"|\b(?:at|in|by|of|with|from|and|the|said|including|joined|within|between)(?=[A-Z][a-z]{2,})"
    r"|(?<=[0-9] )(?:billion|million|trillion)(?=(?:in|on|for|to|from|of|at|round|deal|stake|investment|this|that|with|over|by|as|and)\b)"
    r"|(?<=\bSeries )[A-K](?=(?:last|round|funding|in|at|this|led|earlier|from)\b)"
)

_MAY_BE_GLUED = prefilter.compile_bytes(prefilter.necessary(_GLUED.pattern), case_sensitive=True, across_lines=True)
_SPACE = re.compile(rb"[ \n]")
_MAY_BE_ODD = prefilter.compile_bytes(
    prefilter.either(map(prefilter.necessary, (_GLUED.pattern, f"[{_CONTROLS}]"))),
    case_sensitive=True,
    across_lines=True,
)
"""Where a text may have lost a space or hold a control character: most have neither."""

_SHORTENED = (
    "Inc|Corp|Co|Ltd|Cos|Bros|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|St|Jr|Sr|vs|No|Rs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|"
    "Nov|Dec|approx|est|al|Messrs|Pvt|U.S|U.K|U.N|E.U|a.m|p.m|e.g|i.e|A.I|D.C"
)
_ABBREVIATION = re.compile(rf"\b(?:{_SHORTENED.replace('.', '[.]')}|[A-Z])\.$")
_SHORTENED_ENDS = frozenset(word[-2:] for word in _SHORTENED.split("|"))
_ROUND_LETTER = re.compile(r"\bSeries [A-K]\.$")
_END = re.compile(r"[.!?;\n](?:(?<=[.!?])[\"')\]]*(?=\s|$)|(?<=\n)\n*|(?<=;)\s)")
"""What may end a sentence: a class comes first, so that `re` runs to the next of its characters."""


class Sentence(NamedTuple):
    """One sentence of a view: offsets count in the view."""

    start: int
    end: int
    text: str


class View:
    """Title or body as the rules see it, with the way back to the stored text."""

    def __init__(self, stored: str, where: Place) -> None:
        self.stored = stored
        self.where = where
        plain = stored[:LONGEST_TEXT]
        for mark, read_as in _ASCII if plain.isascii() else _PLAIN:
            plain = plain.replace(mark, read_as)
        inserts: list[int] = []
        if _may_be_odd(plain):
            plain = _CONTROL.sub(" ", plain)
            inserts = _glued_places(plain)
        self._inserts = inserts
        if inserts:
            parts = [plain[a:b] for a, b in zip([0, *inserts], [*inserts, len(plain)], strict=True)]
            plain = " ".join(parts)
        self.text = plain
        self._places = [place + i for i, place in enumerate(inserts)]

    def stored_offset(self, place: int) -> int:
        """Return the offset in the stored text of a place in the view."""
        return place - bisect_right(self._places, place - 1) if self._places else place

    def evidence(self, start: int, end: int) -> Evidence:
        """Return the words of the stored text between two places of the view, trimmed of space."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        a, b = self.stored_offset(start), self.stored_offset(end)
        return Evidence(where=self.where, start=a, end=b, quote=self.stored[a:b])


def _may_be_odd(text: str) -> bool:
    try:
        return _MAY_BE_ODD.search(text.encode())
    except UnicodeEncodeError:  # half of a pair
        return True


def _glued_places(text: str) -> list[int]:
    """Return the places where a text lost its space, in order.

    Each is within a word, told by it and by the word before: no more is looked at than that.
    """
    data = text.encode()
    found: set[int] = set()
    at = counted = characters = 0
    while place := _MAY_BE_GLUED.find(data, at):
        start = max(data.rfind(b" ", at, place[0]), data.rfind(b"\n", at, place[0])) + 1 or at
        at = _after_space(data, place[0])
        end = _after_space(data, at)
        characters += len(data[counted:start].decode())
        counted = start
        stop = characters + len(data[start:end].decode())
        found.update(match.end() for match in _GLUED.finditer(text, characters, stop))
    return sorted(found - {0})


def _after_space(data: bytes, at: int) -> int:
    """Return the place after the first space or line break from `at` on."""
    space = _SPACE.search(data, at)
    return space.end() if space else len(data)


def sentences(text: str) -> list[Sentence]:
    """Split a view's text into sentences: at full stops that end one, at line breaks, never longer than the limit."""
    found: list[Sentence] = []
    start = 0

    def add(a: int, b: int) -> None:
        part = text[a:b]
        bare = part.strip()
        if not bare:
            return
        a += len(part) - len(part.lstrip())
        b = a + len(bare)
        while b - a > LONGEST_SENTENCE:
            cut = text.rfind(" ", a + LONGEST_SENTENCE // 2, a + LONGEST_SENTENCE)
            cut = cut if cut > a else a + LONGEST_SENTENCE
            found.append(Sentence(a, cut, text[a:cut]))
            a = cut + 1
        if b > a:
            found.append(Sentence(a, b, text[a:b]))

    for end in _END.finditer(text):
        mark = end.group()
        stop = end.end()
        if mark[0] == ".":
            if (
                (text[stop - 3 : stop - 1] in _SHORTENED_ENDS or text[stop - 2].isupper())
                and _ABBREVIATION.search(text[max(start, stop - 12) : stop])
                and not _starts_anew(text, start, stop)
            ):
                continue
            following = text[stop : stop + 3].lstrip()[:1]
            if following.islower() and following.isascii() and not text[stop : stop + 2].isspace():
                continue
        add(start, stop)
        start = stop
    add(start, len(text))
    return found


def _starts_anew(text: str, start: int, stop: int) -> bool:
    """Whether after an abbreviation's full stop a new sentence surely begins ("… at Acme Inc. The company …")."""
    following = text[stop : stop + 14].lstrip()
    company = text[max(start, stop - 5) : stop].endswith(
        ("Inc.", "Corp.", "Co.", "Ltd.", "a.m.", "p.m.", "U.S.", "Dec.")
    )
    if _ROUND_LETTER.search(text[max(start, stop - 10) : stop]):
        # who gave the money stays with the round
        return following[:1].isupper() and not following.startswith(("Investors", "Backers", "The round"))
    return company and following.startswith(("The ", "In ", "It ", "But ", "A ", "On ", "That ", "This ", "According"))
