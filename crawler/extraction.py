"""From a page to an article: metadata, body, date, language, with the gates before the costly part."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

import htmldate.extractors
import py3langid
import trafilatura
import trafilatura.utils
from dateparser import DateDataParser
from htmldate import find_date
from lxml import etree
from lxml import html as lxml_html
from readability import Document
from selectolax.lexbor import LexborHTMLParser
from trafilatura.settings import MANUALLY_CLEANED

from crawler.dates import Moment, parse_time, plausible, written_precision
from crawler.metadata import Metadata, read_metadata
from crawler.outline import outline, without_scripts
from crawler.plain_text import ENOUGH, clean, decode, is_bottomless, one_line, paragraph_text, visible_text
from crawler.walls import wall
from newsledger.model import Article, Page, PublishedBasis, digest

_MIN_BODY = 200
"""Characters below which a text is too short to be an article's, or to tell its language."""
_SHORT_BODY = 500
"""Characters below which trafilatura is taken to have missed the body: readability has its turn."""
_MIN_TEXT = 40
"""Characters below which there is nothing to read."""
_LANGUAGE_SAMPLE = 1_000


class Gate(Protocol):
    """Says cheaply what cannot hold an event. It may let through too much, never too little."""

    def bytes_may_hold(self, body: bytes) -> bool:
        """Return False where the bytes of a page cannot hold an event."""

    def text_may_hold(self, text: str) -> bool:
        """Return False where a text cannot hold an event."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A page that is no article, and why. Every reason is counted."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows without its body being found: what it says of itself, and its cheap text."""

    said: Metadata
    title: str
    text: str


def skim(page: Page) -> Seen | None:
    """Return what the head and the paragraphs of a page show, or all of it where they show next to nothing.

    None for a page that is no markup, or whose elements are nested so deep that it cannot be parsed. To skim many pages
    before `to_article` judges any is quicker: the tables of a gate then stay at hand in the processor's cache, and are
    not driven out by each page's markup.
    """
    if page.status != 200 or _is_plain(page) or _is_not_html(page):
        return None
    if not _is_hidden(page):
        tree = _tree(decode(outline(page.body), page.content_type))
        if tree is not None and len(text := paragraph_text(tree)) >= ENOUGH:
            return _seen(page, tree, text)
    tree = _tree(decode(page.body, page.content_type))
    if tree is None:
        return None
    seen = _seen(page, tree, paragraph_text(tree))
    return seen if len(seen.text) >= ENOUGH else replace(seen, text=max(seen.text, visible_text(tree), key=len))


def _tree(source: str) -> LexborHTMLParser | None:
    return None if is_bottomless(source) else LexborHTMLParser(source)


def _seen(page: Page, tree: LexborHTMLParser, text: str) -> Seen:
    said = read_metadata(tree, page.url, page.fetched_at)
    return Seen(said, said.title or one_line(page.feed_title) or "", text)


def to_article(
    page: Page, gate: Gate | None = None, counts: Counter[str] | None = None, skimmed: Seen | None = None
) -> Article | Dropped:
    """Return the article of a page as its first revision, or why there is none. Pure.

    With a `gate`, a page that cannot hold an event skips the costly extraction and keeps its cheap text, marked
    `rough`; without one every page is extracted whole. `counts` counts what each stage let through and dropped:
    `pages`, `bytes_gate`, `text_gate`, `extracted`, `dropped_<reason>`, and `feed_text_for_<reason>` where a page
    stands behind a wall and its source's own feed carries the text. `skimmed` is what `skim` made of the page, if
    it was asked before.
    """
    counts = Counter() if counts is None else counts
    counts["pages"] += 1
    outcome = _article(page, gate, counts, skimmed)
    if isinstance(outcome, Dropped):
        counts[f"dropped_{outcome.reason}"] += 1
    return outcome


def _article(page: Page, gate: Gate | None, counts: Counter[str], skimmed: Seen | None) -> Article | Dropped:
    if page.status != 200:
        return Dropped(f"http_{page.status}", page.url)
    if _is_plain(page):
        return _plain(page)
    if _is_not_html(page):
        return Dropped("not_html", page.content_type or "")
    seen = skimmed or skim(page)
    if seen is None:
        return Dropped("bottomless_markup", "elements nested too deep to be read")
    if (barrier := wall(page.url, seen.title, seen.text, seen.said.free)) is not None:
        return _behind(barrier, page, seen, counts)
    if len(seen.title) + len(seen.text) < _MIN_TEXT:
        return Dropped("no_text", seen.title)
    if gate is not None and (rough := _rough(page, seen, gate, counts)) is not None:
        return rough
    return _whole(page, seen, counts)


def _is_plain(page: Page) -> bool:
    return "text/plain" in (page.content_type or "")


def _is_not_html(page: Page) -> bool:
    kind = (page.content_type or "").lower()
    return bool(kind) and "html" not in kind and "xml" not in kind


def _is_hidden(page: Page) -> bool:
    """Return whether a page is in an encoding of two bytes a letter, which hides them from what looks at bytes."""
    return b"\0" in page.body[:1_000]


def _rough(page: Page, seen: Seen, gate: Gate, counts: Counter[str]) -> Article | None:
    """Return what becomes of a page that a gate holds back; None for a page that is to be read whole."""
    if not _is_hidden(page) and not gate.bytes_may_hold(page.body):
        counts["bytes_gate"] += 1
    elif gate.text_may_hold("\n".join((seen.title, seen.said.description or "", seen.text))):
        return None
    else:
        counts["text_gate"] += 1
    published = _published(page, seen.said, None, "")
    return _made(page, seen, seen.text, published, seen.said.language, rough=True)


def _behind(barrier: str, page: Page, seen: Seen, counts: Counter[str]) -> Article | Dropped:
    """Return what becomes of a page that stands in front of its article: its source's feed may carry the text."""
    if len(told := _told_by_feed(page)) < _MIN_BODY:
        return Dropped(barrier, seen.title)
    counts[f"feed_text_for_{barrier}"] += 1
    return _plain(replace(page, body=told.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8"))


def _whole(page: Page, seen: Seen, counts: Counter[str]) -> Article | Dropped:
    counts["extracted"] += 1
    # a date that the page does not state may stand anywhere in it
    whole = seen.said.published is None or _is_hidden(page)
    source = decode(page.body if whole else without_scripts(page.body), page.content_type)
    document = None if is_bottomless(source) else _document(source)
    published = _published(page, seen.said, document, source)
    text = (body_text(source, document) if document is not None else "") or seen.text
    if len(seen.title) + len(text) < _MIN_TEXT:
        return Dropped("no_text", seen.title)
    return _made(page, seen, text, published, _language(text, seen.said.language), rough=False)


def _made(
    page: Page,
    seen: Seen,
    text: str,
    published: tuple[Moment, PublishedBasis],
    language: str | None,
    *,
    rough: bool,
) -> Article:
    said, (moment, basis) = seen.said, published
    return Article(
        id=digest(said.canonical) if said.canonical else digest(text),
        revision=1,
        title=seen.title,
        text=text,
        url=said.canonical,
        source_id=page.source_id,
        published=moment.at,
        published_basis=basis,
        published_precision=moment.precision,
        language=language,
        fetched_at=page.fetched_at,
        rough=rough,
        description=said.description,
        publisher=said.publisher,
    )


def body_text(source: str, document: lxml_html.HtmlElement | None = None) -> str:
    """Return the article body of an HTML page: trafilatura's precise reading, else readability's, else nothing.

    Trafilatura's own second opinions are left out: they take as long as the reading, and readability, asked only where
    little was found, finds more. `document` is the parsed source, if it is at hand; it loses what no body holds.
    """
    document = document if document is not None else _document(source)
    if document is None:
        return ""
    text = ""
    etree.strip_elements(document, *_NEVER_BODY, with_tail=False)
    try:
        found = trafilatura.bare_extraction(document, favor_precision=True, include_comments=False, fast=True)
        text = clean(found.text or "") if found is not None else ""
    except Exception:  # hostile markup breaks it in many ways; the next reader has its turn
        text = ""
    if len(text) >= _SHORT_BODY:
        return text
    try:
        other = visible_text(LexborHTMLParser(Document(source).summary(html_partial=True)))
    except Exception:  # the same
        other = ""
    return other if len(other) > len(text) else text


def _told_by_feed(page: Page) -> str:
    """Return the text that the page's source itself gave in its feed, where it gave one."""
    if not page.feed_text:
        return ""
    return visible_text(LexborHTMLParser(page.feed_text))


_NEVER_BODY = sorted(set(MANUALLY_CLEANED) - {"form", "figure", "math", "head", "script"})
"""What trafilatura takes out itself, but only after it has looked through it and copied it twice. It keeps some forms
and figures, turns formulas into text, and looks for signs of a forum in scripts."""

# which class an element gets is looked up in Python by default, some thousand times a page; all but forms get this one
trafilatura.utils.HTML_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement, comment=lxml_html.HtmlComment)
)


def _document(source: str) -> lxml_html.HtmlElement | None:
    return trafilatura.load_html(source)


def _plain(page: Page) -> Article | Dropped:
    text = clean(decode(page.body, page.content_type))
    title = one_line(page.feed_title) or ""
    if len(title) + len(text) < _MIN_TEXT:
        return Dropped("no_text", title)
    url = page.url if urlsplit(page.url).scheme in ("http", "https") else None
    published, basis = _published(page, Metadata(), None, text)
    return Article(
        id=digest(url) if url else digest(text),
        revision=1,
        title=title,
        text=text,
        url=url,
        source_id=page.source_id,
        published=published.at,
        published_basis=basis,
        published_precision=published.precision,
        language=_language(text, None),
        fetched_at=page.fetched_at,
    )


@cache
def _english_dates() -> DateDataParser:
    """Return htmldate's parser of last resort with its own settings, for English alone: only English is read.

    With the 200 languages it tries by itself, it takes seconds to begin and as long as all the rest of an extraction.
    """
    settings = {
        "NORMALIZE": True,
        "PARSERS": ["custom-formats", "absolute-time"],
        "PREFER_DATES_FROM": "past",
        "PREFER_LOCALE_DATE_ORDER": True,
        "RETURN_AS_TIMEZONE_AWARE": False,
        "STRICT_PARSING": True,
    }
    return DateDataParser(languages=["en"], settings=settings)


htmldate.extractors.get_external_parser = _english_dates


def _published(
    page: Page, said: Metadata, document: lxml_html.HtmlElement | None, source: str
) -> tuple[Moment, PublishedBasis]:
    """Return when the page was published and where that stands, the surest first."""
    if said.published is not None and said.published_basis is not None:
        return said.published, said.published_basis
    if document is not None:
        try:
            with warnings.catch_warnings(action="ignore"):  # it tells of every odd time zone
                found = find_date(document, original_date=True, url=page.url, max_date=page.fetched_at)
        except Exception:  # hostile markup: the feed or the clock must do
            found = None
        moment = parse_time(found, page.fetched_at) if found else None
        if moment is not None:
            moment = Moment(moment.at, written_precision(moment.at, f"{page.url} {source}"))
            if moment.precision == "day" or page.feed_published is None:
                return moment, "htmldate"
    if page.feed_published is not None and (at := plausible(page.feed_published, page.fetched_at)):
        return Moment(at, "day"), "feed"
    return Moment(page.fetched_at, "day"), "fetched"


def _language(text: str, stated: str | None) -> str | None:
    """Return the ISO 639 code of the language a text is in; what the page states where the text is too short."""
    if len(text) < _MIN_BODY:
        return stated
    code: str = py3langid.classify(text[:_LANGUAGE_SAMPLE])[0]
    return code
