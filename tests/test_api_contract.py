"""The OpenAPI document, and whatever schemathesis makes up from it against a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from newsledger.settings import Settings
from storage.engine import open_store
from storage.migrations import migrate
from tests.served_api import served
from tests.written_ledger import fill

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite'}")
    migrate(engine)
    fill(engine)
    with served(create_app(engine, Settings(_env_file=None))) as address:
        yield address
    engine.dispose()


def schemathesis(address: str, folder: Path, *options: str) -> str:
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("run", f"{address}/openapi.json", "--checks", ",".join(CHECKS), "--continue-on-failure"),
        *("--generation-deterministic", "--no-color", *options),
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=900, env={**os.environ, "NO_PROXY": "127.0.0.1"}
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_no_broken_and_no_undocumented_answer(address: str, tmp_path: Path) -> None:
    out = schemathesis(address, tmp_path, "--phases", "examples,fuzzing", "--max-examples", "5")
    assert "Tested: " in out


@pytest.mark.long
def test_no_broken_and_no_undocumented_answer_to_much_more(address: str, tmp_path: Path) -> None:
    schemathesis(address, tmp_path, "--phases", "examples,coverage,fuzzing", "--max-examples", "200")


def test_every_operation_and_parameter_is_described(address: str) -> None:
    document = httpx.get(f"{address}/openapi.json", timeout=60).json()
    assert document["paths"].keys() >= {"/v1/events", "/v1/series", "/v1/companies/{id}", "/feeds/events.atom"}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), (path, parameter["name"])
    assert document["components"]["schemas"]["KnownEvent"]["properties"]["sources"]["description"]
