"""`/feeds/events.atom`: the newest events for a feed reader."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from xml.etree import ElementTree

from fastapi import APIRouter, Query
from pydantic import ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from api.answers import Body, answers_of
from api.dashboard import wording
from api.filters import EventChoice
from api.openapi import NOT_MODIFIED
from api.parameters import CheckedRoute
from newsledger.model import SourcedClaim
from storage import claims, events

router = APIRouter(tags=["feeds"], route_class=CheckedRoute)

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 50


class FeedQuery(EventChoice):
    """Which events the feed follows."""

    model_config = ConfigDict(extra="forbid")


@router.get(
    "/feeds/events.atom",
    name="events_feed",
    summary="The newest events as an Atom feed; every filter of /v1/events works here",
    response_class=Response,
    responses={200: {"content": {"application/atom+xml": {"schema": {"type": "string"}}}}, **NOT_MODIFIED},
)
async def events_feed(request: Request, asked: Annotated[FeedQuery, Query()]) -> Response:
    """Return the events that the ledger learnt or changed last, with their sentences."""

    def work() -> Body:
        with answers_of(request).reading() as connection:
            page = events.query(connection, asked.as_filter(), "-known_at", None, ENTRIES)
            first = {known.event.id: known.event.claim_ids[0] for known in page.events}
            said = {claim.claim.id: claim for claim in claims.sourced_by_id(connection, first.values())}
        entries = [(known, said.get(first[known.event.id])) for known in page.events]
        return Body(feed(str(request.base_url), str(request.url), entries))

    return await answers_of(request).give(request, MEDIA_TYPE, work)


def feed(base: str, own: str, entries: list[tuple[events.KnownEvent, SourcedClaim | None]]) -> bytes:
    """Return the Atom document of events, newest first, each with the sentence that carries it."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "title", "newsledger: newest job cuts and AI investments")
    _add(root, "id", f"{base}feeds/events.atom")
    _add(root, "updated", _time(entries[0][0].known_at if entries else datetime(2000, 1, 1, tzinfo=UTC)))
    ElementTree.SubElement(root, f"{{{ATOM}}}link", rel="self", href=own)
    ElementTree.SubElement(root, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=base)
    author = ElementTree.SubElement(root, f"{{{ATOM}}}author")
    _add(author, "name", "newsledger")
    for known, claim in entries:
        event = known.event
        entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
        _add(entry, "title", f"{event.company}: {wording.figure(event)}")
        _add(entry, "id", f"{base}events/{event.id}")
        _add(entry, "updated", _time(known.known_at))
        ElementTree.SubElement(
            entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=f"{base}events/{event.id}"
        )
        if claim is not None:
            _add(entry, "summary", claim.claim.sentence.quote)
            if claim.url:
                ElementTree.SubElement(entry, f"{{{ATOM}}}link", rel="via", href=claim.url)
        ElementTree.SubElement(entry, f"{{{ATOM}}}category", term=event.type)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    # XML has no form for most control characters
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = "".join(
        letter for letter in text if letter >= " " or letter in "\t\n"
    )


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
