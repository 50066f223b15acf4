"""The commands. Exit status: 0 done, 1 something failed (named on stderr), 2 wrong usage or no such file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
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
    from datetime import UTC, datetime

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


ARCHIVES = (".warc", ".warc.gz", ".warc.zst", ".jsonl", ".txt", ".paths")


@app.command(
    epilog=example("newsledger collect techcrunch", "newsledger collect CC-NEWS-20260101.warc.gz articles.jsonl")
)
def collect(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE|FILE]…", help="Sources, WARC or JSON Lines files; none: all sources."),
    ] = None,
) -> None:
    """Fetch pages from sources, or take them from files, and keep them to be read."""
    from crawler.catalogue import load_sources
    from storage import sources
    from workers import steps

    known = {source.id: source for source in load_sources(settings().sources_file)}
    files = [Path(name) for name in what or () if name not in known]
    for path in files:
        if not path.exists():
            raise typer.BadParameter(
                f"{path}: neither a source of the catalogue nor a file; see newsledger sources list"
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
        found = steps.collect_files(engine, files)
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


def main() -> None:
    """Run the command line and exit with its status."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        app()
    except (FailureError, OSError, ValueError, RuntimeError) as error:
        _say(f"newsledger: {error}")
        sys.exit(1)
    except SQLAlchemyError as error:
        _say(f"newsledger: the store failed: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
