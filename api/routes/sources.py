"""`/v1/sources`: what is read, how well, and what is not read and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import Response

from api.filters import Listing
from api.lists import Row, give_list
from api.openapi import LIST_CONTENT, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from api.rows import source_row
from api.schemas import shape
from newsledger import model
from storage import sources

router = APIRouter(prefix="/v1", tags=["sources"], route_class=CheckedRoute)

SUMS = ("runs", "failed_runs", "attempted", "fetched", "unchanged", "delivered")


class SourceQuery(Listing):
    """How far back health is added up."""

    days: int = Field(default=30, ge=1, le=366, description="health over this many days, today included")


SourceHealth = shape(
    model.Source,
    "SourceHealth",
    leave_out=("allow_private", "selector"),
    days_read=(int, Field(description="days with a run that did not fail")),
    runs=(int, ...),
    failed_runs=(int, ...),
    attempted=(int, Field(description="addresses")),
    fetched=(int, Field(description="pages that came")),
    unchanged=(int, Field(description="pages not changed since")),
    delivered=(int, Field(description="pages handed on to be read")),
    dropped=(dict[str, int], Field(description="reason → number")),
    robots_verdict=(str | None, Field(description="the newest verdict of robots.txt")),
    newest=(datetime | None, Field(description="the newest publication time the source listed")),
    last_run_at=(datetime | None, ...),
    last_error=(str | None, ...),
)

SOURCE_TYPES: dict[str, object] = {
    "id": str,
    "name": str,
    "kind": str,
    "spider": str,
    "urls": str,
    "country": str,
    "language": str,
    "every_minutes": int,
    "excluded": str,
    "sample": bool,
    "days_read": int,
    **dict.fromkeys(SUMS, int),
    "dropped": str,
    "robots_verdict": str,
    "newest": datetime,
    "last_run_at": datetime,
    "last_error": str,
}


class SourceList(BaseModel):
    """All sources, by id."""

    data: list[SourceHealth]  # type: ignore[valid-type]
    next: str | None = Field(description="cursor of the next page; null at the end")


@router.get(
    "/sources",
    name="list_sources",
    summary="Sources with their health and coverage",
    response_model=SourceList,
    responses={200: LIST_CONTENT, **NOT_MODIFIED},
)
async def list_sources(request: Request, asked: Annotated[SourceQuery, Query()]) -> Response:
    """Return the sources."""

    def fetch(connection: Connection, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
        if cursor is not None and not cursor.isprintable():
            raise ProblemError(400, "cursor: is none; use `next` of the page before", parameter="cursor")
        rows = [row for row in source_health(request.app.state.engine, asked.days) if row["id"] > (cursor or "")]
        return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None

    return await give_list(request, asked, name="sources", types=SOURCE_TYPES, fetch=fetch, fresh=True)


def source_health(engine: Engine, days: int) -> list[dict[str, Any]]:
    """Return every source with its health over the last days, by id."""
    since = (datetime.now(UTC).date() - timedelta(days=days - 1)).isoformat()
    by_source: dict[str, list[sources.SourceDay]] = {}
    for day in sources.health(engine, since):
        by_source.setdefault(day.source_id, []).append(day)
    rows = []
    for source in sources.load(engine):
        seen = by_source.get(source.id, [])
        dropped: Counter[str] = Counter()
        for day in seen:
            dropped.update(day.dropped)
        rows.append(
            {
                **source_row(source),
                "days_read": sum(day.runs > day.failed_runs for day in seen),
                **{name: sum(getattr(day, name) for day in seen) for name in SUMS},
                "dropped": dict(sorted(dropped.items())),
                "robots_verdict": next((day.robots for day in reversed(seen) if day.robots), None),
                "newest": max((day.newest for day in seen if day.newest), default=None),
                "last_run_at": max((day.last_run_at for day in seen), default=None),
                "last_error": next((day.last_error for day in reversed(seen) if day.last_error), None),
            }
        )
    return rows
