"""Reads the body of an HTTP response within a size limit, compressed or not."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import cast

import httpx

ACCEPT_ENCODING = "gzip"
"""What requests ask for. httpx would unpack a whole chunk at once, however large it gets."""

Unpack = Callable[[bytes, int], bytes]
"""The next piece, unpacked to at most so many bytes."""


async def read_body(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    """The first `limit` unpacked bytes, and whether there were more.

    A small body that unpacks to gigabytes costs no more than `limit` either.

    Raises:
        ValueError: it is packed in a way that was not asked for, or broken.
    """
    unpack = _unpacker(response.headers.get("content-encoding", ""))
    body = bytearray()
    raw = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
    async with aclosing(raw) as chunks:
        async for chunk in chunks:
            body += _unpacked(unpack, chunk, limit + 1 - len(body)) if unpack else chunk
            if len(body) > limit:
                return bytes(body[:limit]), True
    return bytes(body), False


def _unpacker(encoding: str) -> Unpack | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":
            return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress  # reads both headers
        case other:
            raise ValueError(
                f"The server sent the page packed as {other!r}, which this tool cannot read: "
                "use another page."
            )


def _unpacked(unpack: Unpack, chunk: bytes, most: int) -> bytes:
    try:
        return unpack(chunk, most)
    except zlib.error as exc:
        raise ValueError(f"The server sent a broken page ({exc}): use another page.") from exc
