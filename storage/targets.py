"""Where versions of the dataset live: a local folder, or any address that fsspec knows (s3://…, gs://…, memory://…).

A version is one folder, complete before anybody can see it. What is the latest is one small file, `index.json`, put in
place at once; a local folder also has a link `latest`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import fsspec


class Target(Protocol):
    """A place for versions."""

    def read(self, name: str) -> bytes | None:
        """Return a file, or null where there is none."""

    def staging(self) -> Any:
        """Return a context manager that gives a local folder to build a version in, gone afterwards."""

    def place(self, staged: Path, version: str) -> None:
        """Put the built folder in place as a version, in place of a half-written one of that name."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place at once."""

    def point(self, version: str) -> None:
        """Make `latest` lead to a version, where the place can have such a link."""


class LocalFolder:
    """Versions in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> bytes | None:
        """Return a file, or null where there is none."""
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a folder on the same disk, so that putting it in place is one rename."""
        for left in self.folder.glob(".building-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".building-", dir=self.folder, ignore_cleanup_errors=True) as staged:
            yield Path(staged)

    def place(self, staged: Path, version: str) -> None:
        """Rename the built folder."""
        for path in (*staged.iterdir(), staged):
            _sync(path)
        goal = self.folder / version
        if goal.exists():
            shutil.rmtree(goal)
        built = self.folder / f".building-{uuid4().hex}"
        built.mkdir()
        for path in staged.iterdir():
            path.rename(built / path.name)
        built.chmod(0o755)
        built.rename(goal)
        _sync(self.folder)

    def write(self, name: str, content: bytes) -> None:
        """Write beside and rename."""
        beside = self.folder / f".{name}-{uuid4().hex}"
        beside.write_bytes(content)
        _sync(beside)
        beside.replace(self.folder / name)
        _sync(self.folder)

    def point(self, version: str) -> None:
        """Swap the link `latest`."""
        beside = self.folder / f".latest-{uuid4().hex}"
        beside.symlink_to(version, target_is_directory=True)
        beside.replace(self.folder / "latest")


class RemoteFolder:
    """Versions at an address of fsspec. One file put there appears at once, as object stores do it."""

    def __init__(self, url: str) -> None:
        self.files, self.folder = fsspec.core.url_to_fs(url)

    def read(self, name: str) -> bytes | None:
        """Return a file, or null where there is none."""
        path = f"{self.folder}/{name}"
        return bytes(self.files.cat_file(path)) if self.files.exists(path) else None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a local folder."""
        with tempfile.TemporaryDirectory(prefix="newsledger-export-") as staged:
            yield Path(staged)

    def place(self, staged: Path, version: str) -> None:
        """Upload all files; the version is not there for readers until the index names it."""
        for path in sorted(staged.iterdir()):
            self.files.put_file(str(path), f"{self.folder}/{version}/{path.name}")

    def write(self, name: str, content: bytes) -> None:
        """Put one object."""
        self.files.makedirs(self.folder, exist_ok=True)
        self.files.pipe_file(f"{self.folder}/{name}", content)

    def point(self, version: str) -> None:
        """Do nothing: object stores have no links; `index.json` names the latest."""


def target_at(address: str) -> Target:
    """Return the place at a folder or an fsspec URL. Raises ValueError where fsspec does not know the protocol."""
    if address.startswith("file://"):
        address = address.removeprefix("file://")
    return RemoteFolder(address) if "://" in address else LocalFolder(Path(address))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
