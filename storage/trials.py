"""Trials: what another pipeline version reads in the archive, kept aside until it is switched live, or switched back.

A reading on trial has its claims in the store like any other, but makes no event. A switch makes all readings on trial
the latest ones in one transaction, and is remembered, so that it can be taken back to exactly what held before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from newsledger.model import Article, Claim
from storage import claims as claims_
from storage import work
from storage.bulk import driver_moment, sql
from storage.columns import Moment
from storage.engine import lock_articles, moment_of_writing
from storage.tables import article, claim, claim_company, reading, switch, trial
from storage.tables import work as work_table
from storage.versions import INSTANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A change of the latest readings from one pipeline version to another."""

    at: datetime
    version: str
    articles: int
    """Readings that were replaced."""
    back_at: datetime | None
    """When it was taken back; null while it stands."""


def stale(connection: Connection, version: str) -> Iterator[list[tuple[str, int, datetime]]]:
    """Yield, in lists, (article id, revision, time) of latest readings by another version that has no trial yet.

    The time is that of publication, or when the text was first seen.
    """
    tried = and_(
        trial.c.article_id == reading.c.article_id,
        trial.c.revision == reading.c.revision,
        trial.c.version == version,
    )
    time = func.coalesce(article.c.published, article.c.seen_at, type_=article.c.seen_at.type).label("time")
    last = ""
    while True:
        rows = connection.execute(
            select(reading.c.article_id, reading.c.revision, time)
            .join(article, and_(article.c.id == reading.c.article_id, article.c.revision == reading.c.revision))
            .outerjoin(trial, tried)
            .where(
                reading.c.known_until.is_(None),
                reading.c.version != version,
                reading.c.article_id > last,
                trial.c.article_id.is_(None),
            )
            .order_by(reading.c.article_id)
            .limit(5000)
        ).all()
        if not rows:
            return
        yield [(row.article_id, row.revision, row.time) for row in rows]
        last = rows[-1].article_id


def save(
    connection: Connection,
    version: str,
    read: Sequence[tuple[Article, Sequence[Claim]]],
    company_keys: Mapping[str, Collection[str]],
) -> None:
    """Keep aside what a version read in revisions of articles. Saving the same again changes nothing."""
    if not read:
        return
    lock_articles(connection)
    now = datetime.now(UTC)
    claims_.keep(connection, [one for _, said in read for one in said], company_keys, now)
    at = driver_moment(connection, now)
    rows = {
        a.id: {"version": version, "article_id": a.id, "revision": a.revision, "claims": len(said), "read_at": at}
        for a, said in sorted(read, key=lambda one: (one[0].id, one[0].revision))
    }
    names = [column.name for column in trial.columns]
    values = [tuple(row[name] for name in names) for row in rows.values()]
    connection.exec_driver_sql(_upsert(connection.dialect.name), values)


@cache
def _upsert(dialect: str) -> str:
    statement = insert(trial)
    new = {name: statement.excluded[name] for name in ("revision", "claims", "read_at")}
    later = trial.c.revision < statement.excluded.revision
    return sql(
        dialect, statement.on_conflict_do_update(index_elements=["version", "article_id"], set_=new, where=later)
    )


def drop_others(connection: Connection, version: str) -> int:
    """Forget the trials of all versions but one, and what is queued for them; return how many readings."""
    connection.execute(delete(work_table).where(work_table.c.step == "reread", work_table.c.status != "leased"))
    gone = connection.execute(delete(trial).where(trial.c.version != version).returning(trial.c.article_id))
    return len(gone.all())


def _ready(version: str) -> ColumnElement[bool]:
    """Return the SQL condition, over `trial` joined with the latest `reading`, that a switch would replace it."""
    return and_(
        trial.c.version == version,
        reading.c.known_until.is_(None),
        reading.c.revision == trial.c.revision,
        reading.c.version != version,
    )


def _ready_articles(version: str) -> Select[Any]:
    joined = trial.join(reading, reading.c.article_id == trial.c.article_id)
    return select(trial.c.article_id).select_from(joined).where(_ready(version))


def count(connection: Connection, version: str) -> int:
    """Return how many readings a switch to this version would replace."""
    return connection.execute(select(func.count()).select_from(_ready_articles(version).subquery())).scalar_one()


def keys(connection: Connection, version: str) -> list[str]:
    """Return the companies whose events a switch to this version may change, in order."""
    return _keys(connection, _ready_articles(version))


def _keys(connection: Connection, articles: Select[Any]) -> list[str]:
    query = (
        select(claim_company.c.company_key)
        .distinct()
        .join(claim, claim.c.id == claim_company.c.claim_id)
        .where(claim.c.article_id.in_(articles))
    )
    return list(connection.execute(query.order_by(claim_company.c.company_key)).scalars())


def last_switch(connection: Connection) -> Switch | None:
    """Return the latest switch that stands."""
    row = connection.execute(
        select(switch).where(switch.c.back_at.is_(None)).order_by(switch.c.at.desc()).limit(1)
    ).first()
    return None if row is None else Switch(**row._mapping)


def switch_to(connection: Connection, version: str) -> Switch | None:
    """Make the readings on trial the latest ones, all at once, and queue the companies touched to be derived.

    Returns null where there are none.
    """
    lock_articles(connection, alone=True)  # no article is saved meanwhile
    number = count(connection, version)
    if not number:
        return None
    at = _moment(connection)
    work.add(connection, "derive", keys(connection, version))
    _close(connection, reading.c.article_id.in_(_ready_articles(version)), at)
    replaced = select(reading.c.article_id).where(reading.c.known_until == at)
    tried = select(trial.c.article_id, trial.c.revision, trial.c.version, trial.c.claims)
    _open(connection, tried.where(trial.c.version == version, trial.c.article_id.in_(replaced)), at)
    connection.execute(delete(trial).where(trial.c.version == version))
    made = Switch(at=at, version=version, articles=number, back_at=None)
    connection.execute(
        insert(switch).values(at=made.at, version=made.version, articles=made.articles, back_at=made.back_at)
    )
    return made


def switch_back(connection: Connection) -> Switch | None:
    """Take the latest switch back: what held before it holds again, and its readings are on trial again.

    Readings of articles whose text changed since stay. Returns null where no switch stands.
    """
    lock_articles(connection, alone=True)
    made = last_switch(connection)
    if made is None:
        return None
    at = _moment(connection)
    own = and_(reading.c.known_at == made.at, reading.c.known_until.is_(None))
    undone = select(reading.c.article_id).where(own)
    work.add(connection, "derive", _keys(connection, undone))
    columns = (reading.c.version, reading.c.article_id, reading.c.revision, reading.c.claims, reading.c.known_at)
    connection.execute(
        insert(trial).from_select([c.name for c in trial.c], select(*columns).where(own)).on_conflict_do_nothing()
    )
    _close(connection, own, at)
    closed = select(reading.c.article_id).where(reading.c.known_at == made.at, reading.c.known_until == at)
    before = select(reading.c.article_id, reading.c.revision, reading.c.version, reading.c.claims)
    _open(connection, before.where(reading.c.known_until == made.at, reading.c.article_id.in_(closed)), at)
    connection.execute(update(switch).where(switch.c.at == made.at).values(back_at=at))
    return Switch(at=made.at, version=made.version, articles=made.articles, back_at=at)


def _moment(connection: Connection) -> datetime:
    """Return a time to stamp a switch with: later than every reading and every switch, whatever the clock does."""
    newest: list[datetime | None] = [
        connection.execute(select(func.max(column))).scalar_one()
        for column in (reading.c.known_at, reading.c.known_until, switch.c.at)
    ]
    return max([moment_of_writing(connection), *(moment + INSTANT for moment in newest if moment is not None)])


def _close(connection: Connection, those: ColumnElement[bool], at: datetime) -> None:
    connection.execute(update(reading).where(those, reading.c.known_until.is_(None)).values(known_until=at))


def _open(connection: Connection, rows: Select[Any], at: datetime) -> None:
    """Make rows (article id, revision, version, number of claims) the latest readings from `at` on."""
    names = ["article_id", "revision", "version", "claims", "known_at"]
    stamped = rows.add_columns(literal(at, Moment()))
    connection.execute(insert(reading).from_select(names, stamped))
