"""Archives are read record by record, each stored or dropped with a reason, and reading goes on where it stopped."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from web_server import Asked, Reply, serve

from crawler import remote_file
from crawler.archive import ArchiveError, Position, pages


def record(
    url: str, body: bytes, *, kind: str = "response", status: int = 200, content_type: str = "text/html"
) -> bytes:
    http = f"HTTP/1.1 {status} Status\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    block = http + body if kind == "response" else body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{abs(hash(url)) % 10**12:012d}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    ).encode()
    return head + block + b"\r\n\r\n"


def warc(path: Path, records: list[bytes]) -> Path:
    path.write_bytes(b"".join(gzip.compress(each) if path.suffix == ".gz" else each for each in records))
    return path


def numbered(count: int) -> list[bytes]:
    return [record(f"https://paper.example/{n}", f"<p>piece {n}</p>".encode()) for n in range(count)]


@pytest.mark.parametrize("name", ["news.warc", "news.warc.gz"])
def test_every_record_is_a_page_or_a_counted_drop(tmp_path: Path, name: str) -> None:
    file = warc(
        tmp_path / name,
        [
            record("https://paper.example/a", b"<p>first</p>"),
            record("https://paper.example/robots.txt", b"x", content_type="image/png"),
            record("https://paper.example/gone", b"gone", status=404),
            record("https://paper.example/empty", b""),
            record("dns:paper.example", b"1.2.3.4", kind="resource"),
            record("https://paper.example/big", b"x" * 9_000_000),
            record("https://paper.example/b", b"<p>last</p>"),
        ],
    )
    dropped: Counter[str] = Counter()
    found = [page for page, _ in pages([file], dropped=dropped)]
    assert [(page.url, page.body) for page in found] == [
        ("https://paper.example/a", b"<p>first</p>"),
        ("https://paper.example/b", b"<p>last</p>"),
    ]
    assert found[0].fetched_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found[0].source_id == "archive"
    assert dropped == {"not_html": 1, "http_404": 1, "empty": 1, "not_web": 1, "too_large": 1}


def test_folders_and_lists_are_read_in_a_fixed_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    warc(tmp_path / "sub" / "b.warc.gz", numbered(2))
    warc(tmp_path / "a.warc", [record("https://paper.example/x", b"<p>x</p>")])
    (tmp_path / "notes.md").write_text("no archive")
    listed = tmp_path / "all.txt"
    listed.write_text("a.warc\n\nsub/b.warc.gz\n")
    urls = [page.url[-1] for page, _ in pages([tmp_path])]
    assert urls == ["x", "0", "1"]
    assert [page.url[-1] for page, _ in pages([listed])] == urls


@pytest.mark.parametrize("name", ["news.warc", "news.warc.gz", "news.jsonl"])
def test_reading_goes_on_after_any_position(tmp_path: Path, name: str) -> None:
    if name.endswith("jsonl"):
        file = tmp_path / name
        file.write_text("".join(json.dumps({"id": str(n), "text": f"piece {n}"}) + "\n" for n in range(6)))
    else:
        file = warc(tmp_path / name, numbered(6))
    second = warc(tmp_path / "zz.warc", numbered(2))
    whole = [page.body for page, _ in pages([file, second])]
    assert len(whole) == 8
    for stop in range(1, 9):
        first = list(islice(pages([file, second]), stop))
        rest = [page.body for page, _ in pages([file, second], after=first[-1][1])]
        assert [page.body for page, _ in first] + rest == whole


def in_parts(data: bytes, *, etag: str = '"1"') -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        first, last = (int(number) for number in asked.headers["range"].removeprefix("bytes=").split("-"))
        if asked.headers.get("if-range", etag) != etag:
            return Reply(data)
        told = {"Content-Range": f"bytes {first}-{min(last, len(data) - 1)}/{len(data)}", "ETag": etag}
        return Reply(data[first : last + 1], "application/warc", status=206, headers=told)

    return answer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parts, and no pause before asking again."""
    monkeypatch.setattr(remote_file, "PART", 700)
    monkeypatch.setattr(remote_file, "PAUSE", 0.0)


def test_an_archive_behind_http_is_read_in_parts_from_any_position(tmp_path: Path, impatient: None) -> None:
    data = warc(tmp_path / "news.warc.gz", numbered(900)).read_bytes()
    with serve() as site:
        site.routes["/2026/news.warc.gz?part=1"] = in_parts(data)
        listed = tmp_path / "paths.txt"
        listed.write_text(f"{site.address}/2026/news.warc.gz?part=1\nnews.warc.gz\n")
        found = list(pages([listed]))
        assert [page.url for page, _ in found] == [f"https://paper.example/{n}" for n in [*range(900)] * 2]
        assert len(site.asked) > 1
        assert all("newsledger" in asked.headers["user-agent"] for asked in site.asked)
        rest = [page.url[-2:] for page, _ in pages([listed], after=found[600][1])]
        assert rest == [page.url[-2:] for page, _ in found[601:]]


def test_a_connection_that_breaks_is_taken_up_again(tmp_path: Path, impatient: None) -> None:
    data = warc(tmp_path / "news.warc", numbered(900)).read_bytes()
    whole = in_parts(data)
    turns = iter([503, 200, "short", 429, 200, "short"])

    def moody(asked: Asked) -> Reply:
        turn = next(turns, 200)
        reply = whole(asked)
        if turn == "short":
            promised = reply.headers | {"Content-Length": str(len(reply.body))}
            return replace(reply, headers=promised, stream=lambda: iter([reply.body[:50]]))
        return reply if turn == 200 else Reply(status=int(turn))

    with serve() as site:
        site.routes["/news.warc"] = moody
        assert len(list(pages([f"{site.address}/news.warc"]))) == 900


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.warc", "answered 404; check the address"),
        ("whole.warc", "sends no parts of files; download it"),
        ("changing.warc", "changed while it was read; collect it again"),
        ("storm.warc", "answered 503; collect it again later"),
        ("page.html", "not known as an archive"),
    ],
)
def test_what_cannot_be_read_behind_http_is_refused_by_name(
    tmp_path: Path, impatient: None, name: str, message: str
) -> None:
    data = warc(tmp_path / "news.warc", numbered(900)).read_bytes()
    tags = iter(['"1"'])
    with serve() as site:
        site.routes["/whole.warc"] = Reply(data)
        site.routes["/storm.warc"] = Reply(status=503)
        site.routes["/changing.warc"] = lambda asked: in_parts(data, etag=next(tags, '"2"'))(asked)
        with pytest.raises(ArchiveError, match=f"{site.address}/{name}: .*{message}"):
            list(pages([f"{site.address}/{name}"]))


@pytest.mark.fault
def test_a_file_cut_short_gives_what_came_whole(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(each) for each in numbered(5))
    file = tmp_path / "cut.warc.gz"
    file.write_bytes(data[:-30])
    dropped: Counter[str] = Counter()
    assert len(list(pages([file], dropped=dropped))) == 4
    assert dropped.total() == 1


@pytest.mark.fault
def test_a_bomb_in_an_archive_costs_one_page(tmp_path: Path) -> None:
    body = gzip.compress(b"\0" * 300_000_000)
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        "WARC-Target-URI: https://paper.example/bomb\r\nContent-Type: application/http; msgtype=response\r\n"
        f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode()
    file = warc(tmp_path / "bomb.warc", [head + http + b"\r\n\r\n", *numbered(1)])
    dropped: Counter[str] = Counter()
    assert [page.url for page, _ in pages([file], dropped=dropped)] == ["https://paper.example/0"]
    assert dropped == {"too_large": 1}


def test_documents_of_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "documents.jsonl"
    rows: list[object] = [
        {"id": "1", "title": "A title", "text": "Some text.", "published": "2026-01-05", "url": "https://p.example/1"},
        {"id": "2", "text": "No more than text.", "title": None, "published": "", "url": None},
        {"id": "3"},
        ["no object"],
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n{broken\n\n")
    dropped: Counter[str] = Counter()
    one, two = (page for page, _ in pages([file], dropped=dropped))
    assert (one.url, one.feed_title, one.body) == ("https://p.example/1", "A title", b"Some text.")
    assert one.feed_published == datetime(2026, 1, 5, tzinfo=UTC)
    assert two.url.startswith("urn:document:")
    assert (two.feed_title, two.feed_published) == (None, None)
    assert dropped == {"malformed_line": 3}


def test_what_is_no_archive_is_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "pages.zip"
    other.write_bytes(b"PK")
    with pytest.raises(ArchiveError, match=r"pages\.zip.*must end in"):
        list(pages([other]))
    with pytest.raises(ArchiveError, match="no such file"):
        list(pages([tmp_path / "none.warc"]))
    wrong = tmp_path / "wrong.warc"
    wrong.write_bytes(b"these are no records " * 100)
    with pytest.raises(ArchiveError, match="no readable WARC"):
        list(pages([wrong]))
    with pytest.raises(ArchiveError, match="go on from"):
        list(pages([warc(tmp_path / "a.warc", numbered(1))], after=Position("elsewhere.warc", 0)))


@pytest.mark.fault
def test_a_reader_killed_anywhere_goes_on_without_loss_or_double(tmp_path: Path) -> None:
    file = warc(tmp_path / "news.warc.gz", numbered(400))
    ledger = tmp_path / "ledger.jsonl"
    script = textwrap.dedent(f"""
        import json, os, time
        from pathlib import Path
        from crawler.archive import Position, pages
        ledger = Path({str(ledger)!r})
        # what was not written whole is not stored
        lines = ledger.read_bytes().splitlines(keepends=True) if ledger.exists() else []
        stored = [json.loads(line) for line in lines if line.endswith(b"\\n")]
        ledger.write_bytes(b"".join(lines[:len(stored)]))
        after = Position(*stored[-1]["position"]) if stored else None
        with ledger.open("a") as out:
            for page, position in pages([{str(file)!r}], after=after):
                out.write(json.dumps({{"url": page.url, "position": position}}) + "\\n")
                out.flush()
                time.sleep(0.002)
    """)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    kills = 0
    for wanted in (40, 150, 260, 400):
        process = subprocess.Popen([sys.executable, "-c", script], env=environment)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if wanted < 400 and ledger.exists() and ledger.read_bytes().count(b"\n") >= wanted:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.01)
        process.wait()
    assert kills == 3
    urls = [json.loads(line)["url"] for line in io.StringIO(ledger.read_text())]
    assert urls == [f"https://paper.example/{n}" for n in range(400)]
