"""The documents to train on and those only scored.

The development documents are split in two halves by cluster, so that one happening stays on one side.

Training may be read: rules are written from it and weights trained on it. Validation is only scored: nobody reads its
texts, its annotations or its errors, so `documents` hands out training unless validation is asked for by name, and
nothing that prints errors asks for it. Of our own articles a part is held out likewise.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

Half = Literal["training", "validation"]

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Third-party material kept beside the project; may be absent."""


def half(cluster: str) -> Half:
    """Return the half of a cluster: training where the first byte of its BLAKE2b digest is even."""
    return "validation" if hashlib.blake2b(cluster.encode()).digest()[0] % 2 else "training"


def available() -> bool:
    """Return whether the development documents lie beside the project."""
    return (SHARED / "eval" / "dev_docs.jsonl").is_file()


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def documents(side: Half = "training") -> list[dict[str, Any]]:
    """Return the development documents of one half: their fields, and under `events` the annotated events."""
    gold = {row["id"]: row for row in read_jsonl(SHARED / "eval" / "dev_gold.jsonl")}
    return [
        {**document, **gold[document["id"]]}
        for document in read_jsonl(SHARED / "eval" / "dev_docs.jsonl")
        if half(document["cluster"]) == side
    ]


WRITTEN = Path(__file__).parent / "written"


def held_out(article: dict[str, Any]) -> bool:
    """Return whether an article of our own is only scored: what it says itself, else a fifth of them."""
    if "held_out" in article:
        return bool(article["held_out"])
    return hashlib.blake2b(article["id"].encode()).digest()[0] % 5 == 0


Register = Literal["plain", "odd", "long", "retold"]
"""What our own articles are.

"plain", "odd" and "long" are about made-up firms: written as news agencies and trade sites print, in every other way
one may tell it, or as long and as full of other figures, menus and captions as pages are; "retold" are real stories
in our own words, each with the address of the news that it retells.
"""


def own_articles(register: Register, held: bool = False) -> list[dict[str, Any]]:
    """Return our own articles, each with what it states: those to train on, or those held out."""
    paths = sorted((WRITTEN / register).glob("*.jsonl"))
    return [d for path in paths for d in read_jsonl(path) if held_out(d) == held]
