"""`/healthz`, `/readyz` and `/metrics`: for whoever watches the service."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import answers_of
from api.parameters import CheckedRoute
from api.problems import ProblemError
from storage.metrics import exposition

router = APIRouter(tags=["probes"], route_class=CheckedRoute)


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(BaseModel):
    """The store answers too, and the first page has been drawn."""

    status: str
    version: str


def _now(value: dict[str, Any]) -> Response:
    return Response(formats.to_json(value), headers={"Cache-Control": "no-store"}, media_type="application/json")


@router.get("/healthz", name="healthz", summary="Whether the process lives", response_model=Alive)
async def healthz(request: Request) -> Response:
    """Return 200 as long as the process lives."""
    return _now({"status": "ok"})


@router.get("/readyz", name="readyz", summary="Whether the store answers, and pages come at once", response_model=Ready)
async def readyz(request: Request) -> Response:
    """Return 200 with the data version where the store answers and the first page has been drawn, else 503."""
    try:
        version = await run_in_threadpool(answers_of(request).read_version)
    except SQLAlchemyError as error:
        raise ProblemError(503, "the store does not answer, or has no tables yet (newsledger migrate)") from error
    if not request.app.state.warm.is_set():
        raise ProblemError(503, "the first page is being drawn; ask again in a moment", headers={"Retry-After": "1"})
    return _now({"status": "ready", "version": version})


@router.get(
    "/metrics",
    name="metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Return the metrics of this process and of the store."""
    found = generate_latest() + await run_in_threadpool(exposition, request.app.state.engine)
    return Response(found, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST)
