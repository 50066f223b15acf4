"""How fast the store is: ratios within one run, on SQLite and PostgreSQL.

    python -m bench.store --events 1000000 --database sqlite --folder /tmp/bench

Makes up events of 20,000 companies, a few of them huge, as reconciliation hands them over: company by company. Prints
one line for each claim of the store's speed. PostgreSQL is started here, on a private socket, and removed at the end.
"""

from __future__ import annotations

import argparse
import csv
import gc
import random
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy import event as event_
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from conftest import PostgreSQL, postgresql_binaries

from newsledger.model import Company, Event
from storage import bulk, companies, events, pairs, ranking, rollups, series, tables
from storage.bulk import driver_moment, insert_rows
from storage.coverage import covered
from storage.dataset import RESOURCES, Night
from storage.engine import is_postgresql, open_store, reading, writing
from storage.export import write_csv
from storage.migrations import migrate
from storage.versions import held

COMPANIES = 20_000
HUGE = 5
BATCH = 20_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = date(2016, 1, 1)
DAYS = (date(2026, 11, 1) - FIRST).days
WATCHED = covered(())


def made_up(count: int) -> Iterator[Event]:
    """Yield events company by company: five huge companies have a fifth of them, the rest share by size."""
    chance = random.Random(7)
    sizes = [count // 25] * HUGE
    rest = count - sum(sizes)
    weights = [1 / (rank + 20) for rank in range(COMPANIES - HUGE)]
    share = rest / sum(weights)
    sizes += [max(1, round(weight * share)) for weight in weights]
    number = 0
    for rank, size in enumerate(sizes):
        company_id, name = f"c-{rank:05}", f"Company {rank}"
        for _ in range(size):
            if number == count:
                return
            day = (FIRST + timedelta(days=int(chance.random() * DAYS))).isoformat()
            shared: dict[str, Any] = {
                "id": f"e-{number:020x}",
                "company_id": company_id,
                "company": name,
                "stage": "announced",
                "date": day,
                "date_precision": "day",
                "date_basis": "stated",
                "figure_rule": "the figure most sources give",
                "claim_ids": (f"claim-{number:026x}",),
                "claims": 1,
                "sources": 1,
                "source_kinds": ("news",),
                "trace": {"members": "the first to tell of it"},
            }
            if number % 2:
                jobs = int(chance.lognormvariate(5, 1.3)) + 1
                yield Event(
                    **shared, type="layoff", kind="layoff", count=jobs, count_low=jobs, count_high=jobs,
                    count_qualifier="exact", ai_relation="cause" if number % 5 == 0 else "none",
                    roles=("engineering",), locations=("Springfield",),
                )  # fmt: skip
            else:
                money = int(chance.lognormvariate(17, 2)) + 1
                yield Event(
                    **shared, type="ai_investment", kind="capex", basis="pledge", amount=money, amount_low=money,
                    amount_high=money, amount_qualifier="exact", currency="USD", amount_usd=money, usd_rate=1.0,
                    usd_rate_date=day, usd_rate_table="made up",
                )  # fmt: skip
            number += 1


class Report:
    """Lines of figures, each with what it has to be."""

    def __init__(self) -> None:
        self.missed = 0

    def line(self, what: str, value: float, wanted: str, holds: bool, detail: str = "") -> None:
        """Print one figure."""
        self.missed += not holds
        print(f"{'ok  ' if holds else 'MISS'} {what:<58} {value:8.2f}  wanted {wanted:<10} {detail}", flush=True)


def timed(action: Callable[[], Any]) -> float:
    """Return how long an action takes, in seconds."""
    gc.collect()
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def median_ms(action: Callable[[], Any], times: int = 200) -> float:
    """Return the median time of an action in milliseconds, the first runs left out."""
    for _ in range(10):
        action()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        action()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


def prepare(engine: Engine) -> None:
    """Make the tables and the companies. Claims and their articles are not part of this: their keys are not checked."""
    migrate(engine)
    with writing(engine) as connection:
        companies.save(
            connection,
            [Company(id=f"c-{rank:05}", name=f"Company {rank}", country="US") for rank in range(COMPANIES)],
            NOW,
        )
        if is_postgresql(connection):
            connection.execute(text("ALTER TABLE event_claim DROP CONSTRAINT fk_event_claim_claim_id"))


def load(engine: Engine, count: int, report: Report) -> None:
    """Load all events; time ours, and the bare driver with the same statements, turn by turn on the same table."""
    ours = bare = rollup = 0.0
    apply, add_up = rollups.apply, rollups.add_up

    def timed_apply(connection: Connection, changes: rollups.Sums) -> None:
        nonlocal rollup
        begin = time.perf_counter()
        apply(connection, changes)
        rollup += time.perf_counter() - begin

    def timed_add_up(*arguments: Any) -> rollups.Sums:
        nonlocal rollup
        begin = time.perf_counter()
        sums = add_up(*arguments)
        rollup += time.perf_counter() - begin
        return sums

    rollups.apply, rollups.add_up = timed_apply, timed_add_up
    for turn, batch in enumerate(batched(made_up(count), BATCH)):
        ids = [(e.id, NOW, e.id, e.id) for e in batch]
        with writing(engine) as connection:
            stamp = driver_moment(connection, NOW)
            insert_rows(connection, tables.event_id, [(a, stamp, c, d) for a, _, c, d in ids])
        if turn % 4 == 3:
            # every fourth batch by the bare driver: the rows ready, the same statements, no roll-up
            with writing(engine) as connection:
                rows = [(*events.event_row(connection, e), driver_moment(connection, NOW), None) for e in batch]
                members = [(e.claim_ids[0], e.id, driver_moment(connection, NOW), None) for e in batch]
                cursor = connection.connection.cursor()
                texts = [
                    bulk.sql(connection.dialect.name, postgresql_insert(table))
                    for table in (tables.event, tables.event_claim)
                ]

                def run(cursor: Any = cursor, texts: Any = texts, rows: Any = rows, members: Any = members) -> None:
                    cursor.executemany(texts[0], rows)
                    cursor.executemany(texts[1], members)

                bare += timed(run)
                sums = add_up(map(events.counted, batch), 1, {})
                apply(connection, sums)
        else:
            begin_rollup = rollup
            with writing(engine) as connection:
                taken = timed(lambda connection=connection, batch=batch: events.write(connection, batch, (), NOW))  # type: ignore[misc]
            ours += taken - (rollup - begin_rollup)
    rollups.apply, rollups.add_up = apply, add_up
    turns = -(-count // BATCH)
    ours_per_turn, bare_per_turn = ours / (turns - turns // 4), bare / max(1, turns // 4)
    ratio = bare_per_turn / ours_per_turn
    report.line(
        "bulk load, of the bare driver's speed", ratio, "≥ 0.8", ratio >= 0.8, f"{BATCH / ours_per_turn:,.0f} events/s"
    )
    share = rollup / (ours + rollup)
    report.line("roll-up's upkeep, share of ingest", share, "≤ 0.25", share <= 0.25)


def reload(engine: Engine, count: int, report: Report) -> None:
    """Write the same events again: ours, and an upsert that does not look."""
    sample = [batch for turn, batch in enumerate(batched(made_up(count), BATCH)) if turn % 7 == 0][:4]
    names = [column.name for column in tables.event.columns]
    ours = blind = 0.0
    for batch in sample:
        with writing(engine) as connection:
            ours += timed(lambda c=connection, b=batch: written.append(events.write(c, b, (), NOW)))  # type: ignore[misc]
        with writing(engine) as connection:
            stamp = driver_moment(connection, NOW)
            rows = [(*events.event_row(connection, e), stamp, None) for e in batch]
            statement = postgresql_insert(tables.event)
            statement = statement.on_conflict_do_update(
                index_elements=["id", "known_at"], set_={name: statement.excluded[name] for name in names[1:]}
            )
            sql = bulk.sql(connection.dialect.name, statement)
            blind += timed(lambda c=connection, r=rows, s=sql: c.exec_driver_sql(s, r))  # type: ignore[misc]
    report.line(
        "rows written by loading the same again", sum(n for n, _ in written), "0", not any(n for n, _ in written)
    )
    ratio = blind / ours
    report.line(
        "re-load, times as fast as a blind upsert",
        ratio,
        "≥ 3",
        ratio >= 3,
        f"{len(sample) * BATCH / ours:,.0f} events/s",
    )


written: list[tuple[int, int]] = []


def reads(engine: Engine, count: int, report: Report, before: dict[str, float]) -> dict[str, float]:
    """Time the questions a dashboard asks; `before` are the times with fewer events."""
    with reading(engine) as connection:
        limit = 1.0 if is_postgresql(connection) else 0.5
        found: dict[str, float] = {}
        for what, company_id in (("the largest", "c-00000"), ("a middling", "c-00500")):
            ask = partial(
                series.series_of,
                connection,
                series.Question(metric="jobs_cut", by="company", keys=(company_id,)),
                watched=WATCHED,
                today=date(2026, 11, 1),
            )
            found[what] = median_ms(ask)
            points = len(ask().points)
            report.line(
                f"{what} company's monthly series, ms",
                found[what],
                f"≤ {limit}",
                found[what] <= limit,
                f"{points} months",
            )
            if what in before:
                ratio = found[what] / before[what]
                report.line(f"{what} company's series, times that at fewer", ratio, "≤ 1.2", ratio <= 1.2)
        for metric in ("jobs_cut", "ai_usd_out"):
            ranked = partial(ranking.top, connection, metric, "2025-11-01", "2026-11-01", 20)  # type: ignore[arg-type]
            taken = median_ms(ranked, 50)
            report.line(f"top 20 of the last 12 months by {metric}, ms", taken, "≤ 10", taken <= 10)
        ours = min(timed(lambda: pairs.by_quarter(connection)) for _ in range(3))
        rows = connection.execute(
            select(*(tables.event.c[n] for n in ("company_id", "date", "type", "count", "amount_usd", "ai_cited")))
        )
        loaded = pa.Table.from_pylist([dict(row._mapping) for row in rows])
    other = duckdb.connect()
    other.execute("SET threads = 2")
    other.execute("CREATE TABLE event AS SELECT * FROM loaded")
    del loaded
    question = """
        SELECT company_id, date[:4] || '-Q' || ((date[6:7]::INT + 2) // 3) AS quarter,
               count(*) FILTER (type = 'layoff'), coalesce(sum(count) FILTER (type = 'layoff'), 0)::BIGINT,
               coalesce(sum(count) FILTER (ai_cited), 0)::BIGINT, count(*) FILTER (type = 'ai_investment'),
               coalesce(sum(amount_usd), 0)::BIGINT
        FROM event GROUP BY ALL ORDER BY ALL"""
    theirs = min(timed(lambda: other.execute(question).fetchall()) for _ in range(3))
    other.close()
    ratio = ours / theirs
    report.line(
        "all pairs by quarter, times DuckDB's time", ratio, "≤ 2.5", ratio <= 2.5, f"{ours:.2f} s, {theirs:.2f} s"
    )
    return found


def exported(engine: Engine, folder: Path, report: Report) -> None:
    """Time the CSV of job cuts, and a csv.writer over the driver's own cursor, by turns."""
    night = Night(day=date(2026, 11, 2), as_of=datetime(2026, 11, 2, tzinfo=UTC))
    layoffs = RESOURCES[0]
    ours, bare, peaks = [], [], []
    with reading(engine) as connection:
        columns = [tables.event.c.id, *(tables.event.c[f.name] for f in layoffs.fields[1:])]
        plain = select(*columns).where(tables.event.c.type == "layoff", held(tables.event, night.as_of))
        sql = str(plain.order_by(tables.event.c.id).compile(engine, compile_kwargs={"literal_binds": True}))
        for _ in range(2):
            ours.append(timed(lambda: write_csv(connection, layoffs, night, folder / "ours.csv")))
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            bare.append(timed(lambda: raw_csv(connection, sql, folder / "bare.csv")))
    ratio = min(bare) / min(ours)
    report.line("CSV export, of csv.writer's speed over a raw cursor", ratio, "≥ 0.9", ratio >= 0.9)
    grown = (peaks[-1] - peaks[0]) / 1024
    report.line("memory that a second export adds, MB", grown, "≤ 20", grown <= 20)


def raw_csv(connection: Connection, sql: str, path: Path) -> None:
    """Write a query's rows with csv.writer over the driver's own cursor."""
    driver: Any = connection.connection.driver_connection
    if is_postgresql(connection):
        cursor = driver.cursor(name="bare")
        cursor.itersize = 5000
    else:
        cursor = driver.cursor()
    with path.open("w", encoding="utf-8", newline="") as file:
        cursor.execute(sql)
        csv.writer(file, lineterminator="\\n").writerows(cursor)
    cursor.close()


def main() -> int:
    """Run it; 1 if a figure falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--folder", type=Path, default=None, help="where the stores are made; 3 kB for each event")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server we started goes with us
    report = Report()
    before: dict[str, float] = {}
    for count in asked.events:
        with tempfile.TemporaryDirectory(prefix="bench-store-", dir=asked.folder) as name:
            folder = Path(name)
            print(f"{asked.database}, {count:,} events, {COMPANIES:,} companies", flush=True)
            with store(asked.database, folder) as engine:
                prepare(engine)
                load(engine, count, report)
                settled(engine)
                reload(engine, count, report)
                before = reads(engine, count, report, before)
                exported(engine, folder, report)
    return report.missed > 0


@contextmanager
def store(database: str, folder: Path) -> Iterator[Engine]:
    """Give an empty store in a folder, gone afterwards."""
    server = None
    if database == "sqlite":
        url = f"sqlite:///{folder / 'ledger.sqlite'}"
    else:
        binaries = postgresql_binaries()
        if binaries is None:
            sys.exit("PostgreSQL is not installed")
        folder.chmod(0o755)
        (folder / "pg").mkdir()
        server = PostgreSQL(folder / "pg", binaries)
        url = server.new_database()
    engine = open_store(url)
    if database == "sqlite":
        # members name claims that are not there, and PostgreSQL's constraint is dropped too
        event_.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = OFF").close())
    try:
        yield engine
    finally:
        engine.dispose()
        if server is not None:
            server.stop()


def settled(engine: Engine) -> None:
    """Let the planner know the tables."""
    with engine.connect() as connection:
        if is_postgresql(connection):
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()


if __name__ == "__main__":
    sys.exit(main())
