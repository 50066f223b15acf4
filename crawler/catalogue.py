"""The catalogue of sources: reads and checks `sources.yml`."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import TypeAdapter, ValidationError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from newsledger.model import Source

CATALOGUE = Path(__file__).with_name("sources.yml")

_SOURCE = TypeAdapter(Source)
_FIELDS = frozenset(f.name for f in fields(Source))
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message names the file, the source, what is wrong and what to do."""


def load_sources(path: Path | None = None) -> list[Source]:
    """Return the sources of a catalogue in the file's order, excluded ones too; the shipped one by default.

    Raises `CatalogueError` for a file that is not readable YAML or holds a source that breaks a rule.
    """
    path = path or CATALOGUE
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path}: cannot be read as YAML ({error}); mend the file") from error
    if not isinstance(rows, list) or not rows:
        raise CatalogueError(f"{path}: holds no list of sources; start each source with '- id: …'")
    sources: list[Source] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        source = _source(row, f"{path}, source {number}")
        if source.id in seen:
            raise CatalogueError(f"{path}, source {number}: the id '{source.id}' stands twice; give one another id")
        seen.add(source.id)
        sources.append(source)
    return sources


def _source(row: Any, where: str) -> Source:
    if not isinstance(row, dict):
        raise CatalogueError(f"{where}: is no mapping of fields; write '- id: …' and its fields below")
    where = f"{where} ({row.get('id', 'no id')})"
    unknown = sorted(str(key) for key in row if key not in _FIELDS)
    if unknown:
        raise CatalogueError(f"{where}: unknown field {', '.join(unknown)}; known are {', '.join(sorted(_FIELDS))}")
    try:
        source = _SOURCE.validate_python(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(f"{where}: field '{field}': {first['msg']}") from error
    for problem in _problems(source):
        raise CatalogueError(f"{where}: {problem}")
    return source


def _problems(source: Source) -> list[str]:
    found = []
    if not _ID.fullmatch(source.id):
        found.append("an id is of small letters, digits and single hyphens")
    if not source.urls and source.excluded is None:
        found.append("needs at least one address under 'urls'")
    found.extend(
        f"'{url}' is no http or https address"
        for url in source.urls
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname
    )
    if source.spider == "listing" and not source.selector:
        found.append("a listing needs 'selector', the CSS selector of its article links")
    if source.selector is not None:
        try:
            LexborHTMLParser("<p>").css(source.selector)
        except SelectolaxError:
            found.append(f"'{source.selector}' is no CSS selector")
    if source.every_minutes < 5:
        found.append("'every_minutes' is at least 5")
    if source.country is not None and not re.fullmatch(r"[A-Z]{2}", source.country):
        found.append("'country' is an ISO 3166 code of two capital letters, or absent")
    if source.language is not None and not re.fullmatch(r"[a-z]{2}", source.language):
        found.append("'language' is an ISO 639 code of two small letters, or absent")
    found.extend(
        f"'{pair}' in 'allow_private' is no host:port"
        for pair in source.allow_private
        if not re.fullmatch(r"\[?[\w.:-]+\]?:\d{1,5}", pair)
    )
    return found
