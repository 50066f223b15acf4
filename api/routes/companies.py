"""`/v1/companies`: who, and both timelines of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import Body, answers_of
from api.filters import AsOf, Code, Id, Listing, Word
from api.lists import Row, give_list
from api.openapi import LIST_CONTENT, MISSING, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from api.routes.events import KnownEvent, MergedError, redirect
from api.rows import COMPANY_TYPES, company_row, event_row
from api.schemas import Company
from newsledger import model
from storage import companies, events

router = APIRouter(prefix="/v1", tags=["companies"], route_class=CheckedRoute)

TIMELINE = 1_000
"""Events of each type that a company's answer holds, at most: the newest."""


class CompanyQuery(Listing):
    """Which companies."""

    q: Word | None = Field(default=None, description="a part of the name, in any case of letters")
    sector: Word | None = Field(default=None, description="sector")
    country: Code | None = Field(default=None, description="country, ISO 3166")


class CompanyPage(BaseModel):
    """A page of companies, by id."""

    data: list[Company]  # type: ignore[valid-type]
    next: str | None = Field(description="cursor of the next page; null at the end")


class CompanyDetail(BaseModel):
    """A company and its events, the newest first, up to a thousand of each type."""

    company: Company  # type: ignore[valid-type]
    layoffs: list[KnownEvent]  # type: ignore[valid-type]
    ai_investments: list[KnownEvent]  # type: ignore[valid-type]


@router.get(
    "/companies",
    name="list_companies",
    summary="Companies, by id",
    response_model=CompanyPage,
    responses={200: LIST_CONTENT, **NOT_MODIFIED},
)
async def list_companies(request: Request, asked: Annotated[CompanyQuery, Query()]) -> Response:
    """Return companies."""

    def fetch(connection: Connection, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
        if cursor is not None and "\x00" in cursor:
            raise ProblemError(400, "cursor: is none; use `next` of the page before", parameter="cursor")
        found = companies.page(
            connection, name=asked.q, sector=asked.sector, country=asked.country, after=cursor or "", limit=limit + 1
        )
        following = found[limit - 1].id if len(found) > limit else None
        return [company_row(company) for company in found[:limit]], following

    return await give_list(request, asked, name="companies", types=COMPANY_TYPES, fetch=fetch)


@router.get(
    "/companies/{id}",
    name="get_company",
    summary="One company with both timelines",
    response_model=CompanyDetail,
    responses={**NOT_MODIFIED, **MISSING},
)
async def get_company(
    request: Request, id: Annotated[Id, Path(description="company id")], asked: Annotated[AsOf, Query()]
) -> Response:
    """Return one company; a merged one answers 308 with the address of its successor."""

    def work() -> Body:
        with answers_of(request).reading() as connection:
            company = find_company(connection, id)
            found: dict[str, Any] = {"company": company_row(company)}
            for name, type_ in (("layoffs", "layoff"), ("ai_investments", "ai_investment")):
                page = timeline(connection, id, type_, asked, TIMELINE)
                found[name] = [event_row(known) for known in page.events]
        return Body(formats.to_json(found))

    try:
        return await answers_of(request).give(request, formats.MEDIA_TYPES["json"], work)
    except MergedError as merged:
        return redirect(request, f"/v1/companies/{merged.successor}")


def timeline(connection: Connection, id: str, type_: str, asked: AsOf, limit: int) -> events.EventPage:
    """Return the newest events of one type of a company."""
    filters = events.EventFilter(type=type_, company_ids=(id,))
    return events.query(connection, filters, "-date", None, limit, asked.as_of)


def find_company(connection: Connection, id: str) -> model.Company:
    """Return a company. Raises MergedError where it leads to another, else a 404 problem."""
    successor = companies.successor(connection, id)
    if successor is not None:
        raise MergedError(successor)
    company = companies.get(connection, id)
    if company is None:
        raise ProblemError(404, f"there is no company {id!r}", parameter="id")
    return company
