"""The shipped catalogue of companies, names that must not match, and shipped decisions: read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from newsledger.companies.names import fold
from newsledger.model import Alias, Company, Decision, DecisionAction, digest

_HERE = Path(__file__).parent
COMPANIES = _HERE / "companies.jsonl"
UNLIKE = _HERE / "unlike.jsonl"
DECISIONS = _HERE / "decisions.jsonl"

SECTORS = frozenset(
    """
    ai aerospace automotive business_services cloud consulting consumer crypto education energy finance food games
    government hardware health industry internet investor logistics media nonprofit real_estate retail security
    semiconductors software telecom travel
    """.split()  # noqa: SIM905
)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_FIELDS = frozenset(
    """
    id name aliases parent parent_since press_name_of tickers cik sector country domain wikidata signs
    """.split()  # noqa: SIM905
)


class CatalogueError(ValueError):
    """A line of the catalogue that cannot be right; names file, line, reason and remedy."""


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CatalogueError(f"{path.name}:{number}: no JSON object ({error}): one object a line") from error
        if not isinstance(row, dict):
            raise CatalogueError(f"{path.name}:{number}: no JSON object: one object a line")
        yield number, row


def _alias(value: str | dict[str, Any]) -> Alias:
    return Alias(name=value) if isinstance(value, str) else Alias(**value)


def _company(row: dict[str, Any]) -> Company:
    if unknown := set(row) - _FIELDS:
        raise ValueError(f"unknown field {sorted(unknown)[0]!r}; known: {', '.join(sorted(_FIELDS))}")
    if not _ID.fullmatch(row.get("id", "")) or row["id"].startswith("p-"):
        raise ValueError(f"id {row.get('id')!r}: lower-case words joined by hyphens, not starting with p-")
    if not row.get("name", "").strip():
        raise ValueError("no name")
    if row.get("sector") not in SECTORS | {None}:
        raise ValueError(f"sector {row['sector']!r}; known: {', '.join(sorted(SECTORS))}")
    if row.get("country") is not None and not re.fullmatch("[A-Z]{2}", row["country"]):
        raise ValueError(f"country {row['country']!r}: ISO 3166, two capital letters")
    if row.get("wikidata") is not None and not re.fullmatch("Q[1-9][0-9]*", row["wikidata"]):
        raise ValueError(f"wikidata {row['wikidata']!r}: an item, Q and a number")
    aliases = tuple(_alias(value) for value in row.get("aliases", ()))
    for date in [row.get("parent_since"), *(d for a in aliases for d in (a.since, a.until))]:
        if date is not None and not _DATE.fullmatch(date):
            raise ValueError(f"date {date!r}: YYYY, YYYY-MM or YYYY-MM-DD")
    return Company(
        id=row["id"],
        name=row["name"],
        aliases=aliases,
        parent_id=row.get("parent"),
        parent_since=row.get("parent_since"),
        tickers=tuple(row.get("tickers", ())),
        cik=row.get("cik"),
        sector=row.get("sector"),
        country=row.get("country"),
        domain=row.get("domain"),
        wikidata=row.get("wikidata"),
    )


@cache
def load(path: Path = COMPANIES) -> tuple[Company, ...]:
    """Return the shipped companies in the order of the file.

    Raises CatalogueError naming file, line and reason: a double id or Wikidata item, a parent that is not there, an
    unknown field.
    """
    found: dict[str, Company] = {}
    items: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    for number, row in _lines(path):
        try:
            company = _company(row)
        except (TypeError, ValueError) as error:
            raise CatalogueError(f"{path.name}:{number}: {error}") from error
        if company.id in found:
            raise CatalogueError(f"{path.name}:{number}: id {company.id!r} is there twice: give one another id")
        if company.wikidata and items.setdefault(company.wikidata, company.id) != company.id:
            other = items[company.wikidata]
            raise CatalogueError(
                f"{path.name}:{number}: item {company.wikidata} is {other!r} already: one company an item"
            )
        found[company.id] = company
        parents += [(number, p) for p in (company.parent_id,) if p]
    for number, parent in parents:
        if parent not in found:
            raise CatalogueError(f"{path.name}:{number}: parent {parent!r} is not in the file: add it or take it out")
    return tuple(found.values())


@cache
def signs(path: Path = COMPANIES) -> MappingProxyType[str, tuple[str, ...]]:
    """Return, for companies whose name is a common word or shared, words that tell of them: id → words."""
    return MappingProxyType(
        {row["id"]: tuple(s.casefold() for s in row["signs"]) for _, row in _lines(path) if "signs" in row}
    )


@cache
def press_names(path: Path = COMPANIES) -> frozenset[frozenset[str]]:
    """Return pairs of company ids that the press names for each other (Google and Alphabet)."""
    pairs = ((row["id"], row["press_name_of"]) for _, row in _lines(path) if "press_name_of" in row)
    return frozenset(frozenset(pair) for pair in pairs)


@cache
def unlike(path: Path = UNLIKE) -> MappingProxyType[str, frozenset[str]]:
    """Return names that look like a company's and are not: folded name → ids of the companies it must not match."""
    found: dict[str, frozenset[str]] = {}
    ids = {company.id for company in load()}
    for number, row in _lines(path):
        if set(row) - {"name", "not", "why"} or not row.get("name") or not row.get("not"):
            raise CatalogueError(f"{path.name}:{number}: needs name, not (list of ids), and may have why")
        if missing := set(row["not"]) - ids:
            raise CatalogueError(f"{path.name}:{number}: {sorted(missing)[0]!r} is no company id")
        found[fold(row["name"])] = found.get(fold(row["name"]), frozenset()) | frozenset(row["not"])
    return MappingProxyType(found)


@cache
def load_decisions(path: Path = DECISIONS) -> tuple[Decision, ...]:
    """Return the shipped decisions; their ids are hashes of what they say."""
    actions = get_args(DecisionAction)
    found: list[Decision] = []
    for number, row in _lines(path):
        try:
            if row["action"] not in actions:
                raise ValueError(f"action {row['action']!r}; known: {', '.join(actions)}")
            at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
            content = json.dumps(row, sort_keys=True, ensure_ascii=False)
            found.append(
                Decision(
                    id=row.get("id") or digest("decision", content),
                    action=row["action"],
                    subject=row["subject"],
                    target=row.get("target"),
                    values=MappingProxyType(dict(row.get("values", {}))),
                    author=row["author"],
                    at=at,
                    reason=row["reason"],
                    revokes=row.get("revokes"),
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CatalogueError(f"{path.name}:{number}: {error}") from error
    return tuple(found)


def _version(paths: Iterable[Path]) -> str:
    return digest(*(path.read_bytes() for path in paths))[:12]


VERSION = _version((COMPANIES, UNLIKE, DECISIONS))
"""Hash of the shipped data: names resolved under another version are to be resolved again."""
