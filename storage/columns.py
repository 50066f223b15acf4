"""Column types that hold the same values, in the same order, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Double, Integer
from sqlalchemy import Text as PlainText
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

MOMENT_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def moment_text(value: datetime) -> str:
    """Return how SQLite keeps a moment: UTC text of fixed width, which sorts by time. Raises ValueError if naive."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; give an aware datetime, best in UTC")
    return value.astimezone(UTC).strftime(MOMENT_FORMAT)


def json_text(value: Any) -> str:
    """Return compact JSON, keys in their given order: equal values give equal text on both databases."""
    return orjson.dumps(value).decode()


Text: TypeEngine[str] = PlainText().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text in the order of its bytes, as SQLite and Python have it, not of a language."""


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC, to the microsecond."""

    impl = PlainText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use timestamptz where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(PlainText())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store UTC; refuse a naive time."""
        if value is None:
            return None
        text = moment_text(value)
        return value if dialect.name == "postgresql" else text

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware UTC datetime."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Json(TypeDecorator[Any]):
    """Lists and mappings as JSON text. Text, not JSONB, which would reorder keys."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Store compact JSON."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return plain lists and dicts."""
        return None if value is None else orjson.loads(value)


class Flag(TypeDecorator[bool]):
    """True or false; 1 or 0 on SQLite."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use an integer where there is no boolean."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Boolean())

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Return a bool."""
        return None if value is None else bool(value)


Whole: TypeEngine[int] = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
"""A whole number of up to 64 bits: people, or whole units of a currency."""

Number: TypeEngine[float] = Double().with_variant(sqlite.REAL(), "sqlite")
"""A double: percents and rates."""
