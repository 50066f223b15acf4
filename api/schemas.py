"""The shapes of the answers for the OpenAPI document, made from the nouns of `newsledger.model` themselves."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import typing
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from newsledger import model


def field_words(noun: type) -> dict[str, str]:
    """Return the docstring under each field of a dataclass, on one line."""
    body = ast.parse(textwrap.dedent(inspect.getsource(noun))).body[0]
    assert isinstance(body, ast.ClassDef)
    words: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            words[before.target.id] = " ".join(str(after.value.value).split())
    return words


def shape(noun: type, name: str, *, leave_out: tuple[str, ...] = (), **more: Any) -> type[BaseModel]:
    """Return the pydantic model of a dataclass as JSON: tuples are arrays, mappings objects, and nothing is absent."""
    hints = typing.get_type_hints(noun)
    words = field_words(noun)
    fields: dict[str, Any] = {
        item.name: (_plain(hints[item.name]), Field(description=words.get(item.name)))
        for item in dataclasses.fields(noun)
        if item.name not in leave_out
    }
    return create_model(name, __config__=ConfigDict(title=name), __doc__=inspect.getdoc(noun), **fields, **more)


def _plain(hint: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return list[_plain(arguments[0])]  # type: ignore[misc]
    if hint is model.Evidence:
        return Evidence
    if hint is model.RoleMention:
        return RoleMention
    if hint is model.Alias:
        return Alias
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[str, _plain(arguments[1])]  # type: ignore[misc]
    return hint


Evidence = create_model(
    "Evidence",
    __doc__="A quote and its place in the article, offsets in code points.",
    **{  # type: ignore[call-overload]
        "in": (Literal["title", "text"], Field(description="the part of the article")),
        "start": (int, ...),
        "end": (int, ...),
        "quote": (str, ...),
    },
)
RoleMention = shape(model.RoleMention, "RoleMention")
Alias = shape(model.Alias, "Alias")

Event = shape(model.Event, "Event", ai_cited=(bool, Field(description="AI is the cause, or where money or roles go")))


class ArticleLink(BaseModel):
    """The article behind a claim: what may be shown of it (never its text)."""

    title: str
    url: str | None
    published: datetime | None
    source_id: str | None
    source_kind: model.SourceKind | None
    group_id: str = Field(description="shared by reprints of one story")


Claim = shape(
    model.Claim,
    "Claim",
    ai_cited=(bool, Field(description="AI is cause or aim")),
    article=(ArticleLink, ...),
)
Company = shape(model.Company, "Company")
