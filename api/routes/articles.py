"""`/v1/articles/{id}`: what may be shown of an article: headline, link, dates, and what was read in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import Body, answers_of
from api.filters import Id
from api.openapi import MISSING_ID, NOT_MODIFIED
from api.parameters import CheckedRoute
from api.problems import ProblemError
from api.rows import claim_row
from api.schemas import Claim
from newsledger import model
from storage import articles, claims

router = APIRouter(prefix="/v1", tags=["articles"], route_class=CheckedRoute)

SHOWN = (
    "id",
    "revision",
    "title",
    "url",
    "source_id",
    "published",
    "published_basis",
    "published_precision",
    "language",
    "fetched_at",
    "group_id",
    "publisher",
)


class NoParameters(BaseModel):
    """Nothing may be asked besides the path."""

    model_config = ConfigDict(extra="forbid")


class Article(BaseModel):
    """An article without its text, which belongs to its publisher."""

    id: str
    revision: int
    title: str
    url: str | None
    source_id: str | None
    published: datetime | None
    published_basis: model.PublishedBasis | None
    published_precision: model.Precision | None
    language: str | None
    fetched_at: datetime | None
    group_id: str | None = Field(description="shared by syndicated copies of one story")
    publisher: str | None


class ArticleDetail(BaseModel):
    """An article and the live claims read in it."""

    article: Article
    claims: list[Claim]  # type: ignore[valid-type]


@router.get(
    "/articles/{id}",
    name="get_article",
    summary="An article's headline and link, and what was read in it",
    response_model=ArticleDetail,
    responses={**NOT_MODIFIED, **MISSING_ID},
)
async def get_article(
    request: Request, id: Annotated[Id, Path(description="article id")], asked: Annotated[NoParameters, Query()]
) -> Response:
    """Return one article; never its text."""

    def work() -> Body:
        with answers_of(request).reading() as connection:
            found = articles.load(connection, [id])
            if not found:
                raise ProblemError(404, f"there is no article {id!r}", parameter="id")
            read = claims.of_article(connection, id)
        shown: dict[str, Any] = {name: getattr(found[0], name) for name in SHOWN}
        return Body(formats.to_json({"article": shown, "claims": [claim_row(claim) for claim in read]}))

    return await answers_of(request).give(request, formats.MEDIA_TYPES["json"], work)
