"""What a line of a JSON Lines file must be, and what is said of one that is not."""

import json
from datetime import UTC, datetime

import pytest

from newsledger.documents import BadLine, parse_line, parse_lines, parse_time
from newsledger.model import Article


def _line(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def test_all_but_id_and_text_may_be_absent_empty_or_null() -> None:
    whole = parse_line(_line(id="a", title="T", text="Body", published="2025-03-14", url="https://x.example/a"))
    assert (whole.id, whole.title, whole.text, whole.url) == ("a", "T", "Body", "https://x.example/a")
    assert whole.published == datetime(2025, 3, 14, tzinfo=UTC)
    assert whole.published_precision == "day"
    for bare in (
        _line(id="a", text="Body"),
        _line(id="a", text="Body", title=None, published=None, url=None),
        _line(id="a", text="Body", title="", published="", url=""),
    ):
        assert parse_line(bare) == Article(id="a", revision=1, title="", text="Body")
    assert parse_line(_line(id="a", text="")).text == ""


@pytest.mark.parametrize(
    ("line", "id_", "word"),
    [
        (b"", None, "empty"),
        (b"   \n", None, "empty"),
        (b"{", None, "not JSON"),
        (b"[1, 2]", None, "list"),
        (b"null", None, "document"),
        (b'"text"', None, "document"),
        (b'{"text": "x"}', None, "'id'"),
        (b'{"id": 7, "text": "x"}', None, "'id'"),
        (b'{"id": "", "text": "x"}', None, "'id'"),
        (b'{"id": "a"}', "a", "'text'"),
        (b'{"id": "a", "text": null}', "a", "'text'"),
        (b'{"id": "a", "text": ["x"]}', "a", "'text'"),
        (b'{"id": "a", "text": "x", "title": 3}', "a", "'title'"),
        (b'{"id": "a", "text": "x", "published": "last week"}', "a", "'published'"),
        (b'{"id": "a", "text": "x", "published": "2025-02-30"}', "a", "'published'"),
        (b'{"id": "a", "text": "x", "published": "0001-01-01T00:00:00Z"}', "a", "1900"),
        (b'{"id": "a", "text": "x", "published": "9999-12-31"}', "a", "1900"),
        (b'{"id": "a", "text": "half \\ud83d"}', "a", "surrogate"),
        (b'{"id": "a\\ud83d", "text": "x"}', None, "'id'"),
        (b'{"id": "a", "text": "caf\xe9"}', None, "UTF-8"),
        (b"[" * 100_000, None, "nested"),
        (b'{"id": "a", "text": "x", "n": ' + b"9" * 5000 + b"}", None, "readable"),
    ],
)
def test_a_line_that_is_no_document_is_named_with_its_number_and_id(line: bytes, id_: str | None, word: str) -> None:
    good = _line(id="b", text="x")
    before, bad, after = parse_lines([good, line, good])
    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert isinstance(bad, BadLine)
    assert (bad.number, bad.id) == (2, id_)
    assert word in bad.error


def test_a_byte_order_mark_at_the_start_is_no_error() -> None:
    (article,) = parse_lines([b"\xef\xbb\xbf" + _line(id="a", text="x")])
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("2025", datetime(2025, 1, 1, tzinfo=UTC), "year"),
        ("2025-03", datetime(2025, 3, 1, tzinfo=UTC), "month"),
        ("2025-03-14", datetime(2025, 3, 14, tzinfo=UTC), "day"),
        ("2025-03-14T10:00:00+02:00", datetime(2025, 3, 14, 8, tzinfo=UTC), "day"),
        ("2025-03-14T08:00:00Z", datetime(2025, 3, 14, 8, tzinfo=UTC), "day"),
        ("2025-03-14T08:00:00", datetime(2025, 3, 14, 8, tzinfo=UTC), "day"),
    ],
)
def test_times_are_utc_and_keep_how_much_was_given(text: str, moment: datetime, precision: str) -> None:
    assert parse_time(text) == (moment, precision)
