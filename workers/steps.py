"""What the service does, step by step: the only place where crawler, reader and store meet.

Every step pulls its work from the store, is done again without harm, and commits its results together with the note
that it is done. So a step may be killed anywhere: what it held is taken up again, and no result is there twice.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from itertools import batched
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import psutil
import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

import nlp
from crawler import archive
from crawler.crawl import crawl
from crawler.duplicates import signature
from crawler.extraction import Dropped, Seen, skim, to_article
from crawler.pages import CrawlReport, KnownPages, Limits, Validator
from newsledger import companies as catalogue
from newsledger import reconcile as reconciling
from newsledger.companies import Resolver
from newsledger.model import Article, Claim, Decision, Page, Source, SourcedClaim, claim_id, digest
from newsledger.money import table_version
from newsledger.settings import settings
from nlp import gate
from storage import articles as articles_
from storage import claims as claims_
from storage import companies, decisions, events, jobs, pages, sources, trials, work
from storage import export as exports
from storage.engine import lock_events, moment_of_writing, reading, writing
from storage.export import Published

if TYPE_CHECKING:
    from nlp.reader import Reader

log = structlog.get_logger()

PAGE_SECONDS = 60
"""Time that one page may take before it is given up."""


class TooSlowError(Exception):
    """One page took longer than `PAGE_SECONDS`."""


def owner() -> str:
    """Return the name under which this process holds work: host, process id, and when it started (ids come again)."""
    return _owner(os.getpid())


@lru_cache(maxsize=1)  # asked for each batch; by process id, as a process that forks has it from its parent
def _owner(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def is_gone(holder: str) -> bool:
    """Return whether a holder of work was a process of this host that lives no more."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname():
        return False  # another host's: its lease must run out
    try:
        return f"{psutil.Process(int(rest)).create_time():.2f}" != holder.rpartition(":")[2]
    except (psutil.NoSuchProcess, ValueError):
        return True


@contextmanager
def time_limit(more: int = 0) -> Iterator[None]:
    """Raise `TooSlowError` in the block when it takes longer than `PAGE_SECONDS` and `more`.

    Main thread only: elsewhere the block has no limit.
    """
    seconds = PAGE_SECONDS + more
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def patiently[T](call: Callable[[], T], *, seconds: float = 60) -> T:
    """Call, and call again for up to `seconds` where the store is away, locked or in a deadlock."""
    again = Retrying(
        retry=retry_if_exception_type(OperationalError),
        wait=wait_random_exponential(multiplier=0.1, max=5),
        stop=stop_after_delay(seconds),
        reraise=True,
    )
    return again(call)


def transaction[T](engine: Engine, write: Callable[[Connection], T], *, seconds: float = 60) -> T:
    """Run one writing transaction, patiently."""

    def once() -> T:
        with writing(engine) as connection:
            return write(connection)

    return patiently(once, seconds=seconds)


_resolvers: dict[tuple[str, ...], Resolver] = {}
"""The last resolver, by the ids of the decisions it stands on: building one takes longer than using it."""


def standing_decisions(connection: Connection) -> list[Decision]:
    """Return people's decisions: the shipped ones and those of this store."""
    return [*catalogue.load_decisions(), *decisions.load(connection)]


def resolver_of(decided: Sequence[Decision]) -> Resolver:
    """Return the resolver under some decisions; built once for each set of them."""
    key = tuple(decision.id for decision in decided)
    if key not in _resolvers:
        made = Resolver(catalogue.load(), decided)
        _resolvers.clear()
        _resolvers[key] = made
    return _resolvers[key]


Ring = Callable[[Sequence[str]], None]
"""Tells workers of work by its keys. Called after the work is committed; it may fail silently."""


def no_ring(_keys: Sequence[str]) -> None:
    """Tell nobody: the caller does the work itself, or the tick finds it."""


# ---------------------------------------------------------------------------------------------------------- collect

ARCHIVE = Source(id="archive", name="Archive files", kind="archive", spider="archive", urls=("file:",))
"""The source of pages that a user gives as files."""


def collect(engine: Engine, source: Source, *, ring: Ring = no_ring, limits: Limits | None = None) -> CrawlReport:
    """Crawl a source: keep its new pages, its validators, and what the run says of its health."""

    def deliver(fetched: Sequence[Page]) -> None:
        ring(pages.save(engine, fetched))

    known = KnownPages(
        validators={
            url: Validator(etag=kept.etag, last_modified=kept.last_modified, saved_at=kept.saved_at)
            for url, kept in pages.known(engine, source.id).items()
        },
        have=lambda urls: pages.have(engine, urls),
    )
    # a sample is our own server: it needs no pause between requests
    limits = limits or (Limits(delay=0.0) if source.sample else Limits())
    report = crawl(source, deliver, known=known, limits=limits)
    pages.save_validators(
        engine,
        source.id,
        {
            url: pages.KnownValidator(etag=v.etag, last_modified=v.last_modified, saved_at=v.saved_at)
            for url, v in report.validators.items()
        },
    )
    sources.record(
        engine,
        sources.Run(
            source_id=source.id,
            at=report.started_at,
            attempted=report.attempted,
            fetched=report.fetched,
            unchanged=report.unchanged,
            delivered=report.delivered,
            dropped=report.dropped + report.refused,
            robots=report.robots,
            newest=report.newest,
            retry_at=report.retry_at,
            error=report.error,
        ),
    )
    log.info("collected", source=source.id, delivered=report.delivered, unchanged=report.unchanged, error=report.error)
    return report


def collect_files(engine: Engine, places: Sequence[str | Path], *, ring: Ring = no_ring) -> Collected:
    """Keep the pages of WARC and JSON Lines files, here or behind http; those the store has already are passed over."""
    sources.save(engine, [ARCHIVE])
    found = Collected()
    for batch in batched((page for page, _ in archive.pages(places, dropped=found.dropped)), 100):
        new = pages.save(engine, batch)
        found.pages += len(batch)
        found.new += len(new)
        ring(new)
    return found


@dataclass(slots=True)
class Collected:
    """What was found in files."""

    pages: int = 0
    """Pages in the files."""
    new: int = 0
    """Of these, pages the store did not have."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Reason → records that are no readable page."""


# ---------------------------------------------------------------------------------------------------------- extract


@dataclass(slots=True)
class Extracted:
    """What came of reading some pages or articles."""

    done: int = 0
    """Pages or articles read to the end."""
    articles: int = 0
    claims: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Reason → pages that are no article."""
    failed: Counter[str] = field(default_factory=Counter)
    """Reason → pages given back, to be tried again or set aside as dead."""
    companies: set[str] = field(default_factory=set)
    """Keys of the companies whose events are to be derived anew."""

    def add(self, other: Extracted) -> None:
        """Add another report to this one."""
        self.done += other.done
        self.articles += other.articles
        self.claims += other.claims
        self.dropped += other.dropped
        self.failed += other.failed
        self.companies |= other.companies


class Gates:
    """The reader's gates, as the crawler room takes them."""

    bytes_may_hold = staticmethod(gate.bytes_may_hold)
    text_may_hold = staticmethod(gate.text_may_hold)


def _leases(engine: Engine, step: work.Step, keys: Sequence[str] | None, limit: int) -> Iterator[list[str]]:
    """Yield keys to work on: all that were never tried at once, then each that was, alone.

    So a page that kills its reader takes the others of its batch with it once at most. Where no keys are named, one
    batch is yielded, and what was tried comes after all that never was: to look for it each time would take longer
    the more there waits. Keys that are named are yielded until none waits: one that was added while it was worked on
    waits again after it, and whoever was rung for it found it taken.
    """
    lease = partial(work.lease, engine, step, owner=owner(), seconds=settings().lease_seconds, keys=keys)
    batch = patiently(lambda: lease(limit=limit, tried=False))
    if batch:
        yield batch
    if keys is None:
        if not batch and (batch := patiently(lambda: lease(limit=1, tried=True))):
            yield batch
        return
    # asked first without a lock: nearly always there is none
    while patiently(lambda: work.any_waits(engine, step, keys)) and (
        batch := patiently(lambda: lease(limit=limit, tried=False) or lease(limit=1, tried=True))
    ):
        yield batch


_SAMPLE = """<html lang="en"><head><title>Quillmark to cut 120 jobs</title>
<link rel="canonical" href="https://news.quillmark.example/cuts"></head><body><article>
<p>Quillmark Ltd said on 3 March 2025 it will lay off 120 people, about 5% of its staff, as it turns to AI.</p>
<p>The maker of pens said it would invest $2 million in artificial intelligence over the next two years. Its chief
executive told staff in a letter that the cuts fall on its warehouses, and that those who leave will be paid until the
summer. The firm, which was founded in 1987, employs 2,400 people in three countries.</p></article></body></html>"""


def warm_up(reader: Reader) -> None:
    """Read a page of our own, and keep nothing: all that is loaded or compiled at its first use is there then.

    It stays for good: the collector of garbage does not look through it again, and processes that fork share it.
    """
    now = datetime.now(UTC)
    page = Page(url="https://quillmark.example/", source_id="", fetched_at=now, body=_SAMPLE.encode())
    found = to_article(page, Gates())
    if isinstance(found, Article):
        _touched(resolver_of(catalogue.load_decisions()), [(found, list(reader.read(found)))])
        signature(found.text)
    gc.collect()
    gc.freeze()
    table_version()


def extract(engine: Engine, reader: Reader, ids: Sequence[str] | None = None) -> Extracted:
    """Read pages into articles and claims: those of these ids that nobody else holds, or else a batch of what waits.

    Each batch is one transaction: article, claims, the note that the page is read, and the companies to derive anew.
    """
    report = Extracted()
    limit = settings().read_batch if ids is None else len(ids)
    for batch in _leases(engine, "read", ids, limit):
        report.add(_read_pages(engine, reader, batch))
    if report.done or report.failed:
        log.info(
            "extracted",
            pages=report.done,
            claims=report.claims,
            dropped=dict(report.dropped),
            failed=dict(report.failed),
        )
    return report


def _read_pages(engine: Engine, reader: Reader, ids: Sequence[str]) -> Extracted:
    report = Extracted()
    outcomes: dict[str, Article | Dropped] = {}
    failed: dict[str, str] = {}
    loaded = patiently(lambda: _load_pages(engine, ids))
    skimmed: dict[str, Seen | None] = {}
    for id_, page in loaded.items():
        try:
            with time_limit():
                skimmed[id_] = skim(page)
        except Exception as error:
            failed[id_] = f"extraction: {type(error).__name__}: {error}"
    for id_, seen in skimmed.items():
        try:
            with time_limit():
                outcomes[id_] = to_article(loaded[id_], Gates(), skimmed=seen)
        except Exception as error:
            failed[id_] = f"extraction: {type(error).__name__}: {error}"
    articles = {id_: found for id_, found in outcomes.items() if isinstance(found, Article)}
    claims = _claims(reader, articles, failed)
    # reprints matter where they say something: of two articles that say nothing, nobody asks which came first
    bands = {id_: signature(found.text) if claims.get(id_) else () for id_, found in articles.items()}

    def write(connection: Connection) -> Extracted:
        written = Extracted()
        resolver = resolver_of(standing_decisions(connection))
        for some in _each_article_once({id_: article for id_, article in articles.items() if id_ in claims}):
            saved = articles_.save_all(connection, [articles[id_] for id_ in some])
            read = [
                (article, at_revision(claims[id_], article.revision)) for id_, article in zip(some, saved, strict=True)
            ]
            touched = _touched(resolver, read)
            written.companies |= claims_.save_all(connection, nlp.VERSION, read, touched).companies
            pages.extracted(connection, {id_: article.id for id_, article in zip(some, saved, strict=True)})
            written.claims += len(touched)
            written.articles += len(some)
        finished = [id_ for id_ in ids if id_ not in failed]
        work.finish(connection, "read", finished)
        written.done = len(finished)
        # from here on other hosts wait; rows that they may want too are written after it
        shared: dict[str, list[str]] = {}
        for id_ in claims:
            shared.setdefault(articles[id_].id, []).extend(bands[id_])
        joined = articles_.join_groups(connection, shared)
        work.add(connection, "derive", written.companies)
        written.companies |= joined.companies
        dropped = {id_: found for id_, found in outcomes.items() if isinstance(found, Dropped)}
        pages.drop_all(connection, {id_: (found.reason, found.detail) for id_, found in dropped.items()})
        written.dropped.update(found.reason for found in dropped.values())
        return written

    report.add(transaction(engine, write))
    _give_back(engine, "read", failed, report)
    return report


def _each_article_once(found: Mapping[str, Article]) -> Iterator[list[str]]:
    """Yield page ids in lists with no article twice, so that a changed text comes after the one it changed.

    Rows are locked in the order of the articles everywhere, so that two workers seldom wait for each other in a ring.
    """
    rest = sorted(
        found, key=lambda id_: (found[id_].id, found[id_].fetched_at or datetime.max.replace(tzinfo=UTC), id_)
    )
    while rest:
        firsts = {found[id_].id: id_ for id_ in reversed(rest)}
        yield [id_ for id_ in rest if firsts[found[id_].id] == id_]
        rest = [id_ for id_ in rest if firsts[found[id_].id] != id_]


def _load_pages(engine: Engine, ids: Sequence[str]) -> dict[str, Page]:
    with reading(engine) as connection:
        return pages.load(connection, ids)


def _claims(reader: Reader, articles: Mapping[str, Article], failed: dict[str, str]) -> dict[str, list[Claim]]:
    """Read articles, all at once if that goes well, else each alone; note in `failed` which cannot be read.

    A rough article has passed no gate: it says nothing of ours.
    """
    found: dict[str, list[Claim]] = {key: [] for key, article in articles.items() if article.rough}
    whole = {key: article for key, article in articles.items() if not article.rough}
    try:
        with time_limit(len(whole)):
            return found | dict(zip(whole, reader.read_many(whole.values()), strict=True))
    except Exception as error:
        log.warning("reading_alone", articles=len(whole), error=f"{type(error).__name__}: {error}")
    for key, article in whole.items():
        try:
            with time_limit():
                found[key] = reader.read(article)
        except Exception as error:
            failed[key] = f"reading: {type(error).__name__}: {error}"
    return found


def _touched(resolver: Resolver, read: Iterable[tuple[Article, Sequence[Claim]]]) -> dict[str, frozenset[str]]:
    """Return by claim id the companies whose events each claim touches."""
    return {
        claim.id: reconciling.neighbourhood(_sourced(claim, article), resolver)
        for article, said in read
        for claim in said
    }


def _sourced(claim: Claim, article: Article) -> SourcedClaim:
    return SourcedClaim(
        claim=claim,
        published=article.published,
        published_precision=article.published_precision,
        fetched_at=article.fetched_at or datetime.fromtimestamp(0, UTC),
        source_id=article.source_id,
        source_kind=None,
        group_id=article.group_id or article.id,
        title=article.title,
        url=article.url,
    )


def at_revision(said: Sequence[Claim], revision: int) -> list[Claim]:
    """Return claims as of another revision of their article: which one it is, only the store can tell."""
    if all(claim.revision == revision for claim in said):
        return list(said)
    ids = {claim.id: claim_id(claim.article_id, revision, claim.version, claim.type, claim.evidence) for claim in said}
    return [
        replace(claim, id=ids[claim.id], revision=revision, part_of=ids.get(claim.part_of or "", claim.part_of))
        for claim in said
    ]


def _give_back(engine: Engine, step: work.Step, failed: Mapping[str, str], report: Extracted) -> None:
    for key, reason in failed.items():
        log.warning("failed", step=step, key=key, reason=reason)
        report.failed[reason.split(":")[0]] += 1
    if failed:

        def write(connection: Connection) -> None:
            for key, reason in failed.items():
                work.fail(connection, step, [key], reason[:500], settings().attempts)

        transaction(engine, write)


# ------------------------------------------------------------------------------------------------------------ reread


def reread(engine: Engine, reader: Reader, keys: Sequence[str] | None = None) -> Extracted:
    """Read stored articles again: those of these `article id:revision` keys, or else a batch of what waits.

    What is read is kept aside, on trial (see `workers.rereading`).
    """
    report = Extracted()
    limit = settings().read_batch if keys is None else len(keys)
    for batch in _leases(engine, "reread", keys, limit):
        report.add(_read_articles(engine, reader, batch))
    return report


def _read_articles(engine: Engine, reader: Reader, keys: Sequence[str]) -> Extracted:
    report = Extracted()
    failed: dict[str, str] = {}
    wanted = {key: (key.rpartition(":")[0], int(key.rpartition(":")[2])) for key in keys}

    def load() -> dict[tuple[str, int], Article]:
        with reading(engine) as connection:
            return articles_.load_revisions(connection, wanted.values())

    loaded = patiently(load)
    stored = {key: loaded[revision] for key, revision in wanted.items() if revision in loaded}
    claims = _claims(reader, {key: regated(article) for key, article in stored.items()}, failed)
    bands = {stored[key].id: signature(stored[key].text) for key, said in claims.items() if said}

    def write(connection: Connection) -> Extracted:
        resolver = resolver_of(standing_decisions(connection))
        read = [(stored[key], at_revision(said, stored[key].revision)) for key, said in sorted(claims.items())]
        touched = _touched(resolver, read)
        trials.save(connection, nlp.VERSION, read, touched)
        articles_.join_groups(connection, bands)
        finished = [key for key in keys if key not in failed]
        work.finish(connection, "reread", finished)
        return Extracted(done=len(finished), articles=len(read), claims=len(touched))

    report.add(transaction(engine, write))
    _give_back(engine, "reread", failed, report)
    return report


def regated(article: Article) -> Article:
    """Return a rough article as a whole one where today's gate lets its cheap text through."""
    if article.rough and gate.text_may_hold("\n".join((article.title, article.description or "", article.text))):
        return replace(article, rough=False)
    return article


# --------------------------------------------------------------------------------------------------------- reconcile


@dataclass(slots=True)
class Derived:
    """What came of deriving events."""

    companies: int = 0
    written: int = 0
    """Events that are new or changed."""
    closed: int = 0
    """Events that no claim makes any more."""
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Derived) -> None:
        """Add another report to this one."""
        self.companies += other.companies
        self.written += other.written
        self.closed += other.closed
        self.failed += other.failed


def reconcile(engine: Engine, keys: Sequence[str] | None = None) -> Derived:
    """Derive the events of companies anew: of these keys that nobody else holds, or else a batch of what waits."""
    report = Derived()
    limit = settings().read_batch if keys is None else len(keys)
    for batch in _leases(engine, "derive", keys, limit):
        try:
            report.companies += len(batch)
            written, closed = transaction(engine, partial(_derive, keys=batch))
            report.written += written
            report.closed += closed
        except Exception as error:
            if len(batch) > 1:  # the next try takes each company alone
                log.warning("deriving_alone", companies=len(batch), error=f"{type(error).__name__}: {error}")
            reason = f"reconcile: {type(error).__name__}: {error}"
            extracted = Extracted()
            _give_back(engine, "derive", dict.fromkeys(batch, reason), extracted)
            report.failed += extracted.failed
    return report


def derive_all(engine: Engine) -> int:
    """Queue every company to be derived anew; return how many."""
    return transaction(engine, lambda connection: work.add(connection, "derive", claims_.all_keys(connection)))


def _derive(connection: Connection, keys: Sequence[str]) -> tuple[int, int]:
    """Derive in one transaction; return (events written, events closed)."""
    lock_events(connection)
    known_at = moment_of_writing(connection)
    decided = standing_decisions(connection)
    found = reconciling.reconcile_around(
        keys,
        claims=lambda wanted: claims_.sourced(connection, wanted),
        minted=lambda articles: events.minted_from(connection, articles),
        resolver=resolver_of(decided),
        decisions=decided,
        now=known_at,
    )
    outcome = events.replace(connection, found, known_at, keys=keys)
    work.finish(connection, "derive", keys)
    return outcome


def decide(engine: Engine, decision: Decision) -> int:
    """Keep a person's decision and queue the companies it touches to be derived anew; return how many."""

    def write(connection: Connection) -> int:
        before = resolver_of(standing_decisions(connection))
        decisions.save(connection, [decision])
        after = resolver_of(standing_decisions(connection))
        told = {str(decision.values[name]) for name in ("companies", "name") if decision.values.get(name)}
        if decision.action.startswith("event_"):
            touched = {key for companies_ in told for key in companies_.split()}
        else:
            named = {decision.subject, *filter(None, [decision.target])}
            old = {before.final(id_) for id_ in named} | {after.final(id_) for id_ in named} | named
            old |= {resolver.key(name) for name in told for resolver in (before, after)}
            found = claims_.touching(connection, old)
            keys = {one.claim.id: reconciling.neighbourhood(one, after) for one in found}
            touched = claims_.set_keys(connection, keys) | old
            companies.save_new(connection, [after.company(id_) for id_ in named])
            companies.redirect(connection, {id_: _other(after.final(id_), id_) for id_ in named})
        return work.add(connection, "derive", touched)

    return transaction(engine, write)


def _other(final: str, id_: str) -> str | None:
    return None if final == id_ else final


# ------------------------------------------------------------------------------------------------------ by the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What the store says is to be done now."""

    crawls: tuple[tuple[str, str], ...] = ()
    """(source id, the time it is due for)."""
    read: tuple[str, ...] = ()
    reread: tuple[str, ...] = ()
    derive: tuple[str, ...] = ()
    nights: tuple[date, ...] = ()


RING_AGAIN = 100_000
"""Keys rung for at once: what waits when the broker has lost its messages, or is to be read again."""


def slot(source: Source, now: datetime) -> str:
    """Return the time a source was last due, as ISO text. Sources of one interval are spread over it."""
    every = source.every_minutes * 60
    shift = int(digest(source.id)[:8], 16) % every
    at = int(now.timestamp() - shift) // every * every + shift
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def due(engine: Engine, now: datetime, *, waiting: Mapping[str, int]) -> Due:
    """Free what the dead held, and say what is due; `waiting` is how many messages each queue of the broker holds.

    `waiting["reread"]` are those of low priority in the queue `read`. A queue that still holds messages is not rung
    again: its workers are busy. Crawls are held back while more pages wait to be read than `read_backlog`.
    """
    jobs.mark(engine, "tick")
    sweep(engine)
    counts = work.undone(engine)
    rest = {step: work.pending(engine, step, RING_AGAIN) for step in ("read", "derive") if counts[step]["pending"]}
    busy = counts["read"]["pending"] + counts["read"]["leased"]
    crawls: list[tuple[str, str]] = []
    if busy < settings().read_backlog and not waiting.get("crawl"):
        live = [source for source in sources.load(engine) if source.excluded is None and source.spider != "archive"]
        runs = {(f"collect:{source.id}", slot(source, now)): source.id for source in live}
        taken = jobs.taken(engine, runs.keys())
        crawls = [(source_id, run[1]) for run, source_id in runs.items() if run not in taken]
    return Due(
        crawls=tuple(crawls),
        read=tuple(rest.get("read", ())) if not waiting.get("read") else (),
        derive=tuple(rest.get("derive", ())) if not waiting.get("derive") else (),
        reread=tuple(work.pending(engine, "reread", RING_AGAIN)) if not waiting.get("reread") else (),
        nights=tuple(nights_due(engine, now)) if not waiting.get("export") else (),
    )


def sweep(engine: Engine) -> int:
    """Free what is held past its time, or by processes of this host that live no more; return how many keys."""
    gone = [holder for holder in work.owners(engine) if is_gone(holder)]
    return work.sweep(engine, gone=gone, max_attempts=settings().attempts)


def collect_due(engine: Engine, source_id: str, at: str, *, ring: Ring = no_ring) -> CrawlReport | None:
    """Crawl a source for one of its times, unless that was begun already; then return null."""
    source = next((source for source in sources.load(engine) if source.id == source_id), None)
    job = f"collect:{source_id}"
    if source is None or not jobs.start(engine, job, at):
        return None
    try:
        report = collect(engine, source, ring=ring)
    except Exception as error:
        jobs.finish(engine, job, at, f"ended: {type(error).__name__}: {error}"[:500])  # its next time comes soon
        raise
    jobs.finish(engine, job, at, f"ended: {report.error}" if report.error else "done")
    return report


# ------------------------------------------------------------------------------------------------------------ export


def nights_due(engine: Engine, now: datetime) -> list[date]:
    """Return the nights that are over and not yet published, the oldest first, from the first one the store saw.

    A night is over at `export_hour` of the next day, UTC.
    """
    last = (now - timedelta(days=1, hours=settings().export_hour)).date()
    first = events.first_known(engine)
    if first is None:
        return []
    nights = (first.date() + timedelta(days=n) for n in range((last - first.date()).days + 1))
    runs = {("export", night.isoformat()): night for night in nights}
    taken = jobs.taken(engine, runs.keys())
    return [night for run, night in runs.items() if run not in taken]


def export_due(engine: Engine, target: str, night: date) -> Published | None:
    """Publish a night, unless that was begun or done already; then return null."""
    return _publish(engine, target, "export", night.isoformat(), night)


def publish(engine: Engine, target: str, at: str) -> Published | None:
    """Publish today as known now, once for each `at`."""
    return _publish(engine, target, "publish", at, None)


def _publish(engine: Engine, target: str, job: str, due_at: str, night: date | None) -> Published | None:
    if not jobs.start(engine, job, due_at):
        return None
    try:
        published = exports.export(engine, target, night)
    except Exception as error:
        jobs.finish(engine, job, due_at, f"failed: {type(error).__name__}: {error}"[:500])
        raise
    jobs.finish(engine, job, due_at)
    log.info("published", version=published.version, new=published.new, location=published.location)
    return published
