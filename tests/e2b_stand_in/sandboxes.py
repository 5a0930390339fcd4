"""The sandboxes that are alive, each with its folder, its contexts and its lease."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2b_stand_in.context import CodeContext


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """One sandbox. Its folder stands for `/home/user`."""

    template: str
    seconds: int
    metadata: dict[str, str]
    public: bool
    id: str = field(default_factory=lambda: "i" + secrets.token_hex(10))
    envd_token: str = field(default_factory=lambda: secrets.token_hex(16))
    traffic_token: str = field(default_factory=lambda: secrets.token_hex(16))
    home: Path = Path()
    contexts: dict[str, CodeContext] = field(default_factory=dict)
    started: dt.datetime = field(default_factory=now)
    ends: dt.datetime = field(default_factory=now)

    @property
    def default_context(self) -> CodeContext:
        return next(iter(self.contexts.values()))

    def extend(self, seconds: int) -> None:
        self.ends = now() + dt.timedelta(seconds=seconds)

    async def add_context(self, cwd: Path | None = None) -> CodeContext:
        context = CodeContext(cwd or self.home)
        await context.start()
        self.contexts[context.id] = context
        return context

    async def close(self) -> None:
        for context in self.contexts.values():
            await context.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def credentials(self) -> dict[str, Any]:
        return {
            "templateID": self.template,
            "sandboxID": self.id,
            "clientID": "stand-in",
            "envdVersion": "0.6.13",
            "envdAccessToken": self.envd_token,
            "trafficAccessToken": None if self.public else self.traffic_token,
            "domain": None,
        }

    def detail(self) -> dict[str, Any]:
        return {
            "templateID": self.template,
            "sandboxID": self.id,
            "clientID": "stand-in",
            "envdVersion": "0.6.13",
            "startedAt": self.started.isoformat(),
            "endAt": self.ends.isoformat(),
            "cpuCount": 2,
            "memoryMB": 1024,
            "diskSizeMB": 1024,
            "metadata": self.metadata,
            "state": "running",
        }


class Sandboxes:
    """All sandboxes by id. A create that is repeated with its idempotency key makes one.

    The next one's kernel starts ahead, as the service has machines ready.
    """

    def __init__(self) -> None:
        self.alive: dict[str, Sandbox] = {}
        self._by_key: dict[str, Sandbox] = {}
        self._ahead: asyncio.Task[Sandbox] | None = None

    async def create(self, sandbox: Sandbox, key: str | None) -> Sandbox:
        if key and (known := self._by_key.get(key)):
            return known
        if key:
            self._by_key[key] = sandbox
        ahead = self._ahead or asyncio.create_task(with_kernel())
        self._ahead = asyncio.create_task(with_kernel())
        blank = await ahead
        sandbox.home, sandbox.contexts = blank.home, blank.contexts
        sandbox.extend(sandbox.seconds)
        self.alive[sandbox.id] = sandbox
        return sandbox

    async def kill(self, sandbox: Sandbox) -> None:
        if self.alive.pop(sandbox.id, None):
            await sandbox.close()

    async def reap(self) -> None:
        """Kill what has outlived its lease, for ever."""
        while True:
            for sandbox in [one for one in self.alive.values() if one.ends < now()]:
                await self.kill(sandbox)
            await asyncio.sleep(0.2)

    async def close(self) -> None:
        for sandbox in list(self.alive.values()):
            await self.kill(sandbox)
        if self._ahead:
            await (await self._ahead).close()


async def with_kernel() -> Sandbox:
    """A sandbox that nobody has asked for yet."""
    home = Path(tempfile.mkdtemp(prefix="e2b-stand-in-"))
    sandbox = Sandbox(template="", seconds=0, metadata={}, public=False, home=home)
    await sandbox.add_context()
    return sandbox
