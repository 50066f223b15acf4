"""How fast the store is: ratios within one run, on SQLite and PostgreSQL.

    python -m bench.store --events 1000000 5000000 --database sqlite --folder DIR

Makes up events of 20,000 companies, a few of them huge, as reconciliation hands them over: company by company. All but
the last are put into the tables as fast as the database takes them; with these in place the last ones are written by
the store and by the bare driver, turn by turn, and the questions asked. Prints one line for each claim of the store's
speed, all in processor time (ours and the database's), which other work on the machine does not change much.
PostgreSQL is started here, on a private socket, and removed at the end.
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
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import batched, chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

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
BATCH = 10_000
TURNS = 20
"""Batches that are timed, every other one written by the bare driver."""
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = date(2016, 1, 1)
DAYS = [(FIRST + timedelta(days=n)).isoformat() for n in range((date(2026, 11, 1) - FIRST).days)]
WATCHED = covered(())


class Fact(NamedTuple):
    """What is made up of an event; the figure is jobs of every other one, and dollars."""

    number: int
    company: int
    day: str
    figure: int


def facts(first: int, count: int) -> Iterator[Fact]:
    """Yield facts company by company: five huge companies have a fifth of them, the rest share by size."""
    chance = random.Random(first)
    sizes = [count // 25] * HUGE
    weights = [1 / (rank + 20) for rank in range(COMPANIES - HUGE)]
    share = (count - sum(sizes)) / sum(weights)
    sizes += [max(1, round(weight * share)) for weight in weights]
    of = chain.from_iterable(repeat(rank, size) for rank, size in enumerate(sizes))
    for number, rank in zip(range(first, first + count), chain(of, repeat(0)), strict=False):
        figure = chance.lognormvariate(5, 1.3) if number % 2 else chance.lognormvariate(17, 2)
        yield Fact(number, rank, DAYS[int(chance.random() * len(DAYS))], int(figure) + 1)


def made_up(fact: Fact) -> Event:
    """Return the event of a fact."""
    shared: dict[str, Any] = {
        "id": f"e-{fact.number:020x}",
        "company_id": f"c-{fact.company:05}",
        "company": f"Company {fact.company}",
        "stage": "announced",
        "date": fact.day,
        "date_precision": "day",
        "date_basis": "stated",
        "figure_rule": "the figure most sources give",
        "claim_ids": (f"claim-{fact.number:026x}",),
        "claims": 1,
        "sources": 1,
        "source_kinds": ("news",),
        "trace": {"members": "the first to tell of it"},
    }
    figure = fact.figure
    if fact.number % 2:
        return Event(
            **shared, type="layoff", kind="layoff", count=figure, count_low=figure, count_high=figure,
            count_qualifier="exact", ai_relation="cause" if fact.number % 5 == 0 else "none",
            roles=("engineering",), locations=("Springfield",),
        )  # fmt: skip
    return Event(
        **shared, type="ai_investment", kind="capex", basis="pledge", amount=figure, amount_low=figure,
        amount_high=figure, amount_qualifier="exact", currency="USD", amount_usd=figure, usd_rate=1.0,
        usd_rate_date=fact.day, usd_rate_table="made up",
    )  # fmt: skip


def ready_rows(connection: Connection, made: Iterable[Fact]) -> Iterator[list[Any]]:
    """Yield the rows of `event` for facts, each a changed copy of a row that the store made."""
    names = [column.name for column in tables.event.columns]
    place = {name: number for number, name in enumerate(names)}
    stamp = driver_moment(connection, NOW)
    kinds = [
        ([*events.event_row(connection, made_up(Fact(number, 0, FIRST.isoformat(), 1))), stamp, None], figures)
        for number, figures in (
            (0, ("amount", "amount_low", "amount_high", "amount_usd")),
            (1, ("count", "count_low", "count_high")),
        )
    ]
    figure_places = [[place[name] for name in figures] for _, figures in kinds]
    id_, company_id, company, day = (place[name] for name in ("id", "company_id", "company", "date"))
    sort_date, claim_ids, content = (place[name] for name in ("sort_date", "claim_ids", "content_hash"))
    rate_day, relation, cited = (place[name] for name in ("usd_rate_date", "ai_relation", "ai_cited"))
    yes = True if is_postgresql(connection) else 1
    for fact in made:
        kind = fact.number % 2
        row = kinds[kind][0].copy()
        row[id_] = f"e-{fact.number:020x}"
        row[company_id], row[company] = f"c-{fact.company:05}", f"Company {fact.company}"
        row[day] = row[sort_date] = fact.day
        row[claim_ids] = f'["claim-{fact.number:026x}"]'
        row[content] = f"{fact.number:032x}"
        for figure_place in figure_places[kind]:
            row[figure_place] = fact.figure
        if kind == 0:
            row[rate_day] = fact.day
        elif fact.number % 5 == 0:
            row[relation], row[cited] = "cause", yes
        yield row


def set_pragmas(engine: Engine, *pragmas: str) -> None:
    """Set what the connection of a SQLite store heeds from now on; PostgreSQL has no such thing."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")


def fill(engine: Engine, count: int) -> None:
    """Put events into the tables without their indices, make these anew, and add all up."""
    made = (tables.event, tables.event_claim, tables.event_id)
    indices = [index for table in made for index in table.indexes]
    set_pragmas(engine, "ignore_check_constraints = ON", "synchronous = OFF")
    with writing(engine) as connection:
        for index in indices:
            index.drop(connection)
    names = ", ".join(f'"{column.name}"' for column in tables.event.columns)
    marks = ", ".join("?" * len(tables.event.columns))
    for batch in batched(facts(0, count), 250_000):
        with writing(engine) as connection:
            cursor: Any = connection.connection.cursor()
            if is_postgresql(connection):
                cursor.execute("SET LOCAL session_replication_role = replica")
                with cursor.copy(f"COPY event ({names}) FROM STDIN") as copy:
                    for row in ready_rows(connection, batch):
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO event ({names}) VALUES ({marks})", ready_rows(connection, batch))
    with writing(engine) as connection:
        claim_id = "'claim-' || substr('000000' || substr(id, 3), 1, 26)"
        if is_postgresql(connection):
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("INSERT INTO event_id SELECT id, known_at, id, id FROM event")
        connection.exec_driver_sql(f"INSERT INTO event_claim SELECT {claim_id}, id, known_at, NULL FROM event")
        for index in indices:
            index.create(connection)
        rollups.rebuild(connection)
    set_pragmas(engine, "ignore_check_constraints = OFF", "synchronous = NORMAL")


class Report:
    """Lines of figures, each with what it has to be."""

    def __init__(self) -> None:
        self.missed = 0

    def line(self, what: str, value: float, wanted: str, holds: bool, detail: str = "") -> None:
        """Print one figure."""
        self.missed += not holds
        print(f"{'ok  ' if holds else 'MISS'} {what:<58} {value:8.2f}  wanted {wanted:<10} {detail}", flush=True)


def cpu_seconds(connection: Connection | None) -> float:
    """Return the processor time that this process, and the database's for this connection, have taken."""
    spent = time.process_time()
    if connection is not None and is_postgresql(connection):
        driver: Any = connection.connection.driver_connection
        spent += time.clock_gettime(~driver.info.backend_pid << 3 | 2)  # CPUCLOCK_SCHED of another process
    return spent


def timed(connection: Connection | None, action: Callable[[], Any]) -> float:
    """Return the processor time an action takes, in seconds: other work on the machine is not in it."""
    gc.collect()
    begin = cpu_seconds(connection)
    action()
    return cpu_seconds(connection) - begin


def medians_ms(*asked: tuple[Connection, Callable[[], Any]], times: int = 400) -> list[float]:
    """Return the median processor time of actions in milliseconds, taken by turns, the first runs left out."""
    taken: list[list[float]] = [[] for _ in asked]
    gc.collect()
    for turn in range(times + 10):
        for (connection, action), seconds in zip(asked, taken, strict=True):
            begin = cpu_seconds(connection)
            action()
            if turn >= 10:
                seconds.append(cpu_seconds(connection) - begin)
    return [statistics.median(seconds) * 1000 for seconds in taken]


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


def load(engine: Engine, count: int, report: Report) -> list[tuple[Event, ...]]:
    """Write the last events: ours, and the bare driver with the same statements, turn by turn into the same tables."""
    rollup = 0.0
    apply, add_up = rollups.apply, rollups.add_up

    def timed_apply(connection: Connection, changes: rollups.Sums) -> None:
        nonlocal rollup
        begin = cpu_seconds(connection)
        apply(connection, changes)
        rollup += cpu_seconds(connection) - begin

    def timed_add_up(*arguments: Any) -> rollups.Sums:
        nonlocal rollup
        begin = time.process_time()
        sums = add_up(*arguments)
        rollup += time.process_time() - begin
        return sums

    measured = min(count, BATCH * TURNS)
    fill(engine, count - measured)
    settled(engine)
    rollups.apply, rollups.add_up = timed_apply, timed_add_up
    batches = [tuple(map(made_up, batch)) for batch in batched(facts(count - measured, measured), BATCH)]
    gc.freeze()  # what was made up is not looked through while ours is timed
    ours, bare = [], []
    for turn, batch in enumerate(batches):
        with writing(engine) as connection:
            stamp = driver_moment(connection, NOW)
            insert_rows(connection, tables.event_id, [(e.id, stamp, e.id, e.id) for e in batch])
        if turn % 2:
            # by the bare driver: the rows ready, the same statements, no roll-up
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

                bare.append(timed(connection, run))
                apply(connection, add_up(map(events.counted, batch), 1, {}))
        else:
            begin_rollup = rollup
            with writing(engine) as connection:
                taken = timed(
                    connection, lambda connection=connection, batch=batch: events.write(connection, batch, (), NOW)
                )  # type: ignore[misc]
            ours.append(taken - (rollup - begin_rollup))
    gc.unfreeze()
    rollups.apply, rollups.add_up = apply, add_up
    ratio = statistics.median(bare) / statistics.median(ours)
    rate = f"{BATCH / statistics.median(ours):,.0f} events/s"
    report.line("bulk load, of the bare driver's speed", ratio, "≥ 0.8", ratio >= 0.8, rate)
    share = rollup / (sum(ours) + rollup)
    report.line("roll-up's upkeep, share of ingest", share, "≤ 0.25", share <= 0.25)
    return batches


def reload(engine: Engine, sample: Sequence[tuple[Event, ...]], report: Report) -> None:
    """Write the same events again: ours, and an upsert that does not look."""
    names = [column.name for column in tables.event.columns]
    written: list[tuple[int, int]] = []
    ours = blind = 0.0
    for batch in sample:
        with writing(engine) as connection:
            ours += timed(connection, lambda c=connection, b=batch: written.append(events.write(c, b, (), NOW)))  # type: ignore[misc]
        with writing(engine) as connection:
            stamp = driver_moment(connection, NOW)
            rows = [(*events.event_row(connection, e), stamp, None) for e in batch]
            statement = postgresql_insert(tables.event)
            statement = statement.on_conflict_do_update(
                index_elements=["id", "known_at"], set_={name: statement.excluded[name] for name in names[1:]}
            )
            sql = bulk.sql(connection.dialect.name, statement)
            blind += timed(connection, lambda c=connection, r=rows, s=sql: c.exec_driver_sql(s, r))  # type: ignore[misc]
    wrote = sum(n for n, _ in written)
    report.line("rows written by loading the same again", wrote, "0", wrote == 0)
    ratio = blind / ours
    rate = f"{len(sample) * BATCH / ours:,.0f} events/s"
    report.line("re-load, times as fast as a blind upsert", ratio, "≥ 3", ratio >= 3, rate)


def reads(engine: Engine, report: Report, smaller: Engine | None) -> None:
    """Time the questions a dashboard asks, and one of them by turns of a store with fewer events."""
    with reading(engine) as connection, reading(smaller) if smaller else nullcontext() as fewer:
        limit = 1.0 if is_postgresql(connection) else 0.5
        for what, company_id in (("the largest", "c-00000"), ("a middling", "c-00500")):
            question = series.Question(metric="jobs_cut", by="company", keys=(company_id,))
            asks = [
                (one, partial(series.series_of, one, question, watched=WATCHED, today=date(2026, 11, 1)))
                for one in (connection, fewer)
                if one is not None
            ]
            taken, *before = medians_ms(*asks)
            months = f"{len(asks[0][1]().points)} months"
            report.line(f"{what} company's monthly series, ms", taken, f"≤ {limit}", taken <= limit, months)
            for of_fewer in before:
                ratio = taken / of_fewer
                report.line(f"{what} company's series, times that at fewer", ratio, "≤ 1.2", ratio <= 1.2)
        for metric in ("jobs_cut", "ai_usd_out"):
            ranked = partial(ranking.top, connection, metric, "2025-11-01", "2026-11-01", 20)  # type: ignore[arg-type]
            [taken] = medians_ms((connection, ranked), times=50)
            report.line(f"top 20 of the last 12 months by {metric}, ms", taken, "≤ 10", taken <= 10)
        ours = min(timed(connection, lambda: list(pairs.by_quarter(connection))) for _ in range(3))
        loaded = columns_of(connection, ("company_id", "date", "type", "count", "amount_usd", "ai_cited"))
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
    theirs = min(timed(None, lambda: other.execute(question).fetchall()) for _ in range(3))
    other.close()
    ratio = ours / theirs
    report.line(
        "all pairs by quarter, times DuckDB's time", ratio, "≤ 2.5", ratio <= 2.5, f"{ours:.2f} s, {theirs:.2f} s"
    )


def columns_of(connection: Connection, names: tuple[str, ...]) -> pa.Table:
    """Return columns of the events that hold as an Arrow table."""
    query = select(*(tables.event.c[name] for name in names)).where(held(tables.event))
    result = connection.execute(query, execution_options={"yield_per": 100_000})
    types = {"count": pa.int64(), "amount_usd": pa.int64(), "ai_cited": pa.bool_()}
    schema = pa.schema([pa.field(name, types.get(name, pa.string())) for name in names])
    cited = names.index("ai_cited")
    parts = []
    for rows in result.partitions():
        columns = list(zip(*rows, strict=True))
        columns[cited] = tuple(map(bool, columns[cited]))
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        parts.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(parts)


def exported(engine: Engine, folder: Path, report: Report) -> None:
    """Time the CSV of job cuts, and a csv.writer over the driver's own cursor, by turns."""
    night = Night(day=date(2026, 11, 2), as_of=datetime(2026, 11, 2, tzinfo=UTC))
    layoffs = RESOURCES[0]
    ours, bare = [], []
    with reading(engine) as connection:
        columns = [tables.event.c.id, *(tables.event.c[f.name] for f in layoffs.fields[1:])]
        plain = select(*columns).where(tables.event.c.type == "layoff", held(tables.event, night.as_of))
        sql = str(plain.order_by(tables.event.c.id).compile(engine, compile_kwargs={"literal_binds": True}))
        for turn in range(3):
            with MemoryWatch() as memory:
                ours.append(timed(connection, lambda: write_csv(connection, layoffs, night, folder / "ours.csv")))
            if turn == 0:
                report.line("memory that an export adds, MB", memory.grown, "≤ 50", memory.grown <= 50)
            bare.append(timed(connection, lambda: raw_csv(connection, sql, folder / "bare.csv")))
    ratio = min(bare) / min(ours)
    report.line(
        "CSV export, of csv.writer's speed over a raw cursor",
        ratio,
        "≥ 0.9",
        ratio >= 0.9,
        f"{(folder / 'ours.csv').stat().st_size / 1e6:,.0f} MB in {min(ours):.1f} s",
    )


class MemoryWatch:
    """Notes by how many megabytes this process grows."""

    def __enter__(self) -> MemoryWatch:
        self.before = self.peak = _resident()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while not self.over.wait(0.05):
            self.peak = max(self.peak, _resident())

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.grown = (self.peak - self.before) / 1e6


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


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
    smaller: Engine | None = None
    with ExitStack() as stack:
        for count in asked.events:
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-store-", dir=asked.folder))
            print(f"{asked.database}, {count:,} events, {COMPANIES:,} companies", flush=True)
            engine = stack.enter_context(store(asked.database, Path(name)))
            prepare(engine)
            begin = time.perf_counter()
            batches = load(engine, count, report)
            print(f"filled in {time.perf_counter() - begin:.0f} s", flush=True)
            reload(engine, batches[:4], report)
            del batches
            settled(engine)
            exported(engine, Path(name), report)
            reads(engine, report, smaller)
            smaller = smaller or engine
    return report.missed > 0


@contextmanager
def store(database: str, folder: Path) -> Iterator[Engine]:
    """Give an empty store in a folder, gone afterwards."""
    server = None
    if database == "sqlite":
        engine = sqlite_store(folder / "ledger.sqlite")
    else:
        binaries = postgresql_binaries()
        if binaries is None:
            sys.exit("PostgreSQL is not installed")
        folder.chmod(0o755)
        (folder / "pg").mkdir()
        server = PostgreSQL(folder / "pg", binaries)
        engine = open_store(server.new_database())
    try:
        yield engine
    finally:
        engine.dispose()
        if server is not None:
            server.stop()


def sqlite_store(path: Path) -> Engine:
    """Return the engine of a SQLite store where made-up events may name claims that are not there."""
    engine = open_store(f"sqlite:///{path}")
    event_.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = OFF").close())
    return engine


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
