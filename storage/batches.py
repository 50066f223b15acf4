"""Cutting long lists of rows to what one SQL statement takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import batched

BATCH = 500


def batches[T](items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`."""
    yield from map(list, batched(items, size))
