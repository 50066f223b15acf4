"""`/v1/pairs`: who cuts jobs while putting money into AI, and how far apart in time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import Body, answers_of
from api.filters import AsOf, Day, Id
from api.formats import Format
from api.openapi import LIST_CONTENT, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from storage.pairs import NEAR_DAYS, PairSort, pairs

router = APIRouter(prefix="/v1", tags=["pairs"], route_class=CheckedRoute)

PAIR_TYPES: dict[str, object] = {
    "company_id": str,
    "company": str,
    "layoff_events": int,
    "jobs_cut": int,
    "ai_cited_jobs": int,
    "ai_events": int,
    "ai_usd_out": int,
    "jobs_per_usd_bn": float,
    "cuts_near": int,
    "jobs_cut_near": int,
    "lag_days": int,
}


class PairQuery(AsOf):
    """Which companies, over what time, and how near is near."""

    near_days: int = Field(
        default=NEAR_DAYS, ge=0, le=3660, description="a cut and money this many days apart, or fewer, count as near"
    )
    since: Day | None = Field(default=None, description="from the month of this day on")
    until: Day | None = Field(default=None, description="up to before the month of this day")
    company: tuple[Id, ...] = Field(default=(), max_length=500, description="company id; may be repeated")
    sort: PairSort = Field(default="jobs_cut", description="the largest first; lag_days the shortest first")
    limit: int = Field(default=50, ge=1, le=1000, description="companies")
    format: Format | None = Field(default=None, description="absent: as the Accept header says, else json")


class NearPair(BaseModel):
    """A job cut and the AI money nearest to it in time."""

    layoff_id: str
    investment_id: str
    lag_days: int = Field(description="days from the money to the cut; negative where the cut came first")
    jobs_cut: int | None
    ai_usd_out: int | None


class CompanyPair(BaseModel):
    """Both sides of one company."""

    company_id: str
    company: str
    layoff_events: int
    jobs_cut: int
    ai_cited_jobs: int
    ai_events: int
    ai_usd_out: int
    jobs_per_usd_bn: float | None = Field(description="jobs cut for each billion dollars; two sums side by side")
    cuts_near: int = Field(description="cuts near AI money")
    jobs_cut_near: int
    lag_days: int | None = Field(description="the middle one of the lags")
    near: list[NearPair] = Field(description="each such cut with its money; both ids are events")


class Pairs(BaseModel):
    """Companies that both cut jobs and put money into AI."""

    data: list[CompanyPair]


@router.get(
    "/pairs",
    name="list_pairs",
    summary="Companies that cut jobs and put money into AI, on one clock",
    response_model=Pairs,
    responses={200: LIST_CONTENT, **NOT_MODIFIED},
)
async def list_pairs(request: Request, asked: Annotated[PairQuery, Query()]) -> Response:
    """Return the pairs."""
    wanted = formats.wanted(request, asked.format)

    def work() -> Body:
        with answers_of(request).reading() as connection:
            try:
                found = pairs(
                    connection,
                    near_days=asked.near_days,
                    since=None if asked.since is None else asked.since.isoformat(),
                    until=None if asked.until is None else asked.until.isoformat(),
                    sort=asked.sort,
                    company_ids=asked.company,
                    as_of=asked.as_of,
                    limit=asked.limit,
                )
            except (ValueError, OverflowError) as error:
                raise ProblemError(400, str(error), parameter="since") from error
        rows: list[dict[str, Any]] = [asdict(pair) for pair in found]
        if wanted == "json":
            return Body(formats.to_json({"data": rows}))
        return Body(b"".join(formats.whole(wanted, rows, PAIR_TYPES)))

    return await answers_of(request).give(request, formats.MEDIA_TYPES[wanted], work)
