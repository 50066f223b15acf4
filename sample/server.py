"""The web site of the sample newsroom, on the loopback address only.

`start()` serves it from a thread of this process; `python -m sample.server --port 8950` in a process of its own.
The address of an article holds the port: a round that is to meet its earlier articles again needs the same port.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from newsledger.model import Source
from sample import newsroom, variation
from sample.newsroom import Outlet, Piece

FEED_LENGTH = 200
"""Newest pieces that a feed lists."""
SITEMAP_LENGTH = 5_000
"""Pieces of one sitemap file."""

ROBOTS = """User-agent: *
Disallow: /edition
Disallow: /saltmarsh-courier/section/
Crawl-delay: 0

Sitemap: {base}/bellwether/sitemap.xml
"""


@dataclass(slots=True)
class Site:
    """What the site shows: an edition of the written pieces, and the generated ones published so far."""

    edition: int = 1
    archive: int = 0
    """Generated pieces that are out from the start."""
    rate: float = 0.0
    """Generated pieces published a second from then on."""
    opened: float = field(default_factory=time.time)
    changed: datetime | None = None
    """When another edition was put in print; what it corrects was changed then."""

    def generated(self) -> int:
        """Return how many generated pieces are out."""
        return self.archive + int(max(0.0, time.time() - self.opened) * self.rate)

    def _generated_at(self, outlet: Outlet) -> int:
        """Return how many of them are the outlet's."""
        if outlet.id not in variation.OUTLETS:
            return 0
        turns = len(variation.OUTLETS)
        return (self.generated() - variation.OUTLETS.index(outlet.id) + turns - 1) // turns

    def generated_piece(self, number: int) -> Piece:
        """Return generated piece `number`, dated by the clock where it came out live."""
        if number < self.archive:
            return variation.piece(number)
        seconds = (number - self.archive + 1) / self.rate
        return variation.piece(number, datetime.fromtimestamp(self.opened, UTC) + timedelta(seconds=seconds))

    def written(self, outlet: Outlet) -> list[Piece]:
        """Return the outlet's written pieces, newest first."""
        return [piece for piece in reversed(newsroom.pieces(self.edition)) if piece.outlet == outlet.id]

    def changed_at(self, piece: Piece) -> datetime:
        """Return when the page last changed, as feeds, sitemaps and headers tell."""
        return piece.published if piece.updated is None else self.changed or piece.updated

    def listed(self, outlet: Outlet, start: int, length: int) -> list[Piece]:
        """Return `length` pieces of the outlet from place `start`: generated ones, newest first, then written ones."""
        found: list[Piece] = []
        turns = len(variation.OUTLETS)
        if outlet.id in variation.OUTLETS:
            turn = variation.OUTLETS.index(outlet.id)
            out = self._generated_at(outlet)
            places = range(start, min(start + length, out))
            found = [self.generated_piece((out - 1 - place) * turns + turn) for place in places]
            start, length = max(0, start - out), length - len(found)
        return found + self.written(outlet)[start : start + length]

    def size(self, outlet: Outlet) -> int:
        """Return how many pieces the outlet has in print."""
        return len(self.written(outlet)) + self._generated_at(outlet)

    def find(self, outlet: Outlet, slug: str) -> Piece | None:
        """Return the piece with that slug, where it is in print."""
        head, _, number = slug.rpartition("-")
        if head == "generated" and number.isdecimal():
            if int(number) >= self.generated():
                return None
            piece = self.generated_piece(int(number))
            return piece if piece.outlet == outlet.id else None
        return next((piece for piece in self.written(outlet) if piece.slug == slug), None)


def _whole_text(piece: Piece) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.paragraphs)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sample"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["whole_text"] = _whole_text
    return environment


def _jsonld(outlet: Outlet, piece: Piece, base: str, changed: datetime) -> str:
    """Return the page's schema.org description; `<` is escaped so that it may stand in a script element."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": base + piece.path,
        "headline": piece.title,
        "description": piece.summary,
        "datePublished": newsroom.local_time(piece).isoformat(),
        "articleSection": piece.section,
        "isAccessibleForFree": not piece.paywall,
        "publisher": {"@type": "Organization", "name": outlet.name},
    }
    if piece.updated:
        data["dateModified"] = changed.isoformat()
    if piece.byline:
        data["author"] = [{"@type": "Person", "name": piece.byline}]
    if piece.paywall:
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def application(site: Site, base: str) -> Starlette:
    """Return the ASGI application of the site at the address `base`."""
    templates = _environment()
    templates.globals["changed_at"] = site.changed_at

    def outlet_of(request: Request) -> Outlet:
        outlet = newsroom.outlets().get(request.path_params["outlet"])
        if outlet is None:
            raise HTTPException(404)
        return outlet

    def answer(
        request: Request, template: str, kind: str, changed: datetime | None, outlet: Outlet | None, **values: object
    ) -> Response:
        text = templates.get_template(template).render(base=base, outlet=outlet, **values)
        encoding = outlet.encoding if outlet else "utf-8"
        body = text.encode(encoding, "xmlcharrefreplace")
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if changed:
            headers["Last-Modified"] = format_datetime(changed, usegmt=True)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        # the older outlets leave their encoding to the page, as older web servers do
        headers["Content-Type"] = f"{kind}; charset=utf-8" if encoding == "utf-8" else kind
        return Response(body, headers=headers)

    def robots(request: Request) -> Response:
        return Response(ROBOTS.format(base=base), media_type="text/plain")

    def front(request: Request) -> Response:
        return answer(request, "newsroom.html", "text/html", None, None, outlets=newsroom.outlets().values())

    def outlet_front(request: Request) -> Response:
        outlet = outlet_of(request)
        page = request.query_params.get("page", "1")
        start = (int(page) - 1) * 25 if page.isdecimal() and page != "0" else 0
        listed = site.listed(outlet, start, 25)
        more = f"{base}/{outlet.id}/?page={start // 25 + 2}" if site.size(outlet) > start + 25 else None
        return answer(
            request, "front.html", "text/html", None, outlet, heading="Latest stories", listed=listed, next_page=more
        )

    def section(request: Request) -> Response:
        outlet = outlet_of(request)
        number = request.path_params["number"]
        if not 1 <= number <= len(outlet.sections):
            raise HTTPException(404)
        name = outlet.sections[number - 1]
        listed = [piece for piece in site.written(outlet) if piece.section == name]
        return answer(request, "front.html", "text/html", None, outlet, heading=name, listed=listed, next_page=None)

    def about(request: Request) -> Response:
        return answer(request, "about.html", "text/html", None, outlet_of(request))

    def feed(request: Request) -> Response:
        outlet = outlet_of(request)
        if outlet.feed == "none":
            raise HTTPException(404)
        listed = [] if outlet.feed == "empty" else site.listed(outlet, 0, FEED_LENGTH)
        newest = max(map(site.changed_at, listed), default=None)
        template, kind = (
            ("atom.xml", "application/atom+xml") if outlet.feed == "atom" else ("rss.xml", "application/rss+xml")
        )
        epoch = datetime(2025, 5, 1, tzinfo=UTC)
        return answer(request, template, kind, newest, outlet, listed=listed, newest=newest, epoch=epoch)

    def sitemap_index(request: Request) -> Response:
        outlet = outlet_of(request)
        count = max(1, -(-site.size(outlet) // SITEMAP_LENGTH))
        names = ["sitemap-news.xml", *(f"sitemap-{number}.xml" for number in range(count))]
        urls = [f"{base}/{outlet.id}/{name}" for name in names]
        return answer(request, "sitemap_index.xml", "application/xml", None, outlet, sitemaps=urls)

    def sitemap(request: Request) -> Response:
        outlet = outlet_of(request)
        name = request.path_params["name"]
        if name == "news":
            listed = site.listed(outlet, 0, 50)
        elif name.isdecimal():
            listed = site.listed(outlet, int(name) * SITEMAP_LENGTH, SITEMAP_LENGTH)
        else:
            raise HTTPException(404)
        changed = max(map(site.changed_at, listed), default=None)
        return answer(request, "sitemap.xml", "application/xml", changed, outlet, listed=listed, news=name == "news")

    def article(request: Request) -> Response:
        outlet = outlet_of(request)
        piece = site.find(outlet, request.path_params["slug"])
        if piece is None:
            raise HTTPException(404)
        if piece.path != request.url.path:
            return RedirectResponse(base + piece.path, 301)
        if piece.consent and request.cookies.get("consent") != "yes":
            return RedirectResponse(f"{base}/consent?next={piece.path}", 302)
        others = [other for other in site.written(outlet) if other.id != piece.id][:5]
        return answer(
            request,
            "article.html",
            "text/html",
            site.changed_at(piece),
            outlet,
            piece=piece,
            others=others,
            shown=piece.paragraphs[:1] if piece.paywall else piece.paragraphs,
            shown_date=newsroom.local_time(piece).strftime(outlet.date_form),
            stamp=newsroom.local_time(piece).isoformat(),
            jsonld=_jsonld(outlet, piece, base, site.changed_at(piece)),
        )

    def consent(request: Request) -> Response:
        path = request.query_params.get("next", "/")
        outlet = newsroom.outlets().get(path.strip("/").split("/")[0])
        if outlet is None:
            raise HTTPException(404)
        return answer(request, "consent.html", "text/html", None, outlet, next=path)

    async def edition(request: Request) -> Response:
        """Put another edition in print: POST its number, 1 or 2."""
        wanted = (await request.body()).decode("ascii", "replace").strip()
        if wanted not in ("1", "2"):
            return Response("an edition is 1 or 2\n", 422, media_type="text/plain")
        site.edition, site.changed = int(wanted), datetime.now(UTC).replace(microsecond=0)
        return Response(f"edition {wanted} is in print\n", media_type="text/plain")

    return Starlette(
        routes=[
            Route("/", front),
            Route("/robots.txt", robots),
            Route("/consent", consent),
            Route("/edition", edition, methods=["POST"]),
            Route("/{outlet}/", outlet_front),
            Route("/{outlet}/about", about),
            Route("/{outlet}/feed.xml", feed),
            Route("/{outlet}/section/{number:int}/", section),
            Route("/{outlet}/sitemap.xml", sitemap_index),
            Route("/{outlet}/sitemap-{name}.xml", sitemap),
            Route("/{outlet}/{year:int}/{month:int}/{slug}", article),
        ]
    )


def sources(address: str) -> list[Source]:
    """Return the catalogue of the site at `address` (`http://127.0.0.1:port`), each source marked as a sample."""
    host = address.removeprefix("http://")
    pages = {"feed": "feed.xml", "sitemap": "sitemap.xml", "listing": ""}
    return [
        Source(
            id=outlet.id,
            name=outlet.name,
            kind=outlet.kind,
            spider=outlet.spider,
            urls=(f"{address}/{outlet.id}/{pages[outlet.spider]}",),
            country=outlet.country,
            language="en",
            every_minutes=1,
            selector="ul.stories a.headline" if outlet.spider == "listing" else None,
            allow_private=(host,),
            sample=True,
        )
        for outlet in newsroom.outlets().values()
    ]


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise OSError(
            f"the sample newsroom cannot listen on 127.0.0.1:{port}: {error.strerror}; name another port, or 0 for any"
        ) from error
    listener.listen(128)
    return listener


def _server(listener: socket.socket, site: Site) -> tuple[str, uvicorn.Server]:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        application(site, address),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    return address, uvicorn.Server(config)


def start(port: int = 0, *, edition: int = 1, archive: int = 0, rate: float = 0.0) -> tuple[str, Callable[[], None]]:
    """Serve the newsroom from a thread; return its address and the function that stops it.

    Port 0 takes any free one. `edition` 2 has the corrected texts (POST `/edition` changes it later). `archive` adds
    that many generated pieces, and `rate` publishes so many more a second. Raises OSError where the port is taken.
    """
    site = Site(edition=edition, archive=archive, rate=rate)
    listener = _bind(port)
    address, server = _server(listener, site)
    thread = threading.Thread(target=server.run, args=([listener],), name="sample newsroom", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the sample newsroom did not start; see the log above")
        time.sleep(0.01)

    def stop() -> None:
        server.should_exit = True
        thread.join(10)
        listener.close()

    return address, stop


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the newsroom until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m sample.server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8950, help="port on 127.0.0.1 (default 8950; 0: any)")
    parser.add_argument("--edition", type=int, default=1, choices=(1, 2))
    parser.add_argument("--archive", type=int, default=0, help="generated pieces that are out from the start")
    parser.add_argument("--rate", type=float, default=0.0, help="generated pieces published a second")
    chosen = parser.parse_args(arguments)
    listener = _bind(chosen.port)
    address, server = _server(listener, Site(chosen.edition, chosen.archive, chosen.rate))
    print(f"the sample newsroom is at {address}/", flush=True)
    server.run([listener])


if __name__ == "__main__":
    main()
