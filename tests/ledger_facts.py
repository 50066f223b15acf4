"""Made-up companies, articles, claims and events for tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from newsledger.model import Article, Claim, Company, Event, Evidence, Source, claim_id, digest
from newsledger.reconcile import MintedId
from storage import companies, events, sources
from storage.engine import moment_of_writing, writing

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
WIRE = Source(id="wire", name="Example Wire", kind="wire", spider="feed", urls=("https://wire.example/feed",))


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def article(name: str, text: str = "Acme cuts 300 jobs.", **fields: Any) -> Article:
    url = f"https://wire.example/{name}"
    known: dict[str, Any] = {
        "id": digest(url),
        "revision": 1,
        "title": name,
        "text": text,
        "url": url,
        "source_id": "wire",
        "fetched_at": NOW,
    }
    return Article(**known | fields)


def claim(of: Article, version: str = "v1", **fields: Any) -> Claim:
    figure = Evidence(where="text", start=0, end=9, quote="Acme cuts")
    known: dict[str, Any] = {
        "id": claim_id(of.id, of.revision, version, "layoff", {"company": figure}) + str(fields.get("company", "")),
        "article_id": of.id,
        "revision": of.revision,
        "version": version,
        "type": "layoff",
        "company": "Acme",
        "company_id": "acme",
        "kind": "layoff",
        "status": "confirmed",
        "time": "current",
        "count": 300,
        "count_qualifier": "exact",
        "date": "2026-03-14",
        "date_precision": "day",
        "sentence": Evidence(where="text", start=0, end=len(of.text), quote=of.text),
        "evidence": {"company": figure},
        "trace": {"count": "number before jobs"},
    }
    return Claim(**known | fields)


def layoff(id_: str, **fields: Any) -> Event:
    known: dict[str, Any] = {
        "id": id_,
        "type": "layoff",
        "company_id": "acme",
        "company": "Acme",
        "kind": "layoff",
        "stage": "announced",
        "count": 300,
        "count_low": 280,
        "count_high": 300,
        "count_qualifier": "exact",
        "date": "2026-03-14",
        "date_precision": "day",
        "date_basis": "stated",
        "figure_rule": "the figure most sources give",
        "claim_ids": (f"claim of {id_}",),
        "claims": 1,
        "sources": 1,
        "source_kinds": ("wire",),
    }
    return Event(**known | fields)


def investment(id_: str, **fields: Any) -> Event:
    known: dict[str, Any] = {
        "type": "ai_investment",
        "kind": "capex",
        "count": None,
        "count_low": None,
        "count_high": None,
        "count_qualifier": None,
        "amount": 2_000_000_000,
        "amount_low": 2_000_000_000,
        "amount_high": 2_000_000_000,
        "amount_qualifier": "exact",
        "currency": "USD",
        "amount_usd": 2_000_000_000,
        "usd_rate": 1.0,
        "usd_rate_date": "2026-03-14",
        "usd_rate_table": "ecb-2026-03-14",
        "basis": "pledge",
    }
    return layoff(id_, **known | fields)


def company(id_: str, **fields: Any) -> Company:
    return Company(**{"id": id_, "name": id_.title(), **fields})


def put(
    store: Engine, *kept: Event, considered: tuple[str, ...] = (), known_at: datetime | None = None
) -> tuple[int, int]:
    """Write events with the companies, articles and claims they need."""
    sources.save(store, [WIRE])
    with writing(store) as connection:
        moment = known_at or moment_of_writing(connection)
        companies.save_new(connection, [company(entry.company_id, name=entry.company) for entry in kept], moment)
        events.mint(
            connection, [MintedId(id=entry.id, minted_at=moment, anchor=f"{entry.id}:layoff:acme:") for entry in kept]
        )
        _claims_of(connection, kept, moment)
        return events.write(connection, kept, considered, moment)


def _claims_of(connection: Any, kept: tuple[Event, ...], moment: datetime) -> None:
    from sqlalchemy import insert, select

    from storage import articles, claims, tables, words

    for entry in kept:
        for name in entry.claim_ids:
            made = articles.save(connection, article(name, fetched_at=moment), ())
            if connection.execute(select(tables.claim).where(tables.claim.c.id == name)).first() is None:
                said = replace(claim(made), id=name, company_id=entry.company_id, company=entry.company)
                connection.execute(insert(tables.claim).values(claims.to_row(said) | {"known_at": moment}))
                words.add(connection, [said])


def days(number: int) -> timedelta:
    return timedelta(days=number)
