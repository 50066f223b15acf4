"""One crawl of one source, as seen by its caller: a child process fetches, the pages come in batches."""

from __future__ import annotations

import fcntl
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from crawler.channel import Head, pack, unpack
from crawler.pages import CrawlReport, KnownPages, Limits
from newsledger.model import Page, Source
from newsledger.settings import settings

BATCH_PAGES = 50
BATCH_BYTES = 16_000_000
BATCH_SECONDS = 2.0
PIPE_BYTES = 1 << 20

_PAGE = TypeAdapter(Page)
_REPORT = TypeAdapter(CrawlReport)
_VALIDATORS = TypeAdapter(dict[str, Any])


class CrawlError(RuntimeError):
    """A crawl that cannot be started; the message names the source, the reason and the remedy."""


def user_agent(contact: str) -> str:
    """Return the name we give: what we are, and how to reach who runs us."""
    return f"newsledger/0.1 (news reader; {contact})" if contact else "newsledger/0.1 (news reader)"


def crawl(
    source: Source,
    deliver: Callable[[Sequence[Page]], None],
    *,
    known: KnownPages | None = None,
    limits: Limits | None = None,
    contact: str | None = None,
) -> CrawlReport:
    """Crawl a source once and hand its new pages to `deliver`, in batches, as they come.

    Pages are delivered at least once; the same page may come again after a crash. What `deliver` raises ends the
    crawl and is raised on. `contact` is a mail or web address put into our user agent (the setting of that name by
    default). Raises `CrawlError` for a source that is not to be crawled.
    """
    known, limits = known or KnownPages(), limits or Limits()
    contact = settings().contact if contact is None else contact
    if source.excluded is not None:
        raise CrawlError(f"{source.id}: is excluded from crawling ({source.excluded}); choose another source")
    if source.spider == "archive":
        raise CrawlError(f"{source.id}: an archive is not crawled; read it with 'newsledger collect FILE.warc.gz'")
    if source.spider == "filings" and not contact:
        raise CrawlError(f"{source.id}: the SEC asks who is calling; set NEWSLEDGER_CONTACT to your mail address")
    job = {
        "type": "job",
        "source": TypeAdapter(Source).dump_python(source, mode="json"),
        "limits": TypeAdapter(Limits).dump_python(limits, mode="json"),
        "validators": _VALIDATORS.dump_python(dict(known.validators), mode="json"),
        "user_agent": user_agent(contact),
    }
    return _Run(source, deliver, known, limits).run(job)


class _Run:
    def __init__(
        self, source: Source, deliver: Callable[[Sequence[Page]], None], known: KnownPages, limits: Limits
    ) -> None:
        self._deliver, self._known = deliver, known
        self._deadline = time.monotonic() + limits.seconds + limits.page_seconds + 15
        self._report = CrawlReport(source_id=source.id, started_at=datetime.now(UTC))
        self._ended = False
        self._batch: list[Page] = []
        self._batch_since = 0.0

    def run(self, job: Head) -> CrawlReport:
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "crawler.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": path},
            )
            try:
                self._talk(process, job)
            finally:
                process.kill()
                process.wait()
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        pipe.close()
            self._flush()
            if not self._ended:
                self._report.error = self._report.error or f"the crawl's process ended early: {_last_line(log)}"
                self._report.attempted = self._report.fetched = self._report.delivered
                self._report.ended_at = datetime.now(UTC)
        return self._report

    def _talk(self, process: subprocess.Popen[bytes], job: Head) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        if sys.platform == "linux":
            with suppress(OSError):  # whole pages instead of slices: each slice costs both ends a turn
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        buffer = bytearray()
        try:
            process.stdin.write(pack(job))
            process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                while True:
                    if time.monotonic() > self._deadline:
                        self._report.error = "the crawl's process did not end in time and was stopped"
                        return
                    ready = selector.select(timeout=0.5)
                    data = os.read(process.stdout.fileno(), 1 << 20) if ready else None
                    if data == b"":
                        return
                    buffer += data or b""
                    while (frame := unpack(buffer)) is not None:
                        self._take(*frame, process)
                    if self._batch and time.monotonic() - self._batch_since > BATCH_SECONDS:
                        self._flush()
        except BrokenPipeError:
            return

    def _take(self, head: Head, body: bytes, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        kind = head.pop("type")
        if kind == "page":
            if not self._batch:
                self._batch_since = time.monotonic()
            self._batch.append(_PAGE.validate_python({**head, "body": body}))
            self._report.delivered += 1
            if len(self._batch) >= BATCH_PAGES or sum(len(page.body) for page in self._batch) >= BATCH_BYTES:
                self._flush()
        elif kind == "have":
            kept = {url: at.isoformat() for url, at in self._known.have(head["urls"]).items()}
            process.stdin.write(pack({"answer": head["ask"], "kept": kept}))
            process.stdin.flush()
        else:
            delivered = self._report.delivered
            self._report = _REPORT.validate_python(head)
            self._report.delivered = delivered
            self._ended = True

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._deliver(batch)


def _last_line(log: Any) -> str:
    log.seek(0)
    lines: list[str] = log.read()[-20_000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:500] if lines else "it left no word"
