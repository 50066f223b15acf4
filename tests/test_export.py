"""The nightly dataset: what is in it, who can read it, and that a failed night leaves the last one standing."""

from __future__ import annotations

import csv
import hashlib
import json
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ledger_facts import NOW, WIRE, article, at, claim, company, days, investment, layoff, put
from sqlalchemy import Engine, update

from newsledger.reconcile import MintedId
from storage import articles, claims, companies, events, jobs, sources, tables
from storage.dataset import RESOURCES, shortened
from storage.engine import writing
from storage.export import ExportError, data_dictionary, export
from storage.metrics import exposition
from workers import steps

NIGHT = date(2026, 3, 20)
FILES = [f"{resource.name}.csv" for resource in RESOURCES]


def fill(store: Engine) -> None:
    """A small ledger of three days, through the real writers."""
    beta: dict[str, Any] = {"company_id": "beta", "company": '=HYPERLINK("evil")'}
    with writing(store) as connection:
        companies.save(
            connection,
            [
                company("acme", name="Acme, Inc", country="IE", tickers=("ACM",), cik=7),
                company("beta", name='=HYPERLINK("evil")', provisional=True),
            ],
            NOW - days(3),
        )
    sources.save(store, [WIRE, replace(WIRE, id="dead", excluded="robots.txt forbids it")])
    for day in range(3):
        sources.record(
            store, sources.Run(source_id="wire", at=NOW - days(day), attempted=3, fetched=2, dropped={"404": 1})
        )
    sources.record(store, sources.Run(source_id="dead", at=NOW, dropped={}))
    cut = layoff("e-cut", ai_relation="cause", roles=("engineering",), locations=("Cork, Ireland",), percent=2.5)
    put(
        store,
        cut,
        layoff("e-year", date="2025", date_precision="year", count=None, count_low=None, count_high=None, percent=10.0),
        investment("e-capex", date="2026-02", date_precision="month", usd_rate=1.0849, currency="EUR"),
        known_at=NOW - days(2),
    )
    put(store, layoff("e-old", **beta), known_at=NOW - days(2))
    with writing(store) as connection:
        kept = articles.save(connection, article("read", text="Acme cuts 300 jobs. " * 40), ())
        said = claim(kept, counterparty=("Größe AG",))
        claims.save(connection, kept, "v1", [said], {said.id: ["acme"]})
        for table in (tables.claim, tables.reading):
            connection.execute(update(table).values(known_at=NOW))  # the clock's otherwise, and never the same twice
    put(store, replace(cut, stage="filed", sources=2, claims=2, claim_ids=("claim of e-cut", said.id)), known_at=NOW)
    put(store, investment("e-round", **beta, kind="funding", amount_usd=None, currency="TWD"), known_at=NOW)
    put(store, considered=("e-old",), known_at=NOW)
    with writing(store) as connection:
        events.mint(connection, [MintedId(id="e-round", minted_at=NOW, anchor="x:")])
        events.redirect(connection, {"e-old": "e-cut"}, NOW)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def bytes_by_database() -> dict[str, dict[str, bytes]]:
    return {}


def test_package(store: Engine, tmp_path: Path, bytes_by_database: dict[str, dict[str, bytes]]) -> None:
    fill(store)
    target = tmp_path / "data"
    done = export(store, str(target), NIGHT, as_of=NOW + days(1))
    assert (done.version, done.new, done.rows["layoffs"], done.rows["ai_investments"]) == ("2026-03-20", True, 2, 2)
    folder = target / "latest"
    assert folder.resolve() == target / "2026-03-20"
    cut, year = rows(folder, "layoffs")
    assert (cut["event_id"], cut["stage"], cut["count"], cut["roles"]) == ("e-cut", "filed", "300", '["engineering"]')
    assert (cut["ai_cited"], cut["conflict"], cut["percent"]) == ("true", "false", "2.5")
    assert (year["date"], year["count"]) == ("2025", "")
    capex, funding = rows(folder, "ai_investments")
    assert capex["usd_rate"] == "1.0849"
    assert funding["company"] == '\'=HYPERLINK("evil")', "no spreadsheet may take it for a formula"
    [said] = [row for row in rows(folder, "claims") if row["event_id"] == "e-cut" and len(row["sentence"]) > 100]
    assert len(said["sentence"]) <= 300
    assert said["counterparty"] == '["Größe AG"]'
    assert json.loads(said["evidence"]) == {"company": ["text", 0, 9]}
    assert [row["company_id"] for row in rows(folder, "companies")] == ["acme", "beta"]
    months = {(row["company_id"], row["period"]): row for row in rows(folder, "series_monthly")}
    assert months["all", "2026-03"]["jobs_cut"] == "300"
    assert months["all", "2026-03"]["partial"] == "true"
    assert months["all", "2026-03"]["covered_days"] == "3"
    assert months["all", "2025"]["percent_only_events"] == "1", "a year stands apart from months"
    pairs = {(row["company_id"], row["quarter"]): row for row in rows(folder, "pairs_quarterly")}
    assert pairs["acme", "2026-Q1"]["both"] == "true"
    assert float(pairs["acme", "2026-Q1"]["jobs_per_usd_bn"]) == 150
    assert {row["source_id"] for row in rows(folder, "coverage")} == {"wire"}, "live sources only"
    delta = {row["event_id"]: (row["change"], row["successor_id"]) for row in rows(folder, "delta")}
    assert delta == {"e-cut": ("changed", ""), "e-old": ("removed", "e-cut"), "e-round": ("added", "")}
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        expected, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
    bytes_by_database[store.dialect.name] = {name: (folder / name).read_bytes() for name in FILES}
    for name in FILES:
        assert len({of_database[name] for of_database in bytes_by_database.values()}) == 1, name


def test_frictionless_accepts_it_and_notices_a_changed_byte(store: Engine, tmp_path: Path) -> None:
    import frictionless

    fill(store)
    export(store, str(tmp_path), NIGHT, as_of=datetime.now(UTC))
    package = tmp_path / "latest" / "datapackage.json"
    report = frictionless.validate(str(package))
    assert report.valid, report.flatten(["type", "message"])
    tables = [r for r in json.loads(package.read_text())["resources"] if r["format"] in ("csv", "parquet")]
    assert all("schema" in table for table in tables), "types that are not told are guessed from the first rows"
    path = tmp_path / "latest" / "layoffs.csv"
    path.write_bytes(path.read_bytes().replace(b"300", b"900"))
    assert not frictionless.validate(str(package)).valid


PANDAS = {"string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean", "array": "string",
          "object": "string", "datetime": "string"}  # fmt: skip
DUCKDB = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "array": "VARCHAR",
          "object": "VARCHAR", "datetime": "TIMESTAMPTZ"}  # fmt: skip


def test_everyday_tools_read_it_with_the_declared_types(store: Engine, tmp_path: Path) -> None:
    import duckdb
    import pandas
    import polars

    fill(store)
    export(store, str(tmp_path), NIGHT, as_of=datetime.now(UTC))
    folder = tmp_path / "latest"
    package = json.loads((folder / "datapackage.json").read_text())
    assert [r["path"] for r in package["resources"] if r.get("type") == "table"] == FILES
    polars_types = {"string": polars.String, "integer": polars.Int64, "number": polars.Float64,
                    "boolean": polars.Boolean, "datetime": polars.String}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for resource in package["resources"]:
            if resource.get("type") != "table":
                continue
            path, count = folder / resource["path"], resource["rows"]
            types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
            dates = [name for name, type_ in types.items() if type_ == "datetime"]
            frame = pandas.read_csv(
                path, dtype={name: PANDAS[t] for name, t in types.items()}, keep_default_na=False, na_values=[""]
            )
            for name in dates:
                frame[name] = pandas.to_datetime(frame[name], format="%Y-%m-%dT%H:%M:%SZ", utc=True)
            assert len(frame) == count
            table = polars.read_csv(path, schema={n: polars_types.get(t, polars.String) for n, t in types.items()})
            assert table.height == count
            found = duckdb.sql(
                f"SELECT * FROM read_csv('{path}', columns = { {n: DUCKDB[t] for n, t in types.items()} })"
            )
            assert len(found.fetchall()) == count
            twin = path.with_suffix(".parquet")
            assert list(pandas.read_parquet(twin).columns) == list(types)
            assert polars.read_parquet(twin).height == count
            assert duckdb.sql(f"SELECT count(*) FROM '{twin}'").fetchall() == [(count,)]
        snapshot = duckdb_or_sqlite(folder / "newsledger.sqlite")
        assert snapshot["layoffs"] == 2


def duckdb_or_sqlite(path: Path) -> dict[str, int]:
    import pysqlite3.dbapi2 as sqlite

    connection = sqlite.connect(str(path))
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    connection.close()
    return found


@pytest.mark.fault
def test_same_night_again_is_a_no_op_and_a_past_night_gives_the_same_bytes(store: Engine, tmp_path: Path) -> None:
    fill(store)
    as_of = datetime.now(UTC)
    first = export(store, str(tmp_path / "one"), NIGHT, as_of=as_of)
    again = export(store, str(tmp_path / "one"), NIGHT, as_of=as_of)
    assert (again.version, again.new) == (first.version, False)
    put(store, layoff("e-later", date="2026-03-19"))
    with writing(store) as connection:
        companies.save(connection, [company("acme", name="Acme Renamed")])
    past = export(store, str(tmp_path / "two"), NIGHT, as_of=as_of)
    for name in FILES:
        assert (tmp_path / "one" / first.version / name).read_bytes() == (
            tmp_path / "two" / past.version / name
        ).read_bytes(), name
    more = export(store, str(tmp_path / "one"), NIGHT, as_of=datetime.now(UTC))
    assert (more.version, more.new) == ("2026-03-20.2", True), "more is known of the night: a new version beside it"
    index = json.loads((tmp_path / "one" / "index.json").read_bytes())
    assert [entry["version"] for entry in index["versions"]] == ["2026-03-20", "2026-03-20.2"]


def test_a_night_that_was_missed_goes_before_the_latest(store: Engine, tmp_path: Path) -> None:
    fill(store)
    export(store, str(tmp_path), NIGHT)
    late = export(store, str(tmp_path), date(2026, 3, 18))
    assert late.new
    assert (tmp_path / "latest").resolve().name == "2026-03-20"
    assert [row["event_id"] for row in rows(tmp_path / "2026-03-18", "layoffs")] == ["e-cut", "e-old", "e-year"]


STEPS = ["build", "check", "twins", "describe", "validate", "place", "index", "latest"]


KILLED = """
import os, signal, sys
from datetime import date
import frictionless, pyarrow.parquet
from storage.engine import open_store
from storage.export import export

def step(name):
    if name == wanted:
        os.kill(os.getpid(), signal.SIGKILL)

for line in sys.stdin:
    wanted = line.strip()
    child = os.fork()
    if not child:
        export(open_store(sys.argv[1]), sys.argv[2], date.fromisoformat(sys.argv[3]), step=step)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Publishes for each line it reads, in a child of its own that dies at that step; what takes long is imported once."""


@pytest.mark.fault
def test_a_kill_at_any_step_leaves_the_latest_valid(tmp_path: Path, sqlite_store: Engine) -> None:
    fill(sqlite_store)
    export(sqlite_store, str(tmp_path), date(2026, 3, 18))
    latest = tmp_path / "latest"
    command = [sys.executable, "-c", KILLED, str(sqlite_store.url), str(tmp_path), NIGHT.isoformat()]
    with subprocess.Popen(
        command, cwd=Path(__file__).parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as publisher:
        assert publisher.stdin is not None
        assert publisher.stdout is not None
        for name in STEPS:
            print(name, file=publisher.stdin, flush=True)
            assert int(publisher.stdout.readline()) == -signal.SIGKILL, name
            for line in (latest / "SHA256SUMS").read_text().splitlines():
                expected, path = line.split("  ")
                assert hashlib.sha256((latest / path).read_bytes()).hexdigest() == expected
            index = json.loads((tmp_path / "index.json").read_bytes())
            assert all((tmp_path / entry["version"] / "datapackage.json").exists() for entry in index["versions"])
            assert len(index["versions"]) == (2 if name == "latest" else 1)
            assert latest.resolve().name == "2026-03-18"
    assert list(tmp_path.glob(".building-*")), "killed, nothing was tidied up"
    done = export(sqlite_store, str(tmp_path), NIGHT)
    assert not done.new, "only the link was still to be set"
    assert latest.resolve().name == "2026-03-20"
    assert not list(tmp_path.glob(".building-*"))


@pytest.fixture
def sqlite_store(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Engine]:
    import shutil

    from storage.engine import open_store

    path = tmp_path_factory.mktemp("store") / "ledger.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    engine = open_store(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def test_a_bad_night_publishes_nothing_and_says_why(sqlite_store: Engine, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="knows no events yet"):
        export(sqlite_store, str(tmp_path))
    assert not (tmp_path / "index.json").exists()
    put(sqlite_store, *(layoff(f"e{n:03}") for n in range(100)), known_at=NOW - days(1))
    export(sqlite_store, str(tmp_path), date(2026, 3, 19))
    put(sqlite_store, considered=tuple(f"e{n:03}" for n in range(60)), known_at=NOW)
    with pytest.raises(ExportError, match=r"layoffs.csv went from 100 to 40 rows"):
        export(sqlite_store, str(tmp_path), NIGHT)
    assert (tmp_path / "latest").resolve().name == "2026-03-19"
    put(sqlite_store, *(layoff(f"f{n:03}", date=None, date_precision=None) for n in range(90)), known_at=NOW)
    with pytest.raises(ExportError, match=r"has date in 40 of 130 rows, needs 80%"):
        export(sqlite_store, str(tmp_path), NIGHT)
    with pytest.raises(ExportError, match="ahead of the clock"):
        export(sqlite_store, str(tmp_path), as_of=datetime(2999, 1, 1, tzinfo=UTC))


def test_a_jump_is_refused_until_a_person_says_why_it_is_right(sqlite_store: Engine, tmp_path: Path) -> None:
    many = [layoff(f"e{n:03}", count=100, count_high=None, count_low=None) for n in range(60)]
    put(sqlite_store, *many, *(investment(f"m{n:03}", amount_usd=10**9) for n in range(60)), known_at=NOW - days(3))
    export(sqlite_store, str(tmp_path), date(2026, 3, 17))

    def refused(night: int, says: str) -> None:
        with pytest.raises(ExportError, match=says):
            export(sqlite_store, str(tmp_path), date(2026, 3, night))
        assert (tmp_path / "latest").resolve().name == "2026-03-17"

    put(sqlite_store, investment("m000", amount_usd=10**12), known_at=NOW - days(2))
    refused(18, r"sum of amount_usd in ai_investments.csv went from 60,000,000,000 to 1,059,000,000,000 .*--correction")
    put(sqlite_store, investment("m000", amount_usd=10**9), known_at=NOW - days(1))
    put(sqlite_store, *(replace(cut, count=30) for cut in many), known_at=NOW - days(1))
    refused(19, r"sum of count in layoffs.csv went from 6,000 to 1,800 .*its rows from 60 to 60")
    put(sqlite_store, *(replace(cut, count=500) for cut in many[:30]), *many[30:45], known_at=NOW)
    put(sqlite_store, *(replace(cut, count=None, percent=5.0) for cut in many[45:]), known_at=NOW)
    refused(20, r"layoffs.csv has count in 75% of its rows, 100% in the version before; .*--correction")
    with pytest.raises(ExportError, match="gives no reason"):
        export(sqlite_store, str(tmp_path), NIGHT, correction=" ")
    export(sqlite_store, str(tmp_path), NIGHT, correction="figures of a wire were counted twice")
    index = json.loads((tmp_path / "index.json").read_bytes())
    assert [entry.get("correction") for entry in index["versions"]] == [None, "figures of a wire were counted twice"]
    assert index["versions"][0]["sums"] == {"layoffs": {"count": 6000}, "ai_investments": {"amount_usd": 60 * 10**9}}
    more = [layoff(f"f{n:03}", count=100, count_high=None, count_low=None) for n in range(600)]
    put(sqlite_store, *more, known_at=NOW + days(1))
    assert export(sqlite_store, str(tmp_path), date(2026, 3, 21)).new, "more rows may have more jobs"
    for entry in index["versions"]:  # as an earlier release wrote it
        del entry["sums"], entry["filled"]
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "index.json").write_text(json.dumps(index))
    assert export(sqlite_store, str(tmp_path / "old"), date(2026, 3, 21)).new


def test_remote_target(sqlite_store: Engine, tmp_path: Path) -> None:
    import fsspec

    fill(sqlite_store)
    url = f"memory://{tmp_path.name}/data"
    assert export(sqlite_store, url, NIGHT).new
    assert not export(sqlite_store, url, NIGHT).new
    files, folder = fsspec.core.url_to_fs(url)
    index = json.loads(files.cat_file(f"{folder}/index.json"))
    assert index["latest"] == "2026-03-20"
    for name, expected in index["versions"][0]["sha256"].items():
        assert hashlib.sha256(files.cat_file(f"{folder}/2026-03-20/{name}")).hexdigest() == expected


def test_sample_data_is_marked_in_the_package_and_every_row(sqlite_store: Engine, tmp_path: Path) -> None:
    fill(sqlite_store)
    sources.save(sqlite_store, [replace(WIRE, sample=True)])
    export(sqlite_store, str(tmp_path), NIGHT)
    package = json.loads((tmp_path / "latest" / "datapackage.json").read_text())
    assert package["sample_data"]
    assert package["title"].endswith("(sample data)")
    assert "Sample data" in (tmp_path / "latest" / "README.md").read_text()
    for name in FILES:
        assert all(row["sample_data"] == "true" for row in rows(tmp_path / "latest", name.removesuffix(".csv")))


def test_long_sentences_are_cut_at_a_word() -> None:
    assert shortened("word " * 100).endswith("word…")
    assert len(shortened("word " * 100)) <= 300
    assert shortened("short") == "short"


def test_data_dictionary_explains_every_field_and_is_the_one_in_the_docs() -> None:
    for resource in RESOURCES:
        for field in resource.fields:
            assert field.description, f"{resource.name}.{field.name}"
    written = Path(__file__).parent.parent / "docs" / "data-dictionary.md"
    assert written.read_text(encoding="utf-8").endswith(data_dictionary()), (
        "make it anew: python -m storage.export > docs/data-dictionary.md"
    )
    assert at("2026-01-01").tzinfo is UTC


def test_a_night_held_back_waits_for_a_person_and_the_service_goes_on(
    sqlite_store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sqlite_store, *(layoff(f"e{n:03}") for n in range(100)), known_at=NOW - days(1))
    assert steps.export_due(sqlite_store, str(tmp_path), date(2026, 3, 19))
    put(sqlite_store, considered=tuple(f"e{n:03}" for n in range(60)), known_at=NOW)
    with pytest.raises(ExportError, match="--correction"):
        steps.export_due(sqlite_store, str(tmp_path), NIGHT)
    assert steps.export_due(sqlite_store, str(tmp_path), NIGHT) is None, "not tried again at every tick"
    assert b"newsledger_export_nights_failed 1.0" in exposition(sqlite_store)
    export(sqlite_store, str(tmp_path), NIGHT, correction="sixty were reprints")
    monkeypatch.setattr(jobs, "AGAIN", timedelta(0))
    published = steps.export_due(sqlite_store, str(tmp_path), NIGHT)
    assert published is not None
    assert not published.new
    assert b"newsledger_export_nights_failed 0.0" in exposition(sqlite_store)
