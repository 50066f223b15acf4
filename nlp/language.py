"""Is a text English? A cheap check by its commonest words; only a doubtful text asks the language model."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = str.maketrans({c: c.lower() if c.isalpha() else " " for c in map(chr, range(128))})
"""ASCII letters in lower case, all else a space."""
_COMMON = frozenset(
    [
        "the",
        "of",
        "to",
        "and",
        "in",
        "a",
        "is",
        "that",
        "for",
        "it",
        "on",
        "as",
        "with",
        "was",
        "at",
        "by",
        "be",
        "are",
        "from",
        "this",
        "has",
        "have",
        "said",
        "its",
        "will",
        "an",
        "or",
        "not",
        "he",
        "they",
        "we",
        "you",
        "his",
        "their",
        "who",
        "which",
        "were",
        "been",
        "but",
        "more",
        "new",
        "after",
        "about",
        "up",
    ]
)
_FOREIGN = frozenset(
    [
        "der",
        "die",
        "und",
        "das",
        "nicht",
        "ein",
        "eine",
        "mit",
        "von",
        "auf",
        "für",
        "ist",
        "den",
        "dem",
        "des",
        "zu",
        "im",
        "les",
        "des",
        "est",
        "une",
        "dans",
        "pour",
        "que",
        "qui",
        "sur",
        "pas",
        "par",
        "avec",
        "el",
        "los",
        "las",
        "una",
        "por",
        "con",
        "del",
        "para",
        "como",
        "più",
        "che",
        "della",
        "di",
        "per",
        "non",
        "sono",
        "het",
        "een",
        "van",
        "voor",
        "niet",
        "och",
        "att",
        "som",
        "för",
        "det",
        "på",
        "og",
        "til",
    ]
)
SAMPLE = 3000
"""Characters that are looked at."""


def is_english(text: str) -> bool:
    """Return whether a text is English: by its commonest words, and where these leave doubt by a trained identifier."""
    sample = text[:SAMPLE]
    words = _words(sample)
    if len(words) < 4:
        return sample.isascii() or not words or sum(w.isascii() for w in words) * 2 >= len(words)
    common = sum(map(_COMMON.__contains__, words)) / len(words)
    foreign = sum(map(_FOREIGN.__contains__, words)) / len(words)
    if common >= 0.12 and common > foreign:
        return True
    letters = [c for c in sample if c.isalpha()]
    if letters and sum(ord(c) > 0x24F for c in letters) > 0.4 * len(letters):
        return False
    if len(words) < 25:
        return foreign <= common or foreign < 0.15
    import py3langid  # loads its tables, which most texts never need

    return bool(py3langid.classify(sample)[0] == "en")


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    text = text.replace("—", " ")
    if text.isascii():  # most are: no pattern is needed
        return text.translate(_LETTERS).split()
    return [word.casefold() for word in _WORD.findall(text)]
