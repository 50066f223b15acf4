"""How well and how fast the body of an article is found, beside other extractors, on pages marked up by people.

`python -m bench.extract FOLDER [--pages N]` where FOLDER holds `ground-truth.json` and `html/*.html.gz` as published in
the article extraction benchmark of Zyte (github.com/scrapinghub/article-extraction-benchmark). Its measure, written
anew here: texts are cut into shingles of four words; a page's precision and recall compare the shingles of its true and
found text as multisets; both are averaged over the pages, F1 is the harmonic mean of the averages, and the interval is
1.96 standard deviations over 1,000 bootstrap samples of the pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import newspaper
import trafilatura
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction import Dropped, body_text, to_article
from newsledger.model import Page

WORD = re.compile(r"\w+")
SHINGLE = 4
SAMPLES = 1_000


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return how often each run of four words stands in a text."""
    words = WORD.findall(text)
    runs = [tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]
    return Counter(run for run in runs if run)


def page_scores(true: str, found: str) -> tuple[float | None, float | None]:
    """Return precision and recall of one page; None where there is nothing to divide by."""
    wanted, got = shingles(true), shingles(found)
    if wanted == got:
        return (1.0, 1.0) if wanted else (None, None)
    both = (wanted & got).total()
    return (
        both / got.total() if got else None,
        both / wanted.total() if wanted else None,
    )


def f1(scores: list[tuple[float | None, float | None]]) -> float:
    """Return the harmonic mean of mean precision and mean recall."""
    precision = statistics.fmean(p for p, _ in scores if p is not None)
    recall = statistics.fmean(r for _, r in scores if r is not None)
    return 2 * precision * recall / (precision + recall)


def interval(scores: list[tuple[float | None, float | None]]) -> float:
    """Return the half width of the 95 % interval of F1, by bootstrap over the pages."""
    draw = random.Random(1)
    return 1.96 * statistics.stdev(f1(draw.choices(scores, k=len(scores))) for _ in range(SAMPLES))


def _newspaper(html: str) -> str:
    article = newspaper.Article("https://paper.example/", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return str(article.text)


def _readability(html: str) -> str:
    tree = LexborHTMLParser(Document(html).summary(html_partial=True))
    return tree.body.text(separator="\n") if tree.body is not None else ""


def _article(html: str) -> str:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    page = Page(url="https://paper.example/story", source_id="bench", fetched_at=now, body=html.encode())
    article = to_article(page)
    return "" if isinstance(article, Dropped) else article.text


READERS: dict[str, Callable[[str], str]] = {
    "newsledger, body": body_text,
    "newsledger, whole article": _article,
    "trafilatura": lambda html: trafilatura.extract(html, include_comments=False) or "",
    "trafilatura, precise": lambda html: trafilatura.extract(html, include_comments=False, favor_precision=True) or "",
    "trafilatura, fast": lambda html: trafilatura.extract(html, include_comments=False, fast=True) or "",
    "readability-lxml": _readability,
    "newspaper4k": _newspaper,
    "resiliparse": lambda html: extract_plain_text(html, main_content=True),
}


def main() -> None:
    """Print one row for each extractor."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=None, help="only so many pages")
    parser.add_argument("--worst", type=int, default=0, help="name the pages where we do worst against trafilatura")
    options = parser.parse_args()
    truth = json.loads((options.folder / "ground-truth.json").read_text(encoding="utf-8"))
    names = sorted(truth)[: options.pages]
    pages = {}
    for name in names:
        with gzip.open(options.folder / "html" / f"{name}.html.gz", "rt", encoding="utf-8") as file:
            pages[name] = file.read()
    print(f"{len(pages)} pages, {sum(map(len, pages.values())) // len(pages) // 1000} thousand characters each")
    print(f"{'':28}{'precision':>10}{'recall':>10}{'F1':>10}{'±':>8}{'pages per CPU second':>24}")
    scores: dict[str, list[tuple[float | None, float | None]]] = {}
    for reader, read in READERS.items():
        with suppress(Exception):
            read(next(iter(pages.values())))  # loads its models and compiles its patterns
        started = time.process_time()
        found = {}
        for name, html in pages.items():
            try:
                found[name] = read(html)
            except Exception:  # a page that breaks an extractor counts as nothing found
                found[name] = ""
        seconds = time.process_time() - started
        scores[reader] = [page_scores(truth[name]["articleBody"], found[name]) for name in names]
        precision = statistics.fmean(p for p, _ in scores[reader] if p is not None)
        recall = statistics.fmean(r for _, r in scores[reader] if r is not None)
        print(
            f"{reader:28}{precision:10.3f}{recall:10.3f}{f1(scores[reader]):10.3f}{interval(scores[reader]):8.3f}"
            f"{len(pages) / seconds:24.1f}",
            flush=True,
        )
    ours, theirs = scores["newsledger, body"], scores["trafilatura"]
    gaps = sorted((sum(filter(None, a)) - sum(filter(None, b)), n) for n, a, b in zip(names, ours, theirs, strict=True))
    for gap, name in gaps[: options.worst]:
        print(f"{gap:8.3f} {name[:16]} {truth[name].get('url')}")


if __name__ == "__main__":
    main()
