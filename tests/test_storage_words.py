"""Full-text search: one rule for what a word is, the same answers on both databases, now and of any past state."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_facts import NOW, WIRE, article, claim, days, layoff, put
from sqlalchemy import Engine, delete, func, select

from newsledger.model import Article
from storage import articles, claims, events, sources, tables
from storage.engine import reading, writing
from storage.events import EventFilter
from storage.migrations import downgrade, migrate
from storage.words import words_of

NUMBERS = count()


def tell(store: Engine, told: Sequence[tuple[str, str, str]]) -> list[str]:
    """Keep articles of a headline and a sentence each, with a claim of a company; return the claims' ids."""
    sources.save(store, [WIRE])
    ids = []
    with writing(store) as connection:
        for title, sentence, company in told:
            kept: Article = articles.save(connection, article(f"n{next(NUMBERS)}", title=title, text=sentence), ())
            said = claim(kept, company=company)
            claims.save(connection, kept, "v1", [said], {said.id: ["acme"]})
            ids.append(said.id)
    return ids


def found(store: Engine, text: str, **asked: object) -> set[str]:
    with reading(store) as connection:
        page = events.query(connection, EventFilter(text=text), limit=1000, **asked)  # type: ignore[arg-type]
        return {known.event.id for known in page.events}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Meta's data-centres: 1,200 jobs", ["1", "200", "centres", "data", "jobs", "meta", "s"]),
        ("STRASSE Straße", ["strasse"]),
        ("ﬁnance １２ Ａi", ["12", "ai", "finance"]),
        ("Größe gro\u0308ße", ["grösse"]),
        ("snake_case 雇用 _ — !", ["case", "snake", "雇用"]),
        ("x" * 100, ["x" * 64]),
        ("\0\ud800 ", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_each_word_begins_one_of_the_events_words(store: Engine) -> None:
    one, other = tell(
        store, [("Acme rebuilds", "It cuts 1,200 jobs in Größe.", "Acme"), ("Layoffs", "R&D goes.", "Acme AG")]
    )
    put(store, layoff("both", claim_ids=(one, other), claims=2), layoff("none"))
    for text in ("ACME goes", "job größ", "grösse", "layoff 1,200", "r&d", "rebuild goes ag"):
        assert found(store, text) == {"both"}, text
    assert found(store, "acme") == found(store, "%aCm") == {"both", "none"}
    for text in ("ebuilds", "acme sold", "jobs!x", "!", "%", "_", ""):
        assert found(store, text) == set(), text


def test_a_past_state_is_searched_as_it_was(store: Engine) -> None:
    first, second = tell(store, [("One", "Alpha cuts.", "Acme"), ("Two", "Omega cuts.", "Acme")])
    put(store, layoff("e", claim_ids=(first,)), known_at=NOW)
    put(store, layoff("e", claim_ids=(second,)), known_at=NOW + days(1))
    for as_of, word in ((NOW, "alpha"), (NOW + days(1), "omega"), (None, "omega")):
        assert {text for text in ("alpha", "omega") if found(store, text, as_of=as_of)} == {word}
    assert found(store, "alpha", as_of=NOW - days(1)) == set()


TEXTS = st.text(alphabet="aAbBßéÉe\u03011１ ﬁ_'-%\\", max_size=12)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(told=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), asked=st.lists(TEXTS, min_size=1, max_size=4))
def test_the_index_finds_what_the_rule_says(store: Engine, told: list[tuple[str, str]], asked: list[str]) -> None:
    with writing(store) as connection:
        for table in ("event_claim", "event", "company_month", "company_quarter", "kind_month"):
            connection.execute(delete(tables.metadata.tables[table]))
    ids = tell(store, [(title, sentence, "b") for title, sentence in told])
    put(store, *(layoff(f"e{place}", claim_ids=(id_,)) for place, id_ in enumerate(ids)))
    for text in asked:
        wanted = words_of(text)
        expected = {
            f"e{place}"
            for place, (title, sentence) in enumerate(told)
            if wanted and all(any(has.startswith(word) for has in words_of(f"{title} {sentence} b")) for word in wanted)
        }
        assert found(store, text) == expected, (text, told, asked, ids)


def test_claims_kept_before_there_was_an_index_are_found_too(store: Engine) -> None:
    [said] = tell(store, [("Acme rebuilds", "It cuts jobs.", "Acme")])
    put(store, layoff("e", claim_ids=(said,)))
    query = select(func.count()).select_from(tables.claim_word)
    with reading(store) as connection:
        before = connection.execute(query).scalar_one()
    downgrade(store, "0004")
    migrate(store)
    with reading(store) as connection:
        assert connection.execute(query).scalar_one() == before
    assert found(store, "rebuilds jobs") == {"e"}
