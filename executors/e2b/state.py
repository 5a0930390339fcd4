"""The variables of a conversation, and what became of them: kept, made again, or lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from executors.base import ExecutorSpec, Finished, Notice
from executors.e2b.history import History, PastCell, hindrance, replay
from executors.e2b.home import Home
from executors.e2b.kernel import Kernel

REPLACED = (
    "The E2B sandbox of this conversation has ended. A new one takes its place; the variables and "
    "files of earlier cells are gone."
)
RESTARTED = "The sandbox's Python had to be restarted; the variables of earlier cells are gone."
FRESH = "The sandbox's Python had to be restarted; what the cell had done to variables is gone."
REBUILT = (
    "The sandbox's Python had to be restarted. The earlier cells were run again there, so their "
    "variables are back. What they do to files and on the network was done again, too."
)
REWOUND = (
    "The sandbox went back by running the cells up to there again. Tools were not called again, "
    "but what those cells do to files and on the network was done again."
)
PARTLY = " What a cell that was cut off had done to variables is not there."
LOST_HINT = "All variables are gone: run again what is still needed."
REBUILT_HINT = "What this cell did to variables is undone; those of earlier cells are kept."


class State:
    """Follows one conversation. What it has to say is told by its next event."""

    def __init__(self, spec: ExecutorSpec) -> None:
        self._spec = spec
        self._history = History()
        self._lost = False
        """Whether variables were lost and no `Finished` has said so yet."""
        self._hint = ""
        """For the error of the cell that is running: what became of variables because of it."""
        self._untold: list[Notice] = []

    def ran(self, cell: PastCell) -> None:
        """The cell has ended, and is part of what made the variables."""
        self._history.add(cell)

    def say(self, notice: Notice) -> None:
        """Tell it with the next cell, since nobody listens now."""
        self._untold.append(notice)

    @property
    def succeeded(self) -> int:
        """How many cells have succeeded."""
        return self._history.succeeded

    def begin(self) -> None:
        """What was rebuilt before this cell is told by a notice; its own error has its own hint."""
        self._hint = LOST_HINT if self._lost else ""

    def tell(self, emit: Callable[[Notice], None]) -> None:
        """Say what has not been said yet."""
        untold, self._untold = self._untold, []
        for notice in untold:
            emit(notice)

    def mark(self, finished: Finished) -> Finished:
        """Put into the end of a cell whether earlier variables are still there."""
        if self._hint and finished.error:
            finished = replace(finished, error=replace(finished.error, hint=self._hint))
        finished = replace(finished, state_kept=not self._lost)
        self._lost, self._hint = False, ""
        return finished

    def lose(self, why: str = "") -> None:
        """All variables are gone."""
        self._lost, self._hint = True, LOST_HINT
        self._history.forget()
        if why:
            self._warn(why)

    async def restore(self, home: Home) -> None:
        """The kernel has begun anew: make the variables again where that can be done.

        Raises:
            SandboxGone: the sandbox ended.
            ProtocolError: it sent something that cannot be read.
        """
        cells = self._history.cells
        if not cells:
            self._hint = REBUILT_HINT
            self._warn(FRESH)
        elif hindrance(cells) or not any(cell.whole for cell in cells):
            self.lose(RESTARTED)
        elif await self._replayed(cells, home, home.kernel):
            partly = partly_gone(cells)
            self._hint = REBUILT_HINT + partly
            self._warn(REBUILT + partly)
        else:
            await home.kernel.restart()  # better nothing than half of it
            self.lose(RESTARTED)

    def can_be(self, cell: int) -> bool:
        """Whether the present state is the one from before that cell.

        Raises:
            ValueError: there was no such cell, or its state is lost.
        """
        return self._history.before(cell) == self._history.cells

    async def rewind(self, home: Home, cell: int) -> Home:
        """Make the state from before that cell, in a kernel that is to replace the present one.

        Raises:
            ValueError: the cells before it are gone, cannot be repeated, or came to another end
                this time. The variables are what they were; files may have changed.
            ExecutorError: the sandbox ended or cannot be reached.
        """
        cells = self._history.before(cell)
        if why := hindrance(cells):
            raise ValueError(f"the cells before cell {cell} {why}")
        kernel, done = await Kernel.another(home.lease, self._spec), False
        try:
            done = await self._replayed(cells, home, kernel)
        finally:
            if not done:
                await kernel.remove()
        if not done:
            raise ValueError(
                "the earlier cells did not end as they did the first time; variables are as they "
                "were, but what those cells do to files and on the network was done again"
            )
        self._history.keep(cells)
        self.say(Notice(text=REWOUND + partly_gone(cells)))
        return replace(home, kernel=kernel)

    def _warn(self, text: str) -> None:
        self.say(Notice(level="warning", text=text))

    async def _replayed(self, cells: Sequence[PastCell], home: Home, kernel: Kernel) -> bool:
        files = home.lease.sandbox.files
        return await replay(cells, kernel=kernel, files=files, spec=self._spec)


def partly_gone(cells: Sequence[PastCell]) -> str:
    """What to add where these cells were run again and not all of them could be."""
    return "" if all(cell.whole for cell in cells) else PARTLY
