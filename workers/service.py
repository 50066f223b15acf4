"""The service of one machine: broker, worker, clock and HTTP as children of one process, which keeps them running.

It refuses to run twice on one data folder, starts again what dies, stops everything in order, and leaves no orphan
behind even when it is killed itself: each child is told by the kernel.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

import structlog

from api.binding import check_bind
from newsledger.settings import Settings
from workers import children
from workers.broker import Broker

log = structlog.get_logger()

STOP_SECONDS = 6.0
"""How long running tasks may take to end before they are killed; what they held is taken up at the next start."""
_LONGEST_PAUSE = 30.0


class ServiceError(RuntimeError):
    """The service cannot run; the message says why and what to do."""


@dataclass(slots=True)
class Child:
    """One program of the service."""

    name: str
    args: Sequence[str | Path]
    keep: tuple[int, ...] = ()
    kill_signal: int = signal.SIGTERM
    """What it gets when the service itself is killed."""
    stop_signal: int = signal.SIGTERM
    """What it gets when the service stops."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    """Times in a row that it died within a minute."""
    again_at: float = 0.0
    restarts: int = field(default=0)


class Service:
    """The running service; also a context manager that stops it."""

    def __init__(self, settings: Settings, *, logs: Path | None = None) -> None:
        """Remember the settings; `logs` is a folder for what the children print (null: our own stderr)."""
        self.settings = settings
        self.logs = logs
        self.broker: Broker | None = None
        self.address = ""
        self.stopping = threading.Event()
        self._lock: IO[str] | None = None
        self._listener: socket.socket | None = None
        self._children: list[Child] = []

    # ------------------------------------------------------------------------------------------------------- life

    def start(self) -> Self:
        """Start everything and return; `ServiceError` or `BrokerError` where that cannot be."""
        folder = self.settings.data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServiceError(
                f"{folder} cannot be made ({error.strerror}): set NEWSLEDGER_DATA_DIR to a folder you may write to"
            ) from error
        self._hold(folder)
        try:
            if not self.settings.broker_url:
                self.broker = Broker(folder).start()
            self._listen()
            self._children = self._programs()
            for child in self._children:
                self._start(child)
        except BaseException:
            self.stop()
            raise
        return self

    def watch(self, until: Callable[[], bool] = lambda: False, *, pause: float = 0.2) -> None:
        """Keep the children running until `until()` is true or `stopping` is set."""
        while not self.stopping.is_set() and not until():
            self.tend()
            self.stopping.wait(pause)

    def tend(self) -> None:
        """Start again what has died, after a pause that grows with each early death."""
        now = time.monotonic()
        if self.broker is not None and not self.broker.running():
            log.warning("restarting", child="broker")
            self.broker.restart()
        for child in self._children:
            if child.process is None:
                if now >= child.again_at:
                    self._start(child)
            elif (status := child.process.poll()) is not None:
                child.process = None
                child.restarts += 1
                child.failures = child.failures + 1 if now - child.started < 60 else 1
                pause = min(_LONGEST_PAUSE, 0.25 * 2**child.failures) if child.failures > 1 else 0.0
                child.again_at = now + pause
                log.warning("restarting", child=child.name, status=status, pause_seconds=pause)

    def stop(self) -> None:
        """Stop everything: first the clock and the worker, which may need the others, then HTTP, then the broker."""
        self.stopping.set()
        running = [child for child in self._children if child.process is not None]
        for child in running:
            assert child.process is not None
            if child.process.poll() is None:
                child.process.send_signal(child.stop_signal)
        until = time.monotonic() + STOP_SECONDS
        for child in running:
            assert child.process is not None
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
            if child.process.poll() is None:
                log.warning("killing", child=child.name)
                child.process.kill()
                child.process.wait()
            child.process = None
        if self.broker is not None:
            self.broker.stop(seconds=3)
            self.broker = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def pids(self) -> dict[str, int]:
        """Return the process ids of what runs, by name."""
        found = {child.name: child.process.pid for child in self._children if child.process is not None}
        if self.broker is not None and self.broker.pid is not None:
            found["broker"] = self.broker.pid
        return found

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.stop()

    # -------------------------------------------------------------------------------------------------- its parts

    def _hold(self, folder: Path) -> None:
        lock = (folder / "service.lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise ServiceError(
                f"newsledger already runs on {folder} (process {holder}): stop that one first, "
                "or set NEWSLEDGER_DATA_DIR to another folder"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _listen(self) -> None:
        host, port = self.settings.host, self.settings.port
        try:
            check_bind(host, keys=self.settings.api_keys_file is not None, allow_public=self.settings.public)
        except ValueError as error:
            raise ServiceError(str(error)) from error
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            listener.close()
            raise ServiceError(
                f"cannot listen on {host}:{port} ({error.strerror}): stop what does, or set NEWSLEDGER_PORT"
            ) from error
        listener.listen(128)
        self._listener = listener
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        self.address = f"http://{shown}:{listener.getsockname()[1]}"

    def _programs(self) -> list[Child]:
        assert self._listener is not None
        celery = [sys.executable, "-m", "celery", "-A", "workers.tasks"]
        descriptor = self._listener.fileno()
        return [
            # the clock keeps nothing, so it is simply killed
            Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""], stop_signal=signal.SIGKILL),
            # told to stop, a worker ends its tasks first: no good where the service is gone already
            Child(
                "worker",
                [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
                kill_signal=signal.SIGKILL,
            ),
            Child(
                "http",
                [sys.executable, "-m", "newsledger.cli", "serve", "--descriptor", str(descriptor)],
                keep=(descriptor,),
            ),
        ]

    def _environment(self) -> dict[str, str]:
        chosen = {
            f"NEWSLEDGER_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
            for name, value in self.settings.model_dump(mode="json", exclude_none=True).items()
        }
        home = str(Path(__file__).parents[1])
        path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
        # one thread for each process: the processes are what uses the cores
        return {**os.environ, **chosen, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}

    def _start(self, child: Child) -> None:
        output: IO[bytes] | None = None
        if self.logs is not None:
            self.logs.mkdir(parents=True, exist_ok=True)
            output = (self.logs / f"{child.name}.log").open("ab")
        try:
            child.process = children.start(
                child.args,
                env=self._environment(),
                output=output,
                keep=child.keep,
                stop_signal=child.kill_signal,
            )
        finally:
            if output is not None:
                output.close()
        child.started = time.monotonic()


def stop_on_signals(service: Service) -> None:
    """Make Ctrl-C and SIGTERM stop the service; call it in the main thread."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        service.stopping.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
