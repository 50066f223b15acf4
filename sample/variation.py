"""Endless news by variation of templates, for soak tests and large archives: piece number k is a function of k."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sample.newsroom import Piece

OUTLETS = ("harrowgate-wire", "copper-line", "deccan-signal")
"""The outlets that print generated pieces: piece k appears at outlet k modulo their number."""


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load((files("sample") / "variation.yml").read_text("utf-8"))
    return words | {name: words[name].split() for name in ("first", "second", "trade")}


def piece(number: int, published: datetime | None = None) -> Piece:
    """Return generated piece `number` (from 0): two in three hold no event. Without a date, it has one of its own."""
    words = _words()
    chance = random.Random(number)  # noqa: S311 (no secret: the same number must give the same text)
    company = chance.choice(words["first"]) + chance.choice(words["second"]) + " " + chance.choice(words["trade"])
    byline: str = chance.choice(words["people"])
    values = {
        "company": company,
        "place": chance.choice(words["places"]),
        "person": byline,
        "count": f"{chance.randint(3, 400) * 10:,}",
        "percent": chance.randint(2, 20),
        "price": chance.randint(80, 900),
        "revenue": chance.randint(20, 900),
        "money": chance.randint(11, 950),
    }
    family = chance.choice(("neither", "neither", "neither", "neither", "layoff", "investment"))
    story = chance.choice(words[family])
    fillers = chance.sample(words["fillers"], 5)
    paragraphs = [story["lead"], " ".join(fillers[:2]), " ".join(fillers[2:4]), fillers[4]]
    if published is None:
        published = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(minutes=number * 7919 % 780_000)
    return Piece(
        outlet=OUTLETS[number % len(OUTLETS)],
        slug=f"generated-{number}",
        title=story["title"].format(**values),
        published=published,
        section="Companies",
        paragraphs=tuple(paragraph.format(**values) for paragraph in paragraphs),
        byline=byline,
    )
