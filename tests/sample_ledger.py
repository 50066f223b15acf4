"""The whole way over the sample newsroom, once for all tests: crawled, read, reconciled, twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from bench import predictions
from newsledger.model import Event, SourcedClaim
from sample import newsroom, server
from storage import claims, events, sources
from storage.engine import open_store, reading
from storage.migrations import migrate
from workers import steps


@dataclass
class SampleLedger:
    engine: Engine
    address: str
    first: list[Event] = field(default_factory=list)
    """The events of the first round, with the newsroom's first edition."""
    read: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def round(self, *only: str) -> None:
        """Crawl the newsroom's outlets (all, or these), read what is new, derive the events."""
        wanted = [source for source in server.sources(self.address) if not only or source.id in only]
        with ThreadPoolExecutor(3) as crawls:
            for report in crawls.map(lambda source: steps.collect(self.engine, source), wanted):
                assert report.error is None, f"{report.source_id}: {report.error}"
        reader = predictions.shared_reader()
        for report in iter(lambda: steps.extract(self.engine, reader), steps.Extracted()):
            assert not report.failed
            self.read["articles"] += report.articles
            self.dropped += report.dropped
        for derived in iter(lambda: steps.reconcile(self.engine), steps.Derived()):
            assert not derived.failed

    def events(self) -> list[Event]:
        with reading(self.engine) as connection:
            return [known.event for known in events.query(connection, limit=500).events]

    def events_of(self, company: str) -> list[Event]:
        return [event for event in self.events() if event.company == company]

    def claims_of(self, event: Event) -> list[SourcedClaim]:
        with reading(self.engine) as connection:
            return events.claims_of(connection, event.id)

    def said(self, edition: int) -> dict[str, list[dict[str, Any]]]:
        """`outlet/slug` → the live claims of that page."""
        keys = {self.address + piece.path: piece.id for piece in newsroom.pieces(edition)}
        found: dict[str, list[dict[str, Any]]] = {key: [] for key in keys.values()}
        with reading(self.engine) as connection:
            for sourced in claims.sourced(connection, claims.all_keys(connection)):
                claim = predictions.event(sourced.claim)
                rows = found[keys[sourced.url or ""]]
                if claim not in rows:
                    rows.append(claim)
        return found


@pytest.fixture(scope="session")
def sample_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleLedger]:
    """Two rounds over the sample newsroom: the first edition, then the corrected text of the second."""
    address, stop = server.start()
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'ledger.sqlite'}")
    try:
        migrate(engine)
        sources.save(engine, server.sources(address))
        ledger = SampleLedger(engine, address)
        ledger.round()
        ledger.first = ledger.events()
        httpx.post(f"{address}/edition", content="2").raise_for_status()
        ledger.round("bellwether")
        yield ledger
    finally:
        engine.dispose()
        stop()
