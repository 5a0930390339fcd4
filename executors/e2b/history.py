"""The cells that a sandbox's Python has run, kept so that they can be run again elsewhere.

A sandbox cannot go back to an earlier state, and a kernel that was restarted has none. Running the
cells again in a fresh kernel makes their variables again. Tools do not run again: each call gets
the answer that it got the first time. All else happens again: what the cells do to files and on
the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from executors.base import ExecutorSpec
from executors.e2b import calls
from executors.e2b.calls import Answers, CallMade, size_of
from executors.e2b.cell import run_cell
from executors.e2b.kernel import Kernel
from executors.e2b.sdk import Files

REPLAY_SECONDS = 60.0
"""Cells that took longer than this together are not run again."""
_SLACK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCell:
    """A cell that may have changed variables, even if it failed."""

    code: str
    succeeded: bool
    seconds: float = 0.0
    calls: Sequence[CallMade] | None = ()
    """None if their answers are too much to be kept."""
    whole: bool = True
    """False if it was cut off somewhere: running it again would do something else."""


class History:
    """The cells of a conversation since its variables were last lost."""

    def __init__(self) -> None:
        self._cells: list[PastCell] = []
        self._forgotten = 0

    @property
    def cells(self) -> Sequence[PastCell]:
        """Those that made the present state, in order."""
        return tuple(self._cells)

    @property
    def succeeded(self) -> int:
        """How many have succeeded since the conversation began."""
        return self._forgotten + sum(cell.succeeded for cell in self._cells)

    def add(self, cell: PastCell) -> None:
        """The cell has run after those that are here."""
        self._cells.append(cell)
        kept = (call for past in self._cells for call in past.calls or ())
        if cell.calls and sum(map(size_of, kept)) > calls.REPLAY_BYTES:
            self._cells[-1] = replace(cell, calls=None)

    def forget(self) -> None:
        """The variables are gone; later cells begin anew."""
        self._forgotten = self.succeeded
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


def hindrance(cells: Sequence[PastCell]) -> str:
    """Why the cells cannot be run again; empty if they can."""
    if any(cell.calls is None for cell in cells):
        return "got more from tools than is kept to run them again"
    if sum(cell.seconds for cell in cells) > REPLAY_SECONDS:
        return "took too long to be run again"
    return ""


async def replay(
    cells: Sequence[PastCell], *, kernel: Kernel, files: Files, spec: ExecutorSpec
) -> bool:
    """Run the whole ones of the cells in a fresh kernel, unseen.

    Returns:
        Whether each ended as it did the first time and asked tools for nothing else.

    Raises:
        SandboxGone: the sandbox ended.
        ProtocolError: the sandbox sent something that cannot be read.
    """
    for cell in cells:
        if not cell.whole:
            continue
        seconds = max(spec.limits.seconds, 2 * cell.seconds + _SLACK_SECONDS)
        limits = replace(spec.limits, seconds=seconds)
        answers = Answers(cell.calls or ())
        result = await run_cell(
            cell.code,
            kernel=kernel,
            files=files,
            spec=replace(spec, limits=limits, call_tool=answers),
            stop=asyncio.Event(),
            emit=lambda _: None,
        )
        same = (result.finished.outcome == "ok") == cell.succeeded
        if answers.missed or not result.settled or not same:
            return False
    return True
