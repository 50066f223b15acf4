"""The words around a place of a sentence, as features that a linear model can weigh."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

Features = dict[str, float]

NEAR = 3
"""Words on each side that count by their place; those farther count wherever they stand."""
REACH = 9
"""Words on each side that count at all."""

_TOKEN = re.compile(r"‹\w›|[^\W\d_][\w&'-]*|\d[\d.,]*|[^\w\s]")
_ENDINGS = ("ings", "ing", "ied", "ies", "ed", "es", "s", "e", "y")


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """Return what the forms of a word share, roughly; any number is "0"."""
    word = word.lower().removesuffix("'s")
    if word[:1].isdigit():
        return "0"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def masked(text: str, names: Iterable[tuple[int, int]], amounts: Iterable[tuple[int, int]]) -> str:
    """Return a text of the same length, its names and amounts told as such and no longer by their words."""
    out = list(text)
    for spans, sign in ((names, "‹N›"), (amounts, "‹M›")):
        for start, end in spans:
            width = end - start
            out[start:end] = (sign + " " * (width - 3))[:width] if width >= 3 else " " * width
    return "".join(out)


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, ...]:
    """Return the stems of a text's words and marks, in order."""
    return tuple([t if t[0] == "‹" else stem(t) for t in _TOKEN.findall(text)])


def around(text: str, start: int, end: int, prefix: str = "") -> Features:
    """Return the words before and after a place: by place where near, else by side alone."""
    before = words(text[max(0, start - 100) : start])[-REACH:][::-1]
    after = words(text[end : end + 100])[:REACH]
    out: Features = {}
    for side, found in (("l", before), ("r", after)):
        for n, word in enumerate(found):
            if n < NEAR:
                out[f"{prefix}{side}{n + 1}={word}"] = 1.0
            out[f"{prefix}{side}:{word}"] = 1.0
        if len(found) > 1:
            out[f"{prefix}{side}12={found[0]} {found[1]}"] = 1.0
    return out


def between(text: str, start: int, end: int, prefix: str) -> Features:
    """Return the words between two places, if they are not too many."""
    found = words(text[start:end])
    if len(found) > 15:
        return {f"{prefix}many": 1.0}
    out = {f"{prefix}:{word}": 1.0 for word in found}
    if len(found) <= 2:
        out[f"{prefix}={' '.join(found)}"] = 1.0
    return out


def last_words(text: str, most: int) -> int:
    """Return where the last so many words of a text begin: what ends it and is of fewer words begins there or later."""
    parts = text.rsplit(maxsplit=most)
    return len(parts[0]) if len(parts) > most else 0
