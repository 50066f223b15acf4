"""The pipe between a crawl's child process and its parent: frames of a small JSON head and raw bytes."""

from __future__ import annotations

import asyncio
import json
import os
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">IQ")
"""Bytes of the head, bytes of the body."""
MAX_FRAME = 256_000_000

Head = dict[str, Any]


class ChannelClosedError(EOFError):
    """The other end is gone."""


def pack(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    """Return one frame."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def unpack(buffer: bytearray) -> tuple[Head, bytes] | None:
    """Take one whole frame off the front of a buffer; None while it is not whole."""
    if len(buffer) < _LENGTHS.size:
        return None
    head_size, body_size = _LENGTHS.unpack_from(buffer)
    if head_size + body_size > MAX_FRAME:
        raise ValueError(f"a frame of {head_size + body_size} bytes on the crawl's pipe; the process is out of step")
    end = _LENGTHS.size + head_size + body_size
    if len(buffer) < end:
        return None
    with memoryview(buffer) as view:
        head = json.loads(bytes(view[_LENGTHS.size : _LENGTHS.size + head_size]))
        body = bytes(view[_LENGTHS.size + head_size : end])
    del buffer[:end]
    return head, body


def read_blocking(stream: BinaryIO) -> tuple[Head, bytes]:
    """Read one frame, waiting for it. Raises `ChannelClosedError` at the end of the stream."""
    start = stream.read(_LENGTHS.size)
    if len(start) < _LENGTHS.size:
        raise ChannelClosedError("the crawl's pipe closed")
    head_size, body_size = _LENGTHS.unpack(start)
    head, body = stream.read(head_size), stream.read(body_size)
    return json.loads(head), body


class Channel:
    """The child's end: sends frames without blocking the event loop, and asks the parent questions."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source, self._sink = source, sink
        self._answers: dict[int, asyncio.Future[dict[str, str]]] = {}
        self._asked = 0
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start to listen."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._source)
        transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, self._sink)
        self._writer = asyncio.StreamWriter(transport, protocol, None, loop)
        self._listener = loop.create_task(self._listen(reader))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head_size, body_size = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
                head = json.loads(await reader.readexactly(head_size))
                await reader.readexactly(body_size)
                self._answers.pop(head["answer"]).set_result(head["kept"])
        except asyncio.IncompleteReadError:
            # the parent is gone: nobody is left to take the pages
            os._exit(1)

    async def send(self, head: Mapping[str, Any], body: bytes = b"") -> None:
        """Send a frame; waits while the parent is slow to read."""
        if self._writer is None:
            raise ChannelClosedError("the crawl's pipe is not open")
        self._writer.write(pack(head, body))
        await self._writer.drain()

    async def have(self, urls: list[str]) -> dict[str, datetime]:
        """Return those of the addresses that the parent has already, and since when."""
        if not urls:
            return {}
        self._asked += 1
        answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._answers[self._asked] = answer
        await self.send({"type": "have", "ask": self._asked, "urls": urls})
        return {url: datetime.fromisoformat(at) for url, at in (await answer).items()}

    async def close(self) -> None:
        """Send what is left and stop listening."""
        if self._listener is not None:
            self._listener.cancel()
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()
