"""Bytes to text, and text to the clean form in which it is stored."""

from __future__ import annotations

import codecs
import html
import re
import unicodedata

import ftfy
import re2
from charset_normalizer import from_bytes
from ftfy.badness import is_bad
from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

# controls but for tab and newline, lone surrogates, and marks of no width that would split a word for a reader
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
# all that ftfy takes for a sign of mojibake has two such characters side by side, or one of these few
_MAY_BE_MOJIBAKE = re2.compile("[^\x00-\x7f]{2,}|[\x80-\x9fŒœÂÃ]".encode())
_AROUND = 18
"""Bytes about such a place that ftfy may look at."""

_TAGS = re.compile(r"<[^<>]{1,200}>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNNESTED = frozenset(
    (
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "source",
        "wbr",
        "area",
        "base",
        "col",
        "embed",
        "param",
        "track",
        "path",
        "circle",
        "rect",
        "use",
    )
)
"""Elements that have no content or that the next of their kind closes."""
_MANY_TAGS = 10_000
_DEEPEST = 2_000

_LINES = (
    "address, article, aside, blockquote, br, button, caption, dd, details, div, dl, dt, fieldset, figcaption, figure,"
    " footer, form, h1, h2, h3, h4, h5, h6, header, hr, label, legend, li, main, nav, ol, option, p, pre, section,"
    " summary, table, td, th, tr, ul"
)
"""Elements that stand on lines of their own."""
ENOUGH = 400
"""Characters of paragraph text below which a page is taken to mark up its text otherwise."""


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a body in whatever encoding it turns out to be. Never fails.

    A byte order mark wins, then UTF-8 wherever the whole body is UTF-8 (what a server declares is wrong more often
    than text is UTF-8 by chance), then what header or page declare, then the best guess. NULs, which a parser would
    show as a mark in the middle of a word, are left out.
    """
    return _decoded(body, content_type).replace("\0", "")


def _decoded(body: bytes, content_type: str | None) -> str:
    encoding, mark = read_bom(body)
    if encoding is not None and mark is not None:
        return body[len(mark) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        broken_at = error.start
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    encoding = resolve_encoding(declared) if declared else None
    if encoding is None:
        guess = from_bytes(body[max(0, broken_at - 2_000) : broken_at + 20_000]).best()
        encoding = guess.encoding if guess else "cp1252"
    text = body.decode(encoding, "replace")
    if codecs.lookup(encoding).name == "utf-8":
        # said to be UTF-8 and is not: a stray byte among much that fits is replaced, else the page is Latin
        broken = text.count("�")
        if 2 * broken > sum(character > "\x7f" for character in text):
            return body.decode("cp1252", "replace")
    return text


def clean(text: str) -> str:
    """Return text as it is stored: mojibake mended, composed (NFC), no controls, single spaces and newlines."""
    if not text.isascii():
        data = text.encode("utf-8", "replace")
        places = [data[max(0, m.start() - _AROUND) : m.end() + _AROUND] for m in _MAY_BE_MOJIBAKE.finditer(data)]
        if places and is_bad(b"\n".join(places).decode("utf-8", "ignore")):
            text = ftfy.fix_encoding(text)
        text = unicodedata.normalize("NFC", text)
    lines = map(_clean_line, text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(filter(None, lines))


def _clean_line(line: str) -> str:
    line = line.strip()
    if line.isprintable():  # nothing unstorable is, nor any space but the plain one
        return " ".join(line.split()) if "  " in line else line
    return " ".join(_UNSTORABLE.sub("", line).split())


def one_line(markup: str | None) -> str | None:
    """Return a title or the like as one clean line, without tags and entities; None for an empty one."""
    if not markup:
        return None
    return clean(_TAGS.sub("", html.unescape(markup))).replace("\n", " ").strip() or None


def is_bottomless(source: str) -> bool:
    """Return whether the elements of a page are nested so deep that parsing it would take time without bound."""
    if len(source) < _MANY_TAGS * len("<b>") or source.count("<") < _MANY_TAGS:
        return False
    depth = 0
    for match in _TAG.finditer(source):
        if match[2].lower() not in _UNNESTED:
            depth = depth + 1 if not match[1] else max(0, depth - 1)
            if depth > _DEEPEST:
                return True
    return False


def paragraph_text(tree: LexborHTMLParser) -> str:
    """Return the text of a page's paragraphs, one on each line: quick, with some boilerplate."""
    return clean("\n".join(node.text() for node in tree.css("p")))


def visible_text(tree: LexborHTMLParser) -> str:
    """Return all text that a page shows, in the lines in which it shows it. Changes the tree."""
    if tree.body is None:
        return ""
    tree.strip_tags(["script", "style", "noscript", "svg", "template"])
    for node in tree.body.css(_LINES):
        node.insert_before("\n")
        node.insert_after("\n")
    return clean(tree.body.text())
