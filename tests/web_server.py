"""A real HTTP server on the loopback address, whose answers a test writes as functions or ready replies."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from newsledger.model import Source


@dataclass
class Reply:
    body: bytes = b""
    content_type: str | None = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stream: Callable[[], Iterator[bytes]] | None = None
    """The body in pieces, without a length, until the reader hangs up."""


@dataclass
class Asked:
    path: str
    at: float
    headers: dict[str, str]


@dataclass
class Site:
    address: str
    port: int
    routes: dict[str, Reply | Callable[[Asked], Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def allowed(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}",)

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def source(self, path: str = "/feed", spider: str = "feed", **fields: object) -> Source:
        values = {
            "id": "the-local-paper",
            "name": "The Local Paper",
            "kind": "news",
            "spider": spider,
            "urls": (self.address + path,),
            "allow_private": self.allowed,
        }
        return Source(**{**values, **fields})  # type: ignore[arg-type]


def rss(*links: str, date: str = "Fri, 14 Mar 2025 10:11:12 GMT") -> Reply:
    items = "".join(
        f"<item><title>Piece {n}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
        for n, link in enumerate(links)
    )
    text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Local</title>{items}</channel></rss>"
    return Reply(text.encode(), "application/rss+xml")


def page(title: str = "A quiet day in the harbour", words: int = 120) -> Reply:
    sentence = "The harbour office counted the boats again and found them all in their places. "
    text = (sentence * (words // 14 + 1)).strip()
    return Reply(f"<!doctype html><html lang=en><title>{title}</title><article><p>{text}</p></article>".encode())


@contextmanager
def serve(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve a site for the time of a test. Paths without a route answer 404; robots.txt allows all."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(self.path, time.monotonic(), {k.lower(): v for k, v in self.headers.items()})
            site.asked.append(asked)
            route = site.routes.get(self.path, site.routes.get("*", Reply(b"nothing here", status=404)))
            reply = route(asked) if callable(route) else route
            with suppress(ConnectionError, TimeoutError):
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            if reply.content_type:
                self.send_header("Content-Type", reply.content_type)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.stream is not None:
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                for piece in reply.stream():
                    self.wfile.write(piece)
                    self.wfile.flush()
                return
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site = Site(f"{'https' if tls else 'http'}://127.0.0.1:{port}", port)
    site.routes["/robots.txt"] = Reply(b"User-agent: *\nAllow: /\n", "text/plain")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
