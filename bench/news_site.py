"""A local news site for benchmarks, in a process of its own: `python -m bench.news_site PAGES` prints its address.

Nineteen pages in twenty are general news (the pages of `../shared/data/news-pages.warc.gz`, again and again under other
addresses), one is a generated piece of the sample newsroom that holds an event. Without `../shared` all are generated.
"""

from __future__ import annotations

import itertools
import sys
from html import escape

import uvicorn

from bench.split import SHARED
from sample import variation

WARC = SHARED / "data" / "news-pages.warc.gz"


def general() -> list[bytes]:
    """Return the bodies of the WARC's pages; none where it is not there."""
    if not WARC.is_file():
        return []
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with WARC.open("rb") as stream:
        records = ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True)
        return [record.reader.read() for record in records]


def generated() -> list[bytes]:
    """Return generated pages, two in three without an event."""
    pages = []
    for number in range(3000):
        piece = variation.piece(number)
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.paragraphs)
        title, published = escape(piece.title), piece.published.isoformat()
        head = f'<title>{title}</title><meta property="article:published_time" content="{published}">'
        pages.append(f"<html><head>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode())
    return pages


def bodies(count: int) -> list[bytes]:
    """Return so many pages, the same ones each time."""
    news, pieces = itertools.cycle(general() or generated()), itertools.cycle(generated())
    return [next(pieces) if number % 20 == 0 else next(news) for number in range(count)]


def main() -> None:
    """Serve until killed."""
    pages = bodies(int(sys.argv[1]))
    port = 0

    async def answer(scope: dict[str, str], receive: object, send: object) -> None:
        kind, body, status = b"text/html", b"", 200
        if scope["path"] == "/sitemap.xml":
            locs = "".join(f"<url><loc>http://127.0.0.1:{port}/{n}</loc></url>" for n in range(len(pages)))
            kind, body = b"text/xml", f"<urlset>{locs}</urlset>".encode()
        elif scope["path"] == "/robots.txt":
            kind, body = b"text/plain", b"User-agent: *\nAllow: /\n"
        elif scope["path"].strip("/").isdecimal():
            body = pages[int(scope["path"].strip("/"))]
        else:
            status = 404
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": body})  # type: ignore[operator]

    class Server(uvicorn.Server):
        async def startup(self, sockets: object = None) -> None:
            nonlocal port
            await super().startup()
            port = self.servers[0].sockets[0].getsockname()[1]
            print(port, flush=True)

    Server(uvicorn.Config(answer, port=0, log_level="error", lifespan="off", interface="asgi3")).run()


if __name__ == "__main__":
    main()
