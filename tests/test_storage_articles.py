"""Pages, articles and claims: revisions, near-duplicates, readings, and what each change sets going."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ledger_facts import NOW, WIRE, article, claim, days
from sqlalchemy import Connection, Engine

from newsledger.model import Article, Page
from newsledger.settings import settings
from storage import articles, claims, pages, sources, work
from storage.engine import reading, writing
from workers import steps


@pytest.fixture(autouse=True)
def wire(store: Engine) -> None:
    sources.save(store, [WIRE])


def page(name: str, body: bytes = b"<p>Acme cuts 300 jobs.</p>") -> Page:
    return Page(url=f"https://wire.example/{name}", source_id="wire", fetched_at=NOW, body=body)


def keep(store: Engine, *kept: Article, bands: tuple[str, ...] = ()) -> list[Article]:
    with writing(store) as connection:
        return [articles.save(connection, entry, bands) for entry in kept]


def read(store: Engine, of: Article, version: str, *said: object, key: str = "acme") -> bool:
    with writing(store) as connection:
        return claims.save(connection, of, version, said, {c.id: [key] for c in said})  # type: ignore[arg-type, attr-defined]


def due(store: Engine) -> list[str]:
    keys = work.lease(store, "derive", 100, "test", 60)
    with writing(store) as connection:
        work.finish(connection, "derive", keys)
    return sorted(keys)


def test_page_is_kept_once_queued_and_lets_go_of_its_bytes(store: Engine) -> None:
    both = [page("a"), page("b")]
    assert pages.save(store, both) == [pages.page_id(p) for p in both]
    assert len(pages.save(store, [*both, page("a", b"changed")])) == 1
    keys = work.lease(store, "read", 10, "test", 60)
    with writing(store) as connection:
        assert sorted(p.body for p in pages.load(connection, keys).values()) == sorted(
            [both[0].body, both[1].body, b"changed"]
        )
        made = articles.save(connection, article("a"), ())
        pages.extracted(connection, {pages.page_id(both[0]): made.id})
        pages.drop(connection, pages.page_id(both[1]), "consent_page", "asks for cookies")
        pages.drop(connection, pages.page_id(both[1]), "consent_page")
        assert pages.load(connection, [pages.page_id(both[0]), pages.page_id(both[1])]) == {}
    assert pages.drops(store) == {"consent_page": 1}
    assert set(pages.have(store, ["https://wire.example/a", "https://wire.example/z"])) == {"https://wire.example/a"}
    [day] = sources.health(store, "2026-01-01") or [None]  # no run yet, so no day
    assert day is None


def test_the_bytes_of_a_page_are_kept_where_asked(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = settings().model_copy(update={"keep_html": True})
    monkeypatch.setattr(pages, "settings", lambda: asked)
    pages.save(store, [page("a")])
    with writing(store) as connection:
        made = articles.save(connection, article("a"), ())
        pages.extracted(connection, {pages.page_id(page("a")): made.id})
        assert list(pages.load(connection, [pages.page_id(page("a"))]).values()) == [page("a")]


def test_health_adds_up_by_day(store: Engine) -> None:
    run = sources.Run(
        source_id="wire", at=NOW, attempted=5, fetched=3, delivered=2, dropped={"http_404": 2}, newest=NOW
    )
    sources.record(store, run)
    sources.record(store, replace(run, at=NOW + days(1), fetched=1, delivered=0, newest=None, dropped={}))
    sources.record(store, replace(run, error="robots.txt answered 503", fetched=0, delivered=0, dropped={}))
    first, second = sources.health(store, "2026-03-01")
    assert (first.runs, first.failed_runs, first.attempted, first.fetched, first.dropped) == (
        2,
        1,
        10,
        3,
        {"http_404": 2},
    )
    assert (first.last_error, first.newest) == ("robots.txt answered 503", NOW)
    assert (second.runs, second.empty_runs) == (1, 1)


def test_changed_text_is_a_new_revision_and_the_same_text_is_not(store: Engine) -> None:
    first = article("a")
    later = replace(first, text="Acme cuts 350 jobs.", fetched_at=NOW + days(1))
    assert [kept.revision for kept in keep(store, first, first, later, first)] == [1, 1, 2, 1]
    with reading(store) as connection:
        [latest] = articles.load(connection, [first.id])
        old = articles.load_revisions(connection, [(first.id, 1)]).get((first.id, 1))
    assert latest.text == "Acme cuts 350 jobs."
    assert latest.revision == 2
    assert old is not None
    assert replace(old, group_id=None) == first


@pytest.mark.fault
def test_texts_saved_at_once_are_all_kept(store: Engine) -> None:
    """Each of eight transactions saves its own text of the same ten articles, in an order of its own."""

    def save(number: int) -> None:
        some = [article(str(n), text=f"Acme cuts {100 + number} jobs.") for n in range(10)]
        order = some[number:] + some[:number]

        def once(connection: Connection) -> None:
            articles.save_all(connection, order)
            articles.join_groups(connection, {one.id: ("x", str(number)) for one in order})

        steps.transaction(store, once)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(8)))
    ids = [article(str(n)).id for n in range(10)]
    wanted = [(id_, revision) for id_ in ids for revision in range(1, 9)]
    with reading(store) as connection:
        kept = articles.load_revisions(connection, wanted)
    assert len(kept) == 80
    assert {len({kept[id_, revision].text for revision in range(1, 9)}) for id_ in ids} == {8}
    assert {one.group_id for one in kept.values()} == {min(ids)}


def test_latest_text_does_not_depend_on_arrival(store: Engine) -> None:
    first = article("a")
    later = replace(first, text="Acme cuts 350 jobs.", fetched_at=NOW + days(1))
    keep(store, later, first)
    with reading(store) as connection:
        assert articles.load(connection, [first.id])[0].text == later.text


def test_near_duplicates_share_a_group_whatever_order_they_come_in(store: Engine) -> None:
    # a chain: each shares a key only with its neighbour
    bands = {"p": ("1",), "q": ("1", "2"), "r": ("2", "3"), "s": ("3",), "alone": ("9",), "none": ()}
    chain = {article(f"0{name}").id for name in "pqrs"}
    for number, order in enumerate(itertools.permutations("pqrs")):
        names = {name: article(f"{number}{name}") for name in order}
        for name in (*order, "alone", "none"):
            entry = article(f"{number}{name}")
            keep(store, entry, bands=tuple(f"{number}-{key}" for key in bands[name]))
        with reading(store) as connection:
            found = articles.load(connection, [entry.id for entry in names.values()])
            alone = articles.load(connection, [article(f"{number}alone").id, article(f"{number}none").id])
        assert {entry.group_id for entry in found} == {min(entry.id for entry in names.values())}
        assert all(entry.group_id == entry.id for entry in alone)
    assert chain


def test_joining_groups_sets_their_companies_going(store: Engine) -> None:
    [one] = keep(store, article("one"), bands=("x",))
    [other] = keep(store, article("other"), bands=("y",))
    read(store, one, "v1", claim(one), key="acme")
    read(store, other, "v1", claim(other), key="beta")
    assert due(store) == ["acme", "beta"]
    with writing(store) as connection:
        [bridge] = articles.save_all(connection, [article("bridge")])
        told = articles.join_groups(connection, {bridge.id: ("x", "y")}).companies
    joined = {min(one.id, other.id, bridge.id)}
    moved = {key for kept, key in ((one, "acme"), (other, "beta")) if {kept.id} != joined}
    assert moved == told == set(due(store)), "whoever joined them can ring for them at once"
    with reading(store) as connection:
        assert {entry.group_id for entry in articles.load(connection, [one.id, other.id])} == joined


def test_a_better_reader_replaces_what_was_read_and_nothing_is_lost(store: Engine) -> None:
    [kept] = keep(store, article("a"))
    old, new = claim(kept, "v1", count=300), claim(kept, "v2", count=3000)
    assert read(store, kept, "v1", old)
    assert due(store) == ["acme"]
    assert not read(store, kept, "v1", old), "the same reading again changes nothing"
    assert due(store) == []
    with reading(store) as connection:
        assert [c.claim for c in claims.sourced(connection, ["acme"])] == [old]
    assert read(store, kept, "v2", new)
    assert due(store) == ["acme"]
    with reading(store) as connection:
        assert [c.claim for c in claims.sourced(connection, ["acme"])] == [new]
        assert [c.claim for c in claims.sourced_by_id(connection, [old.id])] == [old], "claims are never lost"
        [sourced] = claims.sourced(connection, ["acme"])
    assert (sourced.source_kind, sourced.group_id, sourced.url) == ("wire", kept.id, kept.url)
    assert read(store, kept, "v3"), "a reading without claims"
    assert due(store) == ["acme"], "what it no longer says is derived anew"
    with reading(store) as connection:
        assert claims.sourced(connection, ["acme"]) == []


def test_a_correction_replaces_the_claims_of_the_earlier_text(store: Engine) -> None:
    first = article("a")
    later = replace(first, text="Acme cuts 350 jobs.", fetched_at=NOW + days(1))
    first, later = keep(store, first, later)
    read(store, later, "v1", claim(later, count=350))
    assert not read(store, first, "v1", claim(first, count=300)), "the earlier text, read late, does not come back"
    with reading(store) as connection:
        assert [c.claim.count for c in claims.sourced(connection, ["acme"])] == [350]


def test_keys_follow_decisions(store: Engine) -> None:
    [kept] = keep(store, article("a"))
    said = claim(kept)
    read(store, kept, "v1", said)
    with writing(store) as connection:
        assert [c.id for c in claims.each_live(connection)] == [said.id]
        assert claims.set_keys(connection, {said.id: ["acme-holding"]}) == {"acme", "acme-holding"}
        assert claims.sourced(connection, ["acme"]) == []
        assert len(claims.sourced(connection, ["acme-holding", "other"])) == 1
