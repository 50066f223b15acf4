"""The query parameters that endpoints share: which events, as of when, how many, in which format."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from api.formats import Format
from newsledger import model
from storage.events import EventFilter, Sort

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""A short text. NUL is refused: PostgreSQL cannot hold it."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}$", to_upper=True)]
Whole = Annotated[int, Field(ge=0, le=2**63 - 1)]


DAY = r"\d{4}-\d{2}-\d{2}"
TIME = rf"{DAY}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?([Zz]|[+-]\d{{2}}:?\d{{2}})?)?"


def iso_day(value: object) -> object:
    """Return a text that is an ISO date. Raises ValueError for any other, as for a number of seconds."""
    if isinstance(value, str) and not re.fullmatch(DAY, value):
        raise ValueError("is no date; write it as 2026-03-14")
    return value


def iso_time(value: object) -> object:
    """Return a text that is an ISO date or time. Raises ValueError for any other."""
    if isinstance(value, str) and not re.fullmatch(TIME, value):
        raise ValueError("is no time; write it as 2026-03-14T16:00:00Z, or as 2026-03-14 for its first instant")
    return f"{value}T00:00:00" if isinstance(value, str) and len(value) == 10 else value


def aware(moment: datetime) -> datetime:
    """Return a time in UTC; without an offset it is UTC. Raises ValueError where UTC has no such time."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None


Day = Annotated[date, BeforeValidator(iso_day)]
Instant = Annotated[
    datetime,
    BeforeValidator(iso_time),
    AfterValidator(aware),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]


class AsOf(BaseModel):
    """The instant to answer for."""

    model_config = ConfigDict(extra="forbid")

    as_of: Instant | None = Field(
        default=None,
        description="what the ledger knew at this instant (UTC); absent: now",
        examples=["2026-03-01T00:00:00Z"],
    )


class Listing(BaseModel):
    """Page and format of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int | None = Field(
        default=None, ge=1, le=10_000_000, description="rows; a JSON page has 100 where it is absent, at most 1000"
    )
    cursor: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        default=None, description="`next` of the page before"
    )
    format: Format | None = Field(default=None, description="absent: as the Accept header says, else json")


class EventChoice(BaseModel):
    """Which events. A parameter that may be repeated means any of its values."""

    model_config = ConfigDict(extra="forbid")

    type: model.EventType | None = Field(default=None, description="job cuts or AI investments")
    company: tuple[Id, ...] = Field(default=(), description="company id; may be repeated")
    company_name: Word | None = Field(default=None, description="a part of the company's name, in any case of letters")
    counterparty: Word | None = Field(default=None, description="a part of the other side's name")
    sector: Word | None = Field(default=None, description="the company's sector")
    country: Code | None = Field(default=None, description="the company's country, ISO 3166")
    kind: tuple[model.Kind, ...] = Field(default=(), description="how jobs go or money moves; may be repeated")
    stage: tuple[model.Stage, ...] = Field(default=(), description="how far it has come; may be repeated")
    basis: tuple[model.Basis, ...] = Field(default=(), description="what stands behind an amount; may be repeated")
    scope: tuple[model.Scope, ...] = Field(default=(), description="whole, part or running total; may be repeated")
    time: model.Time | None = Field(default=None, description="`past`: only background claims tell of it")
    currency: Code | None = Field(default=None, description="ISO 4217")
    ai_relation: tuple[model.AiRelation, ...] = Field(default=(), description="its tie to AI; may be repeated")
    ai_speaker: tuple[model.Speaker, ...] = Field(default=(), description="who ties the cut to AI; may be repeated")
    ai_cited: bool | None = Field(default=None, description="AI is told as the cause, or as where money or roles go")
    role: model.Role | None = Field(default=None, description="the work of those who lose their jobs")
    location: Word | None = Field(default=None, description="a part of the place's name")
    source: tuple[Id, ...] = Field(default=(), description="id of a source that tells of it; may be repeated")
    source_kind: tuple[model.SourceKind, ...] = Field(default=(), description="kind of a source; may be repeated")
    since: Day | None = Field(default=None, description="dated on this day or later")
    until: Day | None = Field(default=None, description="dated before this day")
    known_since: Instant | None = Field(default=None, description="what the ledger learnt or changed from here on")
    count_min: Whole | None = Field(default=None, description="jobs, at least")
    count_max: Whole | None = Field(default=None, description="jobs, at most")
    percent_min: Annotated[float, Field(ge=0, le=100)] | None = Field(default=None, description="percent, at least")
    percent_max: Annotated[float, Field(ge=0, le=100)] | None = Field(default=None, description="percent, at most")
    amount_usd_min: Whole | None = Field(default=None, description="US dollars, at least")
    amount_usd_max: Whole | None = Field(default=None, description="US dollars, at most")
    sources_min: Whole | None = Field(default=None, description="independent sources, at least")
    claims_min: Whole | None = Field(default=None, description="claims, at least")
    conflict: bool | None = Field(default=None, description="claims disagree about the figure")
    converted: bool | None = Field(default=None, description="whether the amount has a value in US dollars")
    q: Word | None = Field(
        default=None, description="how words begin, of a sentence, a headline or the company's name as told"
    )

    def as_filter(self) -> EventFilter:
        """Return the filter for the store."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SAME_NAME}
        return EventFilter(
            **values,
            company_ids=self.company,
            company=self.company_name,
            kinds=self.kind,
            stages=self.stage,
            bases=self.basis,
            scopes=self.scope,
            ai_relations=self.ai_relation,
            ai_speakers=self.ai_speaker,
            source_ids=self.source,
            source_kinds=self.source_kind,
            since=_iso(self.since),
            until=_iso(self.until),
            text=self.q,
        )


SAME_NAME = (
    "type",
    "counterparty",
    "sector",
    "country",
    "time",
    "currency",
    "ai_cited",
    "role",
    "location",
    "known_since",
    "count_min",
    "count_max",
    "percent_min",
    "percent_max",
    "amount_usd_min",
    "amount_usd_max",
    "sources_min",
    "claims_min",
    "conflict",
    "converted",
)


class EventQuery(EventChoice, Listing, AsOf):
    """The parameters of a list of events."""

    sort: Sort = Field(default="-date", description="with a minus: the largest or newest first")


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
