"""Pages as they came from the network: kept, compressed, until their article is extracted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, Engine, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from newsledger.model import Page, digest
from newsledger.settings import settings
from storage import work
from storage.batches import batches
from storage.bulk import among, insert_new
from storage.engine import reading, writing
from storage.sources import count_drop
from storage.tables import page as page_table
from storage.tables import validator


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownValidator:
    """What a server gave to ask "has it changed?" with, and when the body was last fetched whole."""

    etag: str | None
    last_modified: str | None
    saved_at: datetime


def page_id(page: Page) -> str:
    """Return the id of a page: the hash of its address, its bytes and the text its feed carried."""
    return digest(page.url, page.body, page.feed_text or "")


def save(engine: Engine, pages: Sequence[Page]) -> list[str]:
    """Keep pages and queue them to be read, in one transaction; return the ids of new ones. Saving again is harmless.

    Raises IntegrityError for a page of a source that `storage.sources.save` has not been given.
    """
    compressor = zstandard.ZstdCompressor(level=1)  # the bytes go once they are read
    rows = {
        page_id(page): {
            "url": page.url,
            "asked_url": page.asked_url,
            "source_id": page.source_id,
            "fetched_at": page.fetched_at,
            "body": compressor.compress(page.body),
            "content_type": page.content_type,
            "status": page.status,
            "feed_title": page.feed_title,
            "feed_published": page.feed_published,
            "feed_text": page.feed_text,
            "article_id": None,
            "dropped": None,
            "dropped_detail": None,
        }
        for page in pages
    }
    with writing(engine) as connection:
        known: set[str] = set()
        for batch in batches(rows, 5000):
            query = select(page_table.c.id).where(among(connection, page_table.c.id, batch))
            known.update(connection.execute(query).scalars())
        new = [id_ for id_ in rows if id_ not in known]
        insert_new(connection, page_table, [{"id": id_, **rows[id_]} for id_ in new])
        work.add(connection, "read", new)
    return new


def load(connection: Connection, ids: Iterable[str]) -> dict[str, Page]:
    """Return by id the pages that still have their bytes, in the order of the ids; others are left out."""
    found: dict[str, Page] = {}
    decompressor = zstandard.ZstdDecompressor()
    wanted = list(ids)
    for batch in batches(wanted):
        for row in connection.execute(select(page_table).where(page_table.c.id.in_(batch))):
            if row.body is not None:
                found[row.id] = Page(
                    url=row.url,
                    asked_url=row.asked_url,
                    source_id=row.source_id,
                    fetched_at=row.fetched_at,
                    body=decompressor.decompress(row.body),
                    content_type=row.content_type,
                    status=row.status,
                    feed_title=row.feed_title,
                    feed_published=row.feed_published,
                    feed_text=row.feed_text,
                )
    return {id_: found[id_] for id_ in wanted if id_ in found}


def extracted(connection: Connection, articles: Mapping[str, str]) -> None:
    """Note by page id which article each page gave; the bytes go, unless `keep_html` is set."""
    if articles:
        statement = update(page_table).where(page_table.c.id == bindparam("page"))
        values: dict[str, Any] = {
            "article_id": bindparam("article"),
            "dropped": None,
            "dropped_detail": None,
        }
        if not settings().keep_html:
            values["body"] = None
        rows = [{"page": id_, "article": articles[id_]} for id_ in sorted(articles)]
        connection.execute(statement.values(values), rows)


def drop(connection: Connection, id_: str, reason: str, detail: str = "") -> None:
    """Note why a page gave no article, and count it for its source and day; the bytes go."""
    drop_all(connection, {id_: (reason, detail)})


def drop_all(connection: Connection, outcomes: Mapping[str, tuple[str, str]]) -> None:
    """Note by page id why (reason, detail) pages gave no article, and count each once for its source and day."""
    found: dict[str, Any] = {}
    query = select(page_table.c.id, page_table.c.source_id, page_table.c.fetched_at)
    for batch in batches(sorted(outcomes)):
        rows = connection.execute(query.where(page_table.c.id.in_(batch), page_table.c.dropped.is_(None)))
        found.update((row.id, row) for row in rows)
    if not found:
        return
    statement = update(page_table).where(page_table.c.id == bindparam("page"))
    values: dict[str, Any] = {
        "article_id": None,
        "body": None,
        "dropped": bindparam("why"),
        "dropped_detail": bindparam("detail"),
    }
    told = [{"page": id_, "why": outcomes[id_][0], "detail": outcomes[id_][1] or None} for id_ in sorted(found)]
    connection.execute(statement.values(values), told)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for id_, row in found.items():
        counts[row.source_id, row.fetched_at.date().isoformat()][outcomes[id_][0]] += 1
    for (source_id, day), reasons in sorted(counts.items()):
        count_drop(connection, source_id, day, "extract", reasons)


def drops(engine: Engine) -> Counter[str]:
    """Return reason → number of pages that gave no article."""
    query = select(page_table.c.dropped, func.count()).where(page_table.c.dropped.is_not(None))
    with reading(engine) as connection:
        return Counter({row[0]: row[1] for row in connection.execute(query.group_by(page_table.c.dropped))})


def known(engine: Engine, source_id: str) -> dict[str, KnownValidator]:
    """Return address → validator, as `save_validators` kept them for a source."""
    query = select(validator).where(validator.c.source_id == source_id)
    with reading(engine) as connection:
        return {
            row.url: KnownValidator(etag=row.etag, last_modified=row.last_modified, saved_at=row.saved_at)
            for row in connection.execute(query)
        }


def have(engine: Engine, urls: Sequence[str]) -> dict[str, datetime]:
    """Return those of some addresses that a page was kept from, asked for or redirected to, and when last."""
    wanted = set(urls)
    found: dict[str, datetime] = {}
    with reading(engine) as connection:
        for batch in batches(urls):
            query = select(page_table.c.url, page_table.c.asked_url, page_table.c.fetched_at).where(
                or_(page_table.c.url.in_(batch), page_table.c.asked_url.in_(batch))
            )
            for row in connection.execute(query):
                for url in wanted.intersection((row.url, row.asked_url)):
                    found[url] = max(row.fetched_at, found.get(url, row.fetched_at))
    return found


def save_validators(engine: Engine, source_id: str, validators: Mapping[str, KnownValidator]) -> None:
    """Keep the validators of a source by address."""
    rows = [
        {"url": url, "source_id": source_id, "etag": v.etag, "last_modified": v.last_modified, "saved_at": v.saved_at}
        for url, v in sorted(validators.items())
    ]
    with writing(engine) as connection:
        for batch in batches(rows):
            statement = insert(validator).values(batch)
            changed = {name: statement.excluded[name] for name in ("source_id", "etag", "last_modified", "saved_at")}
            connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=changed))
