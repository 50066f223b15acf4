"""What makes two spellings of a company's name the same name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from newsledger.model import Company, digest

_LEGAL = frozenset(
    """
    inc incorporated corp corporation co company ltd limited llc llp lp plc ag se sa spa srl sarl nv bv gmbh kg kgaa oy
    oyj ab asa as aps pte pty pvt private kk bhd berhad tbk pbc sab
    """.split()  # noqa: SIM905
)
"""Words that name a legal form and nothing else."""

_ENDINGS = frozenset(["group", "holdings", "holding", "international", "global", "companies", "enterprises"])
"""Words that a legal name carries and the press drops."""

_POSSESSIVE = re.compile(r"['’`´](s)?$", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[^\w&+.!\-]+")
_DOTTED = re.compile(r"\b(?:\w\.){2,}")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return the name in lower case without accents, possessive, quotes, leading "the" and doubled spaces."""
    text = unicodedata.normalize("NFKD", name.strip().strip("\"“”‘’'«»"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _POSSESSIVE.sub("", text).replace("’", "'").replace("'", "")
    text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = _PUNCTUATION.sub(" ", text).casefold().strip(" .-")
    text = " ".join(text.split())
    return text[4:] if text.startswith("the ") and len(text) > 7 else text


@lru_cache(maxsize=4096)
def formless(name: str) -> str:
    """Return the folded name without its legal form: "Acme Robots, Inc." and "ACME Robots" are equal."""
    words = fold(name).replace("-", " ").split()
    end = _without(words, len(words), _LEGAL)
    return " ".join(words[:end]).strip(" &.") or fold(name)


@lru_cache(maxsize=4096)
def clean(name: str) -> str:
    """Return the name without legal form and without "Group", "Holdings" and the like at its end.

    Never empty where the name is not: a name made of such words alone stays as it is.
    """
    words = formless(name).split()
    end = _without(words, _without(words, len(words), _ENDINGS), _LEGAL)
    return " ".join(words[:end]).strip(" &.") or fold(name)


def _without(words: list[str], end: int, dropped: frozenset[str]) -> int:
    while end > 1 and words[end - 1].replace(".", "") in dropped:
        end -= 1
    return end


def provisional(name: str) -> Company:
    """Return the company that stands for a name no one has confirmed; equal names give equal ids.

    The id starts with `p-`, which no confirmed company's does. Raises ValueError for a name without a letter or digit.
    """
    key = clean(name)
    if not any(c.isalnum() for c in key):
        raise ValueError(f"company name {name!r} has no letter or digit: drop the claim or correct its company")
    slug = re.sub(r"[^a-z0-9]+", "-", key).strip("-")[:40]
    return Company(
        id=f"p-{slug}-{digest(key)[:8]}" if slug else f"p-{digest(key)[:16]}", name=name.strip(), provisional=True
    )
