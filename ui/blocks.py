"""What a transcript is made of: frozen pieces of content, each in a block with an id of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from executors.base import JSON, CodeError, Display, FileInfo, Outcome

StepStatus = Literal["preparing", "thinking", "writing", "running", "done", "failed", "stopped"]
CallStatus = Literal["running", "ok", "failed", "stopped"]
Activity = Literal["idle", "starting", "preparing", "planning", "thinking", "writing", "running"]
"""What an agent does now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """What the person wrote."""

    kind: ClassVar = "user"
    text: str
    files: tuple[FileInfo, ...] = ()
    """What came with it."""
    state: Literal["", "waiting", "read", "late"] = ""
    """Of a message to an agent that is working: whether it has been read, or not before the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The head of a step; the blocks that name it as their parent are inside."""

    kind: ClassVar = "step"
    number: int
    status: StepStatus = "thinking"
    seconds: float | None = None
    gist: str = ""
    """One line that stands for the step while it is folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """The model is getting ready; goes away with the first word."""

    kind: ClassVar = "preparing"
    text: str
    fraction: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A thought, a reasoning model's own thinking, or a plan, as Markdown."""

    kind: Literal["thought", "reasoning", "plan"]
    text: str
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The cell of a step."""

    kind: ClassVar = "code"
    text: str
    live: bool = True
    running: tuple[int, int] | None = None
    """First and last line of the statement that is running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A run of printed text of one stream; `skipped` characters before it are not shown."""

    kind: ClassVar = "output"
    stream: Literal["stdout", "stderr"]
    text: str
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The text of the cell's last expression."""

    kind: ClassVar = "value"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool call and, once it is there, its result."""

    kind: ClassVar = "tool"
    name: str
    arguments: dict[str, JSON]
    status: CallStatus = "running"
    progress: str = ""
    """The newest line that it told while it worked."""
    preview: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The head of an agent that the code has called; the blocks of its run are inside."""

    kind: ClassVar = "agent"
    name: str
    task: str = ""
    status: CallStatus = "running"
    activity: Activity = "starting"
    steps: int = 0
    seconds: float | None = None
    gist: str = ""
    """One line that stands for the agent while it is folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure, an image or a table."""

    kind: ClassVar = "display"
    display: Display


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a cell did not end well."""

    kind: ClassVar = "error"
    error: CodeError
    outcome: Outcome
    state_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A plain sentence, from the executor, the agent or the page itself."""

    kind: ClassVar = "notice"
    text: str
    level: Literal["info", "warning"] = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files that a cell created or changed."""

    kind: ClassVar = "files"
    files: tuple[FileInfo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a run: a str is Markdown, all else is typed JSON."""

    kind: ClassVar = "answer"
    value: JSON
    steps: int
    seconds: float
    tokens: int
    cost: float | None = None
    """US dollars, where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The line that closes a run which gave no answer, with the task for another try."""

    kind: ClassVar = "ending"
    text: str
    failed: bool
    task: str


Content = (
    User
    | Step
    | Preparing
    | Prose
    | Code
    | Printed
    | Value
    | ToolUse
    | Agent
    | Shown
    | Failure
    | Remark
    | Files
    | Answer
    | Ending
)


@dataclass(frozen=True, slots=True)
class Block:
    """Content with its place: inside the step `parent`, or at the top level where that is empty."""

    id: str
    parent: str
    content: Content


@dataclass(frozen=True, slots=True)
class Put:
    """The block is new, or is to be shown afresh."""

    id: str


@dataclass(frozen=True, slots=True)
class Append:
    """The block's text grew by `text`; nothing else of it changed but the count of what is cut."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Drop:
    """The block is gone."""

    id: str


Change = Put | Append | Drop
