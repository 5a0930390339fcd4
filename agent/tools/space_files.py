"""Files on their way to and from a Space.

The client library reads any path of this machine that it is given, and fetches any address that a
Space names. So it is given copies of the workspace's files only, and what a Space gives is fetched
here, from that Space.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import quote

import httpx

from agent.tools.body import ACCEPT_ENCODING, read_body
from agent.tools.plain_json import plain_json
from agent.tools.results import MOST_BYTES, File, file_name
from executors.base import Workspace
from executors.values import Image

_META = {"_type": "gradio.FileData"}
_FETCH_SECONDS = 60.0


class Outbox:
    """Makes arguments that the client may have: files are copies in `folder`."""

    def __init__(self, folder: Path, workspace: Workspace | None) -> None:
        self._folder = folder
        self._workspace = workspace
        self._count = 0

    async def file(self, value: Any) -> Any:
        """For a parameter that takes a file: a path of the workspace, a URL, a picture, bytes.

        Raises:
            FileNotFoundError: there is no such file in the workspace.
            TypeError: it is none of these.
        """
        match value:
            case None:
                return None
            case str() if value.startswith(("http://", "https://")):
                return {"path": value, "url": value, "meta": _META}
            case str():
                return await self._copied(value, await self._read(value))
            case Image(mime=mime, data=data):
                return await self._copied(f"picture{mimetypes.guess_extension(mime) or ''}", data)
            case bytes():
                return await self._copied("file", value)
            case list() | tuple():
                return [await self.file(one) for one in cast("list[Any]", value)]
            case _:
                raise TypeError(
                    "a file is given as its path in the workspace, a URL, a picture or bytes, not "
                    f"as {type(value).__name__}"
                )

    async def other(self, value: Any) -> Any:
        """For any other parameter. What looks like a file to the client is judged as one."""
        return await self._judged(plain_json(value))

    async def _judged(self, value: Any) -> Any:
        if isinstance(value, list):
            return [await self._judged(one) for one in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        keyed = cast("dict[str, Any]", value)
        if isinstance(keyed.get("path"), str):
            return await self.file(keyed["path"])
        return {key: await self._judged(one) for key, one in keyed.items()}

    async def _read(self, path: str) -> bytes:
        if self._workspace is None:
            raise FileNotFoundError(f"{path}: there is no workspace here")
        return await self._workspace.read(path)

    async def _copied(self, name: str, data: bytes) -> dict[str, Any]:
        self._count += 1
        copy = self._folder / str(self._count) / file_name(name)
        await asyncio.to_thread(copy.parent.mkdir)
        await asyncio.to_thread(copy.write_bytes, data)
        return {"path": str(copy), "orig_name": copy.name, "meta": _META}


async def fetched(result: Any, *, root: str, headers: Mapping[str, str]) -> Any:
    """What a Space gave, its pictures as `Image` and its other files as `File`.

    Args:
        result: plain JSON, with files as the client library leaves them.
        root: the address of the Space, to which its files' paths are joined.
        headers: for the requests.

    Raises:
        ValueError: a file is larger than `MOST_BYTES`.
        ConnectionError: the Space does not give it.
    """
    async with httpx.AsyncClient(
        headers={**headers, "Accept-Encoding": ACCEPT_ENCODING}, timeout=_FETCH_SECONDS
    ) as client:
        return await _fetched(result, client, root)


async def _fetched(value: Any, client: httpx.AsyncClient, root: str) -> Any:
    match value:
        case list() | tuple():
            items = [await _fetched(one, client, root) for one in cast("list[Any]", value)]
            return tuple(items) if isinstance(value, tuple) else items
        case {"path": str(path), "meta": {"_type": "gradio.FileData"}}:
            name = cast("dict[str, Any]", value).get("orig_name")
            return await _file(path, str(name or PurePosixPath(path).name), client, root)
        case dict():
            pairs = cast("dict[str, Any]", value).items()
            return {key: await _fetched(one, client, root) for key, one in pairs}
        case _:
            return value


async def _file(path: str, name: str, client: httpx.AsyncClient, root: str) -> Image | File:
    try:
        async with client.stream("GET", f"{root}file={quote(path, safe='/')}") as response:
            response.raise_for_status()
            body, cut = await read_body(response, MOST_BYTES)
    except httpx.HTTPError as exc:
        raise ConnectionError(f"the Space did not give the file {name}: {exc}") from exc
    if cut:
        raise ValueError(f"the Space gave a file of more than {MOST_BYTES >> 20} MB")
    mime = mimetypes.guess_type(name)[0] or ""
    return Image(mime, body) if mime.startswith("image/") else File(name, body)
