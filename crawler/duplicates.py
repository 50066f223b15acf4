"""Near-duplicate texts, such as a wire story that forty sites print."""

from __future__ import annotations

import re
from functools import cache

from datasketch import MinHash, MinHashLSH

from newsledger.model import digest

_PERMUTATIONS = 128
_THRESHOLD = 0.3
"""Jaccard similarity of shingles at which two texts are likely to share a band. Reprints are often cut short."""
_SHINGLE_WORDS = 3
_WORD = re.compile(r"\w+")


@cache
def _seed() -> MinHash:
    # drawing the permutations costs more than hashing a text: done once and copied
    return MinHash(num_perm=_PERMUTATIONS, seed=1)


@cache
def _bands() -> tuple[tuple[int, int], ...]:
    return tuple(MinHashLSH(threshold=_THRESHOLD, num_perm=_PERMUTATIONS).hashranges)


def signature(text: str) -> tuple[str, ...]:
    """Return the LSH band keys of a text: two texts that share one key are candidates for the same story.

    MinHash over shingles of three words, banded for Jaccard 0.3 (Broder 1997; datasketch's optimal bands). Empty for
    a text of fewer than three words: nothing can be said of it.
    """
    words = _WORD.findall(text.lower())
    shingles = {" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(len(words) - _SHINGLE_WORDS + 1)}
    if not shingles:
        return ()
    minhash = _seed().copy()
    minhash.update_batch([shingle.encode() for shingle in sorted(shingles)])
    return tuple(
        digest(str(number), minhash.hashvalues[start:end].tobytes()) for number, (start, end) in enumerate(_bands())
    )
