"""`newsledger run` as people see it: what goes on, the newest events, and where the dashboard is."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from newsledger.model import Event, Source
from newsledger.settings import settings
from storage import events, jobs, sources, work
from storage.engine import open_store, reading
from storage.migrations import migrate
from workers import steps
from workers.service import Service, ServiceError, stop_on_signals

SAMPLE_FOLDER = Path(".run")
NEWSROOM_PORT = 8950
"""Where the sample newsroom is sought: the same port makes the same articles."""
ROUND_SECONDS = 900.0


def run(*, sample: bool, once: bool, console: Console | None = None) -> None:
    """Run the service until Ctrl-C, or for one round. Raises `ServiceError` where a round does not come to its end."""
    console = console or Console()
    with ExitStack() as stack:
        if sample:
            _use_sample_folder()
            catalogue = _open_newsroom(stack)
        else:
            from crawler.catalogue import load_sources

            catalogue = load_sources(settings().sources_file)
        engine = open_store(settings().database)
        stack.callback(engine.dispose)
        service = Service(settings(), logs=settings().data_dir / "logs")
        stop_on_signals(service)
        with service:
            migrate(engine)
            sources.save(engine, catalogue)
            _Round(engine, service, catalogue, console, once=once, sample=sample).run()
            if not once:
                service.watch()
        console.print("stopped")


def _use_sample_folder() -> None:
    """Make this process and its children keep everything in `.run/` here, never in the user's ledger."""
    own = {"DATA_DIR": str(SAMPLE_FOLDER.resolve()), "DATABASE_URL": "", "BROKER_URL": "", "EXPORT_URL": ""}
    os.environ.update({f"NEWSLEDGER_{name}": value for name, value in own.items()})
    os.environ.setdefault("NEWSLEDGER_PORT", "0")
    settings.cache_clear()


def _open_newsroom(stack: ExitStack) -> list[Source]:
    from sample import server

    try:
        address, stop = server.start(NEWSROOM_PORT)
    except OSError:
        address, stop = server.start(0)
    stack.callback(stop)
    return server.sources(address)


@dataclass(slots=True)
class _Round:
    """One round of everything, followed from the store."""

    engine: Engine
    service: Service
    catalogue: list[Source]
    console: Console
    once: bool
    sample: bool

    def run(self) -> None:
        from workers import tasks

        where = "the sample newsroom" if self.sample else "the sources of the catalogue"
        self.console.print(f"newsledger reads {where}; it keeps what it finds in {settings().data_dir}")
        now = datetime.now(UTC)
        runs = {
            (f"collect:{source.id}", steps.slot(source, now)): source.id
            for source in self.catalogue
            if source.excluded is None and source.spider != "archive"
        }
        if self.sample:
            # a round of our own, also where one was made a moment ago
            again = jobs.taken(self.engine, runs.keys())
            runs = {
                (job, now.isoformat() if (job, due) in again else due): source for (job, due), source in runs.items()
            }
            for (_, due), source in runs.items():
                tasks.collect.delay(source, due)
        tasks.ring_tick()  # a broker that is down ends no service: the clock rings each minute
        if self.sample:
            self._wait("collected, read and reconciled", lambda: self._settled(runs))
            if not self.service.stopping.is_set():
                self._publish(tasks.publish.delay)
        self._show()

    def _settled(self, runs: Mapping[tuple[str, str], str]) -> bool:
        ended = jobs.ended(self.engine, runs.keys())
        counts = work.counts(self.engine)
        waiting = sum(counts[step][status] for step in ("read", "derive") for status in ("pending", "leased"))
        return len(ended) == len(runs) and waiting == 0

    def _publish(self, ring: Callable[[str], object]) -> None:
        due = datetime.now(UTC).isoformat()
        ring(due)
        self._wait("published", lambda: bool(jobs.ended(self.engine, [("publish", due)])))
        outcome = jobs.ended(self.engine, [("publish", due)]).get(("publish", due))
        if outcome is not None and outcome != "done":
            raise ServiceError(f"the dataset was not published: {outcome}")
        if outcome is not None:
            self.console.print(f"dataset: {settings().exports}/latest/")

    def _wait(self, what: str, done: Callable[[], bool]) -> None:
        until = time.monotonic() + ROUND_SECONDS
        with self._progress() as show:
            while not done():
                self.service.watch(until=lambda: True)
                self.service.stopping.wait(0.5)
                if self.service.stopping.is_set():
                    return
                if time.monotonic() > until:
                    raise ServiceError(
                        f"the round was not {what} within {ROUND_SECONDS:g} s: see {self.service.logs} for why"
                    )
                show(self._line())

    def _line(self) -> str:
        counts = work.counts(self.engine)
        read = counts["read"]
        with reading(self.engine) as connection:
            found = events.count(connection)
        return (
            f"{sum(read.values())} pages collected, {read['done']} read, "
            f"{counts['derive']['done']} companies reconciled, {found} events"
        )

    @contextmanager
    def _progress(self) -> Iterator[Callable[[str], None]]:
        if self.console.is_terminal:
            with self.console.status("starting") as status:
                yield status.update
            return
        last = [""]

        def show(line: str) -> None:
            if line != last[0]:
                last[0] = line
                self.console.print(line)

        yield show

    def _show(self) -> None:
        self.console.print(self._line())
        self.console.print(newest(self.engine, sample=self.sample))
        if not self.service.stopping.is_set():
            self._check()
            self.console.print(f"dashboard: {self.service.address}/")

    def _check(self) -> None:
        """Wait a minute for the HTTP service to be ready; where it is not, say so, and end a run of one round."""
        until = time.monotonic() + 60
        error: Exception | None = None
        while time.monotonic() < until and not self.service.stopping.is_set():
            self.service.tend()
            try:
                with urllib.request.urlopen(f"{self.service.address}/readyz", timeout=5):  # noqa: S310  (our own)
                    return
            except OSError as caught:
                error = caught
                self.service.stopping.wait(0.3)
        late = f"the HTTP service at {self.service.address} is not ready ({error}): see {self.service.logs}"
        if self.once:
            raise ServiceError(late)
        self.console.print(f"{late}; the rest goes on")  # a service that reads is not ended for a slow first page


def newest(engine: Engine, *, sample: bool = False, limit: int = 12) -> Table:
    """Return a table of the newest events."""
    table = Table(title="The newest events" + (" (sample data)" if sample else ""), title_justify="left")
    for name in ("date", "company", "what", "figure", "sources"):
        table.add_column(name, justify="right" if name in ("figure", "sources") else "left")
    with reading(engine) as connection:
        found = events.query(connection, sort="-date", limit=limit).events
    for event in (known.event for known in found):
        table.add_row(event.date or "", event.company, what(event), figure(event), str(event.sources))
    return table


def what(event: Event) -> str:
    """Return in a few words what an event is."""
    words = [event.kind, f"({event.stage})"]
    if event.type == "layoff" and event.ai_cited:
        words.append("AI cited")
    return " ".join(words)


def figure(event: Event) -> str:
    """Return the figure of an event as people write it."""
    hedge = {"about": "about ", "at_least": "at least ", "at_most": "up to "}.get(
        event.count_qualifier or event.amount_qualifier or "", ""
    )
    if event.count is not None:
        return f"{hedge}{event.count:,} jobs"
    if event.percent is not None:
        return f"{event.percent:g} % of {event.percent_of or 'staff'}"
    if event.amount is not None:
        for size, word in ((10**12, "tn"), (10**9, "bn"), (10**6, "m")):
            if event.amount >= size:
                return f"{hedge}{event.amount / size:.4g} {word} {event.currency}"
        return f"{hedge}{event.amount:,} {event.currency}"
    return "no figure"
