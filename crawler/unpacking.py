"""Compressed bodies, unpacked to a limit and no further."""

from __future__ import annotations

import io
import zlib

import brotli
import zstandard


def unpack(body: bytes, encoding: str, limit: int) -> bytes | None:
    """Return a body unpacked from an HTTP content encoding; None for more than `limit` bytes or a broken body.

    Several encodings, separated by commas, are undone last to first. An unknown one leaves the body as it is.
    """
    for name in reversed(encoding.lower().split(",")):
        unpacked = _unpack(body, name.strip(), limit)
        if unpacked is None or len(unpacked) > limit:
            return None
        body = unpacked
    return body


def gunzip(body: bytes, limit: int) -> bytes | None:
    """Return a gzipped body unpacked, and one that is not gzipped as it is; None as `unpack`."""
    return unpack(body, "gzip" if body.startswith(b"\x1f\x8b") else "", limit)


def _unpack(body: bytes, encoding: str, limit: int) -> bytes | None:
    try:
        if encoding in ("gzip", "x-gzip"):
            return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, limit + 1)
        if encoding == "deflate":
            try:
                return zlib.decompressobj().decompress(body, limit + 1)
            except zlib.error:  # some servers leave out the frame
                return zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(body, limit + 1)
        if encoding == "br":
            return bytes(brotli.Decompressor().process(body, output_buffer_limit=limit + 1))
        if encoding == "zstd":
            with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(io.BytesIO(body)) as reader:
                return reader.read(limit + 1)
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None
    return body
