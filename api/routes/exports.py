"""`/v1/exports`: the nightly datasets, and their files where they lie on this machine's disk."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from api import formats
from api.answers import Body, answers_of
from api.openapi import MISSING_ID, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from api.routes.articles import NoParameters
from storage.targets import LocalFolder, Target, target_at

router = APIRouter(prefix="/v1", tags=["exports"], route_class=CheckedRoute)

Version = Annotated[str, Path(pattern=r"^(latest|\d{4}-\d{2}-\d{2}(\.\d+)?)$", description="latest, or a version")]
File = Annotated[str, Path(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$", description="name of a file")]


class Dataset(BaseModel):
    """One immutable version of the dataset."""

    version: str
    night: date
    as_of: datetime = Field(description="what the ledger knew at this instant")
    rows: dict[str, int] = Field(description="table → rows")
    sha256: dict[str, str] = Field(description="file → checksum")
    address: str = Field(description="its files lie under this address")


class Datasets(BaseModel):
    """All versions, the newest first."""

    latest: str | None
    data: list[Dataset]


@router.get(
    "/exports",
    name="list_exports",
    summary="The nightly datasets",
    response_model=Datasets,
    responses={**NOT_MODIFIED},
)
async def list_exports(request: Request, asked: Annotated[NoParameters, Query()]) -> Response:
    """Return the versions of the dataset."""

    def work() -> Body:
        _target, index = published(request)
        versions = [
            {
                **{name: entry[name] for name in ("version", "night", "as_of", "rows", "sha256")},
                "address": f"{request.base_url}v1/exports/{entry['version']}/",
            }
            for entry in reversed(index["versions"])
        ]
        return Body(formats.to_json({"latest": index["latest"], "data": versions}))

    return await answers_of(request).give(request, formats.MEDIA_TYPES["json"], work, fresh=True)


@router.get(
    "/exports/{version}/{file}",
    name="get_export",
    summary="One file of a dataset; version latest answers 307 with the newest",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        307: {"description": "The address of the newest version's file"},
        **NOT_MODIFIED,
        **MISSING_ID,
    },
)
async def get_export(
    request: Request, version: Version, file: File, asked: Annotated[NoParameters, Query()]
) -> Response:
    """Return one file of a dataset."""
    target, index = await run_in_threadpool(published, request)
    if version == "latest":
        if index["latest"] is None:
            raise ProblemError(404, "no dataset has been published yet", parameter="version")
        return RedirectResponse(f"/v1/exports/{index['latest']}/{file}", 307)
    entry = next((one for one in index["versions"] if one["version"] == version), None)
    if entry is None:
        raise ProblemError(404, f"there is no dataset {version!r}", parameter="version")
    if file not in entry["sha256"]:
        raise ProblemError(
            404, f"dataset {version} has no file {file!r}", parameter="file", allowed=sorted(entry["sha256"])
        )
    headers = {"ETag": f'"{entry["sha256"][file]}"', "Cache-Control": "max-age=31536000, immutable"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if isinstance(target, LocalFolder):
        return FileResponse(target.folder / version / file, headers=headers, media_type="application/octet-stream")
    content = await run_in_threadpool(target.read, f"{version}/{file}")
    return Response(content, headers=headers, media_type="application/octet-stream")


def published(request: Request) -> tuple[Target, dict[str, Any]]:
    """Return where datasets are published, and their index. Raises a 503 problem where it cannot be read."""
    try:
        target = target_at(request.app.state.settings.exports)
        content = target.read("index.json")
    except OSError as error:
        raise ProblemError(503, f"the place of the datasets cannot be read: {error.strerror or error}") from error
    return target, json.loads(content) if content else {"latest": None, "versions": []}
