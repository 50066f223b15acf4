"""In plain words, how an event's figure, stage and members came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsledger.model import Event, SourcedClaim
from newsledger.reconcile.event import FIGURE_RULES


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def _figure(
    count: int | None,
    percent: float | None,
    amount: int | None,
    high: int | None,
    currency: str | None,
    hedge: str | None,
) -> str:
    words = {"about": "about ", "at_least": "at least ", "at_most": "at most "}.get(hedge or "", "")
    told: list[str] = []
    if count is not None:
        told.append(f"{words}{_number(count)}{f' to {_number(high)}' if high else ''} jobs")
    if percent is not None:
        told.append(f"{_number(percent)} percent")
    if amount is not None:
        told.append(f"{words}{currency} {_number(amount)}{f' to {_number(high)}' if high else ''}")
    return ", ".join(told) or "no figure"


def why(event: Event, claims: Sequence[SourcedClaim], joins: Mapping[str, str] | None = None) -> str:
    """Return the reasons for an event, line by line: figure, stage, date, money, relations, then each of its claims.

    `joins` are the reasons why each claim belongs to it (`Reconciled.joins`); else its own trace serves.
    """
    trace = event.trace
    own = [s for s in claims if s.claim.id in set(event.claim_ids)]
    lines = [f"{event.company}: {event.kind} ({event.type}), {event.date or 'date unknown'}. Event {event.id}."]
    figure = _figure(
        event.count, event.percent, event.amount, None, event.currency, event.count_qualifier or event.amount_qualifier
    )
    rule = trace.get("figure") or FIGURE_RULES.get(event.figure_rule, event.figure_rule)
    lines.append(f"Figure: {figure}: {rule}.")
    low, high = (event.count_low, event.count_high) if event.type == "layoff" else (event.amount_low, event.amount_high)
    if low != high:
        lines.append(f"Told from {_number(low)} to {_number(high)}{': the claims disagree' if event.conflict else ''}.")
    lines.append(f"Stage: {event.stage}: {trace.get('stage', 'as its claims say')}.")
    lines.append(f"Date: {event.date or 'unknown'}: {trace.get('date', 'as its claims say')}.")
    if event.amount is not None:
        if event.amount_usd is None:
            lines.append(f"Dollars: none: {trace.get('amount_usd', 'no rate')}.")
        elif event.usd_rate_date:
            rate = f"{event.usd_rate} of {event.usd_rate_date}, {event.usd_rate_table}"
            lines.append(f"Dollars: {_number(event.amount_usd)} at {rate}.")
    lines.append(f"Company: {event.company}: {trace.get('company', 'as its claims say')}.")
    if event.part_of:
        lines.append(f"Part of {event.part_of}: {trace.get('part_of', 'as the text says')}; never added to it.")
    elif event.scope == "cumulative":
        lines.append("A running total: never added to anything.")
    if event.superseded_by:
        lines.append(f"Replaced by {event.superseded_by}: {trace.get('superseded_by', 'a newer figure')}.")
    lines += [f"{k}: {v}." for k, v in trace.items() if "corrected it on" in v]
    lines.append(f"Members: {event.claims} claim(s) of {event.sources} independent source(s); reprints count once.")
    for sourced in sorted(own, key=lambda s: (s.published or s.fetched_at, s.claim.article_id, s.claim.id)):
        claim = sourced.claim
        told = (sourced.published or sourced.fetched_at).date().isoformat()
        said = _figure(
            claim.count, claim.percent, claim.amount, claim.count_high or claim.amount_high, claim.currency,
            claim.count_qualifier or claim.amount_qualifier,
        )  # fmt: skip
        reason = (joins or {}).get(claim.id) or trace.get(f"claim {claim.id}")
        lines.append(
            f"  {told} {sourced.source_id or sourced.url or claim.article_id} ({claim.status}, {claim.time}): {said}"
            f"{f': {reason}' if reason else ''}. “{claim.sentence.quote}”"
        )
    return "\n".join(lines)
