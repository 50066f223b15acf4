"""The reader's claims as plain events, for scoring."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from newsledger.documents import parse_line
from newsledger.model import Article, Claim
from nlp.reader import Reader


@cache
def shared_reader() -> Reader:
    """Return the one reader of this process: its models load once."""
    return Reader()


@cache
def reader_that_dismisses_nothing() -> Reader:
    """Return the one reader of this process that passes by no amount before names are looked for.

    What is trained before the chooser, or for it, is read by it: what passes amounts by are the chooser's own weights,
    and the new ones would hang on the old.
    """
    return Reader(disable={"dismissal"})


def article(document: Mapping[str, Any]) -> Article:
    """Return the article of a document: `id` and `text`, and `title`, `published` and `url` where it has them."""
    row = {name: document.get(name) for name in ("id", "title", "text", "published", "url")}
    return parse_line(json.dumps(row).encode())


def event(claim: Claim) -> dict[str, Any]:
    """Return a claim as a plain event."""
    return {f.name: getattr(claim, f.name) for f in fields(claim)} | {
        "ai_cited": claim.ai_cited,
        "roles": [mention.role for mention in claim.roles],
    }


def read(documents: Iterable[Mapping[str, Any]], reader: Reader | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return document id → the events read in it."""
    articles = [article(document) for document in documents]
    claims = (reader or shared_reader()).read_many(articles)
    return {a.id: [event(claim) for claim in found] for a, found in zip(articles, claims, strict=True)}
