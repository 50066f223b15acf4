"""Our own articles: a retold story says whose news it retells, an event has its words, none has another's wording."""

from __future__ import annotations

import re

import pytest

from bench.split import available, documents, own_articles

LONGEST_SHARED = 12
"""Words in a row that two tellings of news may share by chance: "people who asked not to be named because"."""
STORIES = [*own_articles("retold"), *own_articles("retold", held=True)]
LONG = [*own_articles("long"), *own_articles("long", held=True)]


def words(article: dict[str, str]) -> list[str]:
    return re.findall(r"[a-z0-9']+", f"{article['title']} {article['text']}".lower())


def test_every_story_has_its_source_and_every_event_its_words() -> None:
    assert len({story["id"] for story in [*STORIES, *LONG]}) == len(STORIES) + len(LONG)
    assert len(STORIES) >= 1_000
    assert all(story["address"].startswith("http") for story in STORIES)
    for story in [*STORIES, *LONG]:
        told = " ".join(f"{story['title']} \n {story['text']}".split())
        for event in story["events"]:
            assert " ".join(event["quote"].split()) in told, story["id"]


def test_long_articles_are_as_long_as_pages_and_some_come_without_title_or_lines() -> None:
    assert all(len(story["text"]) > 2_500 for story in LONG)
    assert sum(not story["title"] for story in LONG) > len(LONG) // 10
    assert sum("\n" not in story["text"] for story in LONG) > len(LONG) // 4


def test_a_happening_is_either_trained_on_or_held_out() -> None:
    kept = {story["cluster"] for story in own_articles("retold")}
    assert not kept & {story["cluster"] for story in own_articles("retold", held=True)}


@pytest.mark.skipif(not available(), reason="the development documents are not beside the project")
def test_no_story_is_told_in_the_words_of_a_development_document() -> None:
    def runs(told: list[str]) -> set[tuple[str, ...]]:
        return {tuple(told[i : i + LONGEST_SHARED]) for i in range(len(told) - LONGEST_SHARED + 1)}

    theirs = {run for half in ("training", "validation") for d in documents(half) for run in runs(words(d))}
    assert not [story["id"] for story in [*STORIES, *LONG] if runs(words(story)) & theirs]
