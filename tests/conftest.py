"""Shared fixtures: an empty, migrated store on SQLite and on a PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from nlp.reader import Reader
from storage import events, work
from storage.engine import open_store, reading
from storage.migrations import migrate
from tests.sample_ledger import sample_ledger as sample_ledger


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The reader on the shipped model."""
    return Reader()


def postgresql_binaries() -> Path | None:
    """The folder of initdb and pg_ctl: the newest one Debian installed, or that of the PATH."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    for initdb in [*installed, *map(Path, filter(None, [shutil.which("initdb")]))]:
        if (initdb.parent / "pg_ctl").exists():
            return initdb.parent
    return None


class PostgreSQL:
    """A server of our own on a private socket, gone at the end."""

    def __init__(
        self, folder: Path, binaries: Path, *, listen: str = "", trusted: str = "", prefix: tuple[str, ...] = ()
    ) -> None:
        """Make and start it; `listen` is an address it serves too, for hosts in the network `trusted`."""
        self.folder, self.binaries, self.listen, self.prefix = folder, binaries, listen, prefix
        # the server refuses to run as root
        self.user = next((n for n in ("postgres", "nobody") if _has_user(n)), None) if os.getuid() == 0 else None
        if self.user:
            shutil.chown(folder, self.user)
        self._run("initdb", "-D", str(folder / "data"), "-U", "newsledger", "-A", "trust", "-E", "UTF8", "--no-sync")
        if trusted:
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {trusted} trust\n")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='{self.listen}' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self._pg_ctl("-l", str(self.folder / "log"), "-o", f"{options} -c max_connections=200", "start")

    def _pg_ctl(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        # to enter another network takes root: then the user is changed after that
        as_user = ("runuser", "-u", self.user, "--") if self.prefix and self.user else ()
        subprocess.run(
            [*self.prefix, *as_user, str(self.binaries / program), *arguments],
            check=True,
            user=None if self.prefix else self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=120,
        )

    def stop(self) -> None:
        self._pg_ctl("-m", "immediate", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://newsledger@/{database}?host={self.folder}"

    def new_database(self, template: str = "template0") -> str:
        """Make a database, empty or a copy of a template, and return its URL."""
        name = f"test_{uuid4().hex}"
        admin = create_engine(
            self.url("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        admin.dispose()
        return self.url(name)


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    binaries = postgresql_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (no initdb under /usr/lib/postgresql or on the PATH)")
    with tempfile.TemporaryDirectory(prefix="newsledger-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = PostgreSQL(Path(folder), binaries)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "ledger.sqlite"
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgreSQL) -> str:
    url = postgresql.new_database()
    engine = open_store(url)
    migrate(engine)
    engine.dispose()
    return url.split("/")[3].split("?")[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty store with its tables, once on each database."""
    if request.param == "sqlite":
        path = tmp_path / "ledger.sqlite"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        engine = open_store(f"sqlite:///{path}")
    else:
        template = request.getfixturevalue("migrated_postgresql")
        engine = open_store(request.getfixturevalue("postgresql").new_database(template))
    yield engine
    engine.dispose()


_TOTALS: Counter[str] = Counter()


@pytest.fixture
def account() -> Callable[[Engine, int], None]:
    """Count what a fault cost: articles neither read nor set aside, claims that are in two events. None may."""

    def count(store: Engine, articles: int) -> None:
        counts = work.counts(store)["read"]
        lost = articles - counts["done"] - counts["dead"]
        with reading(store) as connection:
            found = [known.event for known in events.each(connection)]
        claims = Counter(claim for event in found for claim in event.claim_ids)
        doubled = sum(number > 1 for number in claims.values())
        _TOTALS.update({"articles": articles, "lost": lost, "events": len(found), "doubled": doubled})
        assert (lost, doubled) == (0, 0)

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the totals of `make faults`."""
    if config.getoption("-m") != "fault":
        return
    ended = {
        outcome: sum("fault" in report.keywords for report in terminalreporter.stats.get(outcome, []))
        for outcome in ("passed", "failed", "error", "skipped")
    }
    terminalreporter.section("faults")
    terminalreporter.line(
        f"{ended['passed'] + ended['failed'] + ended['error']} tried, {ended['passed']} survived, "
        f"{ended['skipped']} skipped; {_TOTALS['articles']} articles, {_TOTALS['lost']} lost; "
        f"{_TOTALS['events']} events, {_TOTALS['doubled']} doubled"
    )
