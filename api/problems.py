"""Errors as RFC 9457 problem documents that name the parameter, what is wrong with it, and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """An answer other than success: HTTP status, one sentence, and the parameter at fault where there is one."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        parameter: str | None = None,
        allowed: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.allowed = allowed
        self.headers = headers


class ProblemDocument(BaseModel):
    """What went wrong, and what to do about it (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Bad request"])
    status: int = Field(examples=[400])
    detail: str = Field(examples=["sort: 'size' is not one of: date, figure, known_at"])
    parameter: str | None = Field(default=None, description="the parameter at fault")
    allowed: list[str] | None = Field(default=None, description="the values it may have")


TITLES = {
    400: "Bad request",
    401: "API key needed",
    404: "Not found",
    405: "Method not allowed",
    406: "No such format",
    410: "Gone",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available now",
}


def problem_response(problem: ProblemError) -> Response:
    """Return the problem as an `application/problem+json` answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.parameter is not None:
        body["parameter"] = problem.parameter
    if problem.allowed is not None:
        body["allowed"] = list(problem.allowed)
    headers = {"Cache-Control": "no-store", **(problem.headers or {})}
    return Response(orjson.dumps(body), problem.status, headers, MEDIA_TYPE)


def from_validation(error: ValidationError, name: str = "request") -> ProblemError:
    """Return the problem of the first of pydantic's errors; `name` is the parameter where the error names none."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else name
    context = first.get("ctx") or {}
    if first["type"] == "extra_forbidden":
        return ProblemError(400, f"{name}: there is no such parameter here", parameter=name)
    if first["type"] in ("literal_error", "enum"):
        allowed = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ", ").split(",")]
        said = str(first["input"])[:100]
        return ProblemError(
            400, f"{name}: {said!r} is not one of: {', '.join(allowed)}", parameter=name, allowed=allowed
        )
    message = str(first["msg"])
    message = message.removeprefix("Value error, ")
    return ProblemError(400, f"{name}: {message[:1].lower()}{message[1:]}", parameter=name)


def from_http(error: HTTPException, request: Request) -> ProblemError:
    """Return the problem of an answer that the framework gives itself (no such path, no such method)."""
    detail = {
        404: f"there is nothing at {request.url.path}",
        405: f"{request.method} is not possible here: everything is read-only",
    }.get(error.status_code, str(error.detail))
    return ProblemError(error.status_code, detail, headers=error.headers)
