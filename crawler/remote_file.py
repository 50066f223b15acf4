"""A file behind http, read in parts as if it lay here: an archive of gigabytes needs no room on the disk."""

from __future__ import annotations

import io
import re

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

PART = 4 * 2**20
"""Bytes asked for at once."""
SECONDS = 60
"""How long a connection may be silent."""
ATTEMPTS, PAUSE = 6, 1.0
"""How often a part is asked for in all, and the seconds before the second time; the pause doubles from there."""
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)$")


class RemoteFileError(ValueError):
    """A file cannot be had, or not in parts; the message names its address, the reason and the remedy."""


class _AgainError(Exception):
    """What may be better a little later: a broken connection, a busy server."""


class _Parts(io.RawIOBase):
    def __init__(self, url: str, user_agent: str) -> None:
        self._url = url
        self._client = httpx.Client(
            headers={"User-Agent": user_agent, "Accept-Encoding": "identity"}, timeout=SECONDS, follow_redirects=True
        )
        self._again = Retrying(
            retry=retry_if_exception_type(_AgainError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=PAUSE, max=60),
            reraise=True,
        )
        self._at = 0
        self._size: int | None = None
        self._version: str | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("a remote file is not read from its end")
        self._at = offset if whence == io.SEEK_SET else self._at + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._size is not None and self._at >= self._size:
            return 0
        try:
            data = self._again(self._part, len(buffer))
        except _AgainError as error:
            raise RemoteFileError(f"{self._url}: {error}; collect it again later") from error
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _part(self, most: int) -> bytes:
        asked = {"Range": f"bytes={self._at}-{self._at + most - 1}"}
        if self._version is not None:
            asked["If-Range"] = self._version
        try:
            with self._client.stream("GET", self._url, headers=asked) as answer:
                status = answer.status_code
                if status in (408, 425, 429) or status >= 500:
                    raise _AgainError(f"answered {status}")
                told = _RANGE.match(answer.headers.get("Content-Range", ""))
                if status != 206 or told is None or int(told[1]) != self._at:
                    raise RemoteFileError(f"{self._url}: {self._reason(status)}")
                self._size = int(told[2])
                tag = answer.headers.get("ETag", "")
                self._version = (tag if tag.startswith('"') else None) or answer.headers.get("Last-Modified")
                data = answer.read()
        except httpx.InvalidURL as error:
            raise RemoteFileError(f"{self._url}: no address ({error}); it begins with https:// and a host") from error
        except httpx.HTTPError as error:
            raise _AgainError(str(error) or type(error).__name__) from error
        if len(data) != min(most, self._size - self._at):
            raise _AgainError(f"sent {len(data):,} bytes of the {most:,} it was asked for")
        return data

    def _reason(self, status: int) -> str:
        if status not in (200, 206):
            return f"answered {status}; check the address"
        if self._version is not None:
            return "changed while it was read; collect it again"
        return "its server sends no parts of files; download it and name the file"

    def close(self) -> None:
        self._client.close()
        super().close()


def open_remote(url: str, *, user_agent: str) -> io.BufferedReader:
    """Return a file of bytes at an http(s) address, to be read and sought forward like a local one.

    It is fetched in parts of `PART` bytes; what breaks off is asked for again. Reading raises `RemoteFileError` where
    the file cannot be had, is not served in parts, or changes on the way. TLS certificates are verified.
    """
    return io.BufferedReader(_Parts(url, user_agent), PART)
