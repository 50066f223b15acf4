"""Numbers for Prometheus, all read from the store: any process that reaches it tells the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily
from sqlalchemy import Connection, Engine, Select, and_, func, select

from storage import jobs, work
from storage.engine import reading
from storage.tables import article, drop_day, event, event_id, kind_month, page, source, source_day
from storage.tables import work as work_table

LATEST_EVENTS = 5_000
"""Events of the last day that the latency is taken from, at most."""


class StoreMetrics:
    """A Prometheus collector over the store."""

    def __init__(self, engine: Engine) -> None:
        """Remember the store."""
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Yield every metric, as of now."""
        now = datetime.now(UTC)
        counts = work.undone(self._engine)
        rows = GaugeMetricFamily("newsledger_work_rows", "Rows of the queue not done.", labels=["step", "status"])
        for step, statuses in counts.items():
            for status, count in statuses.items():
                rows.add_metric([step, status], count)
        yield rows
        for name, job, help_ in (
            ("newsledger_tick_timestamp_seconds", "tick", "When the clock last ticked, Unix time."),
            ("newsledger_export_timestamp_seconds", "export", "When a night was last published, Unix time."),
        ):
            ended = jobs.last(self._engine, job, succeeded=True)
            if ended is not None:
                yield GaugeMetricFamily(name, help_, value=ended[1].timestamp())
                if job == "export":
                    age = (now - ended[1]).total_seconds()
                    yield GaugeMetricFamily("newsledger_export_age_seconds", "Age of the newest dataset.", value=age)
        failing = jobs.failing(self._engine, "export")
        yield GaugeMetricFamily("newsledger_export_nights_failed", "Nights not published, tried again.", value=failing)
        with reading(self._engine) as connection:
            yield from _queue_age(connection, now)
            yield from _counted(connection)
            yield from _sources(connection, now)
            yield _new_events(connection, now)
            yield from _latency(connection, now)


def _queue_age(connection: Connection, now: datetime) -> Iterator[GaugeMetricFamily]:
    oldest = GaugeMetricFamily(
        "newsledger_work_oldest_pending_seconds", "How long the oldest waiting row has waited.", labels=["step"]
    )
    query = (
        select(work_table.c.step, func.min(work_table.c.added_at, type_=work_table.c.added_at.type))
        .where(work_table.c.step.in_(work.STEPS), work_table.c.status == "pending")
        .group_by(work_table.c.step)
    )
    waiting: dict[str, datetime] = {row[0]: row[1] for row in connection.execute(query)}
    for step in work.STEPS:
        oldest.add_metric([step], (now - waiting[step]).total_seconds() if step in waiting else 0)
    yield oldest


def _counted(connection: Connection) -> Iterator[GaugeMetricFamily]:
    articles = GaugeMetricFamily("newsledger_articles", "Article revisions kept.", labels=["source"])
    by_source = select(article.c.source_id, func.count()).group_by(article.c.source_id)
    for source_id, count in connection.execute(by_source):
        articles.add_metric([source_id or ""], count)
    yield articles
    events = GaugeMetricFamily("newsledger_events", "Events that stand and count in the sums.", labels=["type"])
    sums = select(func.sum(kind_month.c.layoff_events), func.sum(kind_month.c.ai_events))
    for type_, count in zip(("layoff", "ai_investment"), connection.execute(sums).one(), strict=True):
        events.add_metric([type_], count or 0)
    yield events


def _sources(connection: Connection, now: datetime) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
    drops = CounterMetricFamily(
        "newsledger_dropped", "Addresses and pages left out, by reason.", labels=["source", "stage", "reason"]
    )
    query = select(drop_day.c.source_id, drop_day.c.stage, drop_day.c.reason, func.sum(drop_day.c["count"])).group_by(
        drop_day.c.source_id, drop_day.c.stage, drop_day.c.reason
    )
    for source_id, stage, reason, count in connection.execute(query):
        drops.add_metric([source_id, stage, reason], count)
    yield drops
    runs = CounterMetricFamily("newsledger_source_runs", "Times a source was asked.", labels=["source", "outcome"])
    sums = select(
        source_day.c.source_id,
        func.sum(source_day.c.runs),
        func.sum(source_day.c.failed_runs),
        func.sum(source_day.c.empty_runs),
    ).group_by(source_day.c.source_id)
    for source_id, all_, failed, empty in connection.execute(sums):
        for outcome, count in (("failed", failed), ("empty", empty), ("good", all_ - failed - empty)):
            runs.add_metric([source_id, outcome], count)
    yield runs
    silent = GaugeMetricFamily(
        "newsledger_source_silent_seconds", "How long a live source has brought no new page.", labels=["source"]
    )
    # one look along the index for each source, however many its pages
    last = func.max(page.c.fetched_at, type_=page.c.fetched_at.type)
    newest = select(source.c.id, select(last).where(page.c.source_id == source.c.id).scalar_subquery())
    for source_id, at in connection.execute(newest.where(source.c.excluded.is_(None), source.c.spider != "archive")):
        if at is not None:
            silent.add_metric([source_id], (now - at).total_seconds())
    yield silent


def _minted_within_a_day(now: datetime) -> Select[Any]:
    """Return the SQL of the ids minted within the last day, each of which has a state since: these have an index."""
    day_ago = now - timedelta(days=1)
    told = select(event.c.id).where(event.c.known_at >= day_ago)
    return select(event_id).where(event_id.c.id.in_(told), event_id.c.minted_at >= day_ago)


def _new_events(connection: Connection, now: datetime) -> GaugeMetricFamily:
    new = GaugeMetricFamily(
        "newsledger_events_of_a_day",
        "Events of the last day, by the source that told of them first.",
        labels=["source"],
    )
    minted = _minted_within_a_day(now).subquery()
    query = (
        select(article.c.source_id, func.count())
        .select_from(minted)
        .join(article, and_(article.c.id == minted.c.article_id, article.c.revision == 1))
        .group_by(article.c.source_id)
    )
    for source_id, count in connection.execute(query):
        new.add_metric([source_id or ""], count)
    return new


def _latency(connection: Connection, now: datetime) -> Iterator[GaugeMetricFamily]:
    minted = _minted_within_a_day(now).subquery()
    fetched, published = (func.min(column, type_=column.type) for column in (article.c.fetched_at, article.c.published))
    query = (
        select(minted.c.minted_at, fetched, published)
        .join(article, article.c.id == minted.c.article_id)
        .join(source, source.c.id == article.c.source_id)
        .where(source.c.spider != "archive", article.c.fetched_at.is_not(None))
        .group_by(minted.c.id, minted.c.minted_at)
        .order_by(minted.c.minted_at.desc())
        .limit(LATEST_EVENTS)
    )
    rows = connection.execute(query).all()
    yield _quantiles(
        "newsledger_event_latency_seconds",
        "From fetching the first article that tells of an event to the event, over the last day.",
        [at - fetched_at for at, fetched_at, _ in rows],
    )
    # midnight stands for "time unknown"; what was a day old when it was fetched was an older article listed anew
    yield _quantiles(
        "newsledger_publication_latency_seconds",
        "From publishing the first article that tells of an event to the event, over the last day.",
        [
            at - published_at
            for at, fetched_at, published_at in rows
            if published_at is not None and published_at.time() != time() and fetched_at - published_at < timedelta(1)
        ],
    )


def _quantiles(name: str, help_: str, took: list[timedelta]) -> GaugeMetricFamily:
    told = GaugeMetricFamily(name, help_, labels=["quantile"])
    took.sort()
    for quantile in (0.5, 0.95) if took else ():
        told.add_metric([str(quantile)], took[int(quantile * len(took))].total_seconds())
    return told


def exposition(engine: Engine) -> bytes:
    """Return all metrics in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoreMetrics(engine))
    return generate_latest(registry)
