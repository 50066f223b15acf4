"""What the sample newsroom has in print: its outlets, its pages, and the events that a careful reader finds in them.

Everything is data: `outlets.yml`, `articles/*.yml` (one entry a story, with its reprints and its second edition) and
`expected.jsonl`. Nothing depends on the clock, so that two rounds over the same edition see the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Layout = Literal["classic", "modern", "local", "release", "register"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A made-up publisher of the sample newsroom and the habits of its web site."""

    id: str
    name: str
    tagline: str
    kind: Literal["news", "wire", "newsroom", "regulator"]
    spider: Literal["feed", "sitemap", "listing"]
    country: str
    layout: Layout
    feed: Literal["rss", "atom", "empty", "none"]
    metadata: Literal["jsonld", "opengraph", "none"]
    date_form: str
    """`strftime` form of the date that readers see."""
    sections: tuple[str, ...]
    encoding: str = "utf-8"
    utc_offset: str = "+00:00"
    feed_text: bool = False
    """Whether the feed carries the whole text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One page of one outlet: a story, or its reprint."""

    outlet: str
    slug: str
    title: str
    published: datetime
    section: str
    paragraphs: tuple[str, ...]
    byline: str | None = None
    credit: str | None = None
    """The wire that a reprint came from."""
    updated: datetime | None = None
    note: str | None = None
    """What a second edition says it put right."""
    consent: bool = False
    """Whether the outlet first sends readers to its consent page."""
    paywall: bool = False
    """Whether only the first paragraph is shown."""

    @property
    def id(self) -> str:
        """Return `outlet/slug`, the key of `expected.jsonl`."""
        return f"{self.outlet}/{self.slug}"

    @property
    def path(self) -> str:
        """Return the path of the page on the site."""
        return f"/{self.outlet}/{self.published:%Y/%m}/{self.slug}"

    @property
    def summary(self) -> str:
        """Return the first sentences, at most about 160 characters."""
        text = self.paragraphs[0]
        cut = text.find(". ", 60)
        return text if cut < 0 else text[: cut + 1]


@cache
def outlets() -> dict[str, Outlet]:
    """Return the outlets by id, in the order of `outlets.yml`."""
    rows = yaml.safe_load((files("sample") / "outlets.yml").read_text("utf-8"))
    return {row["id"]: Outlet(**{**row, "sections": tuple(row["sections"])}) for row in rows}


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _pieces_of(story: dict[str, Any], edition: int) -> list[Piece]:
    """Return the story's page and its reprints, as the edition has them."""
    first = Piece(
        outlet=story["outlet"],
        slug=story["slug"],
        title=story["title"],
        published=story["published"].astimezone(UTC),
        section=story["section"],
        paragraphs=_paragraphs(story["text"]),
        byline=story.get("byline"),
        consent=story.get("consent", False),
        paywall=story.get("paywall", False),
    )
    pieces = [first]
    for reprint in story.get("reprints", ()):
        body = list(first.paragraphs[: reprint.get("paragraphs")])
        for old, new in reprint.get("edits", {}).items():
            if not any(old in paragraph for paragraph in body):
                raise ValueError(
                    f"{first.id}: the reprint at {reprint['outlet']} edits words that are not there: {old!r}"
                )
            body = [paragraph.replace(old, new) for paragraph in body]
        if "lead" in reprint:
            body.insert(0, reprint["lead"])
        pieces.append(
            replace(
                first,
                outlet=reprint["outlet"],
                slug=reprint.get("slug", first.slug),
                title=reprint.get("title", first.title),
                published=reprint["published"].astimezone(UTC),
                section=reprint["section"],
                paragraphs=tuple(body),
                byline=reprint.get("byline"),
                credit=outlets()[first.outlet].name,
                consent=reprint.get("consent", False),
            )
        )
    second = story.get("second_edition")
    if second and edition >= 2:
        pieces[0] = replace(
            first,
            title=second.get("title", first.title),
            paragraphs=_paragraphs(second["text"]),
            updated=second["updated"].astimezone(UTC),
            note=second["note"],
        )
    return pieces


@cache
def pieces(edition: int = 1) -> tuple[Piece, ...]:
    """Return every page in print, oldest first.

    Edition 1 is what was first published; edition 2 has the corrected texts at the same addresses.
    """
    found: list[Piece] = []
    folder = files("sample") / "articles"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yml"):
            for story in yaml.safe_load(file.read_text("utf-8")):
                found += _pieces_of(story, edition)
    return tuple(sorted(found, key=lambda piece: (piece.published, piece.id)))


def expected(edition: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Return the events of each page by `Piece.id`, as a careful reader lists them.

    The fields are those of the scorer (`type`, `company`, `count`, `amount`, …; absent means null, false or empty),
    and `event`, a key that the claims about one happening share, whichever page makes them.
    """
    lines = (files("sample") / "expected.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {row["id"]: row["events"] for row in rows if row.get("edition", edition) == edition}


def local_time(piece: Piece) -> datetime:
    """Return the publication time on the outlet's own clock."""
    offset = outlets()[piece.outlet].utc_offset
    return piece.published.astimezone(datetime.strptime(offset, "%z").tzinfo)
