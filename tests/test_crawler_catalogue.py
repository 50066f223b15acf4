"""The catalogue is checked before anything is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.catalogue import CatalogueError, load_sources

GOOD = "- {id: a-paper, name: A Paper, kind: news, spider: feed, urls: ['https://paper.example/feed']}\n"


def test_the_shipped_catalogue_loads() -> None:
    sources = load_sources()
    assert len({s.id for s in sources}) == len(sources)
    assert all(source.urls or source.excluded for source in sources)
    live = [source for source in sources if not source.excluded]
    assert len(live) > 50
    assert not any(source.robots == "disallowed" or source.allow_private or source.sample for source in live)
    assert {source.language for source in live} == {"en"}
    addresses = [url for source in sources for url in source.urls]
    assert len(addresses) == len(set(addresses))


def test_absent_means_unknown(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(GOOD)
    (source,) = load_sources(path)
    assert (source.country, source.robots, source.last_seen) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "cannot be read as YAML"),
        ("{}", "no list of sources"),
        ("- just words", "no mapping"),
        (GOOD + GOOD, "stands twice"),
        (GOOD.replace("kind: news", "kind: gossip"), "'kind'"),
        (GOOD.replace("name:", "nome:"), "unknown field nome"),
        (GOOD.replace("https://paper.example/feed", "file:///etc/hosts"), "no http or https address"),
        (GOOD.replace("a-paper", "A Paper"), "an id is of small letters"),
        (GOOD.replace("spider: feed", "spider: listing"), "selector"),
        (GOOD.replace("}", ", every_minutes: 1}"), "at least 5"),
        (GOOD.replace("}", ", country: usa}"), "ISO 3166"),
        (GOOD.replace("}", ", allow_private: [localhost]}"), "host:port"),
    ],
)
def test_a_broken_catalogue_says_where_and_what(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(text)
    with pytest.raises(CatalogueError) as error:
        load_sources(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)
