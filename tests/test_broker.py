"""The embedded broker: a real Valkey server, private, durable, never orphaned, never twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis

from workers.broker import Broker, BrokerError, broker_url, socket_path


def _gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.fault
def test_what_was_queued_survives_kill_9_and_a_clean_stop(tmp_path: Path) -> None:
    broker = Broker(tmp_path).start()
    try:
        with broker.client() as client:
            client.rpush("read", *range(500))
        time.sleep(1.2)  # the file is synced every second
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGKILL)
        until = time.monotonic() + 10
        while broker.running() and time.monotonic() < until:
            time.sleep(0.05)
        assert not broker.running()
        broker.restart()
        with broker.client() as client:
            assert client.llen("read") == 500
    finally:
        broker.stop()
    with Broker(tmp_path) as again, again.client() as client:
        assert client.llen("read") == 500
        mode = again.path.stat().st_mode & 0o777
        assert mode == 0o700
        assert set(client.config_get("port").values()) <= {"0", b"0"}


@pytest.mark.fault
def test_one_folder_has_one_broker(tmp_path: Path) -> None:
    with Broker(tmp_path), pytest.raises(BrokerError, match="already runs"):
        Broker(tmp_path).start()
    with Broker(tmp_path) as again:  # free once the first has stopped
        assert again.running()


@pytest.mark.fault
def test_a_stale_socket_is_no_hindrance(tmp_path: Path) -> None:
    socket_path(tmp_path).write_text("left behind")
    with Broker(tmp_path) as broker, broker.client() as client:
        assert client.ping()


@pytest.mark.fault
def test_a_deep_folder_gets_a_short_private_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    path = socket_path(deep)
    assert len(str(path)) < 108
    assert path == socket_path(deep)
    assert path != socket_path(tmp_path / ("d" * 60) / ("f" * 60))
    assert path.parent.stat().st_mode & 0o077 == 0
    with Broker(deep) as broker, broker.client() as client:
        assert client.ping()
        assert broker_url(deep) == f"redis+socket://{path}"


@pytest.mark.fault
def test_it_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from workers.broker import Broker\n"
        "b = Broker(Path(sys.argv[1])).start(); print(b.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()
        owner.wait()
    assert _gone(pid)
    with Broker(tmp_path) as again, again.client() as client:  # its lock went with it
        assert client.ping()


@pytest.mark.fault
def test_a_full_queue_refuses_and_drops_nothing(tmp_path: Path) -> None:
    with Broker(tmp_path, memory="3mb") as broker, broker.client() as client:
        kept = 0

        def fill() -> None:
            nonlocal kept
            for _ in range(200):
                client.rpush("read", b"x" * 50_000)
                kept += 1

        with pytest.raises(redis.exceptions.OutOfMemoryError):
            fill()
        assert 0 < kept == client.llen("read")
