"""The sandboxes of one account: not too many at once, not too fast, and none left over.

An account may have so many sandboxes and make so many a second; what is more is refused by the
service. So conversations wait for a place in the order in which they came, and where all places are
taken, the sandbox that nobody has used for longest makes room.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from executors.base import Notice
from executors.e2b import instance
from executors.e2b.faults import QuotaReached, SandboxGone, sdk_faults
from executors.e2b.lease import Lease, Offer
from executors.e2b.sdk import Service, connect
from executors.errors import ExecutorError, ExecutorUnavailable

log = logging.getLogger(__name__)

SANDBOXES = 18
"""At once; the smallest account may have 20."""
CREATE_INTERVAL = 1.0
"""Seconds between two starts; the smallest account may have one a second."""
UNUSED_SECONDS = 120.0
"""A sandbox that was not used for so long may make room for another conversation."""
WAIT_SECONDS = 60.0
ROOM_SECONDS = 3.0
"""While a conversation waits, it looks this often for a sandbox that may make room."""
APP = "sandglass"


class Fleet:
    """Starts sandboxes and knows those that it started."""

    def __init__(self, offer: Offer, *, sandboxes: int = SANDBOXES) -> None:
        self.offer, self._size = offer, sandboxes
        self._places = asyncio.Semaphore(sandboxes)
        self._leases: set[Lease] = set()
        self._unwanted: set[asyncio.Task[None]] = set()
        """Ends sandboxes that were still being made when nobody wanted them any more."""
        self._pacing = asyncio.Lock()
        self._last_start = time.monotonic() - CREATE_INTERVAL
        self._swept = False
        self._metadata = {
            "app": APP,
            "machine": instance.machine(),
            "process": instance.process(),
        }

    async def start(self, tell: Callable[[Notice], None]) -> Lease:
        """A new sandbox. Cancelled while it is being made, this ends it before it returns.

        Raises:
            ExecutorUnavailable: no key, no service, no quota, no place; the message says what to
                do.
        """
        await self._sweep()
        await self._take_place(tell)
        try:
            lease = await self._make()
        except BaseException:
            self._places.release()
            raise
        self._leases.add(lease)
        lease.on_close = self._ended
        return lease

    def _ended(self, lease: Lease) -> None:
        self._leases.discard(lease)
        self._places.release()

    async def _take_place(self, tell: Callable[[Notice], None]) -> None:
        if self._places.locked():
            tell(Notice(text=f"All {self._size} sandboxes are in use. Waiting for a free one…"))
        taking = asyncio.create_task(self._places.acquire())  # one, which keeps its turn
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not (await asyncio.wait([taking], timeout=0))[0]:
                    await self._make_room()
                    await asyncio.wait([taking], timeout=ROOM_SECONDS)
        except asyncio.CancelledError:
            self._give_up(taking)
            raise
        except TimeoutError as exc:
            self._give_up(taking)
            raise ExecutorUnavailable(
                f"All {self._size} sandboxes are in use by other conversations. Try again in a "
                "minute, or switch to the local executor."
            ) from exc

    def _give_up(self, taking: asyncio.Task[bool]) -> None:
        """Whoever waits no longer leaves the place to the next, even if it came just now."""
        taking.cancel()
        taking.add_done_callback(lambda one: one.cancelled() or self._places.release())

    async def _make(self) -> Lease:
        try:
            return await self._create()
        except QuotaReached:
            if not await self._make_room():
                raise
            return await self._create()

    async def _create(self) -> Lease:
        """Make a sandbox once it is this one's turn; what is being made is never left behind."""
        async with self._pacing:
            await asyncio.sleep(self._last_start + CREATE_INTERVAL - time.monotonic())
            self._last_start = time.monotonic()
        making = asyncio.create_task(Lease.create(self.offer, self._metadata))
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            ending = asyncio.create_task(end_unwanted(making))
            self._unwanted.add(ending)
            ending.add_done_callback(self._unwanted.discard)
            await asyncio.shield(ending)
            raise

    async def _make_room(self) -> bool:
        """End the sandbox that was unused for longest, if any was for long enough."""
        unused = [one for one in self._leases if one.unused_seconds > UNUSED_SECONDS]
        if not unused:
            return False
        log.info("an E2B sandbox that is not used makes room for another conversation")
        chosen = max(unused, key=lambda one: one.unused_seconds)
        self._leases.discard(chosen)  # nobody else is to choose it while it ends
        await chosen.close()
        return True

    async def _sweep(self) -> None:
        """Once, end what processes of this machine have left behind when they ended badly.

        Without this its lease would end it, some minutes later.
        """
        if self._swept:
            return
        self._swept = True
        try:
            service = await connect(self.offer.account)
            with sdk_faults():
                ours = {"app": APP, "machine": self._metadata["machine"]}
                for sandbox, metadata in await service.find(ours):
                    if not instance.runs(metadata.get("process", "")):
                        log.info("an E2B sandbox that an earlier run left behind is ended")
                        await kill(service, sandbox)
        except ExecutorError as exc:  # whoever starts a sandbox now will say it to the person
            log.warning("what an earlier run may have left at E2B could not be ended: %s", exc)


async def end_unwanted(making: asyncio.Task[Lease]) -> None:
    """Wait for the sandbox that is being made, and end it."""
    await asyncio.wait([making])
    if not making.cancelled() and not making.exception():
        await making.result().close()


async def kill(service: Service, sandbox: str) -> None:
    """End a sandbox that may have ended by itself meanwhile."""
    try:
        with sdk_faults():
            await service.kill(sandbox)
    except SandboxGone:
        pass
