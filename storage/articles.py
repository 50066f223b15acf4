"""Articles, one row for each immutable revision, and the groups of near-duplicates among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from newsledger.model import Article
from storage import work
from storage.batches import batches
from storage.engine import lock_stories
from storage.tables import article as article_table
from storage.tables import band, claim, claim_company, story

COLUMNS = tuple(c for c in article_table.c if c.name not in ("text_hash", "seen_at", "known_at"))


def save(connection: Connection, article: Article, bands: Sequence[str]) -> Article:
    """Keep an article and return it with its revision and group. The same text again is the same revision.

    `bands` are the keys that near-duplicates share. The group is named by the smallest article id among all articles
    linked by shared keys, whatever order they came in; where groups join, events of both are due to be derived again.
    """
    lock_stories(connection)
    now = datetime.now(UTC)
    seen_at = article.fetched_at or article.published or now
    known = connection.execute(
        select(article_table.c.revision, article_table.c.text_hash, article_table.c.seen_at).where(
            article_table.c.id == article.id
        )
    ).all()
    same = next((row for row in known if row.text_hash == article.text_hash), None)
    if same is not None:
        revision = same.revision
        if seen_at > same.seen_at:
            connection.execute(
                update(article_table)
                .where(article_table.c.id == article.id, article_table.c.revision == revision)
                .values(seen_at=seen_at)
            )
    else:
        revision = 1 + max((row.revision for row in known), default=0)
        row = {column.name: getattr(article, column.name) for column in COLUMNS}
        row |= {"revision": revision, "text_hash": article.text_hash, "seen_at": seen_at, "known_at": now}
        connection.execute(insert(article_table).values(row))
    return replace(article, revision=revision, group_id=_join_group(connection, article.id, bands))


def _join_group(connection: Connection, article_id: str, bands: Sequence[str]) -> str:
    # one article stands for each key: whoever shares it later joins that article's group
    connection.execute(insert(story).values(article_id=article_id, group_id=article_id).on_conflict_do_nothing())
    keys = sorted(set(bands))
    members = {article_id}
    for batch in batches(keys):
        rows = [{"key": key, "article_id": article_id} for key in batch]
        # an update that changes nothing, so that RETURNING names the article that stands for the key
        statement = insert(band).values(rows).on_conflict_do_update(index_elements=["key"], set_={"key": band.c.key})
        members.update(connection.execute(statement.returning(band.c.article_id)).scalars())
    groups: set[str] = set()
    for batch in batches(sorted(members)):
        groups.update(connection.execute(select(story.c.group_id).where(story.c.article_id.in_(batch))).scalars())
    root = min(groups)
    for batch in batches(sorted(groups - {root})):
        moved = (
            connection.execute(
                update(story).where(story.c.group_id.in_(batch)).values(group_id=root).returning(story.c.article_id)
            )
            .scalars()
            .all()
        )
        _derive_again(connection, moved)
    return root


def _derive_again(connection: Connection, article_ids: Sequence[str]) -> None:
    for batch in batches(article_ids):
        keys = connection.execute(
            select(claim_company.c.company_key)
            .distinct()
            .join(claim, claim.c.id == claim_company.c.claim_id)
            .where(claim.c.article_id.in_(batch))
        ).scalars()
        work.add(connection, "derive", keys.all())


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
