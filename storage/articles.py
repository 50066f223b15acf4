"""Articles, one row for each immutable revision, and the groups of near-duplicates among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.exc import OperationalError

from newsledger.model import Article
from storage import work
from storage.batches import batches
from storage.bulk import among, insert_new
from storage.engine import is_postgresql, lock_articles, lock_stories
from storage.tables import article as article_table
from storage.tables import band, claim, claim_company, story

MANY = 5000
"""Keys asked for in one statement."""

COLUMNS = tuple(c for c in article_table.c if c.name not in ("text_hash", "seen_at", "known_at"))


def save(connection: Connection, article: Article, bands: Sequence[str]) -> Article:
    """Keep one article and join its group, see `save_all` and `join_groups`."""
    [kept] = save_all(connection, [article])
    return replace(kept, group_id=join_groups(connection, {article.id: bands}).groups[article.id])


class MeanwhileError(OperationalError):
    """Another transaction saved another text of the same article meanwhile: begin anew."""

    def __init__(self, id_: str) -> None:
        """Remember the article."""
        super().__init__(None, None, RuntimeError(f"article {id_} was saved by another transaction meanwhile"))


def save_all(connection: Connection, found: Sequence[Article]) -> list[Article]:
    """Keep articles, each once, and return them with their revision. The same text again is the same revision.

    Each must be given to `join_groups` in the same transaction. Raises MeanwhileError on PostgreSQL where two
    transactions save different texts of one article at once.
    """
    lock_articles(connection)
    now = datetime.now(UTC)
    known: dict[str, list[Any]] = {article.id: [] for article in found}
    if len(known) < len(found):
        raise ValueError("an article is saved twice in one call: save its revisions one after the other")
    query = select(article_table.c.id, article_table.c.revision, article_table.c.text_hash, article_table.c.seen_at)
    query = query.order_by(article_table.c.id).with_for_update(key_share=True)  # its next revision is ours to make
    for batch in batches(sorted(known)):
        for row in connection.execute(query.where(article_table.c.id.in_(batch))):
            known[row.id].append(row)
    revisions: dict[str, int] = {}
    new: list[dict[str, Any]] = []
    for article in sorted(found, key=lambda one: one.id):  # in one order, so that no two transactions block
        seen_at = article.fetched_at or article.published or now
        same = next((row for row in known[article.id] if row.text_hash == article.text_hash), None)
        if same is not None:
            revisions[article.id] = same.revision
            if seen_at > same.seen_at:
                connection.execute(
                    update(article_table)
                    .where(article_table.c.id == article.id, article_table.c.revision == same.revision)
                    .values(seen_at=seen_at)
                )
        else:
            revisions[article.id] = 1 + max((row.revision for row in known[article.id]), default=0)
            values = {column.name: getattr(article, column.name) for column in COLUMNS}
            values |= {"revision": revisions[article.id], "text_hash": article.text_hash}
            new.append(values | {"seen_at": seen_at, "known_at": now})
    insert_new(connection, article_table, new)
    if is_postgresql(connection):
        _check(connection, new)
    return [replace(article, revision=revisions[article.id]) for article in found]


def _check(connection: Connection, new: Sequence[Mapping[str, Any]]) -> None:
    """Make sure that these revisions hold our text, not one of a transaction that ended while ours waited for it."""
    ours = {(row["id"], row["revision"]): row["text_hash"] for row in new}
    query = select(article_table.c.id, article_table.c.revision, article_table.c.text_hash)
    for batch in batches(sorted({id_ for id_, _ in ours})):
        for row in connection.execute(query.where(article_table.c.id.in_(batch))):
            if ours.get((row.id, row.revision), row.text_hash) != row.text_hash:
                raise MeanwhileError(row.id)


class Joined(NamedTuple):
    """What `join_groups` did."""

    groups: dict[str, str]
    """Article id → group."""
    companies: set[str]
    """Keys of the companies that articles of another group now tell of: queued to be derived again."""


def join_groups(connection: Connection, bands: Mapping[str, Sequence[str]]) -> Joined:
    """Put each article into the group of those it shares a key with.

    With each come its bands, the keys that near-duplicates share. A group is named by the smallest article id among all
    articles linked by shared keys, whatever order they came in.
    """
    if not bands:
        return Joined({}, set())
    lock_stories(connection)
    # one article stands for each key: whoever shares it later joins that article's group
    stands: dict[str, str] = {}
    for batch in batches(sorted({key for keys in bands.values() for key in keys}), MANY):
        query = select(band.c.key, band.c.article_id).where(among(connection, band.c.key, batch))
        stands.update((row.key, row.article_id) for row in connection.execute(query))
    new = {key: id_ for id_, keys in bands.items() for key in keys if stands.setdefault(key, id_) == id_}
    members = {id_: {id_, *(stands[key] for key in keys)} for id_, keys in bands.items()}
    group: dict[str, str] = {}
    for batch in batches(sorted({member for many in members.values() for member in many}), MANY):
        query = select(story.c.article_id, story.c.group_id).where(among(connection, story.c.article_id, batch))
        group.update((row.article_id, row.group_id) for row in connection.execute(query))
    unknown = sorted(bands.keys() - group.keys())
    held = sorted(set(group.values()))
    group.update((id_, id_) for id_ in unknown)
    root = {name: name for name in group.values()}

    def final(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for many in members.values():
        joined = {final(group[member]) for member in many}
        root.update(dict.fromkeys(joined, min(joined)))
    insert_new(connection, story, [{"article_id": id_, "group_id": final(id_)} for id_ in unknown])
    insert_new(connection, band, [{"key": key, "article_id": id_} for key, id_ in sorted(new.items())])
    moved: list[str] = []
    for target, names in groupby(sorted(held, key=final), key=final):
        others = [name for name in names if name != target]
        if others:
            statement = update(story).where(story.c.group_id.in_(others)).values(group_id=target)
            moved += connection.execute(statement.returning(story.c.article_id)).scalars()
    return Joined({id_: final(group[id_]) for id_ in bands}, _derive_again(connection, moved))


def _derive_again(connection: Connection, article_ids: Sequence[str]) -> set[str]:
    touched: set[str] = set()
    for batch in batches(article_ids):
        keys = connection.execute(
            select(claim_company.c.company_key)
            .distinct()
            .join(claim, claim.c.id == claim_company.c.claim_id)
            .where(claim.c.article_id.in_(batch))
        ).scalars()
        touched.update(keys)
    work.add(connection, "derive", touched)
    return touched


def _with_group() -> Select[Any]:
    return select(*COLUMNS, story.c.group_id).join(story, story.c.article_id == article_table.c.id)


def from_row(row: Row[Any]) -> Article:
    """Return the article of a row that has its columns and `group_id`."""
    values = row._mapping
    return Article(**{column.name: values[column.name] for column in COLUMNS}, group_id=values["group_id"])


def load(connection: Connection, ids: Iterable[str]) -> list[Article]:
    """Return the latest revision of each article, in the order of the ids; unknown ids are left out."""
    wanted = list(ids)
    found: dict[str, Article] = {}
    for batch in batches(wanted):
        rows = connection.execute(
            _with_group()
            .where(article_table.c.id.in_(batch))
            .order_by(article_table.c.seen_at, article_table.c.revision)
        )
        for row in rows:
            found[row.id] = from_row(row)
    return [found[id_] for id_ in wanted if id_ in found]


def load_revisions(connection: Connection, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Article]:
    """Return revisions of articles by (id, revision); unknown ones are left out."""
    asked = set(wanted)
    found: dict[tuple[str, int], Article] = {}
    for batch in batches(sorted({id_ for id_, _ in asked})):
        for row in connection.execute(_with_group().where(article_table.c.id.in_(batch))):
            if (row.id, row.revision) in asked:
                found[row.id, row.revision] = from_row(row)
    return found


def count(connection: Connection) -> int:
    """Return the number of articles, revisions of one counted once."""
    return connection.execute(select(func.count(func.distinct(article_table.c.id)))).scalar_one()
