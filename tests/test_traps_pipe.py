"""Mistakes that trackers made between the news site and the chart, each made impossible or visible here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Engine

from api.app import create_app
from api.formats import csv_lines
from bench import predictions
from crawler.extraction import to_article
from newsledger.model import Article, Page, Source
from newsledger.settings import Settings
from storage import sources
from storage.engine import reading
from storage.series import Question, Series, series_of
from storage.sources import Run
from tests.sample_ledger import SampleLedger
from tests.served_api import served

MILL = Source(id="mill", name="The Mill", kind="news", spider="feed", urls=("https://mill.example/feed",))
TODAY = datetime.now(UTC)


def get(engine: Engine, path: str) -> httpx.Response:
    """What the API or the dashboard answers over this store."""
    with served(create_app(engine, Settings())) as address:
        return httpx.get(address + path)


def jobs_cut(engine: Engine, *, today: date | None = None, **asked: Any) -> Series:
    with reading(engine) as connection:
        return series_of(connection, Question(metric="jobs_cut", **asked), today=today)


def ran(engine: Engine, days_ago: int, *, delivered: int = 3, error: str | None = None) -> None:
    at = TODAY - timedelta(days=days_ago)
    sources.record(
        engine,
        Run(
            source_id="mill",
            at=at,
            attempted=delivered + 1,
            fetched=0 if error else delivered + 1,
            delivered=delivered,
            dropped={},
            newest=at if delivered else None,
            error=error,
        ),
    )


def test_44_an_empty_feed_with_200_ok_is_noted(sample_ledger: SampleLedger) -> None:
    [day] = [day for day in sources.health(sample_ledger.engine, "2000-01-01") if day.source_id == "quiet-mill"]
    assert (day.empty_runs, day.delivered) == (1, 0)
    assert day.dropped == {"empty_feed": 1}
    rows = {row["id"]: row for row in get(sample_ledger.engine, "/v1/sources").json()["data"]}
    assert rows["quiet-mill"]["dropped"] == {"empty_feed": 1}
    assert rows["quiet-mill"]["newest"] is None


def test_45_a_source_silent_for_weeks_is_named(store: Engine) -> None:
    sources.save(store, [MILL])
    for days_ago in range(40, 20, -1):
        ran(store, days_ago)
    for days_ago in range(20, -1, -1):
        ran(store, days_ago, delivered=0)
    page = get(store, "/sources").text
    assert "Silent beyond what is usual" in page
    assert 'href="#mill"' in page


def test_46_a_dead_feed_is_a_gap_and_not_a_quiet_month(store: Engine) -> None:
    sources.save(store, [MILL])
    sources.record(store, Run(source_id="mill", at=datetime(2026, 1, 10, tzinfo=UTC), fetched=1, dropped={}))
    for day in range(1, 29):
        at = datetime(2026, 2, day, tzinfo=UTC)
        sources.record(store, Run(source_id="mill", at=at, attempted=1, dropped={}, error="no answer"))
    found = jobs_cut(store, since="2026-01-01", until="2026-03-01")
    assert [(point.period, point.value, point.covered_days) for point in found.points] == [
        ("2026-01", 0, 1),
        ("2026-02", None, 0),
    ]


def test_47_the_current_month_is_marked_as_not_over(store: Engine) -> None:
    found = jobs_cut(store, since="2026-02-01", until="2026-04-01", today=date(2026, 3, 9))
    assert [(point.period, point.partial) for point in found.points] == [("2026-02", False), ("2026-03", True)]


def test_48_every_way_to_a_total_has_the_same_date_basis(sample_ledger: SampleLedger) -> None:
    """The sum over months and what lies in no month is the sum over years; so is that over the events themselves."""
    month, year = (jobs_cut(sample_ledger.engine, grain=grain) for grain in ("month", "year"))
    in_years = sum(point.value or 0 for point in [*year.points, *year.unplaced])
    in_months = sum(point.value or 0 for point in [*month.points, *month.unplaced])
    out = ("denied", "cancelled")
    counted = [event for event in sample_ledger.events() if event.type == "layoff" and event.stage not in out]
    assert in_months == in_years == sum(event.count or 0 for event in counted if event.scope == "total")


def test_49_a_consent_page_is_no_article(sample_ledger: SampleLedger) -> None:
    assert sample_ledger.dropped == {"consent_page": 1}
    titles = {claim.title for event in sample_ledger.events() for claim in sample_ledger.claims_of(event)}
    assert not any("Before you continue" in title for title in titles)


def test_50_names_are_whole_whatever_the_page_says_of_its_encoding() -> None:
    text = (
        "<p>Möllendorf Antriebe said on Thursday that it would cut 1,900 jobs in Germany by the end of 2027, because "
        "electric cars need fewer gears. The gearbox maker’s works council called it a bitter day for the region.</p>"
        "<p>The company has some 11,000 employees. Talks with the union begin in January, chief executive Friederike "
        "Börne said after a meeting of the supervisory board.</p>"
    )
    title = "Möllendorf Antriebe to cut 1,900 jobs"
    for stated, header, real in (
        ("windows-1252", None, "windows-1252"),
        ("utf-8", "text/html; charset=iso-8859-1", "utf-8"),
        ("iso-8859-1", "text/html", "utf-8"),
        (None, "text/html", "utf-8"),
    ):
        meta = f'<meta charset="{stated}">' if stated else ""
        html = f"<html lang=en><head>{meta}<title>{title}</title></head><body><article><h1>{title}</h1>{text}</article>"
        page = Page(
            url="https://paper.example/a",
            source_id="mill",
            fetched_at=datetime(2025, 12, 4, tzinfo=UTC),
            body=html.encode(real),
            content_type=header,
        )
        found = to_article(page, None)
        assert isinstance(found, Article), (stated, header, real)
        assert found.title == title
        assert "Börne" in found.text
        names = {claim.company for claim in predictions.shared_reader().read(found)}
        assert not any("Ã" in name or "�" in name for name in names)


def test_51_a_formula_in_a_company_name_stays_text_in_a_spreadsheet() -> None:
    rows = [{"company": "=HYPERLINK(1)", "count": -5}, {"company": "+Relay", "count": 3}]
    shown = b"".join(csv_lines(rows, ["company", "count"])).decode().splitlines()
    assert shown[1:] == ["'=HYPERLINK(1),-5", "'+Relay,3"]
