"""Opening the store: SQLite or PostgreSQL behind one SQLAlchemy engine, and the two ways to use it, read and write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

BUSY_SECONDS = 30
"""How long a SQLite writer waits for another one."""


class StoreError(Exception):
    """The store cannot be used as asked; the message names what, why and the remedy."""


def open_store(url: str, *, cache_mb: int = 64) -> Engine:
    """Return the engine of the store at a SQLAlchemy URL, `sqlite:///path` or `postgresql://user@host/name`.

    `cache_mb` is what each SQLite connection may keep of the file. Where others write, a large one only takes memory:
    what they write makes all of it void.

    The folder of a SQLite file is made if need be; tables are made by `storage.migrations.migrate`.
    Raises StoreError for an address that is neither.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"NEWSLEDGER_DATABASE_URL {url!r} is no database address ({error}); "
            "give sqlite:///path/to/file or postgresql://user@host/name"
        ) from error
    backend = address.get_backend_name()
    if backend == "sqlite":
        if not address.database or address.database == ":memory:":
            raise StoreError(f"{url!r} names no file; give sqlite:///path/to/file, as the workers share the store")
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            address,
            module=pysqlite3.dbapi2,
            pool_use_lifo=True,  # the last one used has what is asked often at hand; the others need no memory
            connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
        )
        event.listen(engine, "connect", partial(_prepare_sqlite, cache_mb))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend == "postgresql":
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args=_DEAD_LINK | {"connect_timeout": 10},
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    raise StoreError(f"{url!r} is a {backend} store; newsledger keeps its ledger in sqlite or postgresql")


CHECKPOINT_PAGES = 4000
"""Pages in the log at which they are moved to the file: one written often moves once; the log grows to some 16 MB.

SQLite finds them by one table of 4,062 pages; with more it would have to look through several."""


def _prepare_sqlite(cache_mb: int, connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "temp_store = MEMORY",
        f"cache_size = {-1024 * cache_mb}",
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # a reader that turns writer half-way cannot wait for its turn: SQLite fails it at once
    writing_ = connection.get_execution_options().get("newsledger_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing_ else "BEGIN")


_DEAD_LINK = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""After how many seconds, and asking how often, a silent peer is given up (the last: milliseconds)."""


def _prepare_postgresql(connection: psycopg.Connection[Any], _record: Any) -> None:
    # the server too gives a host up that was cut off, and with it the locks that its transaction holds
    dead = "; ".join(f"SET tcp_{name.removeprefix('tcp_')} = {value}" for name, value in _DEAD_LINK.items())
    connection.execute(f"SET TIME ZONE 'UTC'; {dead}".encode())
    connection.commit()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that writes; commits at the end, rolls back on an error. One writer at a time on SQLite."""
    with engine.connect() as connection:
        connection = connection.execution_options(newsledger_write=True)
        with connection.begin():
            yield connection


class OutOfTimeError(Exception):
    """A read was stopped because it took longer than it may."""


@contextmanager
def reading_within(engine: Engine, seconds: float) -> Iterator[Connection]:
    """Run one transaction that only reads, and stop it when its statements take longer. Raises OutOfTimeError."""
    with reading(engine) as connection:
        if is_postgresql(connection):
            connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
            stopped: type[Exception] = psycopg.errors.QueryCanceled
            driver = None
        else:
            stopped = pysqlite3.dbapi2.OperationalError
            driver = connection.connection.driver_connection
            assert driver is not None
            end = time.monotonic() + seconds
            driver.set_progress_handler(lambda: time.monotonic() > end, 20_000)
        try:
            yield connection
        except OperationalError as error:
            if isinstance(error.orig, stopped) and (driver is None or "interrupted" in str(error.orig)):
                raise OutOfTimeError(f"stopped after {seconds:g} s") from error
            raise
        finally:
            if driver is not None:
                driver.set_progress_handler(None, 0)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run one transaction that only reads, every statement of it seeing the same state of the store."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def is_postgresql(connection: Connection) -> bool:
    """Return whether the store is PostgreSQL (else it is SQLite)."""
    return connection.dialect.name == "postgresql"


_MIGRATE, _STAMP, _STORIES, _EVENTS, _ARTICLES = 7206100, 7206101, 7206102, 7206103, 7206104
"""Names of PostgreSQL's advisory locks. SQLite needs none: it has one writer at a time."""


def lock_migration(connection: Connection) -> None:
    """Let one transaction at a time change the tables."""
    if is_postgresql(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATE})"))


def lock_articles(connection: Connection, *, alone: bool = False) -> None:
    """Let transactions that save articles go on side by side, or this one `alone`."""
    if is_postgresql(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}({_ARTICLES})"))


def lock_stories(connection: Connection) -> None:
    """Let one transaction at a time join groups of near-duplicates.

    Take it late, as all other hosts wait; after it, lock no row that a transaction without it may hold.
    """
    if is_postgresql(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_STORIES})"))


def lock_events(connection: Connection) -> None:
    """Let one transaction at a time derive events: two companies of one deal share its event."""
    if is_postgresql(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_EVENTS})"))


def moment_of_writing(connection: Connection) -> datetime:
    """Return the time to stamp this transaction's writes with.

    Take it inside the writing transaction, late: `settle` then waits for all that are stamped before it.
    """
    if is_postgresql(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock_shared({_STAMP})"))
    return datetime.now(UTC)


def settle(engine: Engine) -> None:
    """Wait until every transaction that has its `moment_of_writing` has ended, so that the past stands still."""
    with writing(engine) as connection:
        if is_postgresql(connection):
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_STAMP})"))
