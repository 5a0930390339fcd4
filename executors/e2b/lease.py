"""A sandbox and its lease: made for one conversation, renewed while it is used, killed at its end.

E2B ends a sandbox when its time is over, whatever runs in it; only `set_timeout` gives it more.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from executors.e2b.faults import SandboxGone, sdk_faults
from executors.e2b.sdk import Account, Sandbox, connect
from executors.errors import ExecutorError

log = logging.getLogger(__name__)

IDLE_SECONDS = 900.0
"""A sandbox in which no cell ran for so long is given up."""
PROBE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What all sandboxes of an account have in common."""

    account: Account
    template: str = ""
    lease_seconds: int = 300
    internet: bool = True
    """Whether code in a sandbox reaches the internet."""


class Lease:
    """A running sandbox. Its heartbeat is a task of this object and ends with `close`."""

    def __init__(self, sandbox: Sandbox, seconds: int) -> None:
        self.sandbox = sandbox
        self.on_close: Callable[[Lease], None] = lambda _: None
        """Called once, when the sandbox is not there any more or has been let go."""
        self._seconds = seconds
        self._uses = 0
        self._touched = time.monotonic()
        self._ending: asyncio.Task[None] | None = None
        self._heartbeat = asyncio.create_task(self._beat(), name="e2b-heartbeat")

    @property
    def unused_seconds(self) -> float:
        """How long it has not been in use; 0 while it is."""
        return 0.0 if self._uses else time.monotonic() - self._touched

    @contextmanager
    def in_use(self) -> Generator[None]:
        """While this lasts, the lease is renewed without end and the sandbox makes no room.

        Raises:
            SandboxGone: it has been let go already.
        """
        self._check()
        self._uses += 1
        try:
            yield
        finally:
            self._uses -= 1
            self._touched = time.monotonic()

    @classmethod
    async def create(cls, offer: Offer, metadata: Mapping[str, str]) -> Self:
        """Start a sandbox that lives for the offer's time unless it is renewed.

        Raises:
            ExecutorUnavailable: no key, no service, no quota; the message says what to do.
        """
        service = await connect(offer.account)
        with sdk_faults():
            sandbox = await service.create(
                template=offer.template or None,
                timeout=offer.lease_seconds,
                metadata=dict(metadata),
                allow_internet_access=offer.internet,
                network={"allow_public_traffic": False},  # or its ports would be open to all
                idempotency_key=str(uuid.uuid4()),  # or a repeated request would leak a sandbox
            )
        return cls(sandbox, offer.lease_seconds)

    async def renew(self) -> None:
        """Give the sandbox its full time again.

        Raises:
            SandboxGone: it has ended already.
            ExecutorUnavailable: the service cannot be reached.
        """
        self._check()
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
        """Kill the sandbox, even if this is cancelled meanwhile. Idempotent.

        Where that cannot be done, its lease ends it.
        """
        self._ending = self._ending or asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    def _check(self) -> None:
        """A sandbox that was let go may still be there, because it could not be killed."""
        if self._ending:
            raise SandboxGone("The E2B sandbox was let go. The next code cell starts a new one.")

    async def _end(self) -> None:
        self._heartbeat.cancel()
        await asyncio.wait([self._heartbeat])
        self.on_close(self)
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
            if self.unused_seconds > IDLE_SECONDS:
                await self.close()  # the next cell finds out and says so
                return
            try:
                with sdk_faults():
                    await self.sandbox.set_timeout(self._seconds)
            except SandboxGone:
                await self.close()
                return
            except ExecutorError as exc:
                log.warning("An E2B lease could not be renewed, trying again: %s", exc)
