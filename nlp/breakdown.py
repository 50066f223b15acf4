"""The stated parts of a total: "cut 900 jobs, including 400 in Ohio and 250 at its cloud unit"."""

from __future__ import annotations

import re

from nlp import figures
from nlp.figures import Figure

_OPENS = re.compile(
    r"^[^.;:()]{0,60}?(?:,?\s(?:including|of (?:which|whom|them|these|those)|among them|comprising|made up of)|(?P<bare>:|\s[—–-]|\s\())\s?$"
)
_JOINS = re.compile(r"^[^.;:]{0,60}?(?:,|,?\s(?:and|plus|as well as))\s$")
_WHERE = re.compile(
    r"\s(?:of (?:them|these|those)\s)?(?:in|at|from|across|within)\s(?:(?:its|the|their|our)\s)?"
    r"(?!(?:19|20)\d\d\b|(?:Jan|Febr)uary\b|March\b|April\b|May\b|June\b|July\b|August\b|(?:Sept|Nov|Dec)ember\b|October\b|"
    r"(?:all|total|addition|each|return|exchange|part|response|first|second|third|fourth|next|last|coming|past|same)\b)"
    r"[\w\"“]"
)


def parts(sentence: str, total: float) -> list[Figure]:
    """Return the figures that a sentence gives as parts of a total that it states before, each with its place or unit.

    They follow the total one after the other and are no more than it together; else there are none. A list that only a
    colon, dash or bracket opens needs two of them.
    """
    people = figures.people(sentence)
    taken = {f.value_start for f in people}
    counts = sorted([*people, *(f for f in figures.bare(sentence) if f.value_start not in taken)], key=_start)
    whole = next((f for f in counts if f.low == total), None)
    if whole is None:
        return []
    found: list[Figure] = []
    end = whole.end
    alone = True
    for figure in counts:
        if figure.start < end:
            continue
        led = (_JOINS if found else _OPENS).search(sentence[end : figure.start])
        if led is None or not _WHERE.match(sentence, figure.end):
            break
        if not found:
            alone = led["bare"] is None
        found.append(figure)
        end = figure.end
    return found if sum(f.low for f in found) <= (whole.high or total) and (alone or len(found) > 1) else []


def _start(figure: Figure) -> int:
    return figure.start
