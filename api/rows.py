"""The nouns as rows of plain values: what JSON shows, and the columns of CSV and Parquet."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newsledger.model import Claim, Company, Event, Evidence, Source, SourcedClaim
from storage.events import KnownEvent

EVENT_FIELDS = tuple(field.name for field in dataclasses.fields(Event))
CLAIM_FIELDS = tuple(field.name for field in dataclasses.fields(Claim) if field.name not in ("sentence", "evidence"))
COMPANY_FIELDS = tuple(field.name for field in dataclasses.fields(Company))
SOURCE_FIELDS = tuple(
    field.name for field in dataclasses.fields(Source) if field.name not in ("allow_private", "selector")
)

EVENT_TYPES: Mapping[str, object] = {
    "id": str,
    "type": str,
    "company_id": str,
    "company": str,
    "counterparty": str,
    "counterparty_ids": str,
    "kind": str,
    "basis": str,
    "scope": str,
    "part_of": str,
    "superseded_by": str,
    "stage": str,
    "time": str,
    "count": int,
    "count_low": int,
    "count_high": int,
    "count_qualifier": str,
    "percent": float,
    "percent_of": str,
    "amount": int,
    "amount_low": int,
    "amount_high": int,
    "amount_qualifier": str,
    "currency": str,
    "amount_usd": int,
    "usd_rate": float,
    "usd_rate_date": str,
    "usd_rate_table": str,
    "period_start": str,
    "period_end": str,
    "date": str,
    "date_precision": str,
    "date_basis": str,
    "effective_date": str,
    "ai_relation": str,
    "ai_speaker": str,
    "ai_cited": bool,
    "roles": str,
    "locations": str,
    "figure_rule": str,
    "conflict": bool,
    "claims": int,
    "sources": int,
    "source_kinds": str,
    "known_at": datetime,
}
"""Columns of events in CSV and Parquet, in their order, with their types."""

COMPANY_TYPES: Mapping[str, object] = {
    "id": str,
    "name": str,
    "aliases": str,
    "parent_id": str,
    "parent_since": str,
    "tickers": str,
    "cik": int,
    "sector": str,
    "country": str,
    "domain": str,
    "wikidata": str,
    "provisional": bool,
}


def event_row(known: KnownEvent) -> dict[str, Any]:
    """Return an event with `ai_cited` and the time since when the ledger knows it so."""
    row: dict[str, Any] = {name: getattr(known.event, name) for name in EVENT_FIELDS}
    row["trace"] = dict(known.event.trace)
    row["ai_cited"] = known.event.ai_cited
    row["known_at"] = known.known_at
    return row


def state_row(known: KnownEvent) -> dict[str, Any]:
    """Return one state of an event's history: the event, and since and until when it held."""
    return {**event_row(known), "known_until": known.known_until}


def claim_row(sourced: SourcedClaim) -> dict[str, Any]:
    """Return a claim with its evidence and the article behind it: headline and link, never the text."""
    claim = sourced.claim
    row: dict[str, Any] = {name: getattr(claim, name) for name in CLAIM_FIELDS}
    row["trace"] = dict(claim.trace)
    row["roles"] = [{"role": mention.role, "quote": mention.quote} for mention in claim.roles]
    row["sentence"] = evidence_row(claim.sentence)
    row["evidence"] = {name: evidence_row(words) for name, words in claim.evidence.items()}
    row["ai_cited"] = claim.ai_cited
    row["article"] = {
        "title": sourced.title,
        "url": sourced.url,
        "published": sourced.published,
        "source_id": sourced.source_id,
        "source_kind": sourced.source_kind,
        "group_id": sourced.group_id,
    }
    return row


def evidence_row(evidence: Evidence) -> dict[str, Any]:
    """Return a quote and its place, with the key `in` for the part of the article."""
    return {"in": evidence.where, "start": evidence.start, "end": evidence.end, "quote": evidence.quote}


def company_row(company: Company) -> dict[str, Any]:
    """Return a company."""
    row: dict[str, Any] = {name: getattr(company, name) for name in COMPANY_FIELDS}
    row["aliases"] = [dataclasses.asdict(alias) for alias in company.aliases]
    return row


def source_row(source: Source) -> dict[str, Any]:
    """Return a source without what only concerns the machine that reads it."""
    return {name: getattr(source, name) for name in SOURCE_FIELDS}
