"""The commands as a user meets them: real processes, real files, exit statuses."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsledger.model import Source
from storage import sources
from storage.engine import open_store
from storage.migrations import migrate

ROOT = Path(__file__).parent.parent

CUT = (
    "Fernhollow Systems is laying off 340 employees, the company said on Tuesday. The software maker, based in Leeds, "
    "told staff that the cuts would reach its support and sales teams. Chief executive Dana Orrin wrote in a note to "
    "employees that the firm had grown too fast."
)
QUIET = "The village of Nether Ashby opened its new library on Saturday, and the choir sang until the rain came."


def newsledger(*args: str, data: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command with a data folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "newsledger.cli", *args],
        cwd=data,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NEWSLEDGER_DATA_DIR": str(data / "ledger")},
        input=stdin,
        capture_output=True,
        timeout=280,
        check=False,
    )


def test_read_keeps_the_order_and_puts_errors_in_their_place(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "cut", "title": "Fernhollow to cut 340 jobs", "text": CUT, "published": "2026-03-10"}),
        "{not json",
        json.dumps({"id": "quiet", "text": QUIET, "title": None}),
        json.dumps({"id": "no text"}),
        "",
        json.dumps({"id": "cut", "text": CUT}),
    ]
    done = newsledger("read", "-", data=tmp_path, stdin="\n".join(lines).encode())
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in out] == ["cut", None, "quiet", "no text", None, "cut"]
    assert ["error" in row for row in out] == [False, True, False, True, True, False]
    event = out[0]["events"][0]
    assert (event["type"], event["company"], event["count"]) == ("layoff", "Fernhollow Systems", 340)
    assert isinstance(event["count"], int)
    quote = event["evidence"]["count"]
    source = {"title": "Fernhollow to cut 340 jobs", "text": CUT}[quote["in"]]
    assert source[quote["start"] : quote["end"]] == quote["quote"]
    assert out[2]["events"] == []
    errors = done.stderr.decode()
    assert [f"line {n}" in errors for n in (1, 2, 3, 4, 5, 6)] == [False, True, False, True, True, False]
    assert done.returncode == 1
    assert not (tmp_path / "ledger").exists(), "read needs no store"


def test_read_takes_plain_text_and_html_by_path(tmp_path: Path) -> None:
    text, page = tmp_path / "note.txt", tmp_path / "page.html"
    text.write_text(CUT)
    paragraphs = "".join(f"<p>{sentence}.</p>" for sentence in CUT.split(". "))
    page.write_text(f"<!doctype html><html><head><title>Fernhollow</title></head><body><article>{paragraphs}</article>")
    done = newsledger("read", str(text), str(page), data=tmp_path)
    assert done.returncode == 0, done.stderr
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in out] == [str(text), str(page)]
    assert [row["events"][0]["count"] for row in out] == [340, 340]
    explained = newsledger("read", "--explain", str(text), data=tmp_path)
    assert "340" in explained.stdout.decode()
    assert "sentence" in explained.stdout.decode()


@pytest.mark.parametrize(
    "args",
    [
        ("read", "no-such-file.jsonl"),
        ("read",),
        ("nonsense",),
        ("collect", "no-such-source"),
        ("dead", "retry", "--step", "x"),
    ],
)
def test_wrong_usage_and_missing_files_exit_2(args: tuple[str, ...], tmp_path: Path) -> None:
    done = newsledger(*args, data=tmp_path)
    assert done.returncode == 2, done.stderr
    assert b"Traceback" not in done.stderr
    assert args[-1].encode() in done.stderr or args == ("read",)


@pytest.mark.fault
def test_a_store_that_cannot_be_exits_1_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a file where the folder should be")
    done = newsledger("migrate", data=tmp_path)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"ledger" in done.stderr


def test_files_become_events_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "url": f"https://news.example/{n}", "title": "", "text": text, "published": "2026-03-10"}
        for n, text in enumerate([CUT, QUIET, CUT.replace("340", "220").replace("Fernhollow", "Brackenridge")])
    ]
    archive = tmp_path / "articles.jsonl"
    archive.write_text("".join(json.dumps(row) + "\n" for row in rows) + "broken\n")
    first = newsledger("collect", str(archive), data=tmp_path)
    assert first.returncode == 0, first.stderr
    assert b"3 pages, 3 of them new" in first.stdout
    assert b"1 malformed_line" in first.stdout
    assert b"read 3 pages: 3 articles, 2 claims" in newsledger("extract", data=tmp_path).stdout
    assert b"2 events new or changed" in newsledger("reconcile", data=tmp_path).stdout

    assert b"3 pages, 0 of them new" in newsledger("collect", str(archive), data=tmp_path).stdout
    assert b"read 0 pages" in newsledger("extract", data=tmp_path).stdout
    assert b"0 events new or changed" in newsledger("reconcile", "--all", data=tmp_path).stdout
    assert newsledger("dead", "list", data=tmp_path).stdout == b""


def test_each_command_shows_an_example(tmp_path: Path) -> None:
    done = newsledger("--help", data=tmp_path)
    assert done.returncode == 0
    from newsledger.cli import app

    for command in app.registered_commands:
        assert command.epilog, command
        assert "newsledger" in command.epilog
    for group in app.registered_groups:
        assert group.typer_instance is not None
        assert all(command.epilog for command in group.typer_instance.registered_commands)


def test_health_tells_of_each_source_what_came_of_it_and_that_it_is_silent(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    (tmp_path / "ledger").mkdir()
    engine = open_store(f"sqlite:///{tmp_path / 'ledger' / 'newsledger.sqlite'}")
    migrate(engine)
    fields = {"kind": "news", "spider": "feed", "urls": ("https://paper.example/feed",)}
    sources.save(engine, [Source(id=id_, name=id_, **fields) for id_ in ("busy", "quiet", "unasked")])  # type: ignore[arg-type]
    run = sources.Run(
        source_id="busy", at=now, attempted=9, fetched=6, unchanged=1, delivered=5, dropped={"http_404": 2}, newest=now
    )
    sources.record(engine, replace(run, robots="allowed"))
    sources.record(engine, replace(run, source_id="quiet", dropped={}, newest=now - timedelta(days=40)))
    engine.dispose()
    done = newsledger("health", data=tmp_path)
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "busy: 1 runs, 0 failed, 0 empty; 9 asked, 6 fetched, 1 unchanged, 5 pages stored" in told
    assert "dropped: 2 http_404; robots allowed\n" in told
    assert "robots unknown; silent for 40 days, longer than usual\n" in told
    assert "unasked: not asked in 3 days" in told
