"""Who may ask, and how often: API keys (stored as hashes), rate limits, and the rule for public addresses."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import ProblemError, problem_response

OPEN_PATHS = ("/healthz", "/readyz", "/static/")
"""What answers without a key and without a limit: probes, and the page's own script and style."""


def new_key() -> tuple[str, str]:
    """Return a fresh API key and the hash to keep of it. The key itself is shown once and stored nowhere."""
    key = "nl_" + secrets.token_urlsafe(32)
    return key, hash_key(key)


def hash_key(key: str) -> str:
    """Return the SHA-256 of a key. A plain hash is enough: a key carries 256 random bits, so it cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def load_keys(path: Path) -> dict[str, str]:
    """Return hash → name from a file of lines `name hash`. Empty lines and lines that start with # are skipped.

    Raises ValueError that names the line which is none.
    """
    keys: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split()
        if len(parts) != 2 or len(parts[1]) != 64 or set(parts[1]) - set("0123456789abcdef"):
            raise ValueError(
                f"{path}, line {number}: not `name hash`; make one with `python -m api.access NAME`, "
                "which prints the key to hand out and the line to keep"
            )
        keys[parts[1]] = parts[0]
    return keys


class Access:
    """ASGI middleware: asks for a key where keys are set, and counts requests where a rate is set.

    A key travels as `Authorization: Bearer KEY`, as `X-API-Key`, or (for a browser, over TLS) as the password of HTTP
    basic authentication. The rate counts by key, else by client address.
    """

    def __init__(self, app: ASGIApp, *, keys: Mapping[str, str], rate: str) -> None:
        self.app = app
        self.keys = keys
        self.rate = parse(rate) if rate else None
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or 429, or pass the request on."""
        if scope["type"] != "http" or scope["path"].startswith(OPEN_PATHS):
            await self.app(scope, receive, send)
            return
        who = scope["client"][0] if scope.get("client") else "unknown"
        if self.keys:
            name = self.owner(Headers(scope=scope))
            if name is None:
                problem = ProblemError(
                    401,
                    "give your API key as Authorization: Bearer KEY, or in a browser as the password",
                    headers={"WWW-Authenticate": 'Basic realm="newsledger", charset="UTF-8"'},
                )
                await problem_response(problem)(scope, receive, send)
                return
            who = name
        if self.rate is not None and not self.limiter.hit(self.rate, who):
            wait = max(1, round(self.limiter.get_window_stats(self.rate, who).reset_time - _now()))
            problem = ProblemError(
                429, f"more than {self.rate}; try again in {wait} s", headers={"Retry-After": str(wait)}
            )
            await problem_response(problem)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def owner(self, headers: Headers) -> str | None:
        """Return the name that the request's key is kept under, or null where it has no known key."""
        key = headers.get("x-api-key", "")
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            key = value.strip()
        elif scheme.lower() == "basic":
            key = _password(value)
        if not key:
            return None
        given = hash_key(key)
        return next((name for known, name in self.keys.items() if hmac.compare_digest(known, given)), None)


def _password(value: str) -> str:
    import base64
    import binascii

    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _now() -> float:
    import time

    return time.time()


def main() -> None:
    """Print a new key and the line to keep of it."""
    import sys

    name = sys.argv[1] if len(sys.argv) == 2 and sys.argv[1].isalnum() else ""
    if not name:
        print("usage: python -m api.access NAME (letters and digits)", file=sys.stderr)
        raise SystemExit(2)
    key, hashed = new_key()
    print(f"key, shown only now: {key}", file=sys.stderr)
    print(f"{name} {hashed}")


if __name__ == "__main__":
    main()
