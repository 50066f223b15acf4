"""The read-only HTTP service: the API under /v1, the Atom feed, the probes, and the dashboard, in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import openapi
from api.access import Access, load_keys
from api.answers import Answers
from api.dashboard import pages
from api.problems import ProblemError, from_http, problem_response
from api.routes import articles, companies, events, exports, feeds, pairs, probes, series, sources
from api.security import Headers
from newsledger.settings import Settings
from newsledger.settings import settings as process_settings

HERE = Path(__file__).parent

THREADS = 12
"""Questions asked of the store at once; its pool has 15 connections."""


def create_app(engine: Engine, settings: Settings | None = None) -> FastAPI:
    """Return the service over a migrated store.

    Raises ValueError or OSError where the file of API keys cannot be read.
    """
    settings = settings or process_settings()
    keys = load_keys(settings.api_keys_file) if settings.api_keys_file else {}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # fewer threads than the store has connections: no one waits for a connection, least of all the loop
        current_default_thread_limiter().total_tokens = THREADS
        app.state.warm = pages.warm(app)
        yield

    app = FastAPI(
        title="newsledger",
        version=_release(),
        description=openapi.DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=lifespan,
        responses=openapi.PROBLEMS,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.engine = engine
    app.state.settings = settings
    app.state.private = bool(keys)
    app.state.answers = Answers(engine, seconds=settings.request_seconds)
    app.openapi = lambda: openapi.document(app, keys=bool(keys))  # type: ignore[method-assign]

    for router in (series, events, companies, pairs, articles, sources, exports, feeds, probes):
        app.include_router(router.router)
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "dashboard" / "static"), name="static")

    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _problem)
    app.add_exception_handler(Exception, _broken)

    # the last added is the outermost
    if keys or settings.rate_limit:
        app.add_middleware(Access, keys=keys, rate=settings.rate_limit)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "HEAD"],
            allow_headers=["Authorization", "X-API-Key", "If-None-Match"],
            expose_headers=["ETag", "Link", "X-Data-Version", "Retry-After"],
        )
    app.add_middleware(Headers)
    return app


def _release() -> str:
    try:
        return version("newsledger")
    except PackageNotFoundError:
        return "0"


async def _problem(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        error = from_http(error, request)
    assert isinstance(error, ProblemError)
    if pages.is_page(request):
        return pages.problem_page(request, error)
    return problem_response(error)


async def _broken(request: Request, error: Exception) -> Response:
    return await _problem(request, ProblemError(500, "something broke here; the log of the service says what"))
