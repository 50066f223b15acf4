"""Who may ask: API keys, rates, other origins, public addresses; and questions and clients that take too long."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from api.access import hash_key, load_keys, new_key
from api.answers import Answers
from api.app import create_app
from api.binding import check_bind
from api.problems import ProblemError
from newsledger.settings import Settings
from storage.engine import open_store
from storage.migrations import migrate
from tests.served_api import served
from tests.written_ledger import fill

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite'}")
    migrate(engine)
    fill(engine)
    yield engine
    engine.dispose()


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


def test_with_keys_only_who_has_one_is_answered(ledger: Engine, tmp_path: Path) -> None:
    key, hashed = new_key()
    file = tmp_path / "keys"
    file.write_text(f"# who may ask\nalice {hashed}\n")
    assert key not in file.read_text()
    with served(create_app(ledger, settings(api_keys_file=file))) as address:
        assert httpx.get(f"{address}/healthz").status_code == 200
        refused = httpx.get(f"{address}/v1/events")
        assert refused.status_code == 401
        assert "Bearer" in refused.json()["detail"]
        assert httpx.get(f"{address}/v1/events", headers={"Authorization": "Bearer wrong"}).status_code == 401
        for given in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            answer = httpx.get(f"{address}/v1/events", headers=given)
            assert answer.status_code == 200
            assert answer.headers["cache-control"].startswith("private")
        assert httpx.get(address, auth=("anyone", key)).status_code == 200
        document = httpx.get(f"{address}/openapi.json", headers={"X-API-Key": key}).json()
        assert "401" in document["paths"]["/v1/events"]["get"]["responses"]


def test_a_line_that_is_no_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"alice {hash_key('x')}\nbob secret\n")
    with pytest.raises(ValueError, match="line 2"):
        load_keys(file)


def test_a_new_key_is_printed_once_and_kept_as_a_hash() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.access", "alice"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    key = re.search(r"nl_\S+", done.stderr).group()
    assert done.stdout == f"alice {hash_key(key)}\n"


def test_more_than_the_rate_is_429_with_a_time_to_wait(ledger: Engine) -> None:
    with served(create_app(ledger, settings(rate_limit="5/minute"))) as address:
        answers = [httpx.get(f"{address}/v1/companies") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].json()["title"] == "Too many requests"
        assert httpx.get(f"{address}/healthz").status_code == 200


def test_other_origins_only_where_allowed(ledger: Engine) -> None:
    asked = {"Origin": "https://charts.example"}
    with served(create_app(ledger, settings())) as address:
        assert "access-control-allow-origin" not in httpx.get(f"{address}/v1/events", headers=asked).headers
    with served(create_app(ledger, settings(cors_origins=("https://charts.example",)))) as address:
        headers = httpx.get(f"{address}/v1/events", headers=asked).headers
        assert headers["access-control-allow-origin"] == "https://charts.example"
        assert "ETag" in headers["access-control-expose-headers"]
        other = httpx.get(f"{address}/v1/events", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
def test_a_public_address_needs_keys_or_a_word(host: str) -> None:
    with pytest.raises(ValueError, match="NEWSLEDGER_API_KEYS_FILE"):
        check_bind(host, keys=False, allow_public=False)
    check_bind(host, keys=True, allow_public=False)
    check_bind(host, keys=False, allow_public=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_our_own_machine_needs_neither(host: str) -> None:
    check_bind(host, keys=False, allow_public=False)


def test_serve_refuses_a_public_address(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newsledger.cli", "serve", "--host", "0.0.0.0", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "NEWSLEDGER_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "--public" in done.stderr


def test_a_question_that_takes_too_long_is_stopped_and_said_so(store: Engine) -> None:
    answers = Answers(store, seconds=0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def work() -> int:
        with answers.reading() as connection:
            return connection.execute(text(endless)).scalar_one()

    begun = time.monotonic()
    with pytest.raises(ProblemError, match="ask for less") as stopped:
        asyncio.run(answers.within_time(work))
    assert stopped.value.status == 503
    assert time.monotonic() - begun < 5
    with answers.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_client_that_does_not_read_holds_nobody_up(ledger: Engine) -> None:
    with served(create_app(ledger, settings())) as address:
        host, port = address.removeprefix("http://").split(":")
        slow = []
        for _ in range(50):
            one = socket.create_connection((host, int(port)))
            one.sendall(b"GET /v1/events?format=csv HTTP/1.1\r\nHost: x\r\n")  # and never ends its headers
            slow.append(one)
        begun = time.monotonic()
        assert httpx.get(f"{address}/v1/events", timeout=10).status_code == 200
        assert time.monotonic() - begun < 5
        for one in slow:
            one.close()


def test_the_service_loads_neither_workers_nor_models() -> None:
    code = (
        "import sys; import api.app; "
        "print([name for name in ('workers', 'crawler', 'nlp', 'spacy', 'scrapy', 'celery', 'pyarrow', 'duckdb') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
