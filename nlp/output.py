"""Claims as JSON: every field, figures as numbers, evidence with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newsledger.model import Claim, Evidence


def _evidence(e: Evidence) -> dict[str, Any]:
    return {"in": e.where, "start": e.start, "end": e.end, "quote": e.quote}


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """Return one claim as plain JSON values; `evidence` maps each field to its quote and place (`in`: title or text)."""
    return {
        "id": claim.id,
        "type": claim.type,
        "company": claim.company,
        "company_id": claim.company_id,
        "counterparty": list(claim.counterparty),
        "kind": claim.kind,
        "status": claim.status,
        "time": claim.time,
        "scope": claim.scope,
        "part_of": claim.part_of,
        "count": claim.count,
        "count_high": claim.count_high,
        "count_qualifier": claim.count_qualifier,
        "percent": claim.percent,
        "percent_of": claim.percent_of,
        "amount": claim.amount,
        "amount_high": claim.amount_high,
        "amount_qualifier": claim.amount_qualifier,
        "currency": claim.currency,
        "basis": claim.basis,
        "period_start": claim.period_start,
        "period_end": claim.period_end,
        "date": claim.date,
        "date_precision": claim.date_precision,
        "effective_date": claim.effective_date,
        "ai_relation": claim.ai_relation,
        "ai_speaker": claim.ai_speaker,
        "ai_cited": claim.ai_cited,
        "roles": [{"role": r.role, "quote": r.quote} for r in claim.roles],
        "location": claim.location,
        "sentence": _evidence(claim.sentence),
        "evidence": {name: _evidence(e) for name, e in claim.evidence.items()},
        "trace": dict(claim.trace),
        "version": claim.version,
    }


def to_json(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return the `events` of one line of `newsledger read`: one object per claim."""
    return [claim_to_json(claim) for claim in claims]
