"""The examples of the guides, run as printed, and the queries of the Grafana dashboards."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from sqlalchemy import Engine, text

from api.app import create_app
from newsledger.settings import Settings
from storage.engine import open_store, reading
from storage.export import export
from storage.migrations import migrate
from tests.served_api import served
from tests.written_ledger import fill

ROOT = Path(__file__).parents[1]
PRINTED = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("ledger")
    engine = open_store(f"sqlite:///{folder / 'ledger.sqlite'}")
    migrate(engine)
    fill(engine)
    export(engine, str(folder / "exports"))
    with served(create_app(engine, Settings(_env_file=None, export_url=str(folder / "exports")))) as address:
        yield address
    engine.dispose()


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / document).read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("document", ["api.md", "dashboards.md"])
def test_every_printed_address_answers(address: str, document: str) -> None:
    commands = [line for block in blocks(document, "sh") for line in block.splitlines() if line.startswith("curl")]
    assert commands
    for command in commands:
        url = re.search(rf"{PRINTED}[^'\s]*", command).group()
        accept = re.search(r"Accept: ([^']+)'", command)
        headers = {"Accept": accept.group(1)} if accept else {}
        answer = httpx.get(url.replace(PRINTED, address), headers=headers, follow_redirects=True, timeout=60)
        assert answer.status_code == 200, (command, answer.text)


def test_python_examples_run_as_printed(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    examples = blocks("dashboards.md", "python")
    assert len(examples) == 2
    with contextlib.chdir(tmp_path):
        for example in examples:
            exec(compile(example.replace(PRINTED, address), "docs/dashboards.md", "exec"), {})
    out = capsys.readouterr().out
    assert "Corvane" in out
    assert "1250" in out


def test_the_printed_problem_is_the_real_one(address: str) -> None:
    (printed,) = blocks("api.md", "json")
    assert httpx.get(f"{address}/v1/series?by=decade", timeout=60).json() == json.loads(printed)


def test_the_table_of_addresses_is_complete(address: str) -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    for path in httpx.get(f"{address}/openapi.json", timeout=60).json()["paths"]:
        assert f"`{path.replace('{version}', 'latest')}`" in guide, path


def grafana(name: str) -> dict:
    return json.loads((ROOT / "deploy" / "grafana" / "dashboards" / f"{name}.json").read_text())


def test_the_queries_of_the_grafana_dashboard_run(store: Engine) -> None:
    if store.dialect.name != "postgresql":
        pytest.skip("this dashboard asks PostgreSQL")
    fill(store)
    for panel in grafana("newsledger-postgresql")["panels"]:
        query = re.sub(r"\$__timeFilter\((.*?\))\)", r"\1 > '2000-01-01'", panel["targets"][0]["rawSql"])
        with reading(store) as connection:
            assert connection.execute(text(query)).all(), panel["title"]


def test_the_addresses_of_the_grafana_dashboard_answer(address: str) -> None:
    for panel in grafana("newsledger-api")["panels"]:
        target = panel["targets"][0]
        rows = httpx.get(address + target["url"], timeout=60).json()[target["root_selector"]]
        assert {column["selector"] for column in target["columns"]} <= rows[0].keys()


def test_the_datasets_file_is_a_database_that_datasette_can_read(address: str, tmp_path: Path) -> None:
    import sqlite3

    found = httpx.get(f"{address}/v1/exports/latest/newsledger.sqlite", follow_redirects=True, timeout=60)
    (tmp_path / "newsledger.sqlite").write_bytes(found.content)
    with contextlib.closing(sqlite3.connect(tmp_path / "newsledger.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM layoffs").fetchone()[0] > 0


def test_compose_gives_grafana_all_that_its_data_sources_name() -> None:
    deploy = ROOT / "deploy"
    compose = yaml.safe_load((deploy / "compose.yml").read_text())["services"]["grafana"]
    printed = (deploy / "grafana" / "provisioning" / "datasources" / "newsledger.yml").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", printed)) <= compose["environment"].keys()
    assert {Path(file).name for file in re.findall(r"\$__file\{([^}]*)\}", printed)} <= set(compose["secrets"])
    core = ("grafana-postgresql-datasource", "prometheus")
    plugins = {source["type"] for source in yaml.safe_load(printed)["datasources"]} - set(core)
    assert plugins == set(compose["environment"]["GF_INSTALL_PLUGINS"].split(","))
    used = {
        panel["datasource"]["uid"]
        for name in ("api", "postgresql", "service")
        for panel in grafana(f"newsledger-{name}")["panels"]
    }
    assert used <= {source["uid"] for source in yaml.safe_load(printed)["datasources"]}
