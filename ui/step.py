"""Folds one step, a model's reply and its cell, into blocks under the head of the step."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from agent.events import ActionReady
from executors.base import ExecutionEvent, Finished, StatementRunning
from ui.blocks import Code, Preparing, Prose, Remark, Step, StepStatus
from ui.board import Board
from ui.cell import CellFold
from ui.gist import gist


class StepFold:
    """The blocks of a step that can still change. Text parts are live until the step settles."""

    def __init__(self, board: Board, number: int, parent: str) -> None:
        self._board = board
        self._head = Step(number=number)
        self._parent = parent
        self._id = board.add(self._head, parent)
        self._cell = CellFold(board, self._id)
        self.acted = False
        """Whether it has code that runs or ran."""
        self._tries: list[StepStatus] = []
        """How each try ended, where there are several."""
        self._preparing = ""
        self._reasoning = ""
        self._thought = ""
        self._code = ""

    def prepare(self, text: str, fraction: float | None) -> None:
        """Show how far the model is from being ready."""
        shown = Preparing(text=text, fraction=fraction)
        self._preparing = self._board.show(self._preparing, shown, self._id)
        if self._head.status != "preparing":
            self._set(status="preparing")

    def switch(self, model: str, reason: str) -> None:
        """Say which other model is asked, and why; this stays."""
        self._prepared()
        text = f"{reason} {model} is asked instead."
        self._board.add(Remark(text=text, level="warning"), self._id)

    def write(self, kind: Literal["thought", "reasoning"], text: str) -> None:
        """Append to the thought or the reasoning."""
        self._prepared()
        block_id = self._thought if kind == "thought" else self._reasoning
        match self._board.content(block_id):
            case Prose(live=True):
                self._board.grow(block_id, text)
                return
            case Prose() as shown:  # more of it after the code
                self._board.show(block_id, replace(shown, text=shown.text + text, live=True))
                return
            case _:
                block_id = self._board.add(Prose(kind=kind, text=text), self._id)
        if kind == "thought":
            self._thought = block_id
        else:
            self._reasoning = block_id

    def write_code(self, text: str) -> None:
        """Append to the code that is being written."""
        self._prepared()
        if self._code:
            self._board.grow(self._code, text)
            return
        self._complete(self._reasoning, self._thought)
        self._code = self._board.add(Code(text=text), self._id)
        self._set(status="writing")

    def act(self, event: ActionReady) -> None:
        """Replace what was streamed by the complete reply; its code runs now."""
        self._prepared()
        self.acted = True
        self._reasoning = self._supersede("reasoning", self._reasoning, event.reasoning)
        self._thought = self._supersede("thought", self._thought, event.thought)
        self._code = self._board.show(self._code, Code(text=event.code, live=False), self._id)
        self._set(status="running", line=gist(event.thought or event.code))

    def run(self, event: ExecutionEvent) -> None:
        """Show what the cell did."""
        self._cell.feed(event)
        if isinstance(event, Finished):
            self._mark(None)
        match event:
            case StatementRunning():
                self._mark((event.line, event.end_line))
            case Finished(outcome="ok"):
                self._set(status="done")
            case Finished(outcome="stopped"):
                self._set(status="stopped")
            case Finished():
                self._set(status="failed")
            case _:
                pass

    def progress(self, call: int, text: str) -> None:
        """Show the newest line of a tool that is at work."""
        self._cell.progress(call, text)

    def agent(self, call: int, name: str) -> str:
        """The block of a call that has turned out to be an agent's."""
        return self._cell.agent(call, name)

    def reject(self, reason: str) -> None:
        """Take back the reply, which could not be used."""
        self._prepared()
        for block_id in (self._reasoning, self._thought, self._code):
            self._board.drop(block_id)
        self._reasoning = self._thought = self._code = ""
        text = f"That reply could not be used, so the agent tries again. {reason}".rstrip()
        self._board.add(Remark(text=text), self._id)
        self._set(status="thinking")

    def refuse(self, reason: str) -> None:
        """Say below what there is why its answer does not count yet."""
        text = f"That answer does not count yet, so the agent goes on: {reason}"
        self._board.add(Remark(text=text), self._id)

    def retry(self, number: int) -> None:
        """Show another try below what is there, from an equal state."""
        self._lay_down()
        self._reasoning = self._thought = self._code = ""
        self._cell = CellFold(self._board, self._id)
        self._board.add(Remark(text=f"Computed again, to be sure: try {number}."), self._id)
        self._set(status="thinking")

    def choose(self, number: int, *, agreed: bool) -> None:
        """Say which try counts; the step has ended as that one did."""
        self._lay_down()
        same = "Two tries gave the same answer." if agreed else "The tries differ."
        self._board.add(Remark(text=f"{same} Try {number} counts."), self._id)
        self._set(status=self._tries[number - 1])

    def _lay_down(self) -> None:
        """A try is over."""
        self._prepared()
        self._complete(self._reasoning, self._thought, self._code)
        self._tries.append(self._head.status)

    def settle(self, status: StepStatus, seconds: float | None = None) -> None:
        """Show every part as complete; a status that the cell has set stays."""
        self._prepared()
        self._mark(None)
        self._complete(self._reasoning, self._thought, self._code)
        if self._head.status not in ("done", "failed", "stopped"):
            self._set(status=status)
        if seconds is not None:
            self._set(seconds=seconds)

    def end(self, *, stopped: bool, answered: bool) -> bool:
        """Close the last step of a run; False where nothing of it is left to show.

        A reply that became the answer is not shown twice.
        """
        self._cell.abandon()
        self._prepared()
        if answered and not self.acted:
            self._board.drop(self._thought)
            self._board.drop(self._code)
        if not self._board.children(self._id):
            self._board.drop(self._id)
            return False
        self.settle("stopped" if stopped else "done")
        return True

    def withdraw(self) -> None:
        """Take the head back, because something has to stand before it; what was inside stays."""
        self._prepared()
        self._complete(self._reasoning, self._thought, self._code)
        for block in self._board.children(self._id):
            self._board.drop(block.id)
            self._board.add(block.content, self._parent)
        self._board.drop(self._id)

    def _mark(self, running: tuple[int, int] | None) -> None:
        """Show which lines are running."""
        match self._board.content(self._code):
            case Code() as code if code.running != running:
                self._board.show(self._code, replace(code, running=running))
            case _:
                pass

    def _complete(self, *block_ids: str) -> None:
        for block_id in block_ids:
            match self._board.content(block_id):
                case (Prose() | Code()) as shown if shown.live:
                    self._board.show(block_id, replace(shown, live=False))
                case _:
                    pass

    def _prepared(self) -> None:
        self._board.drop(self._preparing)
        self._preparing = ""
        if self._head.status == "preparing":
            self._set(status="thinking")

    def _supersede(self, kind: Literal["thought", "reasoning"], block_id: str, text: str) -> str:
        if not text.strip():
            self._board.drop(block_id)
            return ""
        if not block_id:  # a block that is new only now must not come after the code
            self._board.drop(self._code)
        return self._board.show(block_id, Prose(kind=kind, text=text, live=False), self._id)

    def _set(
        self,
        *,
        status: StepStatus | None = None,
        line: str | None = None,
        seconds: float | None = None,
    ) -> None:
        self._head = replace(
            self._head,
            status=status or self._head.status,
            gist=self._head.gist if line is None else line,
            seconds=self._head.seconds if seconds is None else seconds,
        )
        self._board.show(self._id, self._head)
