"""Documents as a file holds them, made into articles: JSON Lines and plain text. Needs no store and no network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from newsledger.model import Article, Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that is no document."""

    number: int
    """1 for the first line of the file."""
    id: str | None
    """The document's id where it could be read."""
    error: str
    """What is wrong, and how it should be."""


class _MalformedError(ValueError):
    def __init__(self, error: str, id_: str | None = None) -> None:
        super().__init__(error)
        self.id = id_


_YEARS = range(1900, 2200)
"""Years in which an article may be published: 1 and 9999 are what programs write where they know none."""


def parse_time(text: str) -> tuple[datetime, Precision]:
    """Return an ISO date or time as a UTC datetime and how much of it was given; `ValueError` for anything else.

    A time without an offset is UTC. `2025` and `2025-03` stand for their first day. A year before 1900 or after 2199 is
    no article's.
    """
    text = text.strip()
    if text[:4].isdigit() and int(text[:4]) not in _YEARS:
        raise ValueError(f"no year of an article: {text[:4]}")
    if len(text) == 4:
        return datetime(date.fromisoformat(f"{text}-01-01").year, 1, 1, tzinfo=UTC), "year"
    if len(text) == 7:
        day = date.fromisoformat(f"{text}-01")
        return datetime(day.year, day.month, 1, tzinfo=UTC), "month"
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)), "day"


def _text_of(row: dict[str, Any], name: str, id_: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _MalformedError(f"'{name}' must be text or null, not {type(value).__name__}", id_)
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise _MalformedError(f"'{name}' holds half of a surrogate pair: write it as UTF-8", id_)
    return value


def parse_line(line: bytes) -> Article:
    r"""Return the article of one JSON line, `{"id", "title", "text", "published", "url"}`.

    All but `id` and `text` may be absent, empty or null. Raises `ValueError` that says what is wrong.
    """
    if not line.strip():
        raise _MalformedError('the line is empty: each line holds one document, {"id": …, "text": …}')
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _MalformedError(f"not UTF-8 (byte {error.start + 1} of the line): convert the file to UTF-8") from None
    except json.JSONDecodeError as error:
        raise _MalformedError(f"not JSON ({error.msg} at character {error.pos + 1})") from None
    except RecursionError:
        raise _MalformedError("not a document: nested too deeply") from None
    except ValueError as error:  # a whole number of thousands of digits
        raise _MalformedError(f"not readable JSON ({error})") from None
    if not isinstance(row, dict):
        raise _MalformedError(f"a JSON {type(row).__name__} is no document: write {{'id': …, 'text': …}}")
    id_ = row.get("id")
    if not isinstance(id_, str) or not id_ or any("\ud800" <= char <= "\udfff" for char in id_):
        raise _MalformedError("'id' is missing or is no text")
    if not isinstance(row.get("text"), str):
        raise _MalformedError("'text' is missing or is no text", id_)
    published: datetime | None = None
    precision: Precision | None = None
    if stated := _text_of(row, "published", id_):
        try:
            published, precision = parse_time(stated)
        except ValueError:
            wrong = f"'published' is no ISO date from 1900 to 2199: {stated[:40]!r}; write 2025-03-14 or null"
            raise _MalformedError(wrong, id_) from None
    return Article(
        id=id_,
        revision=1,
        title=_text_of(row, "title", id_),
        text=_text_of(row, "text", id_),
        url=_text_of(row, "url", id_) or None,
        published=published,
        published_precision=precision,
    )


def parse_lines(lines: Iterable[bytes]) -> Iterator[Article | BadLine]:
    """Yield the article, or what is wrong, of each line, in order."""
    for number, line in enumerate(lines, start=1):
        try:
            yield parse_line(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
        except _MalformedError as error:
            yield BadLine(number=number, id=error.id, error=str(error))
