"""Events: every state each one ever had, the ledger of their ids, which claims they rest on, and reading them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b
from itertools import starmap
from operator import attrgetter
from typing import Any, Literal, get_args

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)

from newsledger.model import Event, SourcedClaim
from newsledger.reconcile import MintedId, Reconciled, article_of
from storage import claims as claims_
from storage import companies, rollups, versions
from storage.batches import batches
from storage.bulk import among, driver_moment, insert_new, insert_rows
from storage.columns import Moment, Text
from storage.engine import is_postgresql, reading
from storage.rollups import COUNTED, Counted
from storage.tables import article, claim, claim_word, company, event, event_claim, event_id, event_successor
from storage.versions import close, held
from storage.words import begins, words_of

FIELDS = tuple(field.name for field in fields(Event))
LISTS = ("counterparty", "counterparty_ids", "roles", "locations", "claim_ids", "source_kinds")
COLUMNS = tuple(c for c in event.c if c.name not in ("ai_cited", "sort_date", "content_hash"))
_STORED = tuple(c.name for c in event.c if c.name not in ("sort_date", "content_hash", "known_at", "known_until"))
# compiled, as dataclasses are: a third of the time of attrgetter
_values: Callable[[Event], list[Any]] = eval(f"lambda e: [{', '.join(f'e.{name}' for name in _STORED)}]")  # noqa: S307
_dumps = orjson.dumps
_LIST_PLACES = tuple(_STORED.index(name) for name in LISTS)
_TRACE_PLACE = _STORED.index("trace")
_FLAG_PLACES = tuple(_STORED.index(name) for name in ("ai_cited", "conflict"))

MANY = 5000
"""Ids asked for in one statement."""

Sort = Literal[
    "date",
    "-date",
    "count",
    "-count",
    "amount_usd",
    "-amount_usd",
    "sources",
    "-sources",
    "known_at",
    "-known_at",
]
"""What events are sorted by; `-` is the largest or newest first. By a figure, events without it are left out."""


class BadCursorError(ValueError):
    """A cursor that this sort did not give out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """A state of an event, and since and until when the ledger took it for true (null = it still does)."""

    event: Event
    known_at: datetime
    known_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some events in order, and the cursor that gives the next ones; null at the end."""

    events: list[KnownEvent]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are wanted: all that fit every condition that is given. Dates are ISO; `until` is not included.

    A date known only to the month or year fits where its period overlaps the time from `since` to `until`.
    """

    type: str | None = None
    company_ids: Collection[str] = ()
    company: str | None = None
    """A part of the company's name, in any case of letters."""
    counterparty: str | None = None
    """A part of the other side's name."""
    sector: str | None = None
    country: str | None = None
    """Of the company, ISO 3166."""
    kinds: Collection[str] = ()
    stages: Collection[str] = ()
    bases: Collection[str] = ()
    scopes: Collection[str] = ()
    time: str | None = None
    ai_relations: Collection[str] = ()
    ai_speakers: Collection[str] = ()
    ai_cited: bool | None = None
    role: str | None = None
    location: str | None = None
    """A part of the place's name."""
    currency: str | None = None
    source_ids: Collection[str] = ()
    source_kinds: Collection[str] = ()
    since: str | None = None
    until: str | None = None
    count_min: int | None = None
    count_max: int | None = None
    percent_min: float | None = None
    percent_max: float | None = None
    amount_usd_min: int | None = None
    amount_usd_max: int | None = None
    sources_min: int | None = None
    claims_min: int | None = None
    conflict: bool | None = None
    converted: bool | None = None
    """Whether an amount has a value in dollars."""
    known_since: datetime | None = None
    """Only events that became what they are at or after this moment."""
    text: str | None = None
    """Words, for each of which a claim has one that begins so: in its sentence, its headline or the company's name as
    told. Text without a word fits no event."""


# writing ------------------------------------------------------------------------------------------------------------


def replace(
    connection: Connection, reconciled: Reconciled, known_at: datetime, *, keys: Collection[str]
) -> tuple[int, int]:
    """Make the outcome of reconciling the companies `keys` what the ledger takes for true; return (written, closed).

    Newly minted ids and companies are kept, states that hold already are left alone, and events of these companies or
    of the claims looked at that did not come out again are closed. Roll-ups follow in the same transaction.
    Raises IntegrityError for an event that breaks a constraint of the tables.
    """
    companies.save_new(connection, reconciled.companies, known_at)
    mint(connection, reconciled.minted)
    redirect(connection, reconciled.successors, known_at)
    return write(connection, reconciled.events, _at_stake(connection, reconciled.covered, keys), known_at)


def _at_stake(connection: Connection, claim_ids: Collection[str], keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(sorted(claim_ids)):
        of_claims = select(event_claim.c.event_id).where(event_claim.c.claim_id.in_(batch), held(event_claim))
        found.update(connection.execute(of_claims).scalars())
    for batch in batches(sorted(keys)):
        of_companies = select(event.c.id).where(event.c.company_id.in_(batch), held(event))
        found.update(connection.execute(of_companies).scalars())
    return found


def minted_from(connection: Connection, article_ids: Iterable[str]) -> list[MintedId]:
    """Return all ids that were ever minted from these articles, by id."""
    found: list[MintedId] = []
    for batch in batches(sorted(set(article_ids))):
        rows = connection.execute(
            select(event_id, event_successor.c.successor)
            .outerjoin(event_successor, and_(event_successor.c.id == event_id.c.id, held(event_successor)))
            .where(event_id.c.article_id.in_(batch))
        )
        found += [MintedId(id=r.id, minted_at=r.minted_at, anchor=r.anchor, successor=r.successor) for r in rows]
    return sorted(found, key=lambda one: one.id)


def mint(connection: Connection, minted: Iterable[MintedId]) -> None:
    """Keep newly minted ids, for ever."""
    rows = [
        {"id": one.id, "minted_at": one.minted_at, "anchor": one.anchor, "article_id": article_of(one.anchor)}
        for one in sorted(minted, key=lambda one: one.id)
    ]
    insert_new(connection, event_id, rows)


def redirect(connection: Connection, successors: Mapping[str, str | None], known_at: datetime) -> None:
    """Say which event each id leads to from `known_at` on; null makes it stand for itself again."""
    rows = [{"id": id_, "successor": to} for id_, to in sorted(successors.items()) if to is not None]
    versions.write(connection, event_successor, rows, known_at)
    versions.close(connection, event_successor, [id_ for id_, to in successors.items() if to is None], known_at)


def write(
    connection: Connection, events: Iterable[Event], at_stake: Collection[str], known_at: datetime
) -> tuple[int, int]:
    """Make `events` what holds in place of the events `at_stake`; return (written, closed).

    Of the ids at stake, those not among `events` are closed. Ids and companies must be known.
    """
    given = {entry.id: entry for entry in events}
    hashes = _held_hashes(connection, {*given, *at_stake})
    changed = [
        id_ for id_, entry in given.items() if id_ not in hashes or hashes[id_] != event_row(connection, entry)[-1]
    ]
    gone = sorted(id_ for id_ in at_stake if id_ in hashes and id_ not in given)
    if not changed and not gone:
        return 0, 0
    ended = [id_ for id_ in changed if id_ in hashes] + gone
    found = _held_states(connection, ended)
    at = close(connection, event, ended, known_at)
    stamp = driver_moment(connection, at)
    for batch in batches(changed):  # few rows at a time: memory that is used again is much faster than new
        insert_rows(connection, event, [(*event_row(connection, given[id_]), stamp, None) for id_ in batch])
    _set_membership(connection, {id_: given[id_].claim_ids for id_ in changed}, ended, at)
    sums: rollups.Sums = {}
    rollups.add_up(found, -1, sums)
    rollups.add_up((counted(given[id_]) for id_ in changed), 1, sums)
    rollups.apply(connection, sums)
    return len(changed), len(gone)


def event_row(connection: Connection, entry: Event) -> list[Any]:
    """Return the columns of an event as the driver takes them, up to the hash of all of them."""
    values = _values(entry)
    for place in _LIST_PLACES:
        listed = values[place]
        values[place] = _dumps(listed).decode() if listed else "[]"
    values[_TRACE_PLACE] = _dumps(dict(values[_TRACE_PLACE]), option=orjson.OPT_SORT_KEYS).decode()
    content = blake2b(_dumps(values), digest_size=16).hexdigest()
    if not is_postgresql(connection):
        for place in _FLAG_PLACES:
            values[place] = int(values[place])
    values += (entry.date or "", content)
    return values


_COUNTED = tuple(event.c[name] for name in COUNTED)
_counted_values: Callable[[Event], tuple[Any, ...]] = attrgetter(*COUNTED)


def counted(entry: Event) -> Counted:
    """Return the columns of an event that roll-ups ask for."""
    return Counted(*_counted_values(entry))


def _held_hashes(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for batch in batches(sorted(ids), MANY):
        query = select(event.c.id, event.c.content_hash).where(among(connection, event.c.id, batch), held(event))
        hashes.update((id_, content) for id_, content in connection.execute(query).all())
    return hashes


def _held_states(connection: Connection, ids: Collection[str]) -> list[Counted]:
    states: list[Counted] = []
    for batch in batches(sorted(ids), MANY):
        query = select(*_COUNTED).where(among(connection, event.c.id, batch), held(event))
        states += starmap(Counted, connection.execute(query))
    return states


def _set_membership(
    connection: Connection, members: Mapping[str, Collection[str]], ended: Collection[str], at: datetime
) -> None:
    wanted = {claim_id: id_ for id_, claim_ids in members.items() for claim_id in claim_ids}
    found: dict[str, str] = {}
    query = select(event_claim.c.claim_id, event_claim.c.event_id).where(held(event_claim))
    for column, values in ((event_claim.c.event_id, ended), (event_claim.c.claim_id, wanted)):
        for batch in batches(sorted(values), MANY):
            rows = connection.execute(query.where(among(connection, column, batch)))
            found.update((row.claim_id, row.event_id) for row in rows)
    moved = [claim_id for claim_id, id_ in found.items() if wanted.get(claim_id) != id_]
    stamp = driver_moment(connection, close(connection, event_claim, moved, at))
    new = [(claim_id, id_, stamp, None) for claim_id, id_ in sorted(wanted.items()) if found.get(claim_id) != id_]
    insert_rows(connection, event_claim, new)


# reading ------------------------------------------------------------------------------------------------------------


def from_row(row: Row[Any]) -> KnownEvent:
    """Return the event of a row that has COLUMNS."""
    values = row._mapping
    known: dict[str, Any] = {name: values[name] for name in FIELDS}
    for name in LISTS:
        known[name] = tuple(known[name])
    return KnownEvent(event=Event(**known), known_at=values["known_at"], known_until=values["known_until"])


def get(connection: Connection, id_: str, *, as_of: datetime | None = None) -> KnownEvent | None:
    """Return an event as it is, or was at a time; null where there was none of that id."""
    row = connection.execute(select(*COLUMNS).where(event.c.id == id_, held(event, as_of))).first()
    return None if row is None else from_row(row)


def successor(connection: Connection, id_: str) -> str | None:
    """Return the id that a merged event's id leads to in the end; null where it leads nowhere or is unknown."""
    return versions.successor(connection, event_successor, id_)


def first_known(engine: Engine) -> datetime | None:
    """Return when the ledger first knew of an event; null for an empty one."""
    with reading(engine) as connection:
        return connection.execute(select(event.c.known_at).order_by(event.c.known_at).limit(1)).scalar()


def minted(connection: Connection, id_: str) -> bool:
    """Return whether this id was ever given to an event."""
    return connection.execute(select(event_id.c.id).where(event_id.c.id == id_)).first() is not None


def history(connection: Connection, id_: str) -> list[KnownEvent]:
    """Return all states an event ever had, the first one first."""
    rows = connection.execute(select(*COLUMNS).where(event.c.id == id_).order_by(event.c.known_at))
    return [from_row(row) for row in rows]


def standing(connection: Connection, company_ids: Collection[str], ids: Collection[str]) -> dict[str, Event]:
    """Return by id the events that stand of some companies, and those of some ids."""
    found: dict[str, Event] = {}
    for column, values in ((event.c.company_id, company_ids), (event.c.id, ids)):
        for batch in batches(sorted(values), MANY):
            query = select(*COLUMNS).where(among(connection, column, batch), held(event))
            found.update((row.id, from_row(row).event) for row in connection.execute(query))
    return found


def claims_of(connection: Connection, id_: str, *, as_of: datetime | None = None) -> list[SourcedClaim]:
    """Return the claims an event rests on, or rested on at a time, in the event's order."""
    found = get(connection, id_, as_of=as_of)
    return [] if found is None else claims_.sourced_by_id(connection, found.event.claim_ids)


def event_of(connection: Connection, claim_id: str) -> str | None:
    """Return the id of the event that a claim belongs to now."""
    query = select(event_claim.c.event_id).where(event_claim.c.claim_id == claim_id, held(event_claim))
    return connection.execute(query).scalar_one_or_none()


def query(
    connection: Connection,
    filters: EventFilter | None = None,
    sort: Sort = "-date",
    cursor: str | None = None,
    limit: int = 50,
    as_of: datetime | None = None,
) -> EventPage:
    """Return one page of events. Pages stay in step however many events come in between: a cursor names a place.

    Raises BadCursorError for a cursor of another sort, ValueError for an unknown sort.
    """
    if sort not in get_args(Sort):
        raise ValueError(f"events cannot be sorted by {sort!r}; use one of {', '.join(get_args(Sort))}")
    down, name = sort.startswith("-"), sort.removeprefix("-")
    value = event.c.sort_date if name == "date" else event.c[name]
    statement = filtered(select(*COLUMNS, value.label("sorted_by")), filters or EventFilter(), as_of)
    if name in ("count", "amount_usd"):
        statement = statement.where(value.is_not(None))
    if cursor is not None:
        place = _place(cursor, sort)
        after = tuple_(value, event.c.id)
        statement = statement.where(after < tuple_(*place) if down else after > tuple_(*place))
    order = (value.desc(), event.c.id.desc()) if down else (value, event.c.id)
    rows = connection.execute(statement.order_by(*order).limit(limit + 1)).all()
    following = _cursor(sort, rows[limit - 1]) if len(rows) > limit else None
    return EventPage(events=[from_row(row) for row in rows[:limit]], cursor=following)


def each(
    connection: Connection, filters: EventFilter | None = None, as_of: datetime | None = None
) -> Iterator[KnownEvent]:
    """Yield all events that fit, by id, in flat memory."""
    statement = filtered(select(*COLUMNS), filters or EventFilter(), as_of).order_by(event.c.id)
    for row in connection.execute(statement, execution_options={"yield_per": 1000}):
        yield from_row(row)


def count(connection: Connection, filters: EventFilter | None = None, as_of: datetime | None = None) -> int:
    """Return how many events fit."""
    statement = filtered(select(event.c.id), filters or EventFilter(), as_of)
    return connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()


def filtered(statement: Select[Any], wanted: EventFilter, as_of: datetime | None) -> Select[Any]:
    """Return a select over `event` narrowed to what is wanted."""
    conditions: list[ColumnElement[bool]] = [held(event, as_of)]
    if wanted.type is not None:
        conditions.append(event.c.type == wanted.type)
    for column, allowed in (
        (event.c.company_id, wanted.company_ids),
        (event.c.kind, wanted.kinds),
        (event.c.stage, wanted.stages),
        (event.c.basis, wanted.bases),
        (event.c.scope, wanted.scopes),
        (event.c.ai_relation, wanted.ai_relations),
        (event.c.ai_speaker, wanted.ai_speakers),
    ):
        if allowed:
            conditions.append(column.in_(sorted(allowed)))
    for column, value in (
        (event.c.time, wanted.time),
        (event.c.ai_cited, wanted.ai_cited),
        (event.c.currency, wanted.currency),
        (event.c.conflict, wanted.conflict),
    ):
        if value is not None:
            conditions.append(column == value)
    for column, least, most in (
        (event.c["count"], wanted.count_min, wanted.count_max),
        (event.c.percent, wanted.percent_min, wanted.percent_max),
        (event.c.amount_usd, wanted.amount_usd_min, wanted.amount_usd_max),
        (event.c.sources, wanted.sources_min, None),
        (event.c.claims, wanted.claims_min, None),
    ):
        if least is not None:
            conditions.append(column >= least)
        if most is not None:
            conditions.append(column <= most)
    for text, part in (
        (as_text(event.c.company), wanted.company),
        (as_text(event.c.counterparty), wanted.counterparty),
        (as_text(event.c.locations), wanted.location),
    ):
        if part is not None:
            conditions.append(text.icontains(part, autoescape=True))
    if wanted.role is not None:
        conditions.append(has_role(wanted.role))
    if wanted.source_kinds:
        kinds = as_text(event.c.source_kinds)
        conditions.append(or_(*(kinds.contains(f'"{kind}"') for kind in sorted(wanted.source_kinds))))
    if wanted.source_ids:
        conditions.append(_has_claim(as_of, article.c.source_id.in_(sorted(wanted.source_ids))))
    conditions += dated(wanted.since, wanted.until)
    if wanted.converted is not None:
        conditions.append(event.c.amount.is_not(None))
        dollars = event.c.amount_usd
        conditions.append(dollars.is_not(None) if wanted.converted else dollars.is_(None))
    if wanted.known_since is not None:
        conditions.append(event.c.known_at >= wanted.known_since)
    if wanted.text is not None:
        conditions += [event.c.id.in_(_with_word(word, as_of)) for word in words_of(wanted.text)] or [false()]
    if wanted.sector is not None or wanted.country is not None:
        known = [held(company, as_of), company.c.id == event.c.company_id]
        if wanted.sector is not None:
            known.append(company.c.sector == wanted.sector)
        if wanted.country is not None:
            known.append(company.c.country == wanted.country)
        conditions.append(select(company.c.id).where(*known).correlate(event).exists())
    return statement.where(and_(*conditions))


def _has_claim(as_of: datetime | None, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_article = and_(article.c.id == claim.c.article_id, article.c.revision == claim.c.revision)
    tables = event_claim.join(claim, claim.c.id == event_claim.c.claim_id).join(article, of_article)
    query = select(event_claim.c.claim_id).select_from(tables)
    own = (event_claim.c.event_id == event.c.id, held(event_claim, as_of), condition)
    return query.where(*own).correlate(event).exists()


def _with_word(word: str, as_of: datetime | None) -> Select[Any]:
    """Return the ids of the events a claim of which has a word that begins so."""
    return (
        select(event_claim.c.event_id)
        .join(claim_word, claim_word.c.claim_id == event_claim.c.claim_id)
        .where(begins(word), held(event_claim, as_of))
    )


def has_role(role: str) -> ColumnElement[bool]:
    """Return the SQL condition that a role is among an event's."""
    return as_text(event.c.roles).contains(f'"{role}"', autoescape=True)


def as_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return a JSON column as the text it is kept as."""
    return type_coerce(column, Text)


def dated(since: str | None, until: str | None) -> list[ColumnElement[bool]]:
    """Return the SQL conditions that an event's date may lie from `since` to before `until` (ISO dates)."""
    conditions: list[ColumnElement[bool]] = []
    date = event.c.sort_date
    if since is not None:
        # the first narrows by index; a shorter date is compared as far as it goes
        conditions += [date >= since[:4], date >= func.substr(since, 1, func.length(date))]
    if until is not None:
        conditions += [date < until, date != ""]
    return conditions


def data_version(connection: Connection) -> str:
    """Return a short text that changes whenever an event or a company does: the time of the newest change, UTC."""
    newest = [
        connection.execute(select(func.max(moment)).where(moment.is_not(None))).scalar_one()
        for table in (event, company)
        for moment in (table.c.known_at, table.c.known_until)
    ]
    changes = [moment for moment in newest if moment is not None]
    return f"{max(changes):%Y%m%dT%H%M%S.%fZ}" if changes else "empty"


def _cursor(sort: str, row: Row[Any]) -> str:
    value = row.sorted_by
    place = [sort, value.isoformat() if isinstance(value, datetime) else value, row.id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _place(cursor: str, sort: str) -> tuple[Any, str]:
    try:
        of_sort, value, id_ = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if of_sort != sort or not isinstance(id_, str) or "\0" in id_:
            raise BadCursorError
        if sort.removeprefix("-") == "known_at":
            return literal(datetime.fromisoformat(value), Moment()), id_
        if isinstance(value, bool) or not isinstance(value, str if sort.endswith("date") else int):
            raise BadCursorError
        if (isinstance(value, int) and abs(value) >= 2**63) or (isinstance(value, str) and "\0" in value):
            raise BadCursorError
        return value, id_
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursorError(
            f"cursor {cursor!r} is not one that sort={sort} gave; ask again without a cursor"
        ) from error
