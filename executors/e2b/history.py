"""The cells that a sandbox's Python has run, kept so that they can be run again elsewhere.

A sandbox cannot go back to an earlier state, and a kernel that was restarted has none. Running the
cells again in a fresh kernel makes their variables again. Tools do not run again: each call gets
the answer that it got the first time. Files are not part of it; they stay as they are.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from executors.base import ExecutorSpec
from executors.e2b.bridge import CallMade, call_key
from executors.e2b.cell import run_cell
from executors.e2b.kernel import Kernel
from executors.e2b.sdk import Files
from executors.values import decode, encode

REPLAY_SECONDS = 60.0
"""Cells that took longer than this together are not run again."""
REPLAY_BYTES = 64 << 20
"""Answers of tools that are kept for that, together."""
_SLACK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCell:
    """A cell that came to its end by itself; it may have changed variables even if it failed."""

    code: str
    succeeded: bool
    seconds: float
    calls: Sequence[CallMade]


class History:
    """The cells of a conversation since its variables were last lost."""

    def __init__(self) -> None:
        self._cells: list[PastCell] = []
        self._forgotten = 0

    @property
    def cells(self) -> Sequence[PastCell]:
        """Those that made the present state, in order."""
        return tuple(self._cells)

    def add(self, cell: PastCell) -> None:
        """The cell has run after those that are here."""
        self._cells.append(cell)

    def forget(self) -> None:
        """The variables are gone; later cells begin anew."""
        self._forgotten += sum(cell.succeeded for cell in self._cells)
        self._cells.clear()

    def before(self, cell: int) -> Sequence[PastCell]:
        """The cells that made the state from before that one, counted from 0 where they succeeded.

        Raises:
            ValueError: there was no such cell, or its state is lost.
        """
        succeeded = [i for i, past in enumerate(self._cells) if past.succeeded]
        ends = [*succeeded, len(self._cells)]
        index = cell - self._forgotten
        if not 0 <= index < len(ends):
            raise ValueError(f"the state from before cell {cell} is no longer kept")
        return tuple(self._cells[: ends[index]])

    def keep(self, cells: Sequence[PastCell]) -> None:
        """Only these have run, as far as the state is concerned."""
        self._cells = list(cells)


def replayable(cells: Sequence[PastCell]) -> bool:
    """Whether it is worth the time and the memory to run the cells again."""
    size = sum(len(call.reply) for cell in cells for call in cell.calls)
    return sum(cell.seconds for cell in cells) <= REPLAY_SECONDS and size <= REPLAY_BYTES


async def replay(
    cells: Sequence[PastCell], *, kernel: Kernel, files: Files, spec: ExecutorSpec
) -> bool:
    """Run the cells in a fresh kernel, unseen; whether each ended as it did the first time.

    Raises:
        SandboxGone: the sandbox ended.
        ProtocolError: the sandbox sent something that cannot be read.
    """
    for cell in cells:
        limits = replace(spec.limits, seconds=2 * cell.seconds + _SLACK_SECONDS)
        result = await run_cell(
            cell.code,
            kernel=kernel,
            files=files,
            spec=replace(spec, limits=limits, call_tool=Answers(cell.calls)),
            stop=asyncio.Event(),
            emit=lambda _: None,
        )
        if not result.settled or (result.finished.outcome == "ok") != cell.succeeded:
            return False
    return True


class Answers:
    """Takes the place of the tools: the same call gets the same answer, in the same order."""

    def __init__(self, calls: Sequence[CallMade]) -> None:
        self._left: defaultdict[str, deque[bytes]] = defaultdict(deque)
        for call in calls:
            self._left[call.key].append(call.reply)

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The answer, or the exception that the tool raised."""
        encoded = {key: encode(value) for key, value in arguments.items()}
        if not (left := self._left[call_key(name, encoded)]):
            raise LookupError(f"{name}() was not called like this the first time")
        reply: dict[str, Any] = json.loads(left.popleft())
        if error := reply.get("error"):
            raise type(str(error["type"]), (Exception,), {})(error["message"])
        return decode(reply["value"])
