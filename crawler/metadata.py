"""What a page says of itself: JSON-LD, Open Graph and its kin."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from courlan import clean_url, extract_domain
from selectolax.lexbor import LexborHTMLParser

from crawler.dates import Moment, parse_time
from crawler.plain_text import one_line
from newsledger.model import PublishedBasis

_ARTICLE_TYPE = re.compile(
    r"((Reportage|Analysis|Background|Opinion|Review)?News|AskPublicNews|AdvertiserContent|Tech|Scholarly)?Article"
    r"|(Blog|LiveBlog|SocialMedia)Posting|Report|WebPage"
)
_META_DATES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publication_date",
    "pubdate",
    "cxenseparse:recs:publishtime",
    "date",
)
_MAX_DEPTH = 6
_SPEAKING = 'meta, title, h1, link[rel="canonical"], script[type="application/ld+json"]'
"""The elements in which a page speaks of itself."""


@dataclass(slots=True)
class Metadata:
    """What a page says of itself; null where it says nothing."""

    title: str | None = None
    published: Moment | None = None
    published_basis: PublishedBasis | None = None
    canonical: str | None = None
    language: str | None = None
    description: str | None = None
    publisher: str | None = None
    free: bool | None = None
    """False where the page says that it is for subscribers."""
    names: dict[str, str] = field(default_factory=dict)
    """`meta` name or property, in small letters → content."""


def read_metadata(tree: LexborHTMLParser, url: str, now: datetime) -> Metadata:
    """Return what the page at `url`, fetched at `now` (UTC), says of itself."""
    found = Metadata()
    data: list[dict[str, Any]] = []
    shown: dict[str, str] = {}
    link: str | None = None
    for node in tree.css(_SPEAKING):  # all at once: each question walks through the whole page
        tag = node.tag
        if tag == "meta":
            attributes = node.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content:
                found.names.setdefault(name.lower(), content)
        elif tag == "script":
            data.extend(_described(node.text()))
        elif tag == "link":
            link = link or node.attributes.get("href")
        elif tag is not None and tag not in shown:
            shown[tag] = node.text()
    article = _article(data, url)
    _publication(found, article, now)
    found.publisher = one_line(_name(article.get("publisher")) or found.names.get("og:site_name"))
    found.title = _title(found, article.get("headline"), shown)
    found.description = one_line(found.names.get("og:description") or found.names.get("description"))
    free = article.get("isAccessibleForFree")
    found.free = None if free is None else str(free).lower() not in ("false", "no")
    found.canonical = canonical_url(url, link, found.names.get("og:url"))
    root = tree.root
    stated = article.get("inLanguage") or (root.attributes.get("lang") if root is not None else None)
    stated = stated or found.names.get("og:locale")
    if isinstance(stated, str) and re.match(r"[A-Za-z]{2}(?:$|[-_])", stated):
        found.language = stated[:2].lower()
    return found


def canonical_url(url: str, *stated: str | None) -> str | None:
    """Return the address by which a page wishes to be known, cleaned of tracking; None for no web address.

    Of those that the page at `url` has `stated`, the first that is believed: not one of another site, nor a home page
    given for every article.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        return None
    for candidate in stated:
        if candidate:
            absolute = _cleaned(candidate, url)
            if absolute is not None and _believable(absolute, url):
                return absolute
    return _cleaned(url, url) or url


def _cleaned(link: str, base: str) -> str | None:
    try:
        address: str | None = clean_url(urljoin(base, html.unescape(link.strip())))
        return urldefrag(address).url if address else None
    except ValueError:
        return None


def _believable(candidate: str, url: str) -> bool:
    there, here = urlsplit(candidate), urlsplit(url)
    if there.scheme not in ("http", "https"):
        return False
    if there.netloc.lower() != here.netloc.lower():
        domain = extract_domain(url, fast=True)
        if domain is None or extract_domain(candidate, fast=True) != domain:
            return False
    return bool(there.path.strip("/") or there.query) or not here.path.strip("/")


def _publication(found: Metadata, article: dict[str, Any], now: datetime) -> None:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        stated = article.get(key)
        if isinstance(stated, str) and (moment := parse_time(stated, now)):
            found.published, found.published_basis = moment, "jsonld"
            return
    for name in _META_DATES:
        if name in found.names and (moment := parse_time(found.names[name], now)):
            found.published, found.published_basis = moment, "meta"
            return


def _title(found: Metadata, headline: Any, shown: Mapping[str, str]) -> str | None:
    candidates = [
        headline if isinstance(headline, str) else None,
        found.names.get("og:title"),
        found.names.get("twitter:title"),
        shown.get("h1"),
        shown.get("title"),
    ]
    for candidate in candidates:
        title = one_line(candidate)
        if title:
            return _without_site(title, found.names.get("og:site_name") or found.publisher)
    return None


def _without_site(title: str, site: str | None) -> str:
    if site:
        for mark in (" | ", " - ", " – ", " — ", " :: "):
            if title.lower().endswith(mark + site.strip().lower()):
                return title[: -len(mark + site.strip())].strip()
    return title


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else None


def _described(text: str) -> Iterator[dict[str, Any]]:
    """Yield the article objects of a JSON-LD script; none for one that cannot be read."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        yield from _objects(json.loads(text, strict=False), _MAX_DEPTH)
    except (ValueError, RecursionError):
        return


def _article(described: Sequence[dict[str, Any]], url: str) -> dict[str, Any]:
    """Return the JSON-LD object that describes the page's article, or an empty one."""
    articles = [each for each in described if "WebPage" not in _types(each)] or described
    here = urlsplit(url).path.rstrip("/")
    for each in articles:
        if here and any(urlsplit(address).path.rstrip("/") == here for address in _addresses(each)):
            return each
    return articles[0] if articles else {}


def _types(data: dict[str, Any]) -> list[str]:
    types = data.get("@type")
    names = types if isinstance(types, list) else [types]
    return [name.rsplit("/", 1)[-1] for name in names if isinstance(name, str)]


def _addresses(data: dict[str, Any]) -> Iterator[str]:
    for key in ("mainEntityOfPage", "url", "@id"):
        value = data.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            try:
                urlsplit(value)
            except ValueError:
                continue
            yield value


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the article objects of a JSON-LD value: lists, graphs and main entities are entered, related items not."""
    if depth == 0:
        return
    if isinstance(data, list):
        for each in data:
            yield from _objects(each, depth - 1)
    elif isinstance(data, dict):
        if any(_ARTICLE_TYPE.fullmatch(name) for name in _types(data)):
            yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(data.get(key), list | dict):
                yield from _objects(data[key], depth - 1)
