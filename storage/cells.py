"""SQL that gives the cells of a CSV file ready to write, the same text from SQLite and from PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from storage.columns import Text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


class instant(FunctionElement[str]):  # noqa: N801  (written like the SQL function it is)
    """A moment as `2026-03-14T09:30:00Z`."""

    inherit_cache = True
    type = Text


@compiles(instant, "sqlite")
def _instant_on_sqlite(element: instant, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"replace(substr({moment}, 1, 19), ' ', 'T') || 'Z'"


@compiles(instant, "postgresql")
def _instant_on_postgresql(element: instant, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


def truth(column: ColumnElement[bool]) -> ColumnElement[str]:
    """Return `true` or `false`."""
    return case((column, "true"), else_="false")


def guarded(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return text that no spreadsheet takes for a formula: one that could be begins with an apostrophe."""
    text = type_coerce(column, Text)
    # every one of these sorts at or below `@`: most names are settled by one comparison
    return case(
        (
            text < literal("A"),
            case((func.substr(text, 1, 1).in_(FORMULA_STARTS), literal("'").concat(text)), else_=text),
        ),
        else_=text,
    )


def guard(text: str) -> str:
    """Do what `guarded` does, outside SQL."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def raw(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return JSON as the text it is kept as. It begins with a bracket, so no spreadsheet takes it for a formula."""
    return type_coerce(column, Text)
