"""Backups taken while others write, and put back."""

from __future__ import annotations

import threading
from itertools import starmap
from pathlib import Path

import pytest
from ledger_facts import layoff, put
from sqlalchemy import Engine, func, select

from storage import rollups, tables
from storage.backup import backup, restore
from storage.engine import StoreError, open_store, reading


@pytest.mark.fault
def test_backup_under_write_load_is_one_consistent_state(
    store: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            put(store, *(layoff(f"e{written}-{n}", claim_ids=(f"c{written}-{n}",)) for n in range(3)))
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while written < 2:
            stop.wait(0.01)
        backup(store, tmp_path / "copy")
        before = written
    finally:
        stop.set()
        writer.join()
    with pytest.raises(StoreError, match="exists"):
        backup(store, tmp_path / "copy")
    if store.dialect.name == "sqlite":
        url = f"sqlite:///{tmp_path / 'restored.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    restore(tmp_path / "copy", url)
    restored = open_store(url)
    with reading(restored) as connection:
        columns = [tables.event.c[name] for name in rollups.COUNTED]
        held = select(*columns).where(tables.event.c.known_until.is_(None))
        rows = list(starmap(rollups.Counted, connection.execute(held)))
        assert 6 <= len(rows) <= 3 * (before + 1)
        assert len(rows) % 3 == 0, "no half transaction"
        [(_, numbers)] = rollups.add_up(rows, 1, {}).items()
        total = connection.execute(select(tables.kind_month.c.layoff_events)).scalar_one()
        assert total == numbers[0] == len(rows)
        assert connection.execute(select(func.count()).select_from(tables.event_claim)).scalar_one() == len(rows)
    put(restored, layoff("after"))
    restored.dispose()
    with pytest.raises(StoreError, match=r"exists|has tables"):
        restore(tmp_path / "copy", url)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        restore(tmp_path / "none", f"sqlite:///{tmp_path / 'x.sqlite'}")
    (tmp_path / "text").write_text("not a backup")
    with pytest.raises(StoreError, match="no backup"):
        restore(tmp_path / "text", f"sqlite:///{tmp_path / 'x.sqlite'}")
    (tmp_path / "torn").write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(StoreError, match="damaged"):
        restore(tmp_path / "torn", f"sqlite:///{tmp_path / 'x.sqlite'}")
    assert not (tmp_path / "x.sqlite").exists()
