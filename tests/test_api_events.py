"""The API over a small ledger: lists in every format, one event and how we know, errors, tags."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine

from api.app import create_app
from newsledger.settings import Settings
from storage import companies, events, sources
from storage.engine import moment_of_writing, open_store, writing
from storage.migrations import migrate
from tests.ledger_facts import layoff, put
from tests.served_api import served
from tests.written_ledger import STORIES, fill


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite'}")
    migrate(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def client(ledger: Engine) -> Iterator[httpx.Client]:
    with (
        served(create_app(ledger, Settings(_env_file=None))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def problem(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


def test_claims_about_one_cut_are_one_event_with_both_figures(client: httpx.Client) -> None:
    (event,) = client.get("/v1/events", params={"company": "corvane", "type": "layoff"}).json()["data"]
    assert event["company"] == "Corvane"
    assert (event["count"], event["count_low"], event["count_high"]) == (1250, 1200, 1250)
    assert event["ai_cited"] is True
    assert event["sources"] == 2


def test_one_event_tells_how_we_know(client: httpx.Client) -> None:
    id_ = client.get("/v1/events", params={"company": "corvane", "type": "layoff"}).json()["data"][0]["id"]
    detail = client.get(f"/v1/events/{id_}").json()
    assert {claim["count"] for claim in detail["claims"]} == {1200, 1250}
    for claim in detail["claims"]:
        quote = claim["evidence"]["count"]
        assert quote["in"] == "text"
        start = quote["start"] - claim["sentence"]["start"]
        assert claim["sentence"]["quote"][start : start + len(quote["quote"])] == quote["quote"]
        assert "text" not in claim["article"]
    assert "1,200" in detail["why"]
    assert len(detail["history"]) == 1


def test_pages_follow_each_other_and_hold_every_event_once(client: httpx.Client) -> None:
    whole = [event["id"] for event in client.get("/v1/events").json()["data"]]
    assert len(whole) == len(STORIES) - 1
    seen, address = [], "/v1/events?limit=3"
    while address:
        answer = client.get(address)
        seen += [event["id"] for event in answer.json()["data"]]
        address = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == whole


@pytest.mark.parametrize("sort", ["date", "-count", "-amount_usd", "-known_at", "sources"])
def test_pages_of_every_order_hold_the_same_events(client: httpx.Client, sort: str) -> None:
    whole = [event["id"] for event in client.get("/v1/events", params={"sort": sort}).json()["data"]]
    seen, cursor = [], None
    while True:
        page = client.get(
            "/v1/events", params={"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
        ).json()
        seen += [event["id"] for event in page["data"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == whole
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"type": "ai_investment"}, 3),
        ({"kind": ["buyout", "funding"]}, 2),
        ({"company_name": "BRIGHT"}, 2),
        ({"sector": "software"}, 4),
        ({"country": "de"}, 2),
        ({"ai_cited": "true"}, 1),
        ({"ai_relation": "cause", "ai_speaker": "employer"}, 1),
        ({"role": "customer_support"}, 1),
        ({"source_kind": "wire"}, 5),
        ({"source": "morning-chip"}, 4),
        ({"sources_min": 2}, 1),
        ({"conflict": "true"}, 1),
        ({"count_min": 300}, 2),
        ({"count_max": 100}, 1),
        ({"percent_min": 5}, 1),
        ({"amount_usd_min": 1_000_000_000}, 1),
        ({"currency": "eur"}, 1),
        ({"q": "data centres"}, 1),
        ({"q": "leeds"}, 1),
        ({"basis": "deal"}, 3),
        ({"type": "layoff", "until": "2000-01-01"}, 0),
        ({"as_of": "2000-01-01"}, 0),
    ],
)
def test_filters(client: httpx.Client, query: dict, number: int) -> None:
    assert len(client.get("/v1/events", params=query).json()["data"]) == number


def test_every_format_holds_the_same_events(client: httpx.Client) -> None:
    rows = client.get("/v1/events").json()["data"]
    lines = [json.loads(line) for line in client.get("/v1/events?format=ndjson").text.splitlines()]
    assert lines == rows
    table = pq.read_table(io.BytesIO(client.get("/v1/events?format=parquet").content)).to_pylist()
    as_csv = list(csv.DictReader(io.StringIO(client.get("/v1/events", headers={"Accept": "text/csv"}).text)))
    assert [row["id"] for row in table] == [row["id"] for row in as_csv] == [row["id"] for row in rows]
    for row, cells, columns in zip(rows, as_csv, table, strict=True):
        assert cells["count"] == ("" if row["count"] is None else str(row["count"]))
        assert columns["count"] == row["count"]
        assert columns["conflict"] is row["conflict"]
        assert cells["ai_cited"] == str(row["ai_cited"]).lower()
        assert columns["roles"] == cells["roles"] == "; ".join(row["roles"])


def test_a_formula_in_a_company_name_stays_text_in_a_spreadsheet(client: httpx.Client) -> None:
    rows = csv.DictReader(io.StringIO(client.get("/v1/events?format=csv").text))
    (odd,) = [row for row in rows if "HYPERLINK" in row["company"]]
    assert odd["company"].startswith("'=")
    assert odd["count"] == "75"


def test_the_same_answer_is_304_for_who_has_it(client: httpx.Client) -> None:
    first = client.get("/v1/events")
    again = client.get("/v1/events", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/v1/events?limit=1", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_large_answers_are_packed_for_who_can_unpack(client: httpx.Client) -> None:
    packed = client.get("/v1/events", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/v1/events", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


@pytest.mark.parametrize(
    ("path", "parameter", "says"),
    [
        ("/v1/events?sort=size", "sort", "-date"),
        ("/v1/events?type=hire", "type", "layoff"),
        ("/v1/events?colour=red", "colour", "no such parameter"),
        ("/v1/events?cursor=abc", "cursor", "cursor"),
        ("/v1/events?cursor=abc&format=csv", "cursor", "cursor"),
        ("/v1/events?since=yesterday", "since", "date"),
        ("/v1/events?as_of=soon", "as_of", "no time"),
        ("/v1/events?as_of=0001-01-01T00:00:00%2B14:00", "as_of", "calendar"),
        ("/v1/events?until=0", "until", "2026-03-14"),
        ("/v1/events?since=2026-02-30", "since", "date"),
        ("/v1/events?limit=0", "limit", "greater"),
        ("/v1/events?limit=5000", "limit", "1000"),
        ("/v1/events?limit=99999999999999999999", "limit", "less"),
        ("/v1/events?count_min=99999999999999999999", "count_min", "less"),
        ("/v1/events?q=a%00b", "q", "match"),
        ("/v1/series?metric=jobs", "metric", "jobs_cut"),
        ("/v1/series?by=decade", "by", "quarter"),
        ("/v1/series?by=day&since=0001-01-01&until=9999-01-01", "by", "longer periods"),
        ("/v1/pairs?sort=size", "sort", "lag_days"),
        ("/v1/pairs?as_of=soon", "as_of", "no time"),
        ("/v1/companies?cursor=a%00b", "cursor", "cursor"),
        ("/v1/sources?days=0", "days", "greater"),
    ],
)
def test_a_bad_question_names_the_parameter(client: httpx.Client, path: str, parameter: str, says: str) -> None:
    found = problem(client.get(path), 400)
    assert found["parameter"] == parameter
    assert says in found["detail"]


def test_sql_in_a_question_is_only_text(client: httpx.Client) -> None:
    hostile = "' OR 1=1; DROP TABLE event; -- %_"
    assert client.get("/v1/events", params={"q": hostile}).json()["data"] == []
    assert client.get("/v1/events", params={"company": hostile}).json()["data"] == []
    assert problem(client.get(f"/v1/events/{hostile}"), 404)["parameter"] == "id"
    assert client.get("/v1/events?company_name=%25").json()["data"] == []


def test_a_format_that_we_do_not_have_is_named(client: httpx.Client) -> None:
    assert "text/csv" in problem(client.get("/v1/events", headers={"Accept": "image/png"}), 406)["allowed"]


def test_nothing_can_be_written(client: httpx.Client) -> None:
    assert "read-only" in problem(client.post("/v1/events"), 405)["detail"]
    assert problem(client.get("/v2/events"), 404)


def test_series_are_the_sums_of_the_events(client: httpx.Client) -> None:
    rows = client.get("/v1/series", params={"metric": ["jobs_cut", "ai_usd_in"], "by": "year"}).json()["data"]
    assert sum(row["value"] or 0 for row in rows if row["metric"] == "jobs_cut") == 1250 + 300 + 150 + 75
    assert sum(row["value"] or 0 for row in rows if row["metric"] == "ai_usd_in") == 60_000_000
    assert rows[-1]["partial"] is True


def test_a_cumulative_series_adds_up_what_came_before(client: httpx.Client) -> None:
    query = {"metric": ["jobs_cut", "ai_usd_in"], "by": "quarter"}
    each = client.get("/v1/series", params=query).json()["data"]
    curve = client.get("/v1/series", params={**query, "cumulative": True}).json()["data"]
    totals = dict.fromkeys(query["metric"], 0)
    for one, so_far in zip(each, curve, strict=True):
        totals[one["metric"]] += one["value"] or 0
        assert so_far == {**one, "value": totals[one["metric"]]}
    assert min(totals.values()) > 0
    told = problem(client.get("/v1/series", params={"metric": "ai_cited_share", "cumulative": True}), 400)
    assert told["parameter"] == "cumulative"
    assert "jobs_cut" in told["detail"]


def test_the_series_of_a_company_is_the_same_from_roll_ups_and_from_events(client: httpx.Client) -> None:
    query = {"metric": "jobs_cut", "by": "quarter", "company": "corvane"}
    fast = client.get("/v1/series", params=query).json()["data"]
    slow = client.get("/v1/series", params={**query, "count_min": 0}).json()["data"]
    assert [row for row in fast if row["value"]] == [row for row in slow if row["value"]]
    assert [row["value"] for row in fast if row["value"]] == [1250]


def test_companies_with_both_timelines(client: httpx.Client) -> None:
    assert [row["id"] for row in client.get("/v1/companies?q=corv").json()["data"]] == ["corvane"]
    detail = client.get("/v1/companies/corvane").json()
    assert detail["company"]["tickers"] == ["CVN"]
    assert (len(detail["layoffs"]), len(detail["ai_investments"])) == (1, 1)
    assert problem(client.get("/v1/companies/nobody"), 404)["parameter"] == "id"


def test_an_article_is_shown_without_its_text(client: httpx.Client) -> None:
    event = client.get("/v1/events?type=layoff&company=corvane").json()["data"][0]
    claim = client.get(f"/v1/events/{event['id']}").json()["claims"][0]
    detail = client.get(f"/v1/articles/{claim['article_id']}")
    assert detail.json()["article"]["url"].startswith("https://")
    assert "made up as well" not in detail.text
    assert [one["id"] for one in detail.json()["claims"]] == [claim["id"]]


def test_sources_with_health_and_those_that_are_not_read(client: httpx.Client) -> None:
    rows = {row["id"]: row for row in client.get("/v1/sources?days=30").json()["data"]}
    assert rows["harbour-wire"]["days_read"] == 28
    assert rows["harbour-wire"]["dropped"] == {"too short": 28}
    assert rows["morning-chip"]["last_run_at"] is None
    assert "robots" in rows["walled"]["excluded"]


def test_the_health_of_sources_has_a_tag_of_its_own(client: httpx.Client, ledger: Engine) -> None:
    before = client.get("/v1/sources")
    tag = {"If-None-Match": before.headers["etag"]}
    assert client.get("/v1/sources", headers=tag).status_code == 304
    sources.record(ledger, sources.Run(source_id="walled", at=datetime.now(UTC), dropped={}, attempted=1))
    after = client.get("/v1/sources", headers=tag)
    assert after.status_code == 200
    assert after.headers["x-data-version"] == before.headers["x-data-version"]


def test_a_merged_id_leads_to_its_successor_whatever_is_asked_of_it(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(engine)
    put(engine, layoff("first"), layoff("second"), layoff("other", company_id="acme-labs", company="Acme Labs"))
    with writing(engine) as connection:
        events.write(connection, (), ("first",), moment_of_writing(connection))
        events.redirect(connection, {"first": "second"}, moment_of_writing(connection))
        companies.redirect(connection, {"acme-labs": "acme"})
    with (
        served(create_app(engine, Settings(_env_file=None))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        for asked, leads_to in (
            ("/v1/events/first", "/v1/events/second"),
            ("/v1/companies/acme-labs", "/v1/companies/acme"),
            ("/events/first", "/events/second"),
            ("/companies/acme-labs", "/companies/acme"),
        ):
            answer = client.get(asked)
            assert (answer.status_code, answer.headers["location"]) == (308, leads_to)
            assert client.get(asked, follow_redirects=True).status_code == 200
        far_future = client.get("/v1/events/first?as_of=2100-01-01")
        assert (far_future.status_code, far_future.headers["location"]) == (308, "/v1/events/second?as_of=2100-01-01")
    engine.dispose()


def test_the_feed_is_atom_with_the_sentences(client: httpx.Client) -> None:
    import feedparser

    answer = client.get("/feeds/events.atom")
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert len(read.entries) == len(STORIES) - 1
    assert any("answer most customers" in entry.summary for entry in read.entries)


def test_probes(client: httpx.Client, tmp_path: Path) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    end = time.monotonic() + 60
    while (ready := client.get("/readyz")).status_code == 503 and time.monotonic() < end:
        assert "being drawn" in problem(ready, 503)["detail"]
        time.sleep(0.1)
    assert ready.json()["status"] == "ready"
    assert "python_info" in client.get("/metrics").text
    empty = create_app(open_store(f"sqlite:///{tmp_path / 'none.sqlite'}"), Settings(_env_file=None))
    with served(empty) as address:
        assert "migrate" in problem(httpx.get(f"{address}/readyz"), 503)["detail"]
        assert httpx.get(f"{address}/healthz").status_code == 200


def test_the_nightly_datasets_are_listed_and_handed_out(ledger: Engine, tmp_path: Path) -> None:
    from storage.export import export

    settings = Settings(_env_file=None, export_url=str(tmp_path))
    with served(create_app(ledger, settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/v1/exports").json() == {"latest": None, "data": []}
        assert problem(client.get("/v1/exports/latest/layoffs.csv"), 404)
        version = export(ledger, str(tmp_path)).version
        listed = client.get("/v1/exports").json()
        assert listed["latest"] == version
        found = client.get("/v1/exports/latest/layoffs.csv", follow_redirects=True)
        assert "event_id,company_id,company," in found.text.splitlines()[0]
        assert len(found.text.splitlines()) == listed["data"][0]["rows"]["layoffs"] + 1
        etag = {"If-None-Match": found.headers["etag"]}
        assert client.get(f"/v1/exports/{version}/layoffs.csv", headers=etag).status_code == 304
        assert "layoffs.csv" in problem(client.get(f"/v1/exports/{version}/secret.csv"), 404)["allowed"]
        for outside in ("..%2f..%2fetc%2fpasswd", "....", "%2e%2e"):
            assert client.get(f"/v1/exports/{version}/{outside}").status_code in (400, 404)


def test_the_pair_of_a_company_that_cuts_while_investing(client: httpx.Client) -> None:
    (pair,) = [row for row in client.get("/v1/pairs").json()["data"] if row["company_id"] == "corvane"]
    assert (pair["jobs_cut"], pair["ai_usd_out"], pair["jobs_per_usd_bn"]) == (1250, 2_000_000_000, 625)
    assert (pair["cuts_near"], pair["lag_days"]) == (1, 20)
    near = pair["near"][0]
    assert client.get(f"/v1/events/{near['layoff_id']}").json()["event"]["count"] == 1250
    assert client.get(f"/v1/events/{near['investment_id']}").json()["event"]["amount_usd"] == 2_000_000_000
    far = client.get("/v1/pairs?near_days=10&company=corvane").json()["data"]
    assert far[0]["cuts_near"] == 0
    assert client.get("/v1/pairs?format=csv").text.startswith("company_id,company,")
    assert client.get("/v1/pairs?as_of=2000-01-01").json()["data"] == []
    assert client.get("/v1/pairs?as_of=2100-01-01&company=corvane").json()["data"] == [pair]
