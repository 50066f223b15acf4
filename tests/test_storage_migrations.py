"""The tables: made, unmade and made again on both databases, by one process or many at once."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ledger_facts import investment, layoff, put
from sqlalchemy import Engine, inspect, select, text

from newsledger import model
from storage import tables
from storage.engine import StoreError, open_store, reading, writing
from storage.migrations import downgrade, head, migrate, version

ROOT = Path(__file__).parent.parent


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_up_down_up(store: Engine) -> None:
    assert names(store) == {*tables.metadata.tables, "alembic_version"}
    downgrade(store, "base")
    assert names(store) == {"alembic_version"}
    migrate(store)
    migrate(store)
    assert names(store) == {*tables.metadata.tables, "alembic_version"}
    with store.connect() as connection:
        assert version(connection) == head()


def test_roll_ups_come_through_every_version(store: Engine) -> None:
    put(
        store,
        *(layoff(f"e{n}", date=f"2026-{n:02}-01") for n in range(1, 8)),
        layoff("q", date="2026-01", date_precision="quarter"),
        layoff("y", date="2026", date_precision="year", company_id="beta", company="Beta"),
        layoff("u", date=None, date_precision=None),
        layoff("d", stage="denied"),
        layoff("b", kind="buyout"),
        investment("i"),
    )

    def held() -> dict[str, list[tuple[object, ...]]]:
        with reading(store) as connection:
            made = ("company_month", "company_quarter", "kind_month")
            found = {name: connection.execute(select(tables.metadata.tables[name])).all() for name in made}
        return {name: sorted(tuple(row) for row in rows) for name, rows in found.items()}

    before = held()
    assert {row[1] for row in before["company_quarter"]} == {"", "2026-Q1", "2026-Q2", "2026-Q3"}
    downgrade(store, "0003")
    migrate(store)
    assert held() == before


def test_migrations_make_the_declared_tables(store: Engine) -> None:
    found = inspect(store)
    for table in tables.metadata.tables.values():
        assert [c["name"] for c in found.get_columns(table.name)] == [c.name for c in table.columns]
        nullable = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
        for column in table.columns:
            assert nullable[column.name] == column.nullable or column.primary_key, f"{table.name}.{column.name}"
        assert {i["name"] for i in found.get_indexes(table.name) if not i.get("duplicates_constraint")} == {
            i.name for i in table.indexes
        }
        checks = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert {c["name"] for c in found.get_check_constraints(table.name)} == checks


@pytest.mark.fault
def test_many_processes_may_migrate_at_once(store_url: str) -> None:
    code = (
        "import sys; from storage.engine import open_store; from storage.migrations import migrate; "
        "migrate(open_store(sys.argv[1]))"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, store_url], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)
    ]
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors.decode()
    engine = open_store(store_url)
    assert names(engine) == {*tables.metadata.tables, "alembic_version"}
    engine.dispose()


_KILLED = """
import os, signal, sys
from sqlalchemy import event
from storage.engine import open_store
from storage.migrations import migrate
engine, left = open_store(sys.argv[1]), int(sys.argv[2])
@event.listens_for(engine, "after_cursor_execute")
def _(*_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
migrate(engine)
"""


@pytest.mark.fault
def test_an_interrupted_migration_leaves_the_store_as_it_was(store_url: str) -> None:
    for statements in (3, 25, 60):
        child = subprocess.run([sys.executable, "-c", _KILLED, store_url, str(statements)], cwd=ROOT, check=False)
        assert child.returncode == -signal.SIGKILL
        engine = open_store(store_url)
        assert names(engine) <= {"alembic_version"}, "all or nothing"
        engine.dispose()
    engine = open_store(store_url)
    migrate(engine)
    assert names(engine) == {*tables.metadata.tables, "alembic_version"}
    engine.dispose()


@pytest.mark.fault
def test_a_store_of_the_release_before_keeps_what_it_holds(store: Engine) -> None:
    put(store, layoff("e1"), layoff("e2"))
    downgrade(store, "0001")
    before = rows(store)
    assert before["event"] == 2
    months = before.pop("total_month")  # today the same sums are kept by kind, here of one kind
    with store.connect() as connection:
        assert version(connection) == "0001"
    migrate(store)
    after = rows(store)
    assert {name: count for name, count in after.items() if name in before} == before
    assert after["kind_month"] == months == 1
    with store.connect() as connection:
        assert version(connection) == head()


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        counted = {name: f"SELECT count(*) FROM {name}" for name in sorted(names(engine) - {"alembic_version"})}
        return {name: connection.exec_driver_sql(query).scalar_one() for name, query in counted.items()}


@pytest.mark.fault
def test_store_of_a_newer_release_is_refused(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999, unknown to this release"):
        migrate(store)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "no database address"),
        ("mysql://host/name", "neither|sqlite or postgresql"),
        ("sqlite://", "names no file"),
    ],
)
def test_bad_address_is_refused(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        open_store(url)


@pytest.mark.parametrize(
    ("noun", "table"),
    [
        (model.Source, tables.source),
        (model.Page, tables.page),
        (model.Article, tables.article),
        (model.Claim, tables.claim),
        (model.Company, tables.company),
        (model.Event, tables.event),
        (model.Decision, tables.decision),
    ],
)
def test_every_field_of_a_noun_is_a_column(noun: type, table: object) -> None:
    missing = {field.name for field in dataclasses.fields(noun)} - set(table.columns.keys())  # type: ignore[attr-defined]
    assert missing <= {"group_id"}  # table `story` has it: it changes, a revision does not


def test_wrong_rows_are_impossible(store: Engine) -> None:
    wrong = [
        "INSERT INTO work VALUES ('read', 'k', 0, 'leased', 0, NULL, NULL, false, NULL, '2026-01-01 00:00:00.000000')",
        "INSERT INTO work VALUES ('fly', 'k', 0, 'pending', 0, NULL, NULL, false, NULL, '2026-01-01 00:00:00.000000')",
        "INSERT INTO page (id, url, source_id, fetched_at, status) VALUES ('p', 'u', 'nobody', '2026-01-01', 200)",
        "INSERT INTO kind_month (kind, period, jobs_cut) VALUES ('layoff', '2026-01', -1)",
    ]
    from sqlalchemy.exc import IntegrityError

    for statement in wrong:
        with pytest.raises(IntegrityError), writing(store) as connection:
            connection.execute(text(statement))
