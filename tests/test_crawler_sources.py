"""Walks every source of the catalogue and every kind of spider; each kind has written fixtures with a reviewed reading.

A fixture is a folder `tests/sources/<spider>/<case>/` with an `index.*` file and what it leads to. What the real spider
delivers from a local server that shows the folder is compared with its `golden.json`. A missing golden is written, and
the test fails so that a person reviews it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scrapy.utils.misc import load_object

from crawler.catalogue import load_sources
from crawler.child import SPIDERS
from crawler.crawl import crawl
from crawler.pages import Limits
from crawler.spiders.source import SourceSpider
from newsledger.model import Page
from tests.web_server import Reply, Site, page, serve

FIXTURES = Path(__file__).parent / "sources"
CASES = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())
CONTENT_TYPES = {".xml": "application/xml", ".json": "application/feed+json"}


@pytest.mark.parametrize("source", load_sources(), ids=lambda source: source.id)
def test_every_source_has_a_spider_with_fixtures(source: object) -> None:
    spider = getattr(source, "spider", "")
    assert issubclass(load_object(SPIDERS[spider]), SourceSpider)
    assert any(case.parent.name == spider for case in CASES)


def test_every_spider_has_fixtures() -> None:
    assert {case.parent.name for case in CASES} == set(SPIDERS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_every_kind_of_source_reads_as_reviewed(case: Path) -> None:
    spider = case.parent.name
    with serve() as site:
        for file in case.iterdir():
            content_type = CONTENT_TYPES.get(file.suffix, "text/html; charset=utf-8")
            site.routes["/" + file.name.replace("_", "/")] = Reply(file.read_bytes(), content_type)
        site.routes["*"] = page()
        (index,) = case.glob("index.*")
        selector = "a.story" if spider == "listing" else None
        pages: list[Page] = []
        source = site.source(f"/{index.name}", spider, selector=selector)
        report = crawl(source, pages.extend, limits=Limits(delay=0, per_host=4, seconds=30), contact="x@paper.example")
        reading = {
            "pages": sorted((_told(each, site) for each in pages), key=lambda told: str(told["url"])),
            "refused": dict(sorted(report.refused.items())),
            "dropped": dict(sorted(report.dropped.items())),
        }
    golden = case / "golden.json"
    if not golden.exists():
        golden.write_text(json.dumps(reading, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.fail(f"{golden.relative_to(FIXTURES)} was missing and has been written: please review it")
    assert reading == json.loads(golden.read_text(encoding="utf-8"))


def _told(page: Page, site: Site) -> dict[str, str | None]:
    return {
        "url": page.url.removeprefix(site.address),
        "title": page.feed_title,
        "published": page.feed_published.isoformat() if page.feed_published else None,
        "text": page.feed_text,
    }
