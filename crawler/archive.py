"""Archives of news: WARC files (Common Crawl's CC-NEWS, anyone's own) and JSON Lines of documents, read as pages.

Reading is a plain sequence with a position after every page, so that a caller who stores the position together with
the pages can stop anywhere, be killed anywhere, and go on without losing or doubling a page.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.crawl import user_agent
from crawler.dates import parse_time
from crawler.remote_file import RemoteFileError, open_remote
from crawler.unpacking import unpack
from newsledger.model import Page, digest
from newsledger.settings import settings

WARC_SUFFIXES = (".warc", ".warc.gz", ".warc.zst")
ARCHIVE_SUFFIXES = (*WARC_SUFFIXES, ".jsonl")
MAX_BODY = 8_000_000
"""Bytes of one page, unpacked; a longer one is dropped."""
MAX_LINE = 16_000_000
"""Bytes of one line of a JSON Lines file."""


class Position(NamedTuple):
    """A page's place among archives. Reading `after` a position begins with the page that follows it."""

    place: str
    offset: int
    """Byte offset of its record in the file."""


class ArchiveError(ValueError):
    """An archive cannot be read at all; the message names it, the reason and the remedy."""


def is_remote(place: str | Path) -> bool:
    """Whether a place is an http(s) address."""
    return str(place).startswith(("http://", "https://"))


def archive_files(places: Iterable[str | Path]) -> list[str]:
    """Return the archive files that the places name, in a fixed order.

    A place is an archive, the http(s) address of a WARC file, a folder (searched through, sorted by path), or a `.txt`
    or `.paths` list with one place on each line. Raises `ArchiveError` for a place that is none of these.
    """
    files: list[str] = []
    for place in places:
        if is_remote(place):
            if not urlsplit(str(place)).path.endswith(WARC_SUFFIXES):
                raise ArchiveError(f"{place}: not known as an archive; its name must end in {', '.join(WARC_SUFFIXES)}")
            files.append(str(place))
            continue
        path = Path(place)
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.name.endswith(ARCHIVE_SUFFIXES) and p.is_file())
            files.extend(map(str, found))
        elif not path.is_file():
            raise ArchiveError(f"{place}: no such file or folder; name a WARC or JSON Lines file, a folder or a list")
        elif path.name.endswith(ARCHIVE_SUFFIXES):
            files.append(str(path))
        elif path.suffix in (".txt", ".paths"):
            lines = path.read_text(encoding="utf-8").split("\n")
            named = (line.strip() for line in lines if line.strip())
            files.extend(archive_files(name if is_remote(name) else path.parent / name for name in named))
        else:
            raise ArchiveError(f"{place}: not known as an archive; its name must end in {', '.join(ARCHIVE_SUFFIXES)}")
    return files


def pages(
    places: Iterable[str | Path],
    *,
    after: Position | None = None,
    dropped: Counter[str] | None = None,
    source_id: str = "archive",
) -> Iterator[tuple[Page, Position]]:
    """Yield the pages of archives with their positions, in a fixed order.

    `after` is the last position already dealt with; pages up to it are skipped, by seeking. `dropped` counts, by
    reason, the records that are no readable page. Raises `ArchiveError` for a place that is no archive.
    """
    dropped = Counter() if dropped is None else dropped
    files = archive_files(places)
    if after is not None:
        if after.place not in files:
            raise ArchiveError(f"{after.place}: the place to go on from is not among those given; give it again")
        files = files[files.index(after.place) :]
    for file in files:
        start = after.offset if after is not None and file == after.place else None
        read = _documents if file.endswith(".jsonl") else _records
        for page, offset in read(file, start, dropped, source_id):
            yield page, Position(file, offset)


def _open(file: str) -> IO[bytes]:
    if is_remote(file):
        return open_remote(file, user_agent=user_agent(settings().contact))
    return Path(file).open("rb")


def _records(file: str, after: int | None, dropped: Counter[str], source_id: str) -> Iterator[tuple[Page, int]]:
    wanted = WarcRecordType.response | WarcRecordType.resource
    with _open(file) as stream:
        if after is not None:
            stream.seek(after)
        iterator = iter(ArchiveIterator(stream, record_types=wanted, auto_decode="transfer"))
        read_any = after is not None
        while True:
            try:
                record = next(iterator, None)
                if record is None:
                    return
                page = None if record.stream_pos == after else _page(record, source_id)
            except RemoteFileError as error:
                raise ArchiveError(str(error)) from error
            except (OSError, ValueError) as error:
                if not read_any:
                    raise ArchiveError(f"{file}: no readable WARC ({error}); check that it came whole") from error
                # the stream cannot be trusted beyond a record that does not parse
                dropped["broken_archive"] += 1
                return
            read_any = True
            if isinstance(page, str):
                dropped[page] += 1
            elif page is not None:
                yield page, record.stream_pos


def _page(record: WarcRecord, source_id: str) -> Page | str:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    if not url.startswith(("http://", "https://")):
        return "not_web"
    headers = record.http_headers
    status = headers.status_code if headers is not None else 200
    if status != 200:
        return f"http_{status}"
    content_type = headers.get("Content-Type") if headers is not None else record.headers.get("Content-Type")
    if content_type and not any(kind in content_type for kind in ("html", "text/plain")):
        return "not_html"
    body = record.reader.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return "too_large"
    expected = headers.get("Content-Length") if headers is not None else None
    encoding = headers.get("Content-Encoding") if headers is not None else None
    chunked = headers is not None and headers.get("Transfer-Encoding")
    if expected and expected.isdigit() and not chunked and len(body) < int(expected):
        return "truncated"
    # Common Crawl unpacks bodies and renames the header; others keep both as they came
    if encoding:
        unpacked = unpack(body, encoding, MAX_BODY)
        if unpacked is None:
            return "too_large"
        body = unpacked
    if not body:
        return "empty"
    fetched_at = record.record_date
    return Page(
        url=url,
        source_id=source_id,
        fetched_at=fetched_at.astimezone(UTC) if fetched_at else datetime.fromtimestamp(0, UTC),
        body=body,
        content_type=content_type,
        status=status,
    )


def _documents(file: str, after: int | None, dropped: Counter[str], source_id: str) -> Iterator[tuple[Page, int]]:
    path = Path(file)
    fetched_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    with path.open("rb") as stream:
        if after is not None:
            stream.seek(after)
            stream.readline()
        while True:
            offset = stream.tell()
            line = stream.readline(MAX_LINE + 1)
            if not line:
                return
            if len(line) > MAX_LINE:
                dropped["too_large"] += 1
                _skip_line(stream)
            elif line.strip():
                page = _document(line, fetched_at, source_id)
                if isinstance(page, str):
                    dropped[page] += 1
                else:
                    yield page, offset


def _skip_line(stream: IO[bytes]) -> None:
    while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass


def _document(line: bytes, fetched_at: datetime, source_id: str) -> Page | str:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        return "malformed_line"
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return "malformed_line"
    url, title, published = row.get("url"), row.get("title"), row.get("published")
    if not (isinstance(url, str) and url.startswith(("http://", "https://"))):
        url = "urn:document:" + digest(str(row.get("id")), str(title), row["text"])
    when = parse_time(published, fetched_at) if isinstance(published, str) else None
    return Page(
        url=url,
        source_id=source_id,
        fetched_at=fetched_at,
        body=row["text"].encode("utf-8", "replace"),
        content_type="text/plain; charset=utf-8",
        feed_title=title if isinstance(title, str) and title else None,
        feed_published=when.at if when else None,
    )
