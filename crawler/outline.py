"""A page cut down to what says what it is and to its paragraphs, without parsing the rest: most of a page is neither.

The cut follows the rules by which HTML is read (where comments and raw text end, what ends a paragraph), for these
elements alone; a parser then reads what is left. Tags written into an attribute are all that it takes for what they
are not.
"""

from __future__ import annotations

import re

# all look at a copy in small letters: to ignore case would take twice as long
_RAW = rb"script|style|textarea|template|iframe"
_HEAD = re.compile(rb"<(?:!--|(%b)[\s>/]|(?:/head|body)[\s>/])" % _RAW)
_BODY = re.compile(rb"<(?:p[\s>/]|(%b)[\s>/]|!--|h1[\s>/]|meta\s|link\s)" % _RAW)
_BLOCK = (
    rb"address|article|aside|blockquote|body|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer"
    rb"|form|h[1-6]|header|hgroup|hr|html|li|listing|main|menu|nav|ol|p|pre|search|section|summary|table|tbody|td"
    rb"|tfoot|th|thead|tr|ul"
)
_PARAGRAPH = re.compile(rb"<(?:/p[\s>]|/?(?:%b)[\s>/]|(%b)[\s>/]|!--)" % (_BLOCK, _RAW))
_SCRIPT = re.compile(rb"<(?:(script|style)[\s>/]|!--)")
_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_LONGEST_TAG = 20_000
"""Bytes."""


def outline(page: bytes) -> bytes:
    """Return the head of a page, what its body holds of `meta`, `link` and JSON-LD, its first `h1` and its paragraphs.

    Scripts, styles and comments are left out. The page may be in any encoding that writes ASCII as ASCII. Takes time in
    proportion to the page.
    """
    lowered = page.lower()
    kept: list[bytes] = []
    at = _keep_head(page, lowered, kept)
    seen_title = False
    while (match := _BODY.search(lowered, at)) is not None:
        start, second = match.start(), lowered[match.start() + 1]
        if match[1] or second == _COMMENT:
            at = _skip(page, lowered, match, kept)
        elif second == _P:
            at = _keep_paragraph(page, lowered, match, kept)
        elif second == _H:
            end = -1 if seen_title else lowered.find(b"</h1", start)
            seen_title, at = True, match.end()
            if end >= 0:
                at = end
                kept += (page[start:at], b"</h1>")
        else:
            tag = _TAG.match(page, start, start + _LONGEST_TAG)
            if tag is None:  # a quote that nobody closes: leave it to a parser
                return page
            at = tag.end()
            kept.append(page[start:at])
    return b"".join(kept)


def without_scripts(page: bytes) -> bytes:
    """Return a page without scripts, styles and comments, which are half of it; JSON-LD stays.

    The page may be in any encoding that writes ASCII as ASCII. Takes time in proportion to the page.
    """
    lowered = page.lower()
    kept: list[bytes] = []
    at = 0
    while (match := _SCRIPT.search(lowered, at)) is not None:
        kept.append(page[at : match.start()])
        at = _skip(page, lowered, match, kept)
    kept.append(page[at:])
    return b"".join(kept)


_COMMENT, _P, _H = b"!ph"


def _keep_head(page: bytes, lowered: bytes, kept: list[bytes]) -> int:
    """Keep the head but for scripts, styles and comments; return where it ends."""
    at = 0
    while (match := _HEAD.search(lowered, at)) is not None:
        kept.append(page[at : match.start()])
        if not match[1] and lowered[match.start() + 1] != _COMMENT:
            kept.append(b"<body>")
            return match.end()
        at = _skip(page, lowered, match, kept)
    kept.append(page[at:])
    return len(page)


def _keep_paragraph(page: bytes, lowered: bytes, opening: re.Match[bytes], kept: list[bytes]) -> int:
    """Keep a paragraph but for scripts, styles and comments in it; return where it ends."""
    start, at = opening.start(), opening.end()
    while (match := _PARAGRAPH.search(lowered, at)) is not None:
        kept.append(page[start : match.start()])
        if not match[1] and lowered[match.start() + 1] != _COMMENT:
            kept.append(b"</p>")
            return match.start()
        start = at = _skip(page, lowered, match, kept)
    kept += (page[start:], b"</p>")
    return len(page)


def _skip(page: bytes, lowered: bytes, match: re.Match[bytes], kept: list[bytes]) -> int:
    """Return where a comment or an element of raw text ends; JSON-LD is kept."""
    start, name = match.start(), match[1]
    end = lowered.find(b"-->" if name is None else b"</" + name, start + 2)
    end = lowered.find(b">", end) + 1 if end >= 0 else 0
    end = end or len(page)
    if name == b"script" and b"ld+json" in lowered[start : lowered.find(b">", start)]:
        kept.append(page[start:end])
    return end
