"""In plain words, how an event's figure, stage and members came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

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


class Reason(NamedTuple):
    """One thing that an event tells of itself: what it is about, its value, and why it is so."""

    about: str
    told: str
    why: str | None


def reasons(event: Event) -> list[Reason]:
    """Return what an event's figure, stage, date, money, company and relations are, each with its reason."""
    trace = event.trace
    figure = _figure(
        event.count, event.percent, event.amount, None, event.currency, event.count_qualifier or event.amount_qualifier
    )
    rule = trace.get("figure") or FIGURE_RULES.get(event.figure_rule, event.figure_rule)
    found = [Reason("Figure", figure, rule)]
    low, high = (event.count_low, event.count_high) if event.type == "layoff" else (event.amount_low, event.amount_high)
    if low != high:
        disagree = "the claims disagree" if event.conflict else None
        found.append(Reason("Told", f"from {_number(low)} to {_number(high)}", disagree))
    found.append(Reason("Stage", event.stage, trace.get("stage", "as its claims say")))
    found.append(Reason("Date", event.date or "unknown", trace.get("date", "as its claims say")))
    if event.amount is not None:
        if event.amount_usd is None:
            found.append(Reason("Dollars", "none", trace.get("amount_usd", "no rate")))
        elif event.usd_rate_date:
            rate = f"at {event.usd_rate} of {event.usd_rate_date}, {event.usd_rate_table}"
            found.append(Reason("Dollars", _number(event.amount_usd), rate))
    found.append(Reason("Company", event.company, trace.get("company", "as its claims say")))
    if event.part_of:
        part = f"{trace.get('part_of', 'as the text says')}; never added to it"
        found.append(Reason("Part of", event.part_of, part))
    elif event.scope == "cumulative":
        found.append(Reason("Scope", "a running total", "never added to anything"))
    if event.superseded_by:
        found.append(Reason("Replaced by", event.superseded_by, trace.get("superseded_by", "a newer figure")))
    return found + [Reason(about, told, None) for about, told in trace.items() if "corrected it on" in told]


def why(event: Event, claims: Sequence[SourcedClaim], joins: Mapping[str, str] | None = None) -> str:
    """Return the reasons for an event, line by line: figure, stage, date, money, relations, then each of its claims.

    `joins` are the reasons why each claim belongs to it (`Reconciled.joins`); else its own trace serves.
    """
    trace = event.trace
    own = [s for s in claims if s.claim.id in set(event.claim_ids)]
    lines = [f"{event.company}: {event.kind} ({event.type}), {event.date or 'date unknown'}. Event {event.id}."]
    lines += [f"{': '.join(part for part in reason if part)}." for reason in reasons(event)]
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
