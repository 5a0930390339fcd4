"""A sandbox and its lease: made for one conversation, renewed while it is used, killed at its end.

E2B ends a sandbox when its time is over, whatever runs in it; only `set_timeout` gives it more.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Self

from executors.e2b.faults import SandboxGone, sdk_faults
from executors.e2b.sdk import Account, Sandbox, sandbox_maker
from executors.errors import ExecutorError

log = logging.getLogger(__name__)

IDLE_SECONDS = 900.0
"""A conversation that nobody touched for this long lets its lease run out."""
PROBE_SECONDS = 5.0


class Lease:
    """A running sandbox. Its heartbeat is a task of this object and ends with `close`."""

    def __init__(self, sandbox: Sandbox, seconds: int) -> None:
        self.sandbox = sandbox
        self.busy = False
        """Whether a cell is running: then the lease is renewed without end."""
        self._seconds = seconds
        self._touched = time.monotonic()
        self._heartbeat = asyncio.create_task(self._beat(), name="e2b-heartbeat")

    @classmethod
    async def create(
        cls, account: Account, *, template: str, seconds: int, metadata: Mapping[str, str]
    ) -> Self:
        """Start a sandbox that lives for `seconds` unless it is renewed.

        Raises:
            ExecutorUnavailable: no key, no service, no quota; the message says what to do.
        """
        create = await sandbox_maker(account)
        with sdk_faults():
            sandbox = await create(
                template=template or None,
                timeout=seconds,
                metadata=dict(metadata),
                network={"allow_public_traffic": False},  # or its ports would be open to all
                idempotency_key=str(uuid.uuid4()),  # or a repeated request would leak a sandbox
            )
        return cls(sandbox, seconds)

    async def renew(self) -> None:
        """Give the sandbox its full time again.

        Raises:
            SandboxGone: it has ended already.
            ExecutorUnavailable: the service cannot be reached.
        """
        self._touched = time.monotonic()
        with sdk_faults():
            await self.sandbox.set_timeout(self._seconds)

    async def confirm(self) -> None:
        """Make sure that the sandbox still answers.

        Raises:
            SandboxGone: it has ended.
            ExecutorUnavailable: it cannot be reached.
        """
        with sdk_faults():
            alive = await self.sandbox.is_running(request_timeout=PROBE_SECONDS)
        if not alive:
            raise SandboxGone("The E2B sandbox has ended. The next code cell starts a new one.")

    async def close(self) -> None:
        """Kill the sandbox. Where that cannot be done, its lease ends it. Idempotent."""
        self._heartbeat.cancel()
        await asyncio.wait([self._heartbeat])
        try:
            with sdk_faults():
                await self.sandbox.kill()
        except SandboxGone:
            pass
        except ExecutorError as exc:
            log.warning("An E2B sandbox could not be killed; its lease ends it: %s", exc)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            if not self.busy and time.monotonic() - self._touched > IDLE_SECONDS:
                continue
            try:
                with sdk_faults():
                    await self.sandbox.set_timeout(self._seconds)
            except SandboxGone:
                return  # the next cell finds out and says so
            except ExecutorError as exc:
                log.warning("An E2B lease could not be renewed, trying again: %s", exc)
