"""The commands. Exit status: 0 done, 1 something failed (named on stderr), 2 wrong usage or no such file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
import typer
from sqlalchemy import make_url

from newsledger.documents import BadLine, parse_lines
from newsledger.model import Article
from newsledger.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from newsledger.model import DecisionAction

Step = Literal["read", "reread", "derive"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A ledger of job cuts and AI investments, read from technology news: "
    "collect → extract → reconcile → export, and serve.",
)

_CHUNK = 64
"""Documents read at a time by `read`: what is held in memory."""


def example(*lines: str) -> str:
    """Return the closing part of a command's help."""
    return "Example:\n\n" + "\n\n".join(f"    [bold]{line}[/bold]" for line in lines)


class FailureError(Exception):
    """A command failed; the message goes to stderr and the exit status is 1."""


def _missing(path: str) -> typer.BadParameter:
    return typer.BadParameter(f"{path}: no such file")


# ---------------------------------------------------------------------------------------------------------------- read


def _looks_like(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].lower()
    if start.startswith((b"{", b"[")):
        return "lines"
    return "html" if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")) else "text"


def _documents(name: str) -> Iterator[Article | BadLine]:
    """Yield the documents of one file in its order: its lines, or itself."""
    with ExitStack() as stack:
        stream = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
        suffix = Path(name).suffix.lower()
        first = stream.readline()
        kind = {".jsonl": "lines", ".ndjson": "lines", ".html": "html", ".htm": "html", ".txt": "text"}.get(
            suffix, _looks_like(first)
        )
        if kind == "lines":
            yield from parse_lines(_chain(first, stream)) if first else ()
            return
        body = first + stream.read()
        if kind == "html":
            yield _html(name, body)
            return
        try:
            yield Article(id=name, revision=1, title="", text=body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            yield BadLine(number=1, id=name, error=f"not UTF-8 (byte {error.start + 1}): convert the file to UTF-8")


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _html(name: str, body: bytes) -> Article | BadLine:
    from datetime import UTC

    from crawler.extraction import to_article
    from newsledger.model import Page

    page = Page(url=name, source_id="file", fetched_at=datetime.now(UTC), body=body, content_type="text/html")
    found = to_article(page, None)
    if not isinstance(found, Article):
        return BadLine(number=1, id=name, error=f"no article in this page: {found.reason} ({found.detail})")
    return Article(
        id=name,
        revision=1,
        title=found.title,
        text=found.text,
        published=found.published if found.published_basis != "fetched" else None,
        published_precision=found.published_precision,
        language=found.language,
    )


@app.command(epilog=example("newsledger read articles.jsonl > claims.jsonl", "curl … | newsledger read -"))
def read(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE|-", help="JSON Lines, plain text or HTML; - reads standard input.")
    ],
    explain: Annotated[
        bool, typer.Option("--explain", help="Print for people: each claim's sentence, and what decided each field.")
    ] = False,
) -> None:
    """Read documents and print what each says. Needs no store.

    In: one JSON object a line, {"id", "title", "text", "published", "url"}; all but id and text may be absent or null.
    Out: one line for every line in, in the same order: {"id", "events": […]}.
    A line that is no document gets {"id", "error"} in its place, and the exit status is 1 at the end.
    """
    for name in files:
        if name != "-" and not Path(name).is_file():
            raise _missing(name)
    from nlp.reader import Reader

    reader = Reader()
    failed = False
    for name in files:
        for chunk in batched(_documents(name), _CHUNK):
            for document, claims in _read_chunk(reader, chunk):
                if isinstance(claims, str):
                    failed = True
                    number = f", line {document.number}" if isinstance(document, BadLine) else ""
                    print(f"{name}{number}: {claims}", file=sys.stderr)
                if explain and isinstance(document, Article) and not isinstance(claims, str):
                    print(f"# {document.id}", reader.explain(document) if claims else "nothing", sep="\n")
                else:
                    sys.stdout.buffer.write(_line(document, claims))
            sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


def _read_chunk(reader: Any, chunk: tuple[Article | BadLine, ...]) -> Iterator[tuple[Article | BadLine, Any]]:
    """Yield each document with its claims, or with the word that says why there are none."""
    articles = [document for document in chunk if isinstance(document, Article)]
    try:
        found = iter(list(reader.read_many(articles)))
    except Exception:  # one document must not cost the others: find it by reading each alone
        found = (_read_alone(reader, article) for article in articles)
    for document in chunk:
        yield document, document.error if isinstance(document, BadLine) else next(found)


def _read_alone(reader: Any, article: Article) -> Any:
    try:
        return reader.read(article)
    except Exception as error:
        return f"cannot be read: {type(error).__name__}: {error}"


def _line(document: Article | BadLine, claims: Any) -> bytes:
    from nlp.output import to_json

    if isinstance(claims, str):
        return orjson.dumps({"id": document.id, "error": claims}) + b"\n"
    return orjson.dumps({"id": document.id, "events": to_json(claims)}) + b"\n"


# --------------------------------------------------------------------------------------------------- the steps by hand


def _store() -> Engine:
    from storage.engine import open_store
    from storage.migrations import migrate

    engine = open_store(settings().database)
    migrate(engine)
    return engine


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items())) or "none"


@app.command(
    epilog=example("newsledger collect techcrunch", "newsledger collect CC-NEWS-20260101.warc.gz articles.jsonl")
)
def collect(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE|FILE]…",
            help="Sources; WARC or JSON Lines files, addresses of WARC files, folders, lists; none: all sources.",
        ),
    ] = None,
) -> None:
    """Fetch pages from sources, or take them from files, and keep them to be read."""
    from crawler.archive import ArchiveError, is_remote
    from crawler.catalogue import load_sources
    from storage import sources
    from workers import steps

    known = {source.id: source for source in load_sources(settings().sources_file)}
    files = [name for name in what or () if name not in known]
    for name in files:
        if not is_remote(name) and not Path(name).exists():
            raise typer.BadParameter(
                f"{name}: neither a source of the catalogue nor a file; see newsledger sources list"
            )
    wanted = [known[name] for name in what or () if name in known]
    for source in wanted:
        if source.excluded is not None:
            raise typer.BadParameter(f"{source.id} is never read: {source.excluded}")
    if not what:
        wanted = [source for source in known.values() if source.excluded is None and source.spider != "archive"]
    engine = _store()
    sources.save(engine, known.values())
    failed = False
    if files:
        try:
            found = steps.collect_files(engine, files)
        except ArchiveError as error:
            _say(str(error))
            raise typer.Exit(1) from None
        print(f"files: {found.pages} pages, {found.new} of them new; no page: {_counted(found.dropped)}")
    for source in wanted:
        report = steps.collect(engine, source)
        print(
            f"{source.id}: {report.delivered} pages, {report.unchanged} unchanged; "
            f"dropped: {_counted(report.dropped + report.refused)}"
        )
        if report.error:
            failed = True
            _say(f"{source.id}: {report.error}")
    if failed:
        raise typer.Exit(1)


@app.command(epilog=example("newsledger extract"))
def extract() -> None:
    """Read all pages that wait: pages to articles, articles to claims."""
    from nlp.reader import Reader
    from workers import steps

    engine = _store()
    steps.sweep(engine)
    reader = Reader(settings().spacy_model)
    total = steps.Extracted()
    for report in iter(lambda: steps.extract(engine, reader), steps.Extracted()):
        total.add(report)
    print(
        f"read {total.done} pages: {total.articles} articles, {total.claims} claims; "
        f"no article: {_counted(total.dropped)}"
    )
    if total.failed:
        _say(f"failed: {_counted(total.failed)}; see newsledger dead list")
        raise typer.Exit(1)


@app.command(epilog=example("newsledger reconcile", "newsledger reconcile --all"))
def reconcile(
    everything: Annotated[bool, typer.Option("--all", help="Derive the events of every company anew.")] = False,
) -> None:
    """Derive events from the claims that are new."""
    from workers import steps

    engine = _store()
    steps.sweep(engine)
    if everything:
        steps.derive_all(engine)
    total = steps.Derived()
    for report in iter(lambda: steps.reconcile(engine), steps.Derived()):
        total.add(report)
    print(f"derived {total.companies} companies: {total.written} events new or changed, {total.closed} closed")
    if total.failed:
        _say(f"failed: {_counted(total.failed)}; see newsledger dead list")
        raise typer.Exit(1)


@app.command(
    epilog=example("newsledger export datasets", "newsledger export s3://bucket/newsledger --night 2026-01-31")
)
def export(
    target: Annotated[
        str, typer.Argument(metavar="[DIR]", help="A folder, or any fsspec URL; none: where the service publishes.")
    ] = "",
    night: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A past night, as known at its end; none: now.")
    ] = None,
    correction: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Why a jump since the night before is right; kept in the index."),
    ] = None,
) -> None:
    """Publish the dataset: CSV, Parquet and SQLite with a description and checksums. The same again changes nothing."""
    from storage import export as exports

    target = target or settings().exports
    published = exports.export(_store(), target, night.date() if night else None, correction=correction)
    told = "published" if published.new else "there already"
    print(f"{published.version} {told}: {_counted(published.rows)} rows at {published.location}")


reread_app = typer.Typer(
    no_args_is_help=True,
    help="Read the archive again with a better reader: start → report → switch, and back if it was not better.",
)
app.add_typer(reread_app, name="reread")


@reread_app.command("start", epilog=example("newsledger reread start", "newsledger reread start --now"))
def reread_start(
    now: Annotated[bool, typer.Option("--now", help="Read them here, not by the workers.")] = False,
) -> None:
    """Queue the articles that another version of the reader read, the newest first, for when nothing new waits.

    What is read is kept aside: no event changes until reread switch.
    """
    from workers import rereading, steps

    engine = _store()
    queued = rereading.start(engine)
    if now:
        from nlp.reader import Reader

        reader = Reader(settings().spacy_model)
        failed = 0
        while (report := steps.reread(engine, reader)).done or report.failed:
            failed += report.failed.total()
        print(f"{queued} articles read again: see newsledger reread report")
        if failed:
            raise FailureError("some could not be read: see newsledger dead list")
        return
    print(f"{queued} articles queued to be read again: see newsledger reread report")


@reread_app.command("report", epilog=example("newsledger reread report > changes.tsv"))
def reread_report() -> None:
    """Tell which events a switch would add, end or change: one line each, what, event, company, type and how."""
    from workers import rereading

    found = rereading.report(_store())
    for change in found.changes:
        print(change.what, change.event_id, change.company, change.type, change.told(), sep="\t")
    counts = found.counts()
    _say(
        f"{found.version}: {found.articles} articles read again, {found.waiting} wait, {found.dead} could not be read; "
        f"events: {counts['added']} added, {counts['gone']} gone, {counts['changed']} changed, {found.same} the same"
    )
    if found.underived:
        _say(f"{found.underived} companies wait to be derived: their changes are told here too")


@reread_app.command("switch", epilog=example("newsledger reread switch"))
def reread_switch(
    partly: Annotated[bool, typer.Option("--partly", help="Switch what is read, though more waits to be.")] = False,
) -> None:
    """Make what was read again live, all at once; the events follow as the workers derive them."""
    from workers import rereading

    made = rereading.switch(_store(), partly=partly)
    print(f"{made.articles} articles now stand as {made.version} reads them; back: newsledger reread back")


@reread_app.command("back", epilog=example("newsledger reread back"))
def reread_back() -> None:
    """Take the last switch back: every article stands as it did before, but for those whose text changed since."""
    from workers import rereading

    undone = rereading.back(_store())
    print(f"the switch of {undone.at:%Y-%m-%d %H:%M:%S} UTC to {undone.version} is taken back")


# ------------------------------------------------------------------------------------------------------------- serving


@app.command(epilog=example("newsledger serve --port 8000"))
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = None,
    public: Annotated[bool, typer.Option("--public", help="Serve other machines without API keys.")] = False,
    descriptor: Annotated[int | None, typer.Option(hidden=True, help="A socket that listens already.")] = None,
) -> None:
    """Serve the API and the dashboard, read-only."""
    import uvicorn

    from api.app import create_app
    from api.binding import check_bind

    keys = settings().api_keys_file is not None
    try:
        check_bind(host or settings().host, keys=keys, allow_public=public or settings().public)
    except ValueError as error:
        raise FailureError(str(error)) from error
    config = uvicorn.Config(
        create_app(_store(), settings()),
        host=host or settings().host,
        port=settings().port if port is None else port,
        fd=descriptor,
        log_level="warning" if descriptor is not None else "info",
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        raise typer.Exit(1)


@app.command(epilog=example("newsledger run", "newsledger run --sample --once"))
def run(
    sample: Annotated[bool, typer.Option("--sample", help="Read the sample newsroom, in .run/ here.")] = False,
    once: Annotated[bool, typer.Option("--once", help="One round of everything, then stop.")] = False,
) -> None:
    """Run everything as a service: collect, extract, reconcile, export and serve. Ctrl-C stops it."""
    from workers import terminal

    terminal.run(sample=sample, once=once)


# ----------------------------------------------------------------------------------------------------- looking after it


@app.command(epilog=example("newsledger migrate"))
def migrate() -> None:
    """Make the store, or bring it to this release."""
    _store()
    print(f"the store at {_shown(settings().database)} is up to date")


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


dead = typer.Typer(no_args_is_help=True, help="Work that was given up, and why.")
app.add_typer(dead, name="dead")


@dead.command("list", epilog=example("newsledger dead list"))
def dead_list() -> None:
    """List what was given up: step, key, tries, reason."""
    from storage import work

    for row in work.dead(_store()):
        print(f"{row.step}\t{row.key}\t{row.attempts}\t{row.reason}")


@dead.command("retry", epilog=example("newsledger dead retry", "newsledger dead retry --step read KEY"))
def dead_retry(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY]…", help="Keys, as dead list shows. All.")] = None,
    step: Annotated[Step | None, typer.Option(help="Only work of this step.")] = None,
) -> None:
    """Queue again what was given up."""
    from storage import work

    print(f"{work.retry(_store(), step, keys or None)} queued again")


@app.command(epilog=example("newsledger backup /var/backups/newsledger"))
def backup(folder: Annotated[Path, typer.Argument(help="Folder for the copy.")]) -> None:
    """Write a copy of the store while it is in use."""
    from datetime import UTC

    from storage import backup as backups

    engine = _store()
    kind = "sqlite" if engine.dialect.name == "sqlite" else "dump"
    path = folder / f"newsledger-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{kind}"
    backups.backup(engine, path)
    print(path)


@app.command(epilog=example("newsledger restore /var/backups/newsledger/newsledger-20260101T020000Z.sqlite"))
def restore(
    file: Annotated[Path, typer.Argument(help="A copy that backup wrote.", exists=True, dir_okay=False)],
) -> None:
    """Put a copy back, into an empty store. Stop the service first."""
    from storage import backup as backups

    backups.restore(file, settings().database)
    print(f"restored into {_shown(settings().database)}")


@app.command(epilog=example("newsledger health", "newsledger health --days 7"))
def health(days: Annotated[int, typer.Option(min=1, help="Days to look back.")] = 3) -> None:
    """Tell how it goes: the queue, the last publication, and each source. Exit 1 where something needs a person."""
    from collections import Counter
    from datetime import UTC, timedelta

    from crawler.check import silence
    from storage import jobs, sources, work

    engine = _store()
    wrong: list[str] = []
    for step, counts in work.counts(engine).items():
        print(f"{step}: {_counted(counts)}")
        if counts["dead"]:
            wrong.append(f"{counts['dead']} of {step} given up: see newsledger dead list")
    published = jobs.last(engine, "export")
    print(f"last night published: {published[0]} ({published[2]})" if published else "no night published yet")
    if published and published[2].startswith("failed"):
        wrong.append(f"the night {published[0]}: {published[2]}")
    now = datetime.now(UTC)
    seen: dict[str, list[sources.SourceDay]] = {}
    for day in sources.health(engine, (now - timedelta(days=days - 1)).date().isoformat()):
        seen.setdefault(day.source_id, []).append(day)
    for source in sources.load(engine):
        if source.excluded is not None or source.spider == "archive":
            continue
        told = seen.get(source.id, [])
        if not told:
            print(f"{source.id}: not asked in {days} days")
            continue
        runs, failed, empty = (
            sum(getattr(day, name) for day in told) for name in ("runs", "failed_runs", "empty_runs")
        )
        asked, fetched, unchanged, stored = (
            sum(getattr(day, name) for day in told) for name in ("attempted", "fetched", "unchanged", "delivered")
        )
        dropped = sum((Counter(day.dropped) for day in told), Counter[str]())
        quiet = silence(told[-1].newest, source.articles_per_week, now)
        print(
            f"{source.id}: {runs} runs, {failed} failed, {empty} empty; {asked} asked, {fetched} fetched, "
            f"{unchanged} unchanged, {stored} pages stored"
            + (f"; dropped: {_counted(dropped)}" if dropped else "")
            + f"; robots {told[-1].robots or 'unknown'}"
            + (f"; silent for {quiet.days} days, longer than usual" if quiet else "")
        )
        if runs == failed:
            wrong.append(f"{source.id} failed every time: {told[-1].last_error}")
    for line in wrong:
        _say(line)
    if wrong:
        raise typer.Exit(1)


@app.command(epilog=example("newsledger why e-0123456789abcdef0123"))
def why(id_: Annotated[str, typer.Argument(metavar="ID", help="An event's id, or a claim's.")]) -> None:
    """Tell in plain words why an event is what it is."""
    from newsledger import reconcile as reconciling
    from storage import events
    from storage.engine import reading

    with reading(_store()) as connection:
        wanted = events.event_of(connection, id_) or events.successor(connection, id_) or id_
        if wanted != id_:
            print(f"{id_} is now {wanted}")
        known = events.get(connection, wanted)
        if known is None:
            raise FailureError(f"{id_}: no event that stands has this id; list them with newsledger events list")
        print(reconciling.why(known.event, events.claims_of(connection, wanted)))


# ------------------------------------------------------------------------------------------------------------- sources

sources_app = typer.Typer(no_args_is_help=True, help="The catalogue of sources.")
app.add_typer(sources_app, name="sources")


@sources_app.command("list", epilog=example("newsledger sources list"))
def sources_list() -> None:
    """List the sources: id, kind, how it is read, how often, and why an excluded one is."""
    from crawler.catalogue import load_sources

    for source in load_sources(settings().sources_file):
        how = f"excluded: {source.excluded}" if source.excluded else f"every {source.every_minutes} min"
        print(f"{source.id}\t{source.kind}\t{source.spider}\t{how}\t{source.name}")


@sources_app.command("check", epilog=example("newsledger sources check", "newsledger sources check techcrunch"))
def sources_check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Sources; none: all.")] = None,
) -> None:
    """Look at sources without keeping anything: do they answer, do they let us, what came. Exit 1 where one fails."""
    from crawler.catalogue import load_sources
    from crawler.crawl import crawl
    from crawler.pages import Limits

    known = {source.id: source for source in load_sources(settings().sources_file)}
    for name in names or ():
        if name not in known:
            raise typer.BadParameter(f"{name}: no such source; see newsledger sources list")
    failed = False
    for source in known.values():
        if source.excluded is not None or source.spider == "archive" or (names and source.id not in names):
            continue
        report = crawl(source, lambda _: None, limits=Limits(pages=3, seconds=60))
        newest = f", newest {report.newest:%Y-%m-%d}" if report.newest else ""
        print(
            f"{source.id}: {'ok' if not report.error else 'failed'}, robots {report.robots or 'unknown'}, "
            f"{report.delivered} pages{newest}; dropped: {_counted(report.dropped + report.refused)}"
        )
        if report.error or not report.fetched:
            failed = True
            _say(f"{source.id}: {report.error or 'nothing came'}")
    if failed:
        raise typer.Exit(1)


# ----------------------------------------------------------------------------------------------------------- decisions

companies_app = typer.Typer(no_args_is_help=True, help="Companies, and what people decide about them.")
events_app = typer.Typer(no_args_is_help=True, help="Events, and what people decide about them.")
app.add_typer(companies_app, name="companies")
app.add_typer(events_app, name="events")

Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept for all to see.")]
Author = Annotated[str, typer.Option("--author", envvar="USER", help="Who decides.")]


def _decide(action: DecisionAction, subject: str, author: str, reason: str, **rest: Any) -> None:
    from datetime import UTC

    from newsledger.model import Decision, digest
    from workers import steps

    if not reason.strip() or not author.strip():
        raise typer.BadParameter("a decision needs its author and its reason: give --author and --reason")
    at = datetime.now(UTC)
    id_ = f"d-{digest(action, subject, author, at.isoformat())[:20]}"
    decision = Decision(id=id_, action=action, subject=subject, author=author, at=at, reason=reason, **rest)
    print(f"{id_}: {steps.decide(_store(), decision)} companies are derived anew: run newsledger reconcile")


@companies_app.command("list", epilog=example("newsledger companies list alphabet"))
def companies_list(
    name: Annotated[str, typer.Argument(help="A part of the name.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Companies, at most.")] = 100,
) -> None:
    """List companies that events name: id, name, and whether a person has confirmed it."""
    from storage import companies
    from storage.engine import reading

    with reading(_store()) as connection:
        for company in companies.page(connection, name=name or None, limit=limit):
            print(f"{company.id}\t{company.name}\t{'provisional' if company.provisional else 'confirmed'}")


@companies_app.command("merge", epilog=example("newsledger companies merge p-acme-1a2b3c4d acme --reason 'same firm'"))
def companies_merge(id_: str, into: str, reason: Reason, author: Author) -> None:
    """Say that a company is another one."""
    _decide("company_merge", id_, author, reason, target=into)


@companies_app.command("split", epilog=example("newsledger companies split acme 'Acme Foods' --reason 'another firm'"))
def companies_split(
    id_: str,
    name: str,
    reason: Reason,
    author: Author,
    to: Annotated[str | None, typer.Option(help="The company that the name means; none: one of its own.")] = None,
) -> None:
    """Say that a name does not mean this company."""
    _decide("company_split", id_, author, reason, target=to, values={"name": name})


@companies_app.command("rename", epilog=example("newsledger companies rename acme 'Acme Group' --reason 'new name'"))
def companies_rename(id_: str, name: str, reason: Reason, author: Author) -> None:
    """Give a company another name."""
    _decide("company_rename", id_, author, reason, values={"name": name})


@events_app.command("list", epilog=example("newsledger events list --limit 20"))
def events_list(limit: Annotated[int, typer.Option(min=1, help="Events, at most.")] = 20) -> None:
    """List the newest events: id, date, company, kind, stage, figure."""
    from storage import events
    from storage.engine import reading
    from workers.terminal import figure

    with reading(_store()) as connection:
        for known in events.query(connection, sort="-date", limit=limit).events:
            event = known.event
            print(f"{event.id}\t{event.date}\t{event.company}\t{event.kind}\t{event.stage}\t{figure(event)}")


def _event(id_: str) -> Any:
    from storage import events
    from storage.engine import reading

    with reading(_store()) as connection:
        known = events.get(connection, id_)
    if known is None:
        raise FailureError(f"{id_}: no event that stands has this id; list them with newsledger events list")
    return known.event


@events_app.command("reject", epilog=example("newsledger events reject e-01234567 --reason 'a satire'"))
def events_reject(id_: str, reason: Reason, author: Author) -> None:
    """Say that an event did not happen."""
    event = _event(id_)
    _decide("event_reject", id_, author, reason, values={"companies": event.company_id})


@events_app.command("merge", epilog=example("newsledger events merge e-01234567 e-89abcdef --reason 'one happening'"))
def events_merge(id_: str, into: str, reason: Reason, author: Author) -> None:
    """Say that an event is the same happening as another one."""
    companies = " ".join(sorted({_event(id_).company_id, _event(into).company_id}))
    _decide("event_merge", id_, author, reason, target=into, values={"companies": companies})


@events_app.command("split", epilog=example("newsledger events split e-01234567 CLAIM --reason 'an earlier cut'"))
def events_split(id_: str, claims: list[str], reason: Reason, author: Author) -> None:
    """Take claims, or all claims of articles, out of an event."""
    values = {"claims": " ".join(claims), "companies": _event(id_).company_id}
    _decide("event_split", id_, author, reason, values=values)


@events_app.command("correct", epilog=example("newsledger events correct e-01234567 count=500 --reason 'a slip'"))
def events_correct(
    id_: str,
    fields: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…", help="Fields and their right values.")],
    reason: Reason,
    author: Author,
) -> None:
    """Correct fields of an event."""
    from newsledger.reconcile import CORRECTABLE

    values: dict[str, str | int | float | None] = {"companies": _event(id_).company_id}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name not in CORRECTABLE:
            raise typer.BadParameter(f"{field}: write FIELD=VALUE with one of {', '.join(sorted(CORRECTABLE))}")
        values[name] = _value(value)
    _decide("event_correct", id_, author, reason, values=values)


def _value(text: str) -> str | int | float | None:
    if text in ("", "null"):
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _undo(id_: str, reason: str, author: str) -> None:
    from storage import decisions
    from storage.engine import reading

    with reading(_store()) as connection:
        revoked = next((d for d in decisions.load(connection) if d.id == id_), None)
    if revoked is None:
        raise FailureError(f"{id_}: this store holds no such decision")
    _decide(revoked.action, revoked.subject, author, reason, target=revoked.target, values=revoked.values, revokes=id_)


@companies_app.command("undo", epilog=example("newsledger companies undo d-01234567 --reason 'two firms after all'"))
def companies_undo(id_: str, reason: Reason, author: Author) -> None:
    """Take a decision back."""
    _undo(id_, reason, author)


@events_app.command("undo", epilog=example("newsledger events undo d-01234567 --reason 'it did happen'"))
def events_undo(id_: str, reason: Reason, author: Author) -> None:
    """Take a decision back."""
    _undo(id_, reason, author)


ROOMS = ("newsledger", "crawler", "nlp", "storage", "workers", "api", "sample")


def main() -> None:
    """Run the command line and exit with its status."""
    import structlog
    from sqlalchemy.exc import SQLAlchemyError

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for results
    try:
        app()
    except SQLAlchemyError as error:
        _say(f"newsledger: the store failed: {error}")
        sys.exit(1)
    except Exception as error:
        # our own errors and the system's say what is wrong and what to do; any other is a fault of ours: show it whole
        if not isinstance(error, OSError) and type(error).__module__.partition(".")[0] not in ROOMS:
            raise
        _say(f"newsledger: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
