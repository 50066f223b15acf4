"""The ids of events: minted once, remembered, found again by what they were minted from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsledger.companies import Resolver, clean
from newsledger.model import digest
from newsledger.reconcile.grouping import Group
from newsledger.reconcile.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class MintedId:
    """An event id that was once given out. It always answers, by itself or through its successor."""

    id: str
    minted_at: datetime
    """When it was first known, UTC."""
    anchor: str
    """The claim it was minted from, told by what a better reader leaves alone; see `anchor`."""
    successor: str | None = None
    """The id of the event that took its claims, null while it stands for itself."""


def anchor(reading: Reading) -> str:
    """Return what an event id is minted from: `article id:type:company as said, cleaned:figure/kind/scope/time`.

    A re-read article keeps all but the last part, a renamed or merged company keeps them all.
    """
    claim = reading.claim
    figure = next((str(v) for v in (claim.count, claim.amount, claim.percent) if v is not None), "")
    told = f"{figure}/{claim.kind}/{claim.scope}/{claim.time}"
    return f"{claim.article_id}:{claim.type}:{clean(claim.company)}:{told}"


def article_of(anchor_text: str) -> str:
    """Return the id of the article that an anchor was minted from."""
    return anchor_text.split(":", 1)[0]


def minted_id(anchor_text: str, salt: str = "") -> str:
    """Return the id minted from an anchor: the same one wherever it is minted."""
    return f"e-{digest(anchor_text, salt)[:20]}"


def _held(minted: Iterable[MintedId], groups: Sequence[Group], resolver: Resolver) -> dict[int, list[MintedId]]:
    """Return the ids that belong to each group, oldest first: first by the whole anchor, then by all but the figure."""
    by_article: dict[str, list[tuple[int, Reading]]] = defaultdict(list)
    for index, group in enumerate(groups):
        for member in group.members:
            by_article[member.claim.article_id].append((index, member))
    held: dict[int, list[MintedId]] = defaultdict(list)
    inexact: list[tuple[MintedId, int]] = []
    for one in sorted(minted, key=lambda m: (m.minted_at, m.id)):
        _, type_, name, figure = one.anchor.split(":", 3)
        alike = [
            (index, anchor(member).rsplit(":", 1)[1] == figure)
            for index, member in by_article.get(article_of(one.anchor), ())
            if member.claim.type == type_
            and (clean(member.claim.company) == name or resolver.key(name) == member.company_id)
        ]
        exact = [index for index, same in alike if same]
        if exact:  # of two happenings that look the same from here, each keeps an id
            held[min(exact, key=lambda index: (any(m.anchor == one.anchor for m in held[index]), index))].append(one)
        elif alike:
            inexact.append((one, min(index for index, _ in alike)))
    for one, index in inexact:
        if not held[index]:
            held[index].append(one)
    return held


def assign(
    groups: Sequence[Group], minted: Sequence[MintedId], resolver: Resolver, now: datetime
) -> tuple[list[str], list[MintedId], dict[str, str | None]]:
    """Return an id for each group, the ids minted for that, and the successors that changed (id → successor or null).

    An id goes to the group that holds what it was minted from; of several ids in one group the oldest stays and the
    others point to it; a group without one is given a new one, minted from the claim that was told first.
    """
    held = _held(minted, groups, resolver)
    taken = {one.id for one in minted}
    ids: list[str] = []
    new: list[MintedId] = []
    successors: dict[str, str | None] = {}
    for index, group in enumerate(groups):
        if own := held.get(index):
            keep = own[0].id
            if own[0].successor is not None:
                successors[keep] = None
            successors.update({one.id: keep for one in own[1:] if one.successor != keep})
        else:
            text = anchor(group.first)
            keep, salt = minted_id(text), 0
            while keep in taken:
                salt += 1
                keep = minted_id(text, str(salt))
            new.append(MintedId(id=keep, minted_at=now, anchor=text))
            taken.add(keep)
        ids.append(keep)
    return ids, new, successors
