"""From a page's bytes to an article: metadata, body, date, language, barriers and gates."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trafilatura
from selectolax.lexbor import LexborHTMLParser

from crawler.duplicates import signature
from crawler.extraction import Dropped, body_text, to_article
from crawler.metadata import read_metadata
from crawler.outline import without_scripts
from crawler.plain_text import clean, decode, paragraph_text, visible_text
from newsledger.model import Article, Page, digest

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
URL = "https://www.harbour-post.example/business/2026/quarrel?utm_source=feed#top"
PARAGRAPHS = [
    "Brineworks, which builds pumps for salt pans, told its crews on Friday that one of two yards will close.",
    "The yard at the old ferry landing has stood idle for most of the winter, and the owners see no orders coming.",
    "A spokeswoman said the firm would help its people find work at the second yard, ten miles up the coast.",
    "Neighbours who remember the last closing in the nineties were not surprised, but few had expected it so soon.",
]
LONG = PARAGRAPHS * 3


def html(*, head: str = "", body: list[str] | None = None, title: str = "Brineworks closes a yard") -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in (LONG if body is None else body))
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<main><article><h1>{title}</h1>{paragraphs}</article></main><footer>All rights kept</footer></body></html>"
    ).encode()


def page(body: bytes, **fields: Any) -> Page:
    values = {"url": URL, "source_id": "harbour-post", "fetched_at": NOW, "body": body, "content_type": "text/html"}
    return Page(**{**values, **fields})


def article(body: bytes, **fields: Any) -> Article:
    found = to_article(page(body, **fields))
    assert isinstance(found, Article), found
    return found


def ld(**fields: Any) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_a_page_becomes_an_article() -> None:
    head = (
        ld(
            headline="Brineworks to close one of two yards",
            datePublished="2026-02-27T18:05:00+01:00",
            publisher={"@type": "Organization", "name": "Harbour Post"},
        )
        + "<link rel='canonical' href='/business/2026/quarrel'>"
        + "<meta property='og:description' content='One of two yards &amp; its crews'>"
    )
    found = article(html(head=head))
    assert found.url == "https://www.harbour-post.example/business/2026/quarrel"
    assert found.id == digest(found.url)
    assert found.revision == 1
    assert found.title == "Brineworks to close one of two yards"
    assert all(text in found.text for text in PARAGRAPHS)
    assert "Home" not in found.text
    assert (found.published, found.published_basis) == (datetime(2026, 2, 27, 17, 5, tzinfo=UTC), "jsonld")
    assert (found.language, found.publisher, found.rough) == ("en", "Harbour Post", False)
    assert found.description == "One of two yards & its crews"
    assert found.fetched_at == NOW


JSONLD_DAY = ("2026-02-27", "jsonld", "day")
DATES = [
    (ld(datePublished="2026-02-27"), "2026-02-27", "jsonld", "day"),
    (ld(datePublished="2026-02"), "2026-02-01", "jsonld", "month"),
    (ld(datePublished="2026-02-27T18:05:00.000Z"), "2026-02-27", "jsonld", "day"),
    (ld(datePublished="Fri, 27 Feb 2026 18:05:00 GMT"), "2026-02-27", "jsonld", "day"),
    (
        ld(**{"@type": "Thing", "@graph": [{"@type": "NewsArticle", "datePublished": "2026-02-27"}]}),
        "2026-02-27",
        "jsonld",
        "day",
    ),
    ("<meta property='article:published_time' content='2026-02-27T18:05:00Z'>", "2026-02-27", "meta", "day"),
    ("<meta name='date' content='2026-02-27'>", "2026-02-27", "meta", "day"),
    ("<meta name='parsely-pub-date' content='2026-02-27T01:00:00-05:00'>", "2026-02-27", "meta", "day"),
]


@pytest.mark.parametrize(("head", "day", "basis", "precision"), DATES)
def test_every_form_of_date(head: str, day: str, basis: str, precision: str) -> None:
    found = article(html(head=head))
    assert found.published is not None
    assert (found.published.date().isoformat(), found.published_basis, found.published_precision) == (
        day,
        basis,
        precision,
    )


@pytest.mark.parametrize(
    "line",
    [
        "<time datetime='2026-02-27'>Friday</time>",
        "<p class='byline'>By A. Writer, published on February 27, 2026</p>",
        "<span class='date'>27 February 2026</span>",
    ],
)
def test_a_date_that_only_the_text_shows(line: str) -> None:
    found = article(html().replace(b"<h1>", line.encode() + b"<h1>"))
    assert (str(found.published)[:10], found.published_basis) == ("2026-02-27", "htmldate")


@pytest.mark.fault
@pytest.mark.parametrize("stated", ["1970-01-01T00:00:00Z", "2199-01-01", "0001-01-01", "soon", "", "2026-13-45"])
def test_a_date_that_cannot_be_is_passed_over_for_the_feeds(stated: str) -> None:
    from_feed = datetime(2026, 2, 26, 8, tzinfo=UTC)
    found = article(html(head=ld(datePublished=stated)), feed_published=from_feed)
    assert (found.published, found.published_basis) == (from_feed, "feed")


def test_a_day_that_was_not_written_is_not_claimed() -> None:
    found = article(html(head=ld(datePublished="2026-13-45")))
    assert (str(found.published)[:4], found.published_basis, found.published_precision) == ("2026", "htmldate", "year")
    written = article(html().replace(b"<h1>", b"<time>1 February 2026</time><h1>"))
    assert (str(written.published)[:10], written.published_precision) == ("2026-02-01", "day")


def test_a_clock_some_hours_ahead_is_set_to_ours_and_an_undated_page_to_the_fetch() -> None:
    ahead = article(html(head=ld(datePublished=(NOW + timedelta(hours=5)).isoformat())))
    assert (ahead.published, ahead.published_basis) == (NOW, "jsonld")
    broken_clock = datetime(1970, 1, 1, tzinfo=UTC)
    undated = article(html(), url="https://www.harbour-post.example/q", feed_published=broken_clock)
    assert (undated.published, undated.published_basis) == (NOW, "fetched")


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://www.harbour-post.example/b/1", "https://www.harbour-post.example/b/1"),
        ("https://m.harbour-post.example/b/1", "https://m.harbour-post.example/b/1"),
        ("https://www.harbour-post.example/", "https://www.harbour-post.example/business/2026/quarrel"),
        ("https://elsewhere.example/b/1", "https://www.harbour-post.example/business/2026/quarrel"),
        ("javascript:alert(1)", "https://www.harbour-post.example/business/2026/quarrel"),
        ("http://[broken", "https://www.harbour-post.example/business/2026/quarrel"),
    ],
)
def test_which_canonical_address_is_believed(canonical: str, expected: str) -> None:
    assert article(html(head=f"<link rel='canonical' href='{canonical}'>")).url == expected


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        (
            "Before you continue",
            ["We value your privacy.", "We and our 700 partners store and/or access information on a device."],
            "consent_page",
        ),
        ("Just a moment...", ["Verify you are human by completing the action below. Ray ID 7f3"], "bot_check"),
        (
            "Brineworks closes a yard",
            [PARAGRAPHS[0], "Subscribe to continue reading. Already a subscriber?"],
            "paywall",
        ),
        ("", [""], "no_text"),
    ],
)
def test_what_stands_in_front_of_an_article_is_dropped_with_its_reason(
    title: str, body: list[str], reason: str
) -> None:
    found = to_article(page(html(title=title, body=body).replace(b"All rights kept", b"").replace(b"Home", b"")))
    assert isinstance(found, Dropped)
    assert found.reason == reason


def test_an_article_about_privacy_or_with_a_cookie_footer_is_an_article() -> None:
    footer = "<p>We use cookies. Manage your preferences. Read our cookie policy.</p>"
    assert "Brineworks" in article(html().replace(b"</main>", footer.encode() + b"</main>")).text


def test_a_page_for_subscribers_that_shows_its_text_is_kept() -> None:
    assert article(html(head=ld(isAccessibleForFree=False))).text.startswith("Brineworks")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": 404}, "http_404"),
        ({"content_type": "application/pdf"}, "not_html"),
        ({"body": b""}, "no_text"),
        ({"body": b"\0" * 5_000}, "no_text"),
        ({"url": "https://consent.harbour-post.example/collect"}, "consent_page"),
    ],
)
def test_what_is_no_article_is_dropped(fields: dict[str, Any], reason: str) -> None:
    found = to_article(page(**{"body": html(), **fields}))
    assert isinstance(found, Dropped)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Société Générale".encode(), "text/html; charset=iso-8859-1"),
        ("Société Générale".encode("latin-1"), "text/html; charset=utf-8"),
        ("Société Générale".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ("Société Générale".encode("latin-1"), None),
        ("Société Générale".encode("utf-16"), None),
        ("Société Générale".encode("utf-8-sig"), "text/html; charset=nonsense"),
    ],
)
def test_wrong_encodings_are_seen_through(body: bytes, content_type: str | None) -> None:
    if body.startswith("S".encode("utf-16")):
        sentence = (" is a bank with a long name and a longer history. " * 30).encode("utf-16")[2:]
    else:
        sentence = b" is a bank with a long name and a longer history. " * 30
    assert clean(decode(body + sentence, content_type)).startswith("Société Générale is")


def test_text_is_stored_clean() -> None:
    assert clean("CitroÃ«n\x00 and  SociÃ©tÃ©\r\n\r\n\tlay­offs\u200b \ud800end") == "Citroën and Société\nlayoffs end"
    assert clean("  a  b\u00a0c\u2009\td \n \u3000 \n\x7fe\u2028f") == "a b c d\ne f"


class Says:
    def __init__(self, in_bytes: bool, in_text: bool) -> None:
        self.answers = in_bytes, in_text
        self.seen: list[str] = []

    def bytes_may_hold(self, body: bytes) -> bool:
        return self.answers[0]

    def text_may_hold(self, text: str) -> bool:
        self.seen.append(text)
        return self.answers[1]


def test_a_gated_page_keeps_its_cheap_text_marked_rough() -> None:
    for gate, stage in ((Says(False, True), "bytes_gate"), (Says(True, False), "text_gate")):
        counts: Counter[str] = Counter()
        found = to_article(page(html(head=ld(datePublished="2026-02-27"))), gate, counts)
        assert isinstance(found, Article)
        assert found.rough
        assert all(text in found.text for text in PARAGRAPHS)
        assert found.published_basis == "jsonld"
        assert counts == {"pages": 1, stage: 1}
    counts = Counter()
    through = Says(True, True)
    assert to_article(page(html()), through, counts) == to_article(page(html()))
    assert counts == {"pages": 1, "extracted": 1}
    assert "Brineworks closes a yard" in through.seen[0]


@pytest.mark.parametrize(
    "body",
    [
        "<P class='a > b'>Upper <B>case</B><p>and unclosed<div>a block ends it</div></p>",
        "<script>var s = '<p>no text</p>';</script><!-- <p>nor this</p> --><p>text<script>x()</script> goes on</p>",
        "<p>one<!-- a > b --> line<br>and <span>another <a href='/x'>link</a></span>",
        "<h1>First</h1><h1>Second</h1><ul><li><p>in a list<li>not in one</ul><p>after",
        "<meta itemprop='datePublished' content='2026-02-27'><p>dated",
        '<script type=\'application/LD+json\'>{"@type": "NewsArticle"}</script ><p>by data',
        "<template><p>kept for later</p></template><style>p > a { }</style><p>styled",
        '<meta content="no end><p>a quote that nobody closes',
        "<table><tr><td><p>a cell</table><p>out of it<!-- to the end <p>of all",
        "<p>entities &lt;p&gt; &amp; caf\u00e9</p >",
    ],
)
def test_a_page_held_back_reads_as_if_it_were_parsed_whole(body: str) -> None:
    long = "".join(f"<p>{text}</p>" for text in LONG)
    head = "<title>A yard</title><meta name='description' content='Pumps'><style>p { }</style>"
    for source in (f"<html lang=en><head>{head}</head><body>{long}{body}", f"{head}{long}{body}"):
        found = to_article(page(source.encode(), content_type="text/html; charset=utf-8"), Says(True, False))
        tree = LexborHTMLParser(source)
        said = read_metadata(tree, URL, NOW)
        for node in tree.css("p script"):
            node.decompose()
        assert isinstance(found, Article)
        assert found.text == paragraph_text(tree)
        assert (found.title, found.description, found.url) == (said.title, said.description, said.canonical)
        assert (found.published, found.language) == (said.published.at if said.published else NOW, said.language)


@pytest.mark.parametrize(
    "around",
    [
        "{}<aside><p>An aside.</p></aside> and its tail<nav><ul><li><a href='/'>Home</a></li></ul></nav>",
        "<form id='whole-page'>{}<label>Search</label><input name='q'><button>Go</button></form>",
        "{}<figure><table><tr><td>Yards</td><td>2</td></tr></table><figcaption>Yards</figcaption></figure>",
        "{}<p>Costs fell by <math alttext='x^2'><mi>x</mi></math> a year.</p><noscript><p>No script</p></noscript>",
        "{}<div><p>Told on <time datetime='2026-02-27'>Friday</time> to <svg><text>x</text></svg>all.</p></div>",
        '<script type=\'application/ld+json\'>{{"@type": "DiscussionForumPosting"}}</script>'
        "{}<div class='comment'><p>A reply that is long enough to be a text of its own in this place.</p></div>",
    ],
)
def test_what_is_cut_before_a_body_is_sought_changes_none(around: str) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in LONG)
    source = f"<html><body><main>{around.format(f'<article>{paragraphs}</article>')}</main></body></html>"
    plain = trafilatura.extract(source, favor_precision=True, include_comments=False, fast=True)
    assert plain
    assert body_text(source) == clean(plain)


def test_scripts_and_comments_are_left_out_and_data_is_not() -> None:
    data = ld(datePublished="2026-02-27").encode()
    paragraphs = [text.encode() for text in LONG]
    source = (
        b"<html><head><style>p > a { }</style>" + data + b"</head><!--> kept <!-- <p>not kept</p> --><body><p>"
        b"<SCRIPT type='text/javascript'>if (a < b) { s = '<p>no text</p>' }</SCRIPT >"
        + b"</p><p>".join(paragraphs)
        + b"<script>to the end <p>of all"
    )
    kept = without_scripts(source)
    assert kept == b"<html><head>" + data + b"</head> kept <body><p>" + b"</p><p>".join(paragraphs)
    found = article(source)
    assert found.published_basis == "jsonld"
    assert found.text == body_text(source.decode())


def test_what_is_shown_without_paragraphs_keeps_its_lines() -> None:
    shown = LexborHTMLParser("<div>It cut <b>500</b> <i>jo</i>bs.</div>Then<br>more<ul><li>one<li>two</ul><svg>x</svg>")
    assert visible_text(shown) == "It cut 500 jobs.\nThen\nmore\none\ntwo"


def test_the_bytes_of_a_two_byte_encoding_are_not_gated() -> None:
    body = html().decode().encode("utf-16")
    found = to_article(page(body, content_type=None), Says(False, True))
    assert isinstance(found, Article)
    assert not found.rough


def test_a_page_without_paragraphs_is_gated_on_all_its_text() -> None:
    gate = Says(True, False)
    text = "<br><br>".join(LONG)
    to_article(page(f"<html><body><div>{text}</div></body></html>".encode()), gate)
    assert PARAGRAPHS[-1] in gate.seen[0]


def test_plain_text_with_a_title_from_its_feed() -> None:
    found = article("\n".join(LONG).encode(), content_type="text/plain", url="urn:document:1", feed_title="A yard")
    assert (found.url, found.title, found.id) == (None, "A yard", digest(found.text))


@pytest.mark.fault
def test_hostile_markup_costs_no_more_than_itself() -> None:
    started = time.process_time()
    for body in (
        b"<div>" * 500_000 + b"text " * 100,
        b"<div><span>" * 20_000 + b"</span></div>" * 20_000,
        b"<p" * 100_000,
        b"<table><tr><td>" * 20_000 + b"word " * 100,
        b"<!--" + b"x" * 500_000,
        b"<script type='application/ld+json'>" + b"[" * 100_000 + b"</script><p>" + b"word " * 100,
        b"<a href='" + b"a" * 1_000_000 + b"'>" + b"word " * 100,
        bytes(range(256)) * 2_000,
        b"<body>" + b"<meta '" * 100_000,
        b"<body>" + b"<h1>" * 100_000,
        b"<body>" + b"<script </script " * 100_000,
    ):
        for gate in (None, Says(True, False)):
            found = to_article(page(body), gate)
            assert isinstance(found, Article | Dropped)
    assert time.process_time() - started < 15


def test_a_reprint_shares_a_band_and_another_story_does_not() -> None:
    story = " ".join(LONG[:4]) + " " + " ".join(f"detail{n} of the yard and its {n} crews" for n in range(60))
    reprint = "(Wire) " + story[: len(story) * 2 // 3] + " Read the whole story on our site."
    other = " ".join(f"harvest{n} brought {n} baskets of olives to the press" for n in range(80))
    assert set(signature(story)) & set(signature(reprint))
    assert not set(signature(story)) & set(signature(other))
    assert signature(story) == signature(story.upper())
    assert signature("two words") == ()


def test_what_stands_behind_a_wall_is_taken_from_the_feed_that_carries_it() -> None:
    walled = html(body=["Subscribe to continue reading."], title="Brineworks closes a yard")
    counts: Counter[str] = Counter()
    dropped = to_article(page(walled, feed_text="<p>Brineworks closes a yard.</p>"), None, counts)
    assert isinstance(dropped, Dropped)
    assert dropped.reason == "paywall"
    told = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    found = to_article(page(walled, feed_title="A yard <b>closes</b>", feed_text=told), None, counts)
    assert isinstance(found, Article)
    assert (found.title, found.text, found.rough) == ("A yard closes", "\n".join(PARAGRAPHS), False)
    assert counts == {"pages": 2, "dropped_paywall": 1, "feed_text_for_paywall": 1}
