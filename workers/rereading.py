"""A better reader: read the archive again, tell what would change, switch, and switch back.

    start ──▶ articles are read again (`steps.reread`) and kept on trial ──▶ report ──▶ switch ──▶ back

Live work goes on meanwhile: what is on trial makes no event, and new articles are read by the installed reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import partial
from itertools import batched
from typing import Any, Literal

from sqlalchemy import Connection, Engine

import nlp
from newsledger import reconcile as reconciling
from newsledger.model import Event
from storage import claims as claims_
from storage import events, trials, work
from storage.engine import reading
from workers import steps

TOLD = tuple(f.name for f in fields(Event) if f.name not in ("id", "claim_ids", "trace"))
"""The fields of an event that a report compares."""


class NothingToSwitchError(Exception):
    """There is no reading on trial, or no switch to take back, or the archive is not read through."""


def start(engine: Engine) -> int:
    """Queue the articles whose latest reading is of another version, the newest first; return how many.

    What earlier versions have on trial is forgotten: only the installed one can be switched to.
    """
    steps.transaction(engine, lambda connection: trials.drop_others(connection, nlp.VERSION))
    with reading(engine) as connection:
        total = 0
        for batch in trials.stale(connection, nlp.VERSION):
            newest_first = {f"{id_}:{revision}": -time.toordinal() for id_, revision, time in batch}
            total += len(newest_first)
            steps.transaction(engine, partial(work.add, step="reread", keys=newest_first, priority=newest_first))
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a switch would do to one event."""

    what: Literal["added", "gone", "changed"]
    event_id: str
    company: str
    type: str
    fields: dict[str, tuple[Any, Any]]
    """Field → (as it stands, as it would be): those that change, or the figures of an event that comes or goes."""

    def told(self) -> str:
        """Return the fields in one line."""
        side = {"added": 1, "gone": 0}.get(self.what)
        return "; ".join(
            f"{name} {pair[0]} → {pair[1]}" if side is None else f"{name} {pair[side]}"
            for name, pair in self.fields.items()
        )


@dataclass(slots=True, kw_only=True)
class Report:
    """What a switch to a version would change."""

    version: str
    articles: int
    """Articles on trial."""
    waiting: int
    """Articles that are yet to be read again."""
    dead: int
    """Articles that could not be read again: they would stay as they are."""
    underived: int
    """Companies whose events are not yet derived from what stands: their changes are in the report too."""
    same: int = 0
    """Events looked at that would not change."""
    changes: list[Change] = field(default_factory=list)
    """By event id."""

    def counts(self) -> Counter[str]:
        """Return how many events would be added, gone and changed."""
        return Counter({"added": 0, "gone": 0, "changed": 0}) + Counter(change.what for change in self.changes)


def report(engine: Engine) -> Report:
    """Tell what a switch to the installed version would change, from one consistent state of the store."""
    counts = work.counts(engine)
    with reading(engine) as connection:
        version = nlp.VERSION
        found = Report(
            version=version,
            articles=trials.count(connection, version),
            waiting=counts["reread"]["pending"] + counts["reread"]["leased"],
            dead=counts["reread"]["dead"],
            underived=counts["derive"]["pending"] + counts["derive"]["leased"],
        )
        changes: dict[str, Change] = {}
        stands: set[str] = set()
        same: set[str] = set()
        for keys in batched(trials.keys(connection, version), 50):
            after = _events_after(connection, keys, version)
            before = events.standing(connection, keys, after)
            stands |= after.keys()
            for id_ in sorted(before.keys() | after.keys()):
                if change := _change(before.get(id_), after.get(id_)):
                    changes[id_] = change
                else:
                    same.add(id_)
        # an event that would move to another company is gone from the one only
        found.changes = [c for id_, c in sorted(changes.items()) if not (c.what == "gone" and id_ in stands)]
        found.same = len(same)
        return found


def _events_after(connection: Connection, keys: Collection[str], version: str) -> dict[str, Event]:
    decided = steps.standing_decisions(connection)
    derived = reconciling.reconcile_around(
        keys,
        claims=lambda wanted: claims_.sourced(connection, wanted, tried=version),
        minted=lambda articles: events.minted_from(connection, articles),
        resolver=steps.resolver_of(decided),
        decisions=decided,
        now=datetime.now(UTC),
    )
    return {event.id: event for event in derived.events}


_FIGURES = ("kind", "count", "percent", "amount", "currency", "date", "stage")


def _change(before: Event | None, after: Event | None) -> Change | None:
    """Return how an event would change; null where it would not."""
    shown = after or before
    assert shown is not None
    if before is not None and after is not None:
        pairs = {name: (getattr(before, name), getattr(after, name)) for name in TOLD}
        pairs = {name: (_plain(old), _plain(new)) for name, (old, new) in pairs.items()}
        pairs = {name: (old, new) for name, (old, new) in pairs.items() if old != new}
        if not pairs:
            return None
        return Change(what="changed", event_id=shown.id, company=shown.company, type=shown.type, fields=pairs)
    figures = {
        name: (getattr(before, name, None), getattr(after, name, None))
        for name in _FIGURES
        if getattr(shown, name) is not None
    }
    return Change(
        what="added" if before is None else "gone",
        event_id=shown.id,
        company=shown.company,
        type=shown.type,
        fields=figures,
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def switch(engine: Engine, *, partly: bool = False) -> trials.Switch:
    """Make what the installed version read again live, in one transaction; the derived events follow.

    Raises NothingToSwitchError where nothing is on trial, or where articles still wait to be read, unless `partly`.
    """
    counts = work.counts(engine)["reread"]
    waiting = counts["pending"] + counts["leased"]
    if waiting and not partly:
        raise NothingToSwitchError(f"{waiting} articles still wait to be read again: wait for them, or say --partly")
    made = steps.transaction(engine, lambda connection: trials.switch_to(connection, nlp.VERSION))
    if made is None:
        raise NothingToSwitchError(f"nothing is on trial for {nlp.VERSION}: run newsledger reread start first")
    return made


def back(engine: Engine) -> trials.Switch:
    """Take the latest switch back, in one transaction. Raises NothingToSwitchError where none stands."""
    undone = steps.transaction(engine, trials.switch_back)
    if undone is None:
        raise NothingToSwitchError("no switch stands: there is nothing to take back")
    return undone
