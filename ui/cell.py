"""Folds what an executor tells about one cell into the blocks of its step."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, assert_never

from executors.base import (
    Display,
    ExecutionEvent,
    FilesChanged,
    Finished,
    Notice,
    Output,
    StatementRunning,
    ToolCalled,
    ToolReturned,
    VariablesChanged,
    is_told,
)
from ui.blocks import Agent, CallStatus, Failure, Files, Printed, Remark, Shown, ToolUse, Value
from ui.board import Board
from ui.gist import gist

HEAD_CHARS = 12_000
"""Printed characters of a cell after which only the newest ones are kept on the page."""


class CellFold:
    """One cell's output, tools, displays and end, in the order in which they came."""

    def __init__(self, board: Board, step: str) -> None:
        self._board = board
        self._step = step
        self._output = ""
        self._tail = ""
        self._printed = 0
        self._tools: dict[int, str] = {}

    def feed(self, event: ExecutionEvent) -> None:
        """Take in one event."""
        if not is_told(event):
            return
        match event:
            case Output():
                self._print(event)
                return
            case ToolCalled():
                if event.id not in self._tools:  # where calls overlap an agent may speak first
                    tool = ToolUse(name=event.name, arguments=event.arguments)
                    self._tools[event.id] = self._board.add(tool, self._step)
            case ToolReturned():
                self._returned(event)
            case Display():
                self._board.add(Shown(display=event), self._step)
            case Notice():
                self._board.add(Remark(text=event.text, level=event.level), self._step)
            case VariablesChanged() | StatementRunning():
                return
            case FilesChanged():
                self._board.add(Files(files=event.files), self._step)
            case Finished():
                self._finish(event)
            case _:
                assert_never(event)
        self._output = ""  # what is printed next stands after this block

    def progress(self, call: int, text: str) -> None:
        """Show the newest line that a tool tells while it works."""
        block_id, lines = self._tools.get(call, ""), text.split("\n")
        match self._board.content(block_id):
            case ToolUse(status="running") as tool:
                newest = next((line for line in reversed(lines) if line.strip()), "")
                self._board.show(block_id, replace(tool, progress=newest))
            case _:
                pass

    def agent(self, call: int, name: str) -> str:
        """The block of a call that has turned out to be an agent's; the agent's own go inside."""
        shown = Agent(name=name)
        self._tools[call] = self._board.show(self._tools.get(call, ""), shown, self._step)
        return self._tools[call]

    def abandon(self) -> None:
        """Show tools and agents that never returned as stopped."""
        for block_id in self._tools.values():
            match self._board.content(block_id):
                case (ToolUse() | Agent()) as call if call.status == "running":
                    self._board.show(block_id, replace(call, status="stopped"))
                case _:
                    pass

    def _print(self, event: Output) -> None:
        head = "" if self._tail else _head(event.text, HEAD_CHARS - self._printed)
        self._printed += len(event.text)
        if head:
            self._grow(event.stream, head)
        if rest := event.text[len(head) :]:
            if not self._tail:
                self._tail = self._board.add(Printed(stream=event.stream, text=""), self._step)
            self._board.roll(self._tail, rest)

    def _grow(self, stream: Literal["stdout", "stderr"], text: str) -> None:
        match self._board.content(self._output):
            case Printed(stream=same) if same == stream:
                self._board.grow(self._output, text)
            case _:
                self._output = self._board.add(Printed(stream=stream, text=""), self._step)
                self._board.grow(self._output, text)

    def _returned(self, event: ToolReturned) -> None:
        block_id = self._tools.get(event.id, "")
        status: CallStatus = "ok" if event.ok else "failed"
        match self._board.content(block_id):
            case Agent() as agent:
                line = agent.gist if event.ok else gist(event.preview)
                shown = replace(agent, status=status, seconds=event.duration, gist=line)
            case other:
                tool = other if isinstance(other, ToolUse) else _unannounced(event)
                shown = replace(tool, status=status, preview=event.preview, seconds=event.duration)
        self._tools[event.id] = self._board.show(block_id, shown, self._step)

    def _finish(self, event: Finished) -> None:
        self.abandon()
        if event.value is not None and not event.is_answer:
            self._board.add(Value(text=event.value), self._step)
        if event.error is not None and event.outcome != "stopped":
            failure = Failure(error=event.error, outcome=event.outcome, state_kept=event.state_kept)
            self._board.add(failure, self._step)


def _unannounced(event: ToolReturned) -> ToolUse:
    return ToolUse(name=event.name, arguments={})


def _head(text: str, room: int) -> str:
    """As much of the text as there is room for, in whole lines unless nothing was shown before."""
    if len(text) <= room:
        return text
    lines = text[: text.rfind("\n", 0, max(0, room)) + 1]
    return lines or (text[:room] if room == HEAD_CHARS else "")
