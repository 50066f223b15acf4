"""Headers that keep a page to itself: no script or style but our own, no frame, no guessing of types."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

EVERYWHERE = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
ON_PAGES = ((b"content-security-policy", POLICY.encode()), (b"cross-origin-opener-policy", b"same-origin"))


class Headers:
    """ASGI middleware that adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = [*message.get("headers", ()), *EVERYWHERE]
                if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                    headers += ON_PAGES
            await send(message)

        await self.app(scope, receive, send_with_headers)
