"""The variables of a conversation, and what became of them: kept, made again, or lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from executors.base import ExecutorSpec, Finished, Notice
from executors.e2b.history import History, PastCell, replay, replayable
from executors.e2b.home import Home
from executors.e2b.kernel import Kernel

REPLACED = (
    "The E2B sandbox of this conversation has ended. A new one takes its place; the variables and "
    "files of earlier cells are gone."
)
RESTARTED = "The sandbox's Python had to be restarted; the variables of earlier cells are gone."
REBUILT = (
    "The sandbox's Python had to be restarted. The earlier cells were run again there, so their "
    "variables are back; files are as they were left."
)
REWOUND = (
    "The sandbox went back by running the cells up to there again. Tools were not called again, "
    "and files are as they were left."
)
LOST_HINT = "All variables are gone: run again what is still needed."
REBUILT_HINT = "What this cell did to variables is undone; those of earlier cells are kept."


class State:
    """Follows one conversation. What it has to say is told by its next event."""

    def __init__(self, spec: ExecutorSpec) -> None:
        self._spec = spec
        self._history = History()
        self._lost = self._rebuilt = False
        """What has happened to variables and no `Finished` has said yet."""
        self._untold: list[Notice] = []

    def ran(self, cell: PastCell) -> None:
        """The cell came to its end by itself, and is part of what made the variables."""
        self._history.add(cell)

    def tell(self, emit: Callable[[Notice], None]) -> None:
        """Say what has not been said yet."""
        untold, self._untold = self._untold, []
        for notice in untold:
            emit(notice)

    def mark(self, finished: Finished) -> Finished:
        """Put into the end of a cell whether earlier variables are still there."""
        if (self._lost or self._rebuilt) and finished.error:
            hint = LOST_HINT if self._lost else REBUILT_HINT
            finished = replace(finished, error=replace(finished.error, hint=hint))
        finished = replace(finished, state_kept=not self._lost)
        self._lost = self._rebuilt = False
        return finished

    def lose(self, why: str = "") -> None:
        """All variables are gone."""
        self._lost = True
        self._history.forget()
        if why:
            self._untold.append(Notice(level="warning", text=why))

    async def restore(self, home: Home) -> None:
        """The kernel has begun anew: make the variables again where that can be done.

        Raises:
            SandboxGone: the sandbox ended.
            ProtocolError: it sent something that cannot be read.
        """
        cells = self._history.cells
        if not cells:
            return
        if replayable(cells):
            if await self._replayed(cells, home, home.kernel):
                self._rebuilt = True
                self._untold.append(Notice(level="warning", text=REBUILT))
                return
            await home.kernel.restart()  # better nothing than half of it
        self.lose(RESTARTED)

    def can_be(self, cell: int) -> bool:
        """Whether the present state is the one from before that cell.

        Raises:
            ValueError: there was no such cell, or its state is lost.
        """
        return self._history.before(cell) == self._history.cells

    async def rewind(self, home: Home, cell: int) -> Home:
        """Make the state from before that cell, in a kernel of its own that replaces the present.

        Raises:
            ValueError: the cells before it are gone, took too long to be repeated, or came to
                another end this time. The state is what it was.
            ExecutorError: the sandbox ended or cannot be reached.
        """
        cells = self._history.before(cell)
        if not replayable(cells):
            raise ValueError(f"the cells before cell {cell} took too long to be run again")
        kernel, done = await Kernel.another(home.lease, self._spec), False
        try:
            done = await self._replayed(cells, home, kernel)
        finally:
            if not done:
                await kernel.remove()
        if not done:
            raise ValueError("the earlier cells did not end as they did the first time")
        self._history.keep(cells)
        self._untold.append(Notice(text=REWOUND))
        await home.root.changed()  # what the repeated cells wrote is not news
        await home.kernel.remove()
        return replace(home, kernel=kernel)

    async def _replayed(self, cells: Sequence[PastCell], home: Home, kernel: Kernel) -> bool:
        files = home.lease.sandbox.files
        return await replay(cells, kernel=kernel, files=files, spec=self._spec)
