"""The pages in a real browser: light and dark, phone and wide; what they show, where they lead, and who can use them.

With NEWSLEDGER_SCREENSHOTS=folder each page is also saved as a picture (`make screenshots`).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from api.app import create_app
from api.dashboard import charts
from newsledger.settings import Settings
from storage.engine import open_store
from storage.migrations import migrate
from tests.served_api import served
from tests.written_ledger import fill

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCREENSHOTS = os.environ.get("NEWSLEDGER_SCREENSHOTS")
FIRST_VIEW = 150_000
"""Bytes that a first view may transfer."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH (apt install chromium)")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite'}")
    migrate(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def address(ledger: Engine) -> Iterator[str]:
    with served(create_app(ledger, Settings(_env_file=None))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # as root (in containers) chromium starts only without its sandbox
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(request.url))
    yield page
    context.close()
    assert troubles == []


def paths(address: str) -> dict[str, str]:
    cut = httpx.get(f"{address}/v1/events?company=corvane&type=layoff", timeout=60).json()["data"][0]["id"]
    return {
        "overview": "/",
        "companies": "/companies",
        "company": "/companies/corvane",
        "company-added-up": "/companies/corvane?cumulative=true",
        "event": f"/events/{cut}",
        "explore": "/explore",
        "sources": "/sources",
        "about": "/about",
        "developers": "/developers",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_fits_and_can_be_used_by_all(browser: Browser, address: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    for name, path in paths(address).items():
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the window"
        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_text("Sample data.").first).to_be_visible()
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{SCREENSHOTS}/{name}-{scheme}-{width}.png", full_page=True)
        if (scheme, width) not in (("light", 1440), ("dark", 390)):
            continue
        found = [
            (one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in Axe().run(page).response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert found == [], name
    assert troubles == []
    context.close()


def test_the_printed_citation_gives_the_figures_of_now(address: str) -> None:
    (asked,) = re.findall(r"/v1/series\?metric=jobs_cut&amp;as_of=([^<]+)<", httpx.get(f"{address}/about").text)
    now = httpx.get(f"{address}/v1/series?metric=jobs_cut&by=year", timeout=60).json()
    cited = httpx.get(f"{address}/v1/series?metric=jobs_cut&by=year&as_of={asked}", timeout=60).json()
    values = [{(row["period"], row["value"]) for row in found["data"] if row["value"]} for found in (now, cited)]
    assert values[0] == values[1] != set()


def test_the_event_page_tells_each_reason_once(page: Page, address: str) -> None:
    page.goto(address + paths(address)["event"])
    reasons = page.locator("section[aria-labelledby=why] dt").all_inner_texts()
    assert len(reasons) == len(set(reasons)) > 4
    assert {"Figure", "Stage", "Date"} <= set(reasons)


def test_a_first_view_is_light(browser: Browser, address: str) -> None:
    for name, path in {"overview": "/", "company": "/companies/corvane", "explore": "/explore"}.items():
        context = browser.new_context()
        page = context.new_page()
        client = context.new_cdp_session(page)
        client.send("Network.enable")
        sizes: list[float] = []
        client.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        page.goto(address + path, wait_until="networkidle")
        assert 0 < sum(sizes) < FIRST_VIEW, (name, sum(sizes))
        context.close()


def test_from_the_overview_down_to_the_words_behind_a_figure(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("figure svg.drawing").first).to_be_visible()
    page.get_by_role("link", name="Corvane").first.click()
    expect(page.get_by_role("heading", name="How we know")).to_be_visible()
    marks = page.locator("blockquote mark")
    assert {"Corvane", "1,250"} <= set(marks.all_inner_texts())
    expect(page.get_by_text("The sources disagree.")).to_be_visible()
    page.get_by_text("Which words, and which rule").first.click()
    expect(page.get_by_text("the number before a noun of work").first).to_be_visible()
    source = page.locator(".claim h3 a").first
    assert source.get_attribute("href").startswith("https://")
    assert "nofollow" in source.get_attribute("rel")


def test_a_bar_says_its_figures_and_leads_to_its_events(page: Page, address: str) -> None:
    page.goto(address)
    bar = page.locator(".chart-wide a:has([aria-label*='jobs cut'])").last
    bar.locator("[aria-label]").hover()
    expect(page.locator(".tip")).to_contain_text("jobs cut")
    bar.click()
    page.wait_for_url("**/explore?type=layoff**")
    expect(page.locator("#results tbody tr[class]").first).to_be_visible()


def test_a_bar_of_nothing_leads_nowhere() -> None:
    told = charts.Bar(start="2026-01-01", end="2026-02-01", value=5, words="five", href="/explore?since=2026-01-01")
    nothing = charts.Bar(start="2026-02-01", end="2026-03-01", value=0, words="nothing")
    spec = charts.panel_spec([charts.Panel(title="", colour="cut", bars=(told, nothing))], charts.NARROW, 60)
    drawn = charts.draw("a", "", "", orjson.dumps(spec))
    assert re.findall(r'<a href="([^"]*)"', drawn) == ["/explore?since=2026-01-01"]
    assert 'aria-label="nothing"' in drawn


@pytest.mark.parametrize("path", ["/", "/companies/corvane"])
def test_both_series_can_be_seen_added_up(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    page.get_by_role("link", name="Added up").click()
    expect(page.locator("figure desc").first).to_contain_text("so far")
    figure = page.locator("figure").first
    figure.get_by_text("The same data as a table").click()
    jobs = [int(text.replace(",", "")) for text in figure.locator("tbody td:nth-of-type(1)").all_inner_texts()]
    assert jobs == sorted(jobs, reverse=True)
    assert jobs[0] >= 1250
    expect(page.get_by_role("link", name="Added up")).to_have_attribute("aria-current", "true")


def test_a_filter_changes_the_page_in_place_and_the_download_is_what_is_shown(page: Page, address: str) -> None:
    page.goto(f"{address}/explore")
    page.get_by_label("Type").select_option("ai_investment")
    page.wait_for_url("**type=ai_investment**")
    expect(page.locator("#results tbody tr[class]")).to_have_count(3)
    page.get_by_role("link", name="Figure").click()
    shown = page.locator("#results tbody tr[class] th").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    columns = lines[0].split(",")
    assert [line.split(",")[columns.index("company")] for line in lines[1:]] == shown
    page.get_by_label("Words in sentence or headline").fill("nobody says this")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing matches.")).to_be_visible()


def test_a_wrong_filter_is_told_as_a_page(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(f"{address}/explore?kind=nonsense")
    assert answer is not None
    assert answer.status == 400
    expect(page.get_by_text("Allowed:")).to_contain_text("buyout")
    answer = page.goto(f"{address}/events/none")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Not found")
    context.close()


def test_everything_is_there_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/explore")
    page.get_by_label("Type").select_option("layoff")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**type=layoff**")
    expect(page.locator("#results tbody tr[class]")).to_have_count(5)
    page.goto(address)
    page.get_by_text("The same data as a table").first.click()
    expect(page.locator("figure table").first).to_be_visible()
    context.close()


def test_the_keyboard_reaches_the_content_and_the_bars(page: Page, address: str) -> None:
    page.goto(address, wait_until="networkidle")  # who leaves a page that still loads breaks off its requests
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    bar = page.locator(".chart-wide a:has([aria-label*='jobs cut'])").last
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?**")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#results tbody tr[class]").first).to_be_visible()


def test_hostile_names_and_sentences_are_only_text(page: Page, address: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto(f"{address}/explore?q=HYPERLINK")
    name = page.locator("#results tbody th a")
    expect(name).to_contain_text("<b>Söhne</b>")
    name.click()
    expect(page.locator("blockquote").first).to_contain_text("<script>alert(1)</script>")


def test_pages_allow_no_script_or_style_but_their_own(address: str) -> None:
    for path in paths(address).values():
        answer = httpx.get(address + path, timeout=60)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert "<script>" not in answer.text.replace("&lt;", "")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_empty_ledger_says_so(browser: Browser, tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    migrate(engine)
    with served(create_app(engine, Settings(_env_file=None))) as address:
        for path in ("/", "/companies", "/explore", "/sources", "/about", "/developers"):
            answer = httpx.get(address + path, timeout=60)
            assert answer.status_code == 200, path
            assert "Sample data" not in answer.text
        assert "The ledger is empty so far" in httpx.get(address).text
        assert "no source has been read" in httpx.get(f"{address}/sources").text.lower()
    engine.dispose()
