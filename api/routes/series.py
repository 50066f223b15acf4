"""`/v1/series`: each metric through time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import Body, answers_of
from api.filters import AsOf, EventChoice
from api.formats import Format
from api.openapi import LIST_CONTENT, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from storage.calendar import Grain
from storage.events import EventFilter
from storage.series import Metric, Point, Property, Question, TooManyPointsError, added_up, series_of

router = APIRouter(prefix="/v1", tags=["series"], route_class=CheckedRoute)

SERIES_TYPES: dict[str, object] = {
    "metric": str,
    "key": str,
    "period": str,
    "value": float,
    "partial": bool,
    "covered_days": int,
    "days": int,
}


class SeriesQuery(EventChoice, AsOf):
    """What is measured, by which periods, split by what; and every filter of /v1/events."""

    metric: tuple[Metric, ...] = Field(default=("jobs_cut", "ai_usd_out"), max_length=20, description="may be repeated")
    by: Grain = Field(default="month", description="length of the periods")
    per: Property = Field(default="all", description="split by this; rows by role overlap and do not add up")
    denied: bool = Field(default=False, description="count events that were denied or cancelled too")
    cumulative: bool = Field(
        default=False, description="each number with all before it, from the first period of the answer on; no ratios"
    )
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
    questions = [question(metric, asked) for metric in dict.fromkeys(asked.metric)]
    watched = await answers_of(request).watched()

    def work() -> Body:
        with answers_of(request).reading() as connection:
            try:
                found = [series_of(connection, one, watched=watched) for one in questions]
            except TooManyPointsError as error:
                raise ProblemError(400, f"by: {error}", parameter="by") from error
            except (ValueError, OverflowError) as error:
                raise ProblemError(400, str(error), parameter="since") from error
        if asked.cumulative:
            try:
                found = [added_up(series) for series in found]
            except ValueError as error:
                raise ProblemError(400, f"cumulative: {error}", parameter="cumulative") from error
        key = "all" if asked.per == "all" else None
        rows = [row for series in found for row in point_rows(series.metric, series.points, key)]
        if wanted == "json":
            unplaced = [row for series in found for row in point_rows(series.metric, series.unplaced, key)]
            about = {"by": asked.by, "per": asked.per, "additive": found[0].additive}
            return Body(formats.to_json({**about, "data": rows, "unplaced": unplaced}))
        return Body(b"".join(formats.whole(wanted, rows, SERIES_TYPES)))

    quick = wanted != "parquet" and len(questions) < 4 and all(map(is_quick, questions))
    return await answers_of(request).give(request, formats.MEDIA_TYPES[wanted], work, quick=quick)


QUICK_YEARS = range(1980, 2080)


def is_quick(asked: Question) -> bool:
    """Return whether the answer is some hundred rows of the roll-ups at most: one company or all, by month."""
    plain = asked.filters is None and asked.as_of is None and not asked.include_denied
    if not plain or asked.grain in ("day", "week") or asked.by not in ("all", "company"):
        return False
    one = len(asked.keys) == (1 if asked.by == "company" else 0)
    return one and all(day is None or int(day[:4]) in QUICK_YEARS for day in (asked.since, asked.until))


NO_FILTER = SeriesQuery.model_fields.keys() - EventChoice.model_fields.keys() | {"since", "until"}
"""Parameters that the store takes besides a filter of events."""


def question(metric: Metric, asked: SeriesQuery) -> Question:
    """Return what to ask of the store. A single company, sector or country is asked for by its key."""
    by: Property = asked.per
    keys: tuple[str, ...] = ()
    filters: EventFilter | None = None
    chosen = asked.model_fields_set - NO_FILTER
    if chosen == {"company"} and len(asked.company) == 1 and asked.per in ("all", "company"):
        by, keys = "company", (asked.company[0],)
    elif chosen == {"sector"} and asked.sector is not None and asked.per in ("all", "sector"):
        by, keys = "sector", (asked.sector,)
    elif chosen == {"country"} and asked.country is not None and asked.per in ("all", "country"):
        by, keys = "country", (asked.country,)
    elif chosen:
        filters = replace(asked.as_filter(), since=None, until=None)
    return Question(
        metric=metric,
        grain=asked.by,
        by=by,
        keys=keys,
        filters=filters,
        since=None if asked.since is None else asked.since.isoformat(),
        until=None if asked.until is None else asked.until.isoformat(),
        as_of=asked.as_of,
        include_denied=asked.denied,
    )


def point_rows(metric: Metric, points: Iterable[Point], key: str | None) -> list[Mapping[str, Any]]:
    """Return points as rows; `key` stands in place of their own."""
    return [
        {
            "metric": metric,
            "key": key or point.key,
            "period": point.period,
            "value": point.value,
            "partial": point.partial,
            "covered_days": point.covered_days,
            "days": point.days,
        }
        for point in points
    ]
