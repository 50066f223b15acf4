"""Text in, claims out: no network, no database."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from newsledger import companies
from newsledger.settings import settings


def _version() -> str:
    """Return the pipeline's version: a readable prefix and the hash of its rules, weights, companies and model."""
    hasher = hashlib.blake2b(digest_size=6)
    for package in (settings().spacy_model, "spacy"):
        try:
            hasher.update(f"{package} {metadata.version(package)};".encode())
        except metadata.PackageNotFoundError:
            hasher.update(f"{package};".encode())  # the reader says so when it loads it
    hasher.update(companies.VERSION.encode())
    here = Path(__file__).parent
    for path in sorted(p for p in here.rglob("*") if p.suffix in (".py", ".json", ".npz", ".txt")):
        hasher.update(path.relative_to(here).as_posix().encode())
        hasher.update(path.read_bytes())
    return f"reader-1-{hasher.hexdigest()}"


VERSION: str = _version()
"""Changes with every rule, weight, shipped company and model, so claims of different readers never mix."""
