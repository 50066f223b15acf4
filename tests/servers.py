"""Servers of our own that tests break: Valkey as Redis on a port, and a proxy whose link can go dead."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import redis

from workers import broker, children


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Redis:
    """Valkey on a port, with its append-only file in a folder; may be killed and started again."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", prefix: Sequence[str] = ()) -> None:
        """Remember the folder; `prefix` is what the server's command begins with, to run it elsewhere."""
        self.folder, self.host, self.prefix = folder, host, prefix
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis(host=self.host, port=self.port, socket_timeout=5)

    def start(self) -> Redis:
        self.folder.mkdir(exist_ok=True)
        args: list[str | Path] = [
            *self.prefix, broker.binary(), "--bind", self.host, "--port", str(self.port), "--dir", self.folder,
            "--protected-mode", "no", "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--maxmemory-policy", "noeviction", "--loglevel", "warning",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = children.start(args, output=log, stop_signal=signal.SIGKILL)
        if not self.prefix:
            until = time.monotonic() + 20
            with self.client() as client:
                while time.monotonic() < until:
                    with suppress(redis.RedisError):
                        client.ping()
                        return self
                    time.sleep(0.05)
            raise AssertionError("Valkey did not start")
        return self

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            children.stop(self.process, 5)


class Proxy:
    """A link to a server that can go dead: connections stay open, and what is sent is swallowed."""

    def __init__(self, port: int) -> None:
        """Begin to listen; `port` is the server's, on the loopback address."""
        self.target = port
        self.dead = False
        self.swallowed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self._open += [near, far]
                threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        deaf = False
        with suppress(OSError, ValueError):
            while True:
                for ready in select.select([near, far], [], [], 0.2)[0]:
                    sent = ready.recv(65536)
                    if not sent:
                        near.close()
                        far.close()
                        return
                    deaf = deaf or self.dead  # a connection that went dead stays dead
                    if deaf:
                        self.swallowed += len(sent)
                    else:
                        (far if ready is near else near).sendall(sent)
                deaf = deaf or self.dead

    def close(self) -> None:
        for one in (self._listener, *self._open):
            one.close()


def kill(pid: int) -> None:
    """Kill a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
