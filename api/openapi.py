"""The OpenAPI document: what FastAPI derives from the routes, with our own errors in place of its."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE, TITLES, ProblemDocument

DESCRIPTION = """Job cuts and AI investments of companies, read from technology news, every figure
traceable to a sentence.

Everything is read-only. Times are UTC. `as_of` answers with what the ledger knew at that instant. Ids are permanent: a
merged one answers 308 to its successor. Lists come as JSON pages (`next` is the cursor of the following one) or, whole,
as NDJSON, CSV or Parquet (`format`, or the Accept header). Every answer carries an ETag; send it back as
If-None-Match and an unchanged answer costs nothing. Errors are `application/problem+json` and name the parameter."""


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }


PROBLEMS: dict[int | str, dict[str, Any]] = {status: _problem(status) for status in (400, 405, 406, 429, 500, 503)}
"""What any operation may answer besides success."""

MISSING: dict[int | str, dict[str, Any]] = {
    404: _problem(404),
    308: {
        "description": "MergedError: the same thing under its new id",
        "headers": {"Location": {"schema": {"type": "string"}}},
    },
}
"""What an operation on one id may answer besides."""

MISSING_ID: dict[int | str, dict[str, Any]] = {404: _problem(404)}

LIST_CONTENT: dict[str, Any] = {
    "content": {
        "application/x-ndjson": {"schema": {"type": "string"}},
        "text/csv": {"schema": {"type": "string"}},
        "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
    }
}
"""The other formats of a list."""

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified since the ETag that was sent"}}


def document(app: FastAPI, *, keys: bool) -> dict[str, Any]:
    """Return the OpenAPI document of the app, made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        license_info=app.license_info,
    )
    schemas = made["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ProblemDocument"] = ProblemDocument.model_json_schema()
    for methods in made["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            if keys:
                operation["responses"]["401"] = _problem(401)
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    if keys:
        made["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
        made["security"] = [{"bearer": []}, {"header": []}]
    app.openapi_schema = made
    return made


def operations(made: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each operation of the document as path, summary, description and parameters, for people to read."""
    return [
        {
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [_parameter(made, item) for item in operation.get("parameters", ())],
        }
        for path, methods in made["paths"].items()
        for operation in methods.values()
    ]


def _parameter(made: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    schema = item.get("schema", {})
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    allowed: list[Any] = []
    for option in options:
        inner = option.get("items", option)
        allowed += inner.get("enum", [inner["const"]] if "const" in inner else [])
    return {
        "name": item["name"],
        "description": item.get("description") or schema.get("description", ""),
        "allowed": allowed,
        "default": schema.get("default"),
    }
