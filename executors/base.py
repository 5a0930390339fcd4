"""What every code executor promises: run code, tell what happens, end with one `Finished`.

Standard library only. This module is the seam between the agent and the places where code runs:
the agent knows these types and nothing else about any executor.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self

JSON = None | bool | int | float | str | list[Any] | dict[str, Any]
"""What `json.dumps` takes as it is. Rich values travel as the typed JSON of `executors.values`."""

Outcome = Literal["ok", "error", "timeout", "stopped", "crashed"]

FINAL_ANSWER = "final_answer"
"""The one function that every executor provides itself: calling it ends the run with an answer."""


LEFT_OUT = "Not all that this cell showed is here: it was too much. Show less in one cell."
"""What a `Notice` says where figures, pictures or tables went over a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A piece of text that the code wrote. Pieces arrive in order, batched."""

    type: Literal["output"] = "output"
    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Something richer than text that the code showed: a figure, an image, a table."""

    type: Literal["display"] = "display"
    mime: str
    """For example `image/png`, `image/svg+xml`, `text/html`, `text/markdown`."""
    data: str
    """Text for text types and SVG, base64 for all else. Untrusted: sanitise before showing."""
    alt: str
    """What to show, and what the model reads, where the data itself cannot be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A plain sentence about the executor itself (sandbox starting, packages, state lost)."""

    type: Literal["notice"] = "notice"
    text: str
    level: Literal["info", "warning"] = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled:
    """The code called a tool; the host is answering it."""

    type: Literal["tool_called"] = "tool_called"
    id: int
    """Unique within one run."""
    name: str
    arguments: dict[str, Any]
    """By parameter name, as typed JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReturned:
    """The tool that `ToolCalled` announced has answered or failed."""

    type: Literal["tool_returned"] = "tool_returned"
    id: int
    name: str
    ok: bool
    preview: str
    """The result, or the error, in at most about 500 characters."""
    duration: float
    """Seconds. They are not charged to the code's own time limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesChanged:
    """Files of the workspace that the cell created or changed."""

    type: Literal["files_changed"] = "files_changed"
    files: tuple[FileInfo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What is known of a variable after a cell."""

    name: str
    kind: str
    """The name of its type; `function` and `class` for those."""
    shape: tuple[int, ...] = ()
    """How long it is along each of its dimensions; empty where it has none."""
    preview: str = ""
    """The beginning of its text; empty where only its own methods could give one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariablesChanged:
    """The variables that the cell made, assigned anew, changed in place, or removed.

    It comes before `Finished`, and only if there are any. A change deep inside a value may go
    unnoticed.
    """

    type: Literal["variables_changed"] = "variables_changed"
    changed: tuple[Variable, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRunning:
    """A statement at the top level of the cell has been running for a moment.

    The executor looks a few times a second, so short statements are not told of, nor is the only
    statement of a cell. In E2B nobody looks.
    """

    type: Literal["statement_running"] = "statement_running"
    line: int
    """Where it begins, 1-based."""
    end_line: int
    seconds: float
    """Of the cell, when the statement was first seen running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeError:
    """Why a cell did not end well: `message` is plain, `traceback` has the lines."""

    name: str
    """The exception's type name. For what the executor itself ended or refused:
    `TimeLimit`, `OperationLimit`, `MemoryLimit`, `DiskLimit`, `Stopped`, `WorkerDied`,
    `NotAllowed`."""
    message: str
    traceback: str = ""
    """The cell's own frames with their source lines and a caret; empty where there is none."""
    line: int | None = None
    """The 1-based line of the cell."""
    hint: str = ""
    """One sentence that lets the model mend its code; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The one event that ends every run, always last."""

    type: Literal["finished"] = "finished"
    outcome: Outcome
    value: str | None = None
    """The text of the last expression's value; None where there was none."""
    error: CodeError | None = None
    """Set exactly when `outcome` is not `ok`."""
    is_answer: bool = False
    answer: JSON = None
    """What `final_answer` was called with, as typed JSON; meaningful only if `is_answer`."""
    state_kept: bool = True
    """False when the variables of EARLIER cells are gone."""
    duration: float = 0.0
    """Seconds of the cell, the time of host tools included."""


ExecutionEvent = (
    Output
    | Display
    | Notice
    | ToolCalled
    | ToolReturned
    | VariablesChanged
    | StatementRunning
    | FilesChanged
    | Finished
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a tool."""

    name: str
    annotation: str = "Any"
    """The type as Python source, for the prompt: `list[str]`."""
    description: str = ""
    required: bool = True
    default: JSON = None
    """As typed JSON; meaningful only if not `required`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool as the code sees it: a function with a signature. The body runs on the host.

    One whose name begins with an underscore is the host's own: no events tell of its calls.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    returns: str = "Any"


def is_told(event: ExecutionEvent) -> bool:
    """Whether the outside hears of it: all but calls of what is the host's own."""
    return not (isinstance(event, ToolCalled | ToolReturned) and event.name.startswith("_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one cell may use. Each limit ends the cell and keeps earlier variables."""

    seconds: float = 30.0
    """Wall-clock time of a cell. It stands still while at least one host tool works for it, also
    where other threads of the cell go on. On this machine they use up the cell's CPU time, which
    is as long and never stands still; a cell that uses it up is ended as `crashed`."""
    operations: int = 500_000_000
    """Loop turns and function entries of a cell."""
    memory_bytes: int = 2 << 30
    """Address space of the process. Earlier states, which are kept to go back to, hold no more."""
    output_chars: int = 100_000
    """Printed characters that are passed on; what is more is counted and cut."""
    display_chars: int = 12 << 20
    """Characters of all figures, pictures and tables of a cell; what is more is left out."""
    value_chars: int = 10_000
    """Characters of the last value's text."""
    file_bytes: int = 64 << 20
    """Size of one file in the workspace."""
    workspace_bytes: int = 1 << 30
    """Size of all its files together; it is looked at from time to time while a cell runs."""
    call_bytes: int = 16 << 20
    """Encoded size of one tool call's arguments, one tool's result, or the answer."""
    calls: int = 10_000
    """Tool calls of a cell. The code may go on without: a further call raises `RuntimeError`."""


def too_many_calls(limits: Limits) -> RuntimeError:
    """What a tool call raises in the code where the cell has made all that it may make."""
    return RuntimeError(
        f"a cell may make {limits.calls:,} tool calls, and this one has: go on in the next cell"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """One thing that stands between the code and everything else, or that is missing here."""

    text: str
    """A plain sentence for the person."""
    holds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorInfo:
    """What the code can count on. It becomes the prompt's backend card and the page's badge."""

    kind: Literal["local", "e2b"]
    python: str
    """`3.13`."""
    imports: tuple[str, ...]
    """What may be imported, top-level names first; `*` means any installed package."""
    limits: Limits
    network: bool
    """Whether the code itself can reach the internet. Tools always run on the host."""
    files: str
    """One sentence about files, for the model."""
    checkpoints: bool = False
    """Whether `rewind` takes an instant and runs nothing again."""
    protections: tuple[Protection, ...] = ()
    """Which walls stand and which do not, for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """A file of a workspace. `path` is relative to it, with forward slashes."""

    path: str
    size: int


class Workspace(Protocol):
    """The files of one conversation. Paths are relative; one that leaves it is a `ValueError`."""

    async def list(self) -> list[FileInfo]:
        """All files; those whose name, or a folder's above it, begins with a dot are hidden."""
        ...

    async def read(self, path: str) -> bytes:
        """Raises `FileNotFoundError`."""
        ...

    async def write(self, path: str, data: bytes) -> None: ...
    async def delete(self, path: str) -> None:
        """Raises `FileNotFoundError`."""
        ...


CallTool = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Runs a tool on the host with decoded Python arguments; an `Exception` goes back to the code.
Calls from several threads of the code run at once."""

CALL_ID: ContextVar[int] = ContextVar("call_id", default=0)
"""While a `CallTool` runs: the `id` of its `ToolCalled`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorSpec:
    """All that an executor needs to know about the conversation it serves."""

    tools: Sequence[ToolSpec] = ()
    call_tool: CallTool
    additional_authorized_imports: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


class Executor(Protocol):
    """Runs the code of one conversation; variables persist between cells. An async context manager.

    Expected outcomes (bad code, a limit, a stop, a dead worker) are `Finished` values. Only broken
    machinery raises `executors.errors.ExecutorError`.
    """

    @property
    def info(self) -> ExecutorInfo: ...

    @property
    def workspace(self) -> Workspace: ...

    @property
    def in_use(self) -> bool:
        """Whether there may be variables or files; False where asking would only make a place."""
        ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: object) -> None:
        """Release everything: processes, sandboxes, folders. Idempotent."""
        ...

    def run(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        """Run one cell and yield its events; exactly one `Finished`, last.

        Closing the generator, or cancelling the task that consumes it, ends the cell at once and
        keeps the variables of earlier cells. One at a time: a second `run` raises `RuntimeError`.
        """
        ...

    async def interrupt(self) -> None:
        """End the running cell, if any, with outcome `stopped`; its `run` yields that and ends."""
        ...

    @property
    def cells(self) -> int:
        """How many cells have succeeded: what `rewind` calls the present state."""
        ...

    async def rewind(self, cell: int) -> None:
        """Restore the state from before cell number `cell` (0-based count of cells that succeeded).

        Raises:
            ValueError: that state is no longer kept.
        """
        ...


class ExecutorFactory(Protocol):
    """Makes executors of one kind and holds what they share. Closing it closes what is left."""

    @property
    def kind(self) -> Literal["local", "e2b"]:
        """Where its executors run code."""
        ...

    def __call__(self, spec: ExecutorSpec) -> Executor: ...
    async def aclose(self) -> None: ...
