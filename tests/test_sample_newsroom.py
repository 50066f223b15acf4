"""The sample newsroom is a news site like others: feeds, sitemaps, listings, and pages whose text can be taken out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import feedparser
import httpx
import pytest
import trafilatura

from sample import newsroom, server

Site = httpx.Client


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    address, stop = server.start()
    with httpx.Client(base_url=address) as client:
        yield client
    stop()


def links(text: str) -> list[str]:
    return re.findall(r"<loc>([^<]+)</loc>", text)


def test_it_listens_on_the_loopback_address_only(site: Site) -> None:
    assert str(site.base_url).startswith("http://127.0.0.1:")


def test_a_taken_port_is_named_with_the_remedy(site: Site) -> None:
    port = site.base_url.port
    with pytest.raises(OSError, match=f"127.0.0.1:{port}.*name another port"):
        server.start(port)


def test_stop_frees_the_port() -> None:
    address, stop = server.start()
    stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_sources_are_marked_as_samples_and_may_be_fetched_from_this_port_only(site: Site) -> None:
    address = str(site.base_url).rstrip("/")
    sources = server.sources(address)
    assert {source.spider for source in sources} == {"feed", "sitemap", "listing"}
    for source in sources:
        assert source.sample
        assert source.allow_private == (address.removeprefix("http://"),)
        assert site.get(source.urls[0]).status_code == 200


def test_every_page_is_listed_where_its_source_looks(site: Site) -> None:
    address = str(site.base_url).rstrip("/")
    listed: set[str] = set()
    for source in server.sources(address):
        answer = site.get(source.urls[0])
        if source.spider == "feed":
            feed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
            assert not feed.bozo, feed.get("bozo_exception")
            listed |= {entry.link.split("?")[0] for entry in feed.entries}
        elif source.spider == "sitemap":
            for part in links(answer.text):
                listed |= set(links(site.get(part).text))
        else:
            url: str | None = source.urls[0]
            while url:
                text = site.get(url).text
                listed |= set(re.findall(r'class="headline" href="([^"]+)"', text))
                more = re.search(r'rel="next" href="([^"]+)"', text)
                url = more[1] if more else None
    assert listed == {address + piece.path for piece in newsroom.pieces()}


def test_pages_say_that_they_are_made_up_and_carry_their_story(site: Site) -> None:
    for piece in newsroom.pieces():
        answer = site.get(piece.path)
        if piece.consent:
            assert answer.status_code == 302
            assert answer.headers["location"].endswith(f"/consent?next={piece.path}")
            continue
        assert answer.status_code == 200, piece.path
        text = answer.content.decode(newsroom.outlets()[piece.outlet].encoding)
        assert "Sample data" in text
        body = trafilatura.extract(text, favor_precision=True) or ""
        shown = piece.paragraphs[:1] if piece.paywall else piece.paragraphs
        for paragraph in shown:
            assert paragraph in body, piece.id
        assert "Most read" not in body
        assert "214 partners" not in body


def test_a_consent_page_stands_in_the_way_until_it_is_answered(site: Site) -> None:
    piece = next(piece for piece in newsroom.pieces() if piece.consent)
    wall = site.get(piece.path, follow_redirects=True)
    assert wall.status_code == 200
    assert piece.paragraphs[0] not in wall.text
    assert piece.paragraphs[0] in site.get(piece.path, headers={"Cookie": "consent=yes"}).text


def test_the_second_edition_changes_the_text_at_the_same_address(site: Site) -> None:
    second = {piece.id: piece for piece in newsroom.pieces(2)}
    changed = [piece for piece in newsroom.pieces(1) if second[piece.id] != piece]
    assert changed
    path = changed[0].path
    before = site.get(path)
    assert site.get(path, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
    try:
        assert site.post("/edition", content="2").status_code == 200
        after = site.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert "Correction" in after.text
        assert after.headers["last-modified"] != before.headers["last-modified"]
    finally:
        site.post("/edition", content="1")
    assert site.get(path).content == before.content
    assert site.post("/edition", content="3").status_code == 422


def test_robots_allow_the_stories(site: Site) -> None:
    from urllib.robotparser import RobotFileParser

    robots = RobotFileParser()
    robots.parse(site.get("/robots.txt").text.splitlines())
    assert all(robots.can_fetch("newsledger", piece.path) for piece in newsroom.pieces())
    assert not robots.can_fetch("newsledger", "/edition")


def test_every_page_has_its_expected_events_and_every_count_stands_in_its_text() -> None:
    for edition in (1, 2):
        expected = newsroom.expected(edition)
        pieces = newsroom.pieces(edition)
        assert {piece.id for piece in pieces} == set(expected)
        for piece in pieces:
            text = "\n".join((piece.title, *piece.paragraphs))
            for event in expected[piece.id]:
                names = [event["company"], *event.get("aliases", ())]
                assert any(name in text for name in names), (piece.id, event)
                if event.get("count"):
                    assert re.search(rf"\b({event['count']}|{event['count']:,})\b", text), (piece.id, event)


def test_generated_news_is_the_same_every_time_and_keeps_coming() -> None:
    address, stop = server.start(archive=30, rate=20)
    try:
        with httpx.Client(base_url=address) as client:
            feed = feedparser.parse(client.get("/copper-line/feed.xml").content)
            generated = [entry.link for entry in feed.entries if "generated" in entry.link]
            assert len(generated) >= 10
            oldest = client.get(generated[-1].split("?")[0]).text
            assert "Sample data" in oldest
            assert client.get("/copper-line/2025/05/generated-999999").status_code == 404
            time.sleep(0.5)
            later = feedparser.parse(client.get("/copper-line/feed.xml").content)
            assert len(later.entries) > len(feed.entries)
    finally:
        stop()
    from sample import variation

    assert variation.piece(7) == variation.piece(7)
