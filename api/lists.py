"""Answering a list in the format asked for: a JSON page with a cursor, or the whole as NDJSON, CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine
from starlette.requests import Request
from starlette.responses import Response

from api import formats
from api.answers import Body, answers_of, stream
from api.filters import Listing
from api.problems import ProblemError
from storage.engine import reading

PAGE, LARGEST_PAGE = 100, 1_000
"""Rows of a JSON page: by default, at most."""

STREAM_PAGE = 2_000
"""Rows that a stream asks of the store at a time, each in a short transaction: a slow client holds none open."""

Row = Mapping[str, Any]
Fetch = Callable[[Connection, int, str | None], tuple[Sequence[Row], str | None]]
"""Reads one page of rows: connection, number of rows, cursor → rows, cursor of the next page or null."""


async def give_list(
    request: Request,
    listing: Listing,
    *,
    name: str,
    types: Mapping[str, object],
    fetch: Fetch,
    fresh: bool = False,
) -> Response:
    """Return a list as the request wants it.

    `types` are the columns of CSV and Parquet with their Python types; `fresh` as `Answers.give` takes it.
    """
    answers = answers_of(request)
    wanted = formats.wanted(request, listing.format)
    if wanted == "json":
        limit = PAGE if listing.limit is None else listing.limit
        if limit > LARGEST_PAGE:
            raise ProblemError(
                400,
                f"limit: {limit} is more than {LARGEST_PAGE}, the most of a JSON page; follow `next`, "
                "or ask for format=ndjson, csv or parquet to have all",
                parameter="limit",
            )

        def page() -> Body:
            with answers.reading() as connection:
                rows, following = fetch(connection, limit, listing.cursor)
            headers = {}
            if following is not None:
                headers["Link"] = f'<{next_address(request, following)}>; rel="next"'
            return Body(formats.to_json({"data": rows, "next": following}), headers)

        return await answers.give(request, formats.MEDIA_TYPES["json"], page, fresh=fresh)

    size = min(listing.limit or STREAM_PAGE, STREAM_PAGE)

    def first_page() -> tuple[Sequence[Row], str | None]:
        with answers.reading() as connection:
            return fetch(connection, size, listing.cursor)

    # before the answer starts: a bad cursor must still become a problem
    first, following = await answers.within_time(first_page)
    rows = all_rows(request.app.state.engine, fetch, first, following, listing.limit)
    return stream(formats.whole(wanted, rows, types), formats.MEDIA_TYPES[wanted], f"{name}.{wanted}")


def all_rows(engine: Engine, fetch: Fetch, rows: Sequence[Row], cursor: str | None, limit: int | None) -> Iterator[Row]:
    """Yield the rows of the first page and of all that follow, up to `limit`."""
    left = limit
    while True:
        yield from rows
        if left is not None:
            left -= len(rows)
        if cursor is None or left == 0:
            return
        with reading(engine) as connection:
            rows, cursor = fetch(connection, STREAM_PAGE if left is None else min(left, STREAM_PAGE), cursor)


def next_address(request: Request, cursor: str) -> str:
    """Return the address of the next page."""
    query = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
    return f"{request.base_url}{request.url.path.lstrip('/')}?{urlencode([*query, ('cursor', cursor)])}"
