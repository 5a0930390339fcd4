"""One cell: the code runs, its events go out, and its end is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from executors.base import (
    LEFT_OUT,
    CodeError,
    Display,
    ExecutionEvent,
    ExecutorSpec,
    Finished,
    Limits,
    Notice,
    Output,
)
from executors.e2b.bridge import HostCalls
from executors.e2b.calls import CallMade
from executors.e2b.faults import Unanswered
from executors.e2b.kernel import Kernel
from executors.e2b.output import Printer
from executors.e2b.results import error_of, events_of, text_of
from executors.e2b.sdk import ExecutionError, Files, OutputMessage, Result
from executors.e2b.tasks import end
from executors.errors import ProtocolError
from executors.meter import Meter

Emit = Callable[[ExecutionEvent], None]
Ending = Literal["done", "stopped", "timeout"]

MAX_SHOWN = 100
"""Figures, pictures and tables of one cell."""
STOPPED = CodeError(name="Stopped", message="the cell was stopped")
KERNEL_DIED = CodeError(
    name="WorkerDied",
    message="The sandbox's Python died. It may have run out of memory.",
)
CONNECTION_LOST = CodeError(
    name="ConnectionLost",
    message="The connection to the sandbox broke while the cell ran, so it was stopped.",
    hint="Look at what the cell had done before it was stopped, then run the rest.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEnd:
    """How a cell ended. `settled` is False if its kernel has to be brought back first."""

    finished: Finished
    settled: bool = True
    calls: Sequence[CallMade] | None = ()
    """Those that tools have answered; None if they are too much to be kept."""


async def run_cell(
    code: str, *, kernel: Kernel, files: Files, spec: ExecutorSpec, stop: asyncio.Event, emit: Emit
) -> CellEnd:
    """Run `code` to its end, its limit, its answer, or until `stop` is set.

    Cancelling this closes the connection, which interrupts the code.

    Raises:
        SandboxGone: the sandbox ended.
        ProtocolError: the sandbox sent something that cannot be read.
    """
    meter = Meter(spec.limits.seconds)
    calls = HostCalls(spec, files=files, folder=kernel.hello.folder, meter=meter, emit=emit)
    screen = Screen(spec.limits, emit)
    running = asyncio.create_task(
        kernel.run(
            code, on_print=screen.on_print, on_result=screen.on_result, on_message=calls.take
        )
    )
    try:
        ending = await watch(running, stop, meter)
        screen.close()
        if calls.answered and ending != "stopped":
            finished = await answered(calls)
        elif ending == "done":
            finished = ended(running.result(), calls, screen.value)
        else:
            finished = cut_off(ending, spec.limits.seconds)
        if calls.variables is not None:
            emit(calls.variables)
        return CellEnd(finished=finished, settled=ending == "done", calls=calls.made.kept)
    except Unanswered:
        screen.close()
        return CellEnd(finished=Finished(outcome="crashed", error=CONNECTION_LOST), settled=False)
    finally:
        await end(running)
        await calls.close()


class Screen:
    """Takes what a cell prints and shows, within limits, and keeps its value."""

    def __init__(self, limits: Limits, emit: Emit) -> None:
        self.value: str | None = None
        self._emit = emit
        self._printer = Printer(limits.output_chars, emit)
        self._shown, self._canvas = 0, limits.display_chars
        self._left_out = False

    def on_print(self, message: OutputMessage) -> None:
        """Pass printed text on."""
        stream = "stderr" if message.error else "stdout"
        self._printer.write(Output(stream=stream, text=message.line))

    def on_result(self, result: Result) -> None:
        """Keep the value of the last line; show what is richer than text."""
        if result.is_main_result:
            self.value = text_of(result)
        for event in events_of(result):
            size = len(event.data) if isinstance(event, Display) else 0
            if isinstance(event, Output):
                self._printer.write(event)
            elif self._shown < MAX_SHOWN and size <= self._canvas:
                self._emit(event)
                self._shown += 1
                self._canvas -= size
            else:
                self._left_out = True

    def close(self) -> None:
        """Pass on what was held back, and say what was left out."""
        self._printer.close()
        if self._left_out:
            self._emit(Notice(level="warning", text=LEFT_OUT))


async def watch(running: asyncio.Task[Any], stop: asyncio.Event, meter: Meter | None) -> Ending:
    """Wait until the task is done, it is to stop, or its time is over; it is not cancelled here."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while not running.done():
            if stop.is_set():
                return "stopped"
            left = meter.left if meter else None
            if left is not None and left <= 0:
                return "timeout"
            await asyncio.wait(
                [running, stopping],
                timeout=None if left is None else max(left, 0.02),
                return_when=asyncio.FIRST_COMPLETED,
            )
        return "done"
    finally:
        stopping.cancel()


async def answered(calls: HostCalls) -> Finished:
    """The end of a cell that called `final_answer`, whatever it did after that."""
    try:
        return Finished(outcome="ok", is_answer=True, answer=await calls.answer())
    except ProtocolError as exc:
        return Finished(outcome="error", error=CodeError(name="ProtocolError", message=str(exc)))


def ended(error: ExecutionError | None, calls: HostCalls, value: str | None) -> Finished:
    """The end of a cell that came to one by itself."""
    if error is None:
        return Finished(outcome="ok", value=value)
    if error.name == "ContextRestarting":
        return Finished(outcome="crashed", error=KERNEL_DIED)
    return Finished(outcome="error", error=error_of(error, calls.error))


def cut_off(ending: Ending, seconds: float) -> Finished:
    """The end of a cell that was stopped or took too long."""
    if ending == "stopped":
        return Finished(outcome="stopped", error=STOPPED)
    return Finished(
        outcome="timeout",
        error=CodeError(
            name="TimeLimit",
            message=f"the cell was ended after {seconds:g} seconds",
            hint="Variables are kept, with all that the cell had done; do less in one cell.",
        ),
    )
