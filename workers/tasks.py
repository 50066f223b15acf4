"""The Celery application: thin shells round `workers.steps`, which carry ids and hold no logic.

A message is a doorbell. The store knows what is to be done, who holds it and how often it was tried, so a message may
be lost, doubled or late without harm; every minute `tick` rings again for what lies undone.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import batched
from typing import TYPE_CHECKING, Any

import structlog
from celery import Celery, Task, signals
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError
from sqlalchemy import Engine

from newsledger.settings import settings
from storage.engine import open_store
from workers import broker, children, steps

if TYPE_CHECKING:
    from nlp.reader import Reader

log = structlog.get_logger()

TIME_LIMIT = 3000
"""Seconds after which a task's process is killed. Below the visibility timeout, so that no task runs beside itself."""
QUEUES = ("tick", "crawl", "read", "derive", "export")

app = Celery("newsledger")
app.conf.update(
    broker_url=settings().broker_url or broker.broker_url(settings().data_dir),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # a link that swallows bytes must not deafen a worker
    broker_transport_options={
        "visibility_timeout": TIME_LIMIT + 600,
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "retry_on_timeout": True,
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=TIME_LIMIT,
    # each queue with an exchange of its own: by default all share one, and each message would go to every queue
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    task_default_queue="tick",
    task_default_exchange="tick",
    task_default_routing_key="tick",
    task_create_missing_queues=False,
    worker_prefetch_multiplier=1,
    worker_proc_alive_timeout=60,
    worker_max_memory_per_child=1_500_000,  # kB
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_concurrency=settings().processes or 2 * (os.cpu_count() or 1),
    accept_content=["json"],
    enable_utc=True,
    beat_scheduler="celery.beat:Scheduler",  # keeps no file: the store remembers what ran
    beat_schedule={
        "tick": {
            "task": "tick",
            "schedule": settings().tick_seconds,
            "options": {"expires": 10 * settings().tick_seconds},
        }
    },
)


@cache
def store() -> Engine:
    """Return the store of this process. Never asked for before the worker forks: a connection has one owner."""
    return open_store(settings().database, cache_mb=8)


@cache
def reader() -> Reader:
    """Return the reader, loaded and used once before the worker forks: its memory is then shared by all children."""
    from nlp.reader import Reader

    return Reader(settings().spacy_model)


def task[**P](queue: str) -> Callable[[Callable[P, None]], Task[P, None]]:
    """Make a function a task of that name whose messages go to a queue."""

    def register(function: Callable[P, None]) -> Task[P, None]:
        registered: Task[P, None] = app.task(name=function.__name__, queue=queue)(function)
        return registered

    return register


def _ring(rung: Task[..., Any], argument_lists: Sequence[tuple[Any, ...]], **options: Any) -> None:
    """Send messages. Where the broker is down nothing is lost but time: the tick rings again."""
    try:
        with app.producer_or_acquire() as producer:
            for arguments in argument_lists:
                rung.apply_async(arguments, producer=producer, retry=False, **options)
    except (OperationalError, OSError) as error:
        log.warning("not_rung", task=rung.name, messages=len(argument_lists), error=str(error))


def ring_tick() -> None:
    """Ask what is due now, not at the next minute."""
    _ring(tick, [()])


def ring_read(ids: Sequence[str]) -> None:
    """Tell the workers of pages to read."""
    _ring(extract, [(list(batch),) for batch in batched(ids, settings().read_batch)])


def ring_derive(keys: Sequence[str]) -> None:
    """Tell the workers of companies whose events are to be derived anew."""
    _ring(reconcile, [(list(batch),) for batch in batched(keys, settings().read_batch)])


LOW = 9
"""The lowest priority of a message on Redis: it is handed out when no other waits."""


def waiting() -> dict[str, int]:
    """Return how many messages wait in each queue of the broker; those of low priority in `read` as `reread`."""
    with app.connection_or_acquire() as connection:
        channel = connection.default_channel
        found = {name: int(channel._size(name)) for name in QUEUES}
        low = int(channel.client.llen(channel._q_for_pri("read", LOW)))
        return found | {"read": found["read"] - low, "reread": low}


@task("tick")
def tick() -> None:
    """Ask the store what is due, and ring for it."""
    due = steps.due(store(), datetime.now(UTC), waiting=waiting())
    _ring(collect, [(source, slot) for source, slot in due.crawls], expires=settings().tick_seconds)
    ring_read(due.read)
    ring_derive(due.derive)
    _ring(reread, [(list(batch),) for batch in batched(due.reread, settings().read_batch)], priority=LOW)
    _ring(export, [(night.isoformat(),) for night in due.nights])


@task("crawl")
def collect(source: str, slot: str) -> None:
    """Crawl one source, once for each of its times."""
    steps.collect_due(store(), source, slot, ring=ring_read)


@task("read")
def extract(pages: list[str]) -> None:
    """Read pages."""
    ring_derive(sorted(steps.extract(store(), reader(), pages).companies))


@task("read")
def reread(revisions: list[str]) -> None:
    """Read stored articles again with the pipeline version of this worker, and keep that aside."""
    steps.reread(store(), reader(), revisions)


@task("derive")
def reconcile(companies: list[str]) -> None:
    """Derive the events of companies from their claims."""
    steps.reconcile(store(), companies)


@task("export")
def export(night: str) -> None:
    """Publish the dataset of one night."""
    steps.export_due(store(), settings().exports, date.fromisoformat(night))


@task("export")
def publish(at: str) -> None:
    """Publish the dataset of today as known now."""
    steps.publish(store(), settings().exports, at)


def _log_as_json() -> None:
    """Make a worker log one JSON object a line, with the task that it speaks of."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _begin_log(task_id: str, task: Task[..., Any], **_: Any) -> None:
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


def _end_log(**_: Any) -> None:
    structlog.contextvars.clear_contextvars()


def _load_before_fork(sender: Any, **_: Any) -> None:
    _log_as_json()
    if "read" in sender.app.amqp.queues.consume_from:  # a crawler's worker needs no reader
        steps.warm_up(reader())


def _die_with_worker(**_: Any) -> None:
    children.die_with(os.getppid(), signal.SIGKILL)


signals.worker_init.connect(_load_before_fork)
signals.task_prerun.connect(_begin_log)
signals.task_postrun.connect(_end_log)
signals.worker_process_init.connect(_die_with_worker)
