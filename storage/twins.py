"""The CSV files of the dataset once more, as Parquet and as one SQLite database, each column of its declared type."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pysqlite3.dbapi2 as sqlite

from storage.dictionary import FieldDescription, FieldType

ROWS = 50_000
"""Rows held in memory at once."""

_ARROW: dict[FieldType, Any] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "array": pa.string(),  # as in the CSV: frictionless cannot read lists from Parquet
    "object": pa.string(),
    "datetime": pa.timestamp("us", tz="UTC"),
}
_SQLITE: dict[FieldType, str] = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}

_VALUE: dict[FieldType, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": lambda cell: cell == "true",
    "array": str,
    "object": str,
    "datetime": datetime.fromisoformat,
}


def _rows(path: Path) -> Iterator[tuple[list[str], ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from batched(reader, ROWS)


def write_parquet(fields: Sequence[FieldDescription], csv_file: Path) -> None:
    """Write the Parquet twin of a CSV file beside it. Raises ValueError for a cell that is not of its field's type."""
    schema = pa.schema([pa.field(f.name, _ARROW[f.type], metadata={"description": f.description}) for f in fields])
    values = [_VALUE[field.type] for field in fields]
    with pq.ParquetWriter(csv_file.with_suffix(".parquet"), schema, compression="zstd") as writer:
        for rows in _rows(csv_file):
            columns = [
                pa.array([value(cell) if cell != "" else None for cell in column], type=field.type)
                for field, value, column in zip(schema, values, zip(*rows, strict=True), strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def write_sqlite(files: Sequence[tuple[str, Sequence[FieldDescription], Sequence[str], Path]], path: Path) -> None:
    """Write one SQLite database with a table for each of `files`: name, fields, key and CSV file."""
    connection = sqlite.connect(str(path))
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        for name, fields, key, csv_file in files:
            columns = ", ".join(
                f'"{f.name}" {_SQLITE.get(f.type, "TEXT")}{" NOT NULL" if f.required else ""}' for f in fields
            )
            quoted = ", ".join(f'"{name_}"' for name_ in key)
            connection.execute(f'CREATE TABLE "{name}" ({columns}, PRIMARY KEY ({quoted})) STRICT')
            values = [_VALUE[f.type] if f.type in _SQLITE else str for f in fields]
            insert = f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(fields))})'  # noqa: S608  (names of our own)
            for rows in _rows(csv_file):
                connection.executemany(
                    insert,
                    ([v(c) if c != "" else None for v, c in zip(values, row, strict=True)] for row in rows),
                )
            if "company_id" in {f.name for f in fields} and "company_id" not in key:
                connection.execute(f'CREATE INDEX "{name}_company_id" ON "{name}" (company_id)')
            if "event_id" in {f.name for f in fields} and "event_id" not in key:
                connection.execute(f'CREATE INDEX "{name}_event_id" ON "{name}" (event_id)')
        connection.commit()
    finally:
        connection.close()
