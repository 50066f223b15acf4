"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_prctl: Callable[..., int] | None = None
if sys.platform == "linux":  # loaded before any fork: the child of a fork should call as little as possible
    _prctl = ctypes.CDLL(None, use_errno=True).prctl


def die_with(parent: int, signum: int = signal.SIGTERM) -> None:
    """Make the kernel send `signum` to this process when its parent dies, however it dies (Linux only).

    Call it in the child. `parent` is the parent's process id as the child knows it from before the fork: a parent that
    died in between would never be noticed otherwise.
    """
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signum)


def start(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[bytes] | int | None = None,
    stop_signal: int = signal.SIGTERM,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, which gets `stop_signal` when this process dies.

    The group of its own keeps Ctrl-C, which a terminal sends to a whole group, with the caller, who stops its children
    in order. `keep` are open files that the child keeps open. Call it from the main thread: the kernel counts the death
    of the calling thread as the parent's.
    """
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603  (the callers' own programs, no shell)
        [str(part) for part in args],
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        process_group=0,
        pass_fds=keep,
        preexec_fn=lambda: die_with(parent, stop_signal),
    )


def stop(process: subprocess.Popen[bytes], seconds: float, *, signum: int = signal.SIGTERM) -> int:
    """Ask a child to stop, wait `seconds`, then kill it; return its exit status."""
    if process.poll() is None:
        process.send_signal(signum)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
