"""One cell on its way: frames from the worker become events, tools are run, limits are kept."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator
from typing import Literal, assert_never

from executors import wire
from executors.base import (
    LEFT_OUT,
    CodeError,
    Display,
    ExecutionEvent,
    ExecutorSpec,
    Finished,
    Notice,
    Output,
    StatementRunning,
    ToolReturned,
    VariablesChanged,
)
from executors.errors import ProtocolError
from executors.local import told
from executors.local.calls import HostCalls, check_plain
from executors.local.process import WorkerProcess
from executors.meter import Meter

Ending = Literal["timeout", "stopped", "full", "crashed"]
DISK_LIMIT = "DiskLimit"
DIFFERS = (
    "Earlier cells were run again to have their variables back, and did not come out the same: "
    "look at the variables before you use them."
)
_MAX_DISPLAYS = 100
_MAX_LOOKS = 10_000
"""How many statements of a cell are told of; an honest worker needs minutes for that many."""
_FRAME_SLACK = 1 << 20
"""What a frame may hold besides its largest value."""


class CellRun:
    """The run of one cell. `stop` may be called at any time, from any task."""

    def __init__(self, process: WorkerProcess, spec: ExecutorSpec, code: str) -> None:
        self._process, self._spec, self._code = process, spec, code
        self._loop = asyncio.get_running_loop()
        self._asked: Ending | None = None
        self._displays = self._looks = 0
        self._lines = len(code.splitlines()) + 1
        self._room = spec.limits.output_chars + 1_000
        self._canvas, self._left_out = spec.limits.display_chars, False
        self.variables = VariablesChanged()
        """What the cell did to variables, once it has ended by itself."""

    def stop(self, why: Ending = "stopped") -> None:
        """End the cell."""
        self._asked = self._asked or why
        self._process.changed.set()

    async def events(self) -> AsyncGenerator[ExecutionEvent, None]:
        """What happens, `Finished` last. Closing it early ends the cell and keeps earlier state.

        Raises:
            ProtocolError: the worker did what it may not do; it has been killed.
        """
        limit = 2 * self._spec.limits.call_bytes + _FRAME_SLACK
        started = self._started = self._loop.time()
        self._meter = Meter(self._spec.limits.seconds)
        self._number, self._channel = self._process.begin(self._code, limit)
        wake = self._process.changed.set
        self._calls = HostCalls(self._spec, self._channel, self._meter, wake)
        over = False
        try:
            while not over:
                match await self._next():
                    case wire.Wrote() | wire.Showed() | wire.Reached() as frame:
                        if event := self._admitted(frame):
                            yield event
                    case wire.ToolCall() as frame:
                        if called := self._calls.begin(frame):
                            yield called
                    case ToolReturned() as returned:
                        yield returned
                    case wire.Done() as frame:
                        over = True
                        finished = self._finished(frame, self._loop.time() - started)
                        self._process.committed(frame)
                        await self._calls.close()  # of threads that have been ended
                        yield finished
                    case "timeout" | "stopped" | "full" | "crashed" as ending:
                        over = True
                        yield await self._ended(ending, started)
                    case frame:
                        raise ProtocolError(f"a cell may not send {type(frame).__name__}")
        except (ProtocolError, ValueError) as exc:
            over = True
            await self._process.kill()
            raise ProtocolError(str(exc)) from exc
        finally:
            await self._let_go(over)

    async def _let_go(self, over: bool) -> None:
        """End the cell where it is not over, and then the calls that are open.

        In this order: a cell whose call fails could handle that, and go on.
        """
        try:
            if not over:
                await self._process.end(self._number)
        finally:
            self._channel.close()
            await self._calls.close()

    async def _next(self) -> wire.Frame | ToolReturned | Ending:
        """The next frame or return of a tool, or why there will be none."""
        while True:
            self._process.changed.clear()
            if self._asked is not None:
                return self._asked
            if (returned := self._calls.take()) is not None:
                return returned
            if (frame := self._channel.take()) is not None:
                return frame
            if self._channel.closed or self._process.gone:
                return "crashed"
            if self._meter.left <= 0:
                return "timeout"
            if self._meter.stands:
                await self._process.changed.wait()
                continue
            alarm = self._loop.call_later(self._meter.left, self._process.changed.set)
            try:
                await self._process.changed.wait()
            finally:
                alarm.cancel()

    def _admitted(
        self, frame: wire.Wrote | wire.Showed | wire.Reached
    ) -> Output | Display | Notice | StatementRunning | None:
        """The event for a frame, within the limits. The worker cuts a flood nicely before."""
        match frame:
            case wire.Wrote(stream="stdout" | "stderr" as stream, text=text):
                text = told.printable(text[: self._room])
                self._room -= len(text)
                return Output(stream=stream, text=text) if text else None
            case wire.Showed():
                return self._shown(frame)
            case wire.Reached():
                return self._running(frame)
            case _:
                raise ProtocolError(f"a cell has no stream {frame.stream!r:.100}")

    def _shown(self, frame: wire.Showed) -> Display | Notice | None:
        """The display while there is room; a notice, once, where there is none."""
        self._displays += 1
        if self._displays <= _MAX_DISPLAYS and len(frame.data) <= self._canvas:
            self._canvas -= len(frame.data)
            mime, data, alt = map(told.printable, (frame.mime, frame.data, frame.alt))
            return Display(mime=mime[:100], data=data, alt=alt[:1_000])
        said, self._left_out = self._left_out, True
        return None if said else Notice(level="warning", text=LEFT_OUT)

    def _running(self, frame: wire.Reached) -> StatementRunning | None:
        if not 1 <= frame.line <= frame.end_line <= self._lines:
            raise ProtocolError(f"the cell has no lines {frame.line} to {frame.end_line}")
        self._looks += 1
        if self._looks > _MAX_LOOKS:
            return None
        seconds = self._loop.time() - self._started
        return StatementRunning(line=frame.line, end_line=frame.end_line, seconds=seconds)

    def _finished(self, frame: wire.Done, duration: float) -> Finished:
        self.variables = told.variables(frame)
        if frame.error:
            error = told.code_error(frame.error)
            return Finished(outcome="error", error=error, duration=duration)
        if frame.is_answer:
            check_plain(frame.answer)
            return Finished(outcome="ok", is_answer=True, answer=frame.answer, duration=duration)
        room = self._spec.limits.value_chars + 100
        value = told.printable(frame.value[:room]) if frame.has_value else None
        return Finished(outcome="ok", value=value, duration=duration)

    async def _ended(self, ending: Ending, started: float) -> Finished:
        """The cell did not end by itself: make sure that it has ended, and say what is left."""
        end = self._process.settle_dead if ending == "crashed" else self._process.end
        before = self._process.cells
        kept = await end(self._number)
        differs = self._process.take_differs()
        self._channel.close()
        await self._calls.close()
        match ending:
            case "timeout":
                seconds = self._spec.limits.seconds
                name, message = "TimeLimit", f"the cell was ended after {seconds:g} seconds"
            case "stopped":
                name, message = "Stopped", "the cell was stopped"
            case "full":
                size = self._spec.limits.workspace_bytes
                name, message = DISK_LIMIT, f"the files take up more than {size:,} bytes"
            case "crashed":
                name, message = "WorkerDied", f"the cell's process died{self._cause()}"
            case _:
                assert_never(ending)
        if self._process.cells > before:
            hint = "It was just over by then, so what it did to variables is kept."
        elif kept and differs:
            hint = DIFFERS
        elif kept:
            hint = "What this cell did to variables is undone; those of earlier cells are kept."
        elif self._process.alive:
            hint = "What the latest cells did to variables is undone; look which are left."
        else:
            hint = "All variables are gone: run again what is still needed."
        return Finished(
            outcome="crashed" if ending == "full" else ending,
            error=CodeError(name=name, message=message, hint=hint),
            state_kept=kept,
            duration=self._loop.time() - started,
        )

    def _cause(self) -> str:
        number = self._process.cause
        return f" ({signal.strsignal(number)})" if 0 < number < signal.NSIG else ""
