"""How an answer leaves: its tag and 304, kept bytes, gzip, a limit on time; or a stream in flat memory."""

from __future__ import annotations

import gzip
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.problems import ProblemError
from newsledger.model import digest
from storage import events
from storage.coverage import Coverage, coverage
from storage.engine import OutOfTimeError, reading, reading_within

KEPT_BYTES = 64 * 2**20
"""What is kept of recent answers, at most."""

VERSION_SECONDS = 1.0
"""How old the data version may be that an answer is checked against."""

COVERAGE_SECONDS = 60.0
"""How old the knowledge may be of which days were watched."""

GZIP_FROM = 1_000
"""Answers of fewer bytes are not compressed."""


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an answer, with headers of its own (the link to the next page)."""

    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Kept = tuple[bytes, bytes | None, Mapping[str, str]]
"""The bytes of an answer, the same packed where somebody asked for that, and its own headers."""


class Answers:
    """Gives answers to read-only requests. The same question on the same data has the same tag, and is asked once."""

    def __init__(self, engine: Engine, *, seconds: float) -> None:
        self.engine = engine
        self.seconds = seconds
        self.in_file = engine.dialect.name == "sqlite"
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._size = 0
        self._version = ""
        self._version_until = 0.0
        self._watched: Coverage | None = None
        self._watched_until = 0.0

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a transaction that reads, for no longer than a request may."""
        return reading_within(self.engine, self.seconds)

    async def watched(self) -> Coverage:
        """Return the days on which a source was read, at most a minute old."""
        if time.monotonic() >= self._watched_until:
            if self._watched is not None:  # one asks, the others go on with what is known
                self._watched_until = time.monotonic() + COVERAGE_SECONDS
            self._watched = await self.within_time(self._read_watched)
            self._watched_until = time.monotonic() + COVERAGE_SECONDS
        assert self._watched is not None
        return self._watched

    def _read_watched(self) -> Coverage:
        with self.reading() as connection:
            return coverage(connection)

    async def version(self) -> str:
        """Return the data version: it changes with every change of an event or company. About a second old at most."""
        if time.monotonic() >= self._version_until:
            if self._version:
                self._version_until = time.monotonic() + VERSION_SECONDS
            self._version = await run_in_threadpool(self.read_version)
            self._version_until = time.monotonic() + VERSION_SECONDS
        return self._version

    def read_version(self) -> str:
        """Return the data version from the store."""
        with reading(self.engine) as connection:
            return events.data_version(connection)

    async def give(
        self,
        request: Request,
        media_type: str,
        work: Callable[[], Body],
        *,
        max_age: int = 60,
        quick: bool = False,
        fresh: bool = False,
    ) -> Response:
        """Return what `work` makes, or 304 where the client has it, or the bytes kept from before.

        The work is done in a thread; where it is `quick` (some hundred rows found by their key) and the store is a
        file, at once: handing it over takes as long as doing it. What is `fresh` changes without an event changing
        (the health of sources): it is made each time, and its tag is of its bytes. Raises a 503 problem where it takes
        longer than a request may.
        """
        version = await self.version()
        if fresh:
            body = await self.within_time(work)
            tag = digest(body.data)
            kept: Kept | None = (body.data, None, body.headers)
        else:
            tag = await self._tag(request, version, media_type)
            kept = self._kept.get(tag)
        headers = {
            "ETag": f'W/"{tag}"',
            "Cache-Control": f"{'private' if request.app.state.private else 'public'}, max-age={max_age}",
            "Vary": "Accept, Accept-Encoding",
            "X-Data-Version": version,
        }
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if kept is None:
            body = work() if quick and self.in_file else await self.within_time(work)
            kept = (body.data, None, body.headers)
            self._keep(tag, kept)
        elif not fresh:
            self._kept.move_to_end(tag)
        data, packed, more = kept
        headers.update(more)
        if len(data) >= GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            if packed is None:
                packed = await run_in_threadpool(gzip.compress, data, 5, mtime=0)
                if not fresh:
                    self._keep(tag, (data, packed, more))
            headers["Content-Encoding"] = "gzip"
            data = packed
        return Response(data, headers=headers, media_type=media_type)

    async def _tag(self, request: Request, version: str, media_type: str) -> str:
        days = (await self.watched()).days
        scope = request.scope
        question = "&".join(sorted(scope["query_string"].decode("latin-1").split("&")))
        # what is partial or not watched depends on the day, addresses in the answer on how we were asked
        today = f"{datetime.now(UTC).date()} {len(days)} {days[-1:]}"
        place = (scope["scheme"], request.headers.get("host", ""), scope.get("root_path", ""), scope["path"])
        return digest("\n".join((version, today, question, media_type, *place)))  # only the last can hold a line break

    async def within_time[T](self, work: Callable[[], T]) -> T:
        """Return what `work` makes in a thread; a query past its time is stopped in the store, and is a 503 problem."""
        try:
            return await run_in_threadpool(work)
        except OutOfTimeError as error:
            raise ProblemError(
                503,
                f"this took longer than {self.seconds:g} s; ask for less (a company, a shorter time, a smaller limit)",
                headers={"Retry-After": "30"},
            ) from error

    def _keep(self, tag: str, answer: Kept) -> None:
        size = len(answer[0]) + len(answer[1] or b"")
        if size > KEPT_BYTES // 8:
            return
        if (before := self._kept.pop(tag, None)) is not None:
            self._size -= len(before[0]) + len(before[1] or b"")
        self._kept[tag] = answer
        self._size += size
        while self._size > KEPT_BYTES:
            _, (data, packed, _more) = self._kept.popitem(last=False)
            self._size -= len(data) + len(packed or b"")


def answers_of(request: Request) -> Answers:
    """Return what gives this service's answers."""
    answers: Answers = request.app.state.answers
    return answers


def stream(chunks: Iterator[bytes], media_type: str, name: str) -> Response:
    """Return an answer that is made while it is sent, as a file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(chunks, headers=headers, media_type=media_type)
