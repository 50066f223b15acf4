"""The house itself: its layers, its lock files, its words."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("newsledger", "crawler", "nlp", "storage", "workers", "api", "sample")


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-P", "-c", lint, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("nlp/planted.py", "import storage"),
        ("storage/planted.py", "import crawler"),
        ("newsledger/model.py", "import storage"),
        ("api/planted.py", "import workers"),
        ("crawler/planted.py", "import nlp"),
    ],
)
def test_a_planted_import_against_the_layers_is_found(tmp_path: Path, module: str, line: str) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{line}\n")
    found = lint_imports(tmp_path)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "BROKEN" in found.stdout


def test_the_layers_hold() -> None:
    found = lint_imports(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_locked_package_is_hashed_and_no_host_is_named() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text, f"{lock.name} names a host"
        pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*(?:\n    --hash[^\n]*)*", text, re.MULTILINE)
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins), f"{lock.name} has a package without a hash"


def test_no_file_is_named_for_everything_and_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "manager", "common"}
    assert [str(file) for file in tracked_files() if file.stem in vague] == []


def test_no_path_of_one_machine_stands_in_the_tree() -> None:
    here = "|".join(("home", "root", "work"))
    pattern = re.compile(rf"(^|[^\w./-])/({here})/\w")
    found = []
    for file in tracked_files():
        if file.suffix in {".lock", ".gz", ".parquet", ".png", ".ico", ".npz", ".woff2"}:
            continue
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_every_fault_in_the_docs_has_its_test() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)
    assert len(named) > 30
    for file, test in named:
        source = (ROOT / "tests" / file).read_text("utf-8")
        before, found, _ = source.partition(f"def {test}(")
        assert found, f"{file}::{test} is not there"
        own = before.rpartition("\n\n\n")[2]
        marked = "mark.fault" in own or re.search(r"^pytestmark = .*mark\.fault", source, re.MULTILINE)
        assert marked, f"{file}::{test} is not run by `make faults`"
