"""`/v1/series`: each metric through time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import Body, answers_of
from api.filters import AsOf, EventChoice
from api.formats import Format
from api.openapi import LIST_CONTENT, NOT_MODIFIED
from api.problems import ProblemError
from storage.calendar import Grain
from storage.coverage import Coverage
from storage.events import EventFilter
from storage.series import Metric, Property, Question, Series, series_of

router = APIRouter(prefix="/v1", tags=["series"])

SERIES_TYPES: dict[str, object] = {
    "metric": str,
    "key": str,
    "period": str,
    "value": float,
    "partial": bool,
    "covered_days": int,
    "days": int,
}

EVERYTHING = EventFilter()


class SeriesQuery(EventChoice, AsOf):
    """What is measured, by which periods, split by what; and every filter of /v1/events."""

    metric: list[Metric] = Field(default=["jobs_cut", "ai_usd_out"], max_length=20, description="may be repeated")
    by: Grain = Field(default="month", description="length of the periods")
    per: Property = Field(default="all", description="split by this; rows by role overlap and do not add up")
    denied: bool = Field(default=False, description="count events that were denied or cancelled too")
    format: Format | None = Field(default=None, description="absent: as the Accept header says, else json")


class SeriesPoint(BaseModel):
    """One number."""

    metric: Metric
    key: str = Field(description="`all`, or the value of what the series is split by")
    period: str = Field(description="2026-03-14, 2026-W11, 2026-03, 2026-Q1 or 2026")
    value: float | int | None = Field(
        description="persons, whole US dollars, events, or a share from 0 to 1; null: nothing is known"
    )
    partial: bool = Field(description="the period is not over, or cut by `since` or `until`")
    covered_days: int = Field(description="days of the period on which at least one source was read")
    days: int = Field(description="days of the period")


class SeriesAnswer(BaseModel):
    """One or several metrics through time."""

    by: Grain
    per: Property
    additive: bool = Field(description="whether rows of different keys may be added up")
    data: list[SeriesPoint]
    unplaced: list[SeriesPoint] = Field(description="dated too coarsely for these periods; in no row of `data`")


@router.get(
    "/series",
    name="get_series",
    summary="Jobs cut, AI money and other metrics through time",
    response_model=SeriesAnswer,
    responses={200: LIST_CONTENT, **NOT_MODIFIED},
)
async def get_series(request: Request, asked: Annotated[SeriesQuery, Query()]) -> Response:
    """Return series as tidy rows: one for each metric, key and period."""
    wanted = formats.wanted(request, asked.format)

    def work() -> Body:
        watched = answers_of(request).watched()
        with answers_of(request).reading() as connection:
            found = [measure(connection, metric, asked, watched) for metric in dict.fromkeys(asked.metric)]
        rows = [row for series in found for row in point_rows(series)]
        if wanted == "json":
            answer = {
                "by": asked.by,
                "per": asked.per,
                "additive": found[0].additive,
                "data": rows,
                "unplaced": [row for series in found for row in point_rows(series, unplaced=True)],
            }
            return Body(formats.to_json(answer))
        if wanted == "csv":
            return Body(b"".join(formats.csv_lines(rows, list(SERIES_TYPES))))
        if wanted == "ndjson":
            return Body(b"".join(formats.ndjson(rows)))
        return Body(b"".join(formats.parquet(rows, SERIES_TYPES)))

    return await answers_of(request).give(request, formats.MEDIA_TYPES[wanted], work)


def measure(connection: Connection, metric: Metric, asked: SeriesQuery, watched: Coverage) -> Series:
    """Return one metric as asked. A single company, sector or country is read from the roll-ups."""
    filters = asked.as_filter()
    rest = replace(filters, since=None, until=None)
    by: Property = asked.per
    keys: tuple[str, ...] = ()
    relabel = False
    properties: tuple[tuple[Property, EventFilter, str | None], ...] = (
        ("company", replace(rest, company_ids=()), asked.company[0] if len(asked.company) == 1 else None),
        ("sector", replace(rest, sector=None), filters.sector),
        ("country", replace(rest, country=None), filters.country),
    )
    for name, others, value in properties:
        if value is not None and others == EVERYTHING and asked.per in ("all", name):
            by, keys, rest, relabel = name, (value,), EVERYTHING, asked.per == "all"
            break
    try:
        question = Question(
            metric=metric,
            grain=asked.by,
            by=by,
            keys=keys,
            filters=None if rest == EVERYTHING else rest,
            since=filters.since,
            until=filters.until,
            as_of=asked.as_of,
            include_denied=asked.denied,
        )
        found = series_of(connection, question, watched=watched)
    except (ValueError, OverflowError) as error:
        raise ProblemError(400, str(error), parameter="since") from error
    if relabel:
        found = replace(
            found,
            by=asked.per,
            points=[replace(point, key="all") for point in found.points],
            unplaced=[replace(point, key="all") for point in found.unplaced],
        )
    return found


def point_rows(series: Series, *, unplaced: bool = False) -> list[Mapping[str, Any]]:
    """Return the points of a series as rows."""
    return [
        {
            "metric": series.metric,
            "key": point.key,
            "period": point.period,
            "value": point.value,
            "partial": point.partial,
            "covered_days": point.covered_days,
            "days": point.days,
        }
        for point in (series.unplaced if unplaced else series.points)
    ]
