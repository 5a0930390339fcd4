"""Bringing a kernel back after its cell was cut off, in one task that outlives the cell."""

from __future__ import annotations

import asyncio

from executors.e2b.faults import SandboxGone
from executors.e2b.history import PastCell
from executors.e2b.home import Home
from executors.e2b.state import State
from executors.e2b.tasks import end
from executors.errors import ExecutorUnavailable, ProtocolError


class Recovery:
    """What has begun goes on whoever stops waiting: half of it would leave half of the state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._task: asyncio.Task[None] | None = None

    def begin(self, home: Home, cell: PastCell) -> None:
        """Bring the kernel back after this cell; nothing if that has begun."""
        self._task = self._task or asyncio.create_task(self._bring_back(home, cell))

    async def done(self) -> None:
        """Wait for what has begun, if anything.

        Raises:
            SandboxGone: the kernel cannot be brought back.
        """
        if (task := self._task) is None:
            return
        await asyncio.wait([task])
        self._task = None
        if task.cancelled():
            raise SandboxGone("The executor was closed.")
        task.result()

    async def cancel(self) -> None:
        """End it with the sandbox."""
        await end(self._task)

    async def _bring_back(self, home: Home, cell: PastCell) -> None:
        try:
            with home.lease.in_use():
                kept = await home.kernel.settle()
                if kept or cell.succeeded:
                    self._state.ran(cell)
                if not kept:
                    await self._state.restore(home)
        except (ExecutorUnavailable, ProtocolError) as exc:  # half a state is worse than none
            raise SandboxGone("The E2B sandbox does not react any more.") from exc
