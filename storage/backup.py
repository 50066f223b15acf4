"""Copies of the whole store, taken while it is in use, and put back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL

from storage.engine import StoreError, open_store
from storage.migrations import migrate


def backup(engine: Engine, path: Path) -> None:
    """Write one consistent copy of the store to a new file, while others read and write.

    SQLite: a SQLite file. PostgreSQL: an archive of `pg_dump`, which has to be installed. The file appears when it is
    complete. Raises StoreError where the file exists, or `pg_dump` is missing or fails.
    """
    if path.exists():
        raise StoreError(f"{path} exists; name a new file, a backup overwrites nothing")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        beside = Path(folder) / path.name
        if engine.dialect.name == "sqlite":
            source = sqlite.connect(str(engine.url.database))
            try:
                # one transaction, so that writers cannot make it begin again for ever
                source.execute("VACUUM INTO ?", (str(beside),))
            except sqlite.Error as error:
                raise StoreError(f"{engine.url.database} cannot be copied: {error}") from error
            finally:
                source.close()
        else:
            _run("pg_dump", engine.url, "--format=custom", "--no-owner", f"--file={beside}")
        os.link(beside, path)  # unlike a rename, refuses to replace a file that came meanwhile


def restore(path: Path, url: str) -> None:
    """Make the store at `url` what it was when the backup was taken, and bring its tables to this release.

    The store must be empty or not there yet: nothing is overwritten. Raises StoreError where it is not, where the file
    is no backup, or `pg_restore` is missing or fails.
    """
    if not path.exists():
        raise StoreError(f"{path} does not exist; name a file that `newsledger backup` wrote")
    address = make_url(url)
    with path.open("rb") as file:
        is_sqlite_file = file.read(16) == b"SQLite format 3\0"
    if address.get_backend_name() == "sqlite":
        if not is_sqlite_file:
            raise StoreError(f"{path} is no backup of a SQLite store; restore it into PostgreSQL, or choose another")
        goal = Path(str(address.database))
        if goal.exists():
            raise StoreError(f"{goal} exists; move it away first, a restore overwrites nothing")
        _check_sqlite(path)
        goal.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=goal.parent) as folder:
            beside = Path(folder) / goal.name
            shutil.copyfile(path, beside)
            engine = open_store(f"sqlite:///{beside}")
            migrate(engine)
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            engine.dispose()
            os.link(beside, goal)
        return
    if is_sqlite_file:
        raise StoreError(f"{path} is a backup of a SQLite store; restore it to sqlite:///…")
    engine = open_store(url)
    try:
        with engine.connect() as connection:
            tables = connection.exec_driver_sql(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
            ).scalar_one()
        if tables:
            raise StoreError(f"{address.render_as_string()} has tables; restore into an empty database")
        _run("pg_restore", address, "--no-owner", "--exit-on-error", "--single-transaction", str(path))
        migrate(engine)
    finally:
        engine.dispose()


def _check_sqlite(path: Path) -> None:
    connection = sqlite.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{path} is damaged: {found}")
    except sqlite.Error as error:
        raise StoreError(f"{path} is damaged: {error}") from error
    finally:
        connection.close()


def _run(program: str, address: URL, *arguments: str) -> None:
    found = shutil.which(program) or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), reverse=True)), None
    )
    if found is None:
        raise StoreError(
            f"{program} is not installed; install PostgreSQL's client programs (Debian: postgresql-client)"
        )
    # the password travels in the environment, where other users cannot see it
    environment = dict(os.environ)
    if address.password:
        environment["PGPASSWORD"] = str(address.password)
    plain = URL.create(
        "postgresql", username=address.username, host=address.host, port=address.port, database=address.database,
        query=address.query,
    )  # fmt: skip
    finished = subprocess.run(  # noqa: S603  (PostgreSQL's own programs, no shell)
        [found, f"--dbname={plain.render_as_string(hide_password=False)}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise StoreError(f"{program} failed: {finished.stderr.strip()[-500:]}")
