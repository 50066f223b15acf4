"""Many articles worked on step by step, each step of all of them before the next of any.

What a step needs, the tables of its patterns above all, is larger than the processor's nearest cache. Taken by one article
after the other, every step finds them gone again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

type Steps[T] = Generator[None, None, T]
"""Work that stops between two steps, and returns its result after the last."""


def abreast[T](works: Iterable[Steps[T]]) -> list[T]:
    """Return the results of works done abreast, in their order."""
    going = list(enumerate(works))
    done: dict[int, T] = {}
    while going:
        left = []
        for index, work in going:
            try:
                next(work)
            except StopIteration as end:
                done[index] = end.value
            else:
                left.append((index, work))
        going = left
    return [done[index] for index in sorted(done)]


def alone[T](work: Steps[T]) -> T:
    """Return the result of one work."""
    return abreast([work])[0]
