"""Every entry of a feed is read, or refused with a reason; on real feeds where they are at hand."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from courlan import extract_domain

from crawler.catalogue import load_sources
from crawler.feeds import read_feed

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FEEDS = Path(__file__).parents[2] / "shared" / "data" / "feeds.tar.gz"
BASE = "https://paper.example/feed"
SHARED_SITES = {"google.com", "githubusercontent.com", "medium.com"}
"""Sites of many publishers: there only the very address tells which one it is."""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not_a_feed"),
        (b"https://paper.example/other-feed", "not_a_feed"),
        (b"<html><body>hello</body></html>", "not_a_feed"),
        (b'{"items": []}', "not_a_feed"),
        (b"{" * 100_000, "not_a_feed"),
        (b"\x00\xff" * 1_000, "not_a_feed"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>'.encode("utf-16"), "entities_declared"),
    ],
)
def test_what_is_no_feed_is_told_apart(body: bytes, problem: str) -> None:
    assert read_feed(body, BASE, NOW).problem == problem


def test_a_feed_cut_off_or_badly_encoded_gives_what_it_holds() -> None:
    whole = "<rss version='2.0'><channel><item><title>Café</title><link>/a</link></item><item><title>x".encode(
        "latin-1"
    )
    reading = read_feed(whole, BASE, NOW, {"content-type": "application/xml; charset=iso-8859-1"})
    assert (reading.items[0].title, reading.items[0].url) == ("Café", "https://paper.example/a")
    assert reading.entries == len(reading.items) + reading.refused.total()


def test_the_entries_of_one_feed_are_bounded() -> None:
    items = [{"url": f"/{n}"} for n in range(6_000)]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    reading = read_feed(json.dumps(feed).encode(), BASE, NOW)
    assert (len(reading.items), reading.refused["beyond_limit"]) == (5_000, 1_000)


@pytest.mark.long
@pytest.mark.skipif(not FEEDS.exists(), reason="the real feeds are not at hand")
def test_every_item_of_real_feeds_is_read_or_refused_with_a_reason() -> None:
    refused: Counter[str] = Counter()
    read = feeds = 0
    with tarfile.open(FEEDS) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None:
                continue
            body = stream.read()
            reading = read_feed(body, BASE, NOW)
            feeds += 1
            assert reading.problem is None, member.name
            assert reading.entries == len(reading.items) + reading.refused.total()
            refused += reading.refused
            read += len(reading.items)
    assert feeds == 104
    assert read > 2_900
    assert set(refused) <= {"listed_twice", "no_link", "bad_link"}


@pytest.mark.skipif(not FEEDS.exists(), reason="the real feeds are not at hand")
def test_the_catalogue_knows_every_real_feed() -> None:
    addresses = {url.rstrip("?/") for source in load_sources() for url in source.urls}
    sites = {extract_domain(url) for url in addresses} - SHARED_SITES
    unknown = []
    with tarfile.open(FEEDS) as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None:
                continue
            feed = feedparser.parse(stream.read())
            named = {link.get("href", "").rstrip("?/") for link in feed.feed.get("links", [])} - {""}
            named = named or {entry.link for entry in feed.entries}
            if not (named & addresses or {extract_domain(url) for url in named} & sites):
                unknown.append((member.name, sorted(named)))
    assert not unknown
