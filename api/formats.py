"""One query, four shapes: JSON, NDJSON, CSV and Parquet; and which of them a request asks for.

CSV follows RFC 4180, UTF-8, first line the column names. Lists inside a cell are joined by "; ". A text cell that a
spreadsheet would run as a formula (it starts with = + - @, tab or carriage return) is preceded by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Literal

import orjson
from starlette.requests import Request

from api.problems import ProblemError
from storage.cells import guard

Format = Literal["json", "ndjson", "csv", "parquet"]

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}

BATCH = 2_000
"""Rows turned into bytes at a time: what a stream holds in memory."""


def wanted(request: Request, parameter: Format | None) -> Format:
    """Return the format that the `format` parameter or else the Accept header asks for; JSON where neither does.

    Raises a 406 problem where the Accept header names only what we cannot give.
    """
    if parameter is not None:
        return parameter
    accept = request.headers.get("accept", "*/*")
    ranges: list[tuple[float, str]] = []
    for part in accept.split(","):
        name, _, rest = part.partition(";")
        quality = 1.0
        for option in rest.split(";"):
            key, _, value = option.strip().partition("=")
            if key == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        ranges.append((quality, name.strip().lower()))
    for quality, name in sorted(ranges, key=lambda item: -item[0]):
        if quality <= 0:
            continue
        if name in ("*/*", "application/*", ""):
            return "json"
        for known, media in MEDIA_TYPES.items():
            if name == media.partition(";")[0]:
                return known
        if name == "text/*":
            return "csv"
        if name in ("application/ndjson", "application/jsonl"):
            return "ndjson"
    raise ProblemError(
        406,
        f"none of {accept[:100]!r} can be given here",
        parameter="Accept",
        allowed=[media.partition(";")[0] for media in MEDIA_TYPES.values()],
    )


def to_json(value: object) -> bytes:
    """Return JSON bytes; times in UTC with a Z, decimals as numbers."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)


def whole(wanted: Format, rows: Iterable[Mapping[str, Any]], types: Mapping[str, object]) -> Iterator[bytes]:
    """Yield all rows as NDJSON, CSV or Parquet; `types` are the columns of the latter two, as `parquet` takes them."""
    if wanted == "parquet":
        return parquet(rows, types)
    return csv_lines(rows, list(types)) if wanted == "csv" else ndjson(rows)


def ndjson(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the rows as JSON lines, some thousands at a time."""
    for batch in _batches(rows):
        yield b"".join(to_json(row) + b"\n" for row in batch)


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[bytes]:
    """Yield the rows as CSV, header first, some thousands at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    pick = itemgetter(*columns)
    for batch in _batches(rows):
        # None and numbers, which are most of the cells, are written as they are
        writer.writerows(
            [value if value is None or type(value) in NUMBERS else _cell(value) for value in pick(row)] for row in batch
        )
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


NUMBERS = frozenset((int, float))


def parquet(rows: Iterable[Mapping[str, Any]], types: Mapping[str, object]) -> Iterator[bytes]:
    """Yield the rows as a Parquet file, by way of a temporary one.

    `types` gives the Python type of each column (str, int, float, bool, datetime); anything else is stored as text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(name, arrow.get(kind, pa.string())) for name, kind in types.items()])  # type: ignore[call-overload]
    with tempfile.TemporaryFile() as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for batch in _batches(rows):
                columns = [[_stored(row.get(name), kind) for row in batch] for name, kind in types.items()]
                writer.write_batch(pa.record_batch(columns, schema=schema))
        file.seek(0)
        while chunk := file.read(2**18):
            yield chunk


def flat(value: object) -> str | int | float | bool | None:
    """Return a value as one cell: lists joined by "; ", objects as JSON, dates as ISO text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return to_json(value).decode().strip('"')
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    return to_json(value).decode()


def _cell(value: object) -> object:
    if type(value) is str:
        return guard(value)
    if value == ():
        return ""
    plain = flat(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return guard(plain) if isinstance(plain, str) else plain


def _stored(value: object, kind: object) -> object:
    if value is None:
        return None
    if kind is datetime:
        return value
    plain = flat(value)
    if kind in (int, float, bool):
        return plain
    return plain if isinstance(plain, str) else to_json(plain).decode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
