"""Claims, as said and never changed, and which reading of which article is the one that holds.

An article is read again by a better pipeline, or because its text changed. Each reading is kept; the claims of the
latest reading are the live ones, and only these make events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select, true, update

from newsledger.model import Article, Claim, Evidence, RoleMention, SourcedClaim
from storage import words, work
from storage.batches import batches
from storage.bulk import insert_new
from storage.engine import moment_of_writing
from storage.tables import article, claim, claim_company, reading, source, story, trial

COLUMNS = tuple(c for c in claim.c if c.name not in ("ai_cited", "known_at"))


def to_row(entry: Claim) -> dict[str, Any]:
    """Return the columns of a claim, all but `known_at`."""
    row = {column.name: getattr(entry, column.name) for column in COLUMNS}
    row["ai_cited"] = entry.ai_cited
    row["counterparty"] = list(entry.counterparty)
    row["roles"] = [{"role": mention.role, "quote": mention.quote} for mention in entry.roles]
    row["sentence"] = _evidence_value(entry.sentence)
    row["evidence"] = {name: _evidence_value(entry.evidence[name]) for name in sorted(entry.evidence)}
    row["trace"] = {name: entry.trace[name] for name in sorted(entry.trace)}
    return row


def from_row(row: Row[Any]) -> Claim:
    """Return the claim of a row that has its columns."""
    values = {column.name: row._mapping[column] for column in COLUMNS}
    values["counterparty"] = tuple(values["counterparty"])
    values["roles"] = tuple(RoleMention(**mention) for mention in values["roles"])
    values["sentence"] = _evidence(values["sentence"])
    values["evidence"] = {name: _evidence(value) for name, value in values["evidence"].items()}
    return Claim(**values)


def _evidence_value(evidence: Evidence) -> dict[str, Any]:
    return {"in": evidence.where, "start": evidence.start, "end": evidence.end, "quote": evidence.quote}


def _evidence(value: Mapping[str, Any]) -> Evidence:
    return Evidence(where=value["in"], start=value["start"], end=value["end"], quote=value["quote"])


def save(
    connection: Connection,
    read: Article,
    version: str,
    claims: Sequence[Claim],
    company_keys: Mapping[str, Collection[str]],
) -> bool:
    """Keep what a pipeline version read in one article, see `save_all`, and queue the companies touched; return whether
    anything changed.
    """
    saved = save_all(connection, version, [(read, claims)], company_keys)
    work.add(connection, "derive", saved.companies)
    return bool(saved.articles)


class Saved(NamedTuple):
    """What `save_all` changed."""

    articles: set[str]
    """Ids of the articles whose reading is new."""
    companies: set[str]
    """Keys of the companies touched before or now: their events are to be derived."""


def save_all(
    connection: Connection,
    version: str,
    read: Sequence[tuple[Article, Sequence[Claim]]],
    company_keys: Mapping[str, Collection[str]],
) -> Saved:
    """Keep what a pipeline version read in articles, each once; the caller queues the companies to be derived.

    `company_keys` says for each claim id which companies it touches. Replaces each article's earlier reading, unless
    that was of a later text. Saving the same again changes nothing.
    """
    wanted = {one.id: (one, said) for one, said in read}
    held: dict[str, Any] = {}
    query = (
        select(reading.c.article_id, reading.c.revision, reading.c.version, article.c.seen_at)
        .join(article, and_(article.c.id == reading.c.article_id, article.c.revision == reading.c.revision))
        .where(reading.c.known_until.is_(None))
    )
    for batch in batches(sorted(wanted)):
        held.update((row.article_id, row) for row in connection.execute(query.where(reading.c.article_id.in_(batch))))
    for id_, row in held.items():
        own = wanted[id_][0]
        if (row.revision, row.version) == (own.revision, version):
            del wanted[id_]
        elif row.revision != own.revision:
            seen_at = connection.execute(
                select(article.c.seen_at).where(article.c.id == id_, article.c.revision == own.revision)
            ).scalar_one()
            if (seen_at, own.revision) < (row.seen_at, row.revision):
                del wanted[id_]
    if not wanted:
        return Saved(set(), set())
    known_at = moment_of_writing(connection)
    touched: set[str] = set()
    for id_, row in held.items():
        if id_ in wanted:
            touched.update(_keys_of_reading(connection, id_, row.revision, row.version))
            connection.execute(
                update(reading)
                .where(reading.c.article_id == id_, reading.c.known_until.is_(None))
                .values(known_until=known_at)
            )
    rows = [
        {"article_id": id_, "revision": one.revision, "version": version, "claims": len(said)}
        for id_, (one, said) in sorted(wanted.items())
    ]
    connection.execute(insert(reading), [{**row, "known_at": known_at} for row in rows])
    touched.update(keep(connection, [one for _, said in wanted.values() for one in said], company_keys, known_at))
    return Saved(set(wanted), touched)


def keep(
    connection: Connection, claims: Sequence[Claim], company_keys: Mapping[str, Collection[str]], known_at: datetime
) -> set[str]:
    """Keep claims with the companies they touch, live or not; return the companies touched before or now."""
    insert_new(connection, claim, [{**to_row(entry), "known_at": known_at} for entry in claims])
    words.add(connection, claims)
    return set_keys(connection, {entry.id: company_keys[entry.id] for entry in claims})


def _keys_of_reading(connection: Connection, article_id: str, revision: int, version: str) -> Sequence[str]:
    return (
        connection.execute(
            select(claim_company.c.company_key)
            .distinct()
            .join(claim, claim.c.id == claim_company.c.claim_id)
            .where(claim.c.article_id == article_id, claim.c.revision == revision, claim.c.version == version)
        )
        .scalars()
        .all()
    )


def set_keys(connection: Connection, company_keys: Mapping[str, Collection[str]]) -> set[str]:
    """Note which companies claims touch, by claim id; return all companies touched before or now.

    Keys are derived: they are set anew when decisions about companies change. The caller queues the returned ones.
    """
    touched: set[str] = set()
    for batch in batches(sorted(company_keys)):
        wanted = {(key, claim_id) for claim_id in batch for key in company_keys[claim_id]}
        held = {
            (row.company_key, row.claim_id)
            for row in connection.execute(select(claim_company).where(claim_company.c.claim_id.in_(batch)))
        }
        for key, claim_id in held - wanted:
            connection.execute(
                delete(claim_company).where(claim_company.c.company_key == key, claim_company.c.claim_id == claim_id)
            )
        new = [{"company_key": key, "claim_id": claim_id} for key, claim_id in sorted(wanted - held)]
        insert_new(connection, claim_company, new)
        touched.update(key for key, _ in held | wanted)
    return touched


def live() -> Any:
    """Return the SQL condition, over `claim` joined with `reading`, that a claim is of the latest reading."""
    return held_at(None)


def held_at(as_of: datetime | None) -> Any:
    """Return the SQL condition, over `claim` joined with `reading`, that a claim's reading held at a time (now)."""
    same = and_(claim.c.revision == reading.c.revision, claim.c.version == reading.c.version)
    if as_of is None:
        return and_(same, reading.c.known_until.is_(None))
    still = or_(reading.c.known_until.is_(None), reading.c.known_until > as_of)
    return and_(same, reading.c.known_at <= as_of, still)


def sourced(connection: Connection, company_keys: Iterable[str], *, tried: str | None = None) -> list[SourcedClaim]:
    """Return the live claims that touch any of these companies, with what is known of their articles, by claim id.

    With `tried`, those that would be live if the trial of that pipeline version were switched live.
    """
    found: dict[str, SourcedClaim] = {}
    for batch in batches(sorted(set(company_keys))):
        touching = select(claim_company.c.claim_id).where(claim_company.c.company_key.in_(batch))
        query = _sourced(tried=tried).where(claim.c.id.in_(touching))
        found.update((row.id, _sourced_claim(row)) for row in connection.execute(query))
    return [found[id_] for id_ in sorted(found)]


def touching(connection: Connection, company_keys: Iterable[str]) -> list[SourcedClaim]:
    """Return all claims that touch any of these companies, those of past readings and of trials too, by claim id."""
    found: dict[str, SourcedClaim] = {}
    for batch in batches(sorted(set(company_keys))):
        wanted = select(claim_company.c.claim_id).where(claim_company.c.company_key.in_(batch))
        rows = connection.execute(_sourced(reading_too=False).where(claim.c.id.in_(wanted)))
        found.update((row.id, _sourced_claim(row)) for row in rows)
    return [found[id_] for id_ in sorted(found)]


def sourced_by_id(connection: Connection, ids: Iterable[str]) -> list[SourcedClaim]:
    """Return claims by id, live or not, in the order of the ids."""
    wanted = list(ids)
    found: dict[str, SourcedClaim] = {}
    for batch in batches(wanted):
        rows = connection.execute(_sourced(reading_too=False).where(claim.c.id.in_(batch)))
        found.update((row.id, _sourced_claim(row)) for row in rows)
    return [found[id_] for id_ in wanted if id_ in found]


def of_article(connection: Connection, article_id: str) -> list[SourcedClaim]:
    """Return the live claims read in an article, by their place in it."""
    rows = connection.execute(_sourced().where(claim.c.article_id == article_id))
    return sorted((_sourced_claim(row) for row in rows), key=lambda one: (one.claim.sentence.start, one.claim.id))


def _sourced(*, reading_too: bool = True, tried: str | None = None) -> Select[Any]:
    tables = claim.join(article, and_(article.c.id == claim.c.article_id, article.c.revision == claim.c.revision)).join(
        story, story.c.article_id == claim.c.article_id
    )
    condition: ColumnElement[bool] = true()
    if reading_too:
        tables = tables.join(reading, reading.c.article_id == claim.c.article_id)
        condition = live()
    if tried is not None:
        own = and_(
            trial.c.article_id == reading.c.article_id,
            trial.c.revision == reading.c.revision,
            trial.c.version == tried,
        )
        tables = tables.outerjoin(trial, own)
        condition = and_(
            reading.c.known_until.is_(None),
            claim.c.revision == reading.c.revision,
            claim.c.version == func.coalesce(trial.c.version, reading.c.version),
        )
    columns = select(
        *COLUMNS,
        article.c.published,
        article.c.published_precision,
        func.coalesce(article.c.fetched_at, article.c.seen_at, type_=article.c.seen_at.type).label("fetched_at"),
        article.c.source_id,
        source.c.kind.label("source_kind"),
        story.c.group_id,
        article.c.title,
        article.c.url,
    )
    return columns.select_from(tables.outerjoin(source, source.c.id == article.c.source_id)).where(condition)


def _sourced_claim(row: Row[Any]) -> SourcedClaim:
    return SourcedClaim(
        claim=from_row(row),
        published=row.published,
        published_precision=row.published_precision,
        fetched_at=row.fetched_at,
        source_id=row.source_id,
        source_kind=row.source_kind,
        group_id=row.group_id,
        title=row.title,
        url=row.url,
    )


def all_keys(connection: Connection) -> list[str]:
    """Return the keys of all companies that any claim touches, in order."""
    query = select(claim_company.c.company_key).distinct().order_by(claim_company.c.company_key)
    return list(connection.execute(query).scalars())


def each_live(connection: Connection) -> Iterator[Claim]:
    """Yield all live claims by id, in flat memory."""
    last = ""
    while True:
        rows = connection.execute(
            select(*COLUMNS)
            .join(reading, reading.c.article_id == claim.c.article_id)
            .where(live(), claim.c.id > last)
            .order_by(claim.c.id)
            .limit(1000)
        ).all()
        if not rows:
            return
        yield from map(from_row, rows)
        last = rows[-1].id
