"""What each field means, taken from where the nouns are defined: `newsledger.model`, its types and its docstrings."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from newsledger import model

FieldType = Literal["string", "integer", "number", "boolean", "array", "object", "datetime"]
"""Types of Table Schema. Arrays and objects are JSON in the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """A field of a file: its name, its type and what it means."""

    name: str
    type: FieldType
    description: str
    required: bool = False
    values: tuple[str, ...] = ()
    """The only values it takes, besides none."""
    constraints: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def schema(self) -> dict[str, Any]:
        """Return the field as Table Schema writes it."""
        constraints: dict[str, Any] = dict(self.constraints)
        if self.required:
            constraints["required"] = True
        if self.values:
            constraints["enum"] = list(self.values)
        found: dict[str, Any] = {"name": self.name, "type": self.type, "description": self.description}
        if self.type == "datetime":
            found["format"] = "%Y-%m-%dT%H:%M:%SZ"
        return found | ({"constraints": constraints} if constraints else {})


@cache
def _docs() -> dict[str, str]:
    """Name of a type, or `Class.field`, → its docstring in the model."""
    found: dict[str, str] = {}

    def read(body: list[ast.stmt], prefix: str) -> None:
        for statement, following in zip(body, [*body[1:], ast.Pass()], strict=True):
            if isinstance(statement, ast.ClassDef):
                read(statement.body, f"{statement.name}.")
                continue
            target = statement.target if isinstance(statement, ast.AnnAssign) else None
            if isinstance(statement, ast.Assign):
                target = statement.targets[0]  # type: ignore[assignment]
            if (
                isinstance(target, ast.Name)
                and isinstance(following, ast.Expr)
                and isinstance(following.value, ast.Constant)
            ):
                found[prefix + target.id] = " ".join(str(following.value.value).split())

    read(ast.parse(inspect.getsource(model)).body, "")
    return found


def describe(noun: type, name: str, *, called: str | None = None, also: str = "") -> FieldDescription:
    """Return what the model says of a field of a noun; `called` renames it, `also` adds a sentence."""
    hint = get_type_hints(noun)[name]
    options = [part for part in get_args(hint) if part is not NoneType] or [hint]
    required = NoneType not in get_args(hint)
    kind = hint if required else options[0]
    values: tuple[str, ...] = ()
    type_: FieldType = "string"
    documented = _docs().get(f"{noun.__name__}.{name}", "")
    if get_origin(kind) is Literal:
        values = get_args(kind)
        same = [key for key, alias in vars(model).items() if get_origin(alias) is Literal and get_args(alias) == values]
        documented = documented or _docs().get(same[0] if same else "", "")
    elif kind is bool:
        type_ = "boolean"
    elif kind is int:
        type_ = "integer"
    elif kind is float:
        type_ = "number"
    elif get_origin(kind) is tuple:
        type_ = "array"
    elif kind is not str:
        type_ = "object"
    text = " ".join(part for part in (documented or _PLAIN.get(name, ""), also) if part)
    return FieldDescription(name=called or name, type=type_, description=text, required=required, values=values)


_PLAIN = {
    "count": "People, whole persons. Null where only a percent, or nothing, is stated.",
    "count_low": "The lowest figure any claim allows.",
    "count_high": "The highest figure any claim allows.",
    "percent": "Percent of `percent_of`, from 0 to 100. Never turned into a count.",
    "percent_of": "What the percent is of, in the text's words.",
    "amount": "Money in whole units of `currency`.",
    "amount_low": "The lowest amount any claim allows.",
    "amount_high": "The highest amount any claim allows.",
    "currency": "ISO 4217.",
    "usd_rate_date": "Day of the rate.",
    "usd_rate_table": "Version of the table of rates.",
    "period_start": "Start of the time that the money is spread over.",
    "period_end": "End of that time.",
    "date": "When it was announced, ISO date cut to what is known: 2025, 2025-03 or 2025-03-14.",
    "effective_date": "When it takes effect, as far as stated.",
    "company_id": "Id of the canonical company.",
    "company": "Name of the company.",
    "roles": "The work of those who lose their jobs.",
    "locations": "Places of the cut or site, where stated.",
    "location": "Place of the cut or site, where stated.",
    "time": "Whether it is told as news, or only as background.",
    "name": "Its name.",
    "aliases": "Other names it is known by.",
    "parent_id": "Id of the company that owns it.",
    "tickers": "Symbols of its shares.",
    "cik": "Number in the register of the US securities regulator.",
    "sector": "Its line of business.",
    "country": "Country of its headquarters, ISO 3166.",
    "domain": "Its web address.",
    "wikidata": "Its item in Wikidata.",
    "source_kinds": "What the sources of its claims are.",
    "counterparty_ids": "Ids of the other side's companies, as far as they resolve.",
    "counterparty": "The other side, as the text names it.",
    "claim_ids": "Ids of the claims it rests on; see claims.csv.",
    "parent_since": "Since when.",
    "revision": "Revision of the article that was read.",
    "article_id": "Id of the article.",
}
