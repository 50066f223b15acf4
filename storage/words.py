"""Full-text search: the words of each claim, kept apart so that they are found along an index.

One rule for the text and for what is asked, and the same on both databases, as words are cut here: letters and digits
side by side make a word, in any case of letters, in any way Unicode writes them. A claim's words are those of its
sentence, of its article's headline, and of the company as the article names it. A claim never changes, so neither do
they.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import orjson
from sqlalchemy import ColumnElement, Connection, and_, select, type_coerce

from newsledger.model import Claim
from storage.batches import batches
from storage.columns import Text
from storage.engine import is_postgresql
from storage.tables import article, claim, claim_word

LONGEST = 64
"""Characters of a word that are looked at."""

_WORD = re.compile(r"[^\W_]+")
_LAST = chr(0x10FFFF)


def words_of(text: str) -> list[str]:
    """Return the words of a text, each once, in order."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return sorted({word[:LONGEST] for word in _WORD.findall(plain)})


def add(connection: Connection, claims: Iterable[Claim]) -> None:
    """Keep the words of claims, whose articles are kept already."""
    for batch in batches(claims):
        query = select(article.c.id, article.c.revision, article.c.title)
        rows = connection.execute(query.where(article.c.id.in_({one.article_id for one in batch})))
        titles = {(row.id, row.revision): row.title for row in rows}
        texts = ((one.id, one.company, titles[one.article_id, one.revision], one.sentence.quote) for one in batch)
        _insert(connection, texts)


def add_all(connection: Connection) -> None:
    """Keep the words of all claims there are, in flat memory."""
    last = ""
    while True:
        rows = connection.execute(
            select(claim.c.id, claim.c.company, article.c.title, type_coerce(claim.c.sentence, Text).label("sentence"))
            .join(article, and_(article.c.id == claim.c.article_id, article.c.revision == claim.c.revision))
            .where(claim.c.id > last)
            .order_by(claim.c.id)
            .limit(1000)
        ).all()
        if not rows:
            return
        _insert(connection, ((row.id, row.company, row.title, orjson.loads(row.sentence)["quote"]) for row in rows))
        last = rows[-1].id


def _insert(connection: Connection, texts: Iterable[tuple[str, ...]]) -> None:
    found = sorted((word, id_) for id_, *parts in texts for word in words_of(" ".join(parts)))
    if not found:
        return
    insert = "INSERT INTO claim_word (word, claim_id) "
    if is_postgresql(connection):  # in one statement: half the time of one for each word
        listed = "SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING"
        connection.exec_driver_sql(insert + listed, tuple(map(list, zip(*found, strict=True))))
    else:
        connection.exec_driver_sql(insert + "VALUES (?, ?) ON CONFLICT DO NOTHING", found)


def begins(word: str) -> ColumnElement[bool]:
    """Return the SQL condition that a row of `claim_word` is of a word that begins so."""
    return and_(claim_word.c.word >= word, claim_word.c.word < word + _LAST)
