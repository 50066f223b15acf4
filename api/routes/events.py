"""`/v1/events`: the happenings, and for each how we know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, create_model
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import formats
from api.answers import Body, answers_of
from api.filters import AsOf, EventQuery, Id
from api.lists import Row, give_list
from api.openapi import LIST_CONTENT, MISSING, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from api.rows import EVENT_TYPES, claim_row, event_row, state_row
from api.schemas import Claim, Event
from newsledger.reconcile import why
from storage import events

router = APIRouter(prefix="/v1", tags=["events"], route_class=CheckedRoute)

KnownEvent = create_model(
    "KnownEvent",
    __base__=Event,
    __doc__="An event as the ledger knows it.",
    known_at=(datetime, Field(description="since when the ledger knows it so (UTC)")),
)
PastState = create_model(
    "PastState",
    __base__=KnownEvent,
    __doc__="One state of an event, and since and until when it held.",
    known_until=(datetime | None, Field(description="null: it still holds")),
)


class EventPage(BaseModel):
    """A page of events."""

    data: list[KnownEvent]  # type: ignore[valid-type]
    next: str | None = Field(description="cursor of the next page; null at the end")


class EventDetail(BaseModel):
    """An event and how we know."""

    event: KnownEvent  # type: ignore[valid-type]
    why: str = Field(description="in plain words, why its claims belong together and its figure is what it is")
    claims: list[Claim]  # type: ignore[valid-type]
    history: list[PastState] = Field(description="every state it had, the first one first")  # type: ignore[valid-type]


@router.get(
    "/events",
    name="list_events",
    summary="Events, filtered, in pages or whole",
    response_model=EventPage,
    responses={200: LIST_CONTENT, **NOT_MODIFIED},
)
async def list_events(request: Request, asked: Annotated[EventQuery, Query()]) -> Response:
    """Return events."""
    filters = asked.as_filter()

    def fetch(connection: Connection, limit: int, cursor: str | None) -> tuple[Sequence[Row], str | None]:
        try:
            page = events.query(connection, filters, asked.sort, cursor, limit, asked.as_of)
        except events.BadCursorError as error:
            raise ProblemError(400, str(error), parameter="cursor") from error
        return [event_row(known) for known in page.events], page.cursor

    return await give_list(request, asked, name="events", types=EVENT_TYPES, fetch=fetch)


@router.get(
    "/events/{id}",
    name="get_event",
    summary="One event: claims, evidence, revisions, why",
    response_model=EventDetail,
    responses={**NOT_MODIFIED, **MISSING},
)
async def get_event(
    request: Request, id: Annotated[Id, Path(description="event id")], asked: Annotated[AsOf, Query()]
) -> Response:
    """Return one event; a merged one answers 308 with the address of its successor."""

    def work() -> Body:
        with answers_of(request).reading() as connection:
            known = find_event(connection, id, asked.as_of)
            claims = events.claims_of(connection, id, as_of=asked.as_of)
            states = events.history(connection, id)
        if asked.as_of is not None:
            states = [state for state in states if state.known_at <= asked.as_of]
        detail: dict[str, Any] = {
            "event": event_row(known),
            "why": why(known.event, claims),
            "claims": [claim_row(claim) for claim in claims],
            "history": [state_row(state) for state in states],
        }
        return Body(formats.to_json(detail))

    try:
        return await answers_of(request).give(request, formats.MEDIA_TYPES["json"], work)
    except MergedError as merged:
        return redirect(request, f"/v1/events/{merged.successor}")


class MergedError(Exception):
    """What is asked for is now part of another."""

    def __init__(self, successor: str) -> None:
        super().__init__(successor)
        self.successor = successor


def find_event(connection: Connection, id: str, as_of: datetime | None = None) -> events.KnownEvent:
    """Return an event. Raises MergedError where it leads to another, else a 404 problem that says what became of it."""
    known = events.get(connection, id, as_of=as_of)
    if known is not None:
        return known
    successor = events.successor(connection, id)
    if successor is not None:
        raise MergedError(successor)
    if not events.minted(connection, id):
        raise ProblemError(404, f"there is no event {id!r}", parameter="id")
    when = f"at {as_of:%Y-%m-%d %H:%M} UTC" if as_of else "now"
    raise ProblemError(404, f"the ledger does not hold event {id!r} {when}: no live claim tells of it", parameter="id")


def redirect(request: Request, path: str) -> Response:
    """Return 308 to the same question under another path."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{path}{query}", 308, {"Cache-Control": "max-age=60"})
