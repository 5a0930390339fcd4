"""A conversation's process: each cell runs in a fork of the last good state.

A cell that ends by itself makes its fork the state; the process before it stays behind, frozen, as
a checkpoint. A cell that is killed or crashes wakes the process before it, which goes on. So the
state is always the last process of a chain, and the chain is a stack of states.

    host ⇄ control socket, read by the last process, or by the one that waits for a running cell
    each process → a pipe to the one before it: committed, drop, resume, or just closed
"""

from __future__ import annotations

import gc
import os
import random
import select
import signal
import socket
from collections import deque
from typing import NamedTuple, NoReturn

from executors import wire
from executors.base import Limits
from executors.local.cell import Interpreter, Link

_END = signal.SIGUSR2
"""Sent to the whole chain, it ends the last process: all others have blocked it. The filter lets a
worker signal its own group, but no process by its number."""
MAX_CHECKPOINTS = 8
"""How many states before the last one are kept."""
_MAX_RUN = 16 * wire.MAX_FRAME
"""Bytes of a frame that holds a cell; each of its characters may take twelve."""
_SPARE = 8
"""Descriptors that a cell must leave free: the next one needs some before it can close any."""
_TOO_MANY_FILES = "Too many files were left open: close them, or open them in a with statement.\n"
_COMMITTED, _DROP, _RESUME = b"C", b"D", b"R"
_NOTE = 9
"""Bytes of a note on a pipe: what happened, and the number of the run. Atomic."""


class _Checkpoint(NamedTuple):
    cells: int
    pipe: int
    """Where to write notes to its process."""


class Worker:
    """One process of the chain; a fork of it is the next one."""

    def __init__(self, control: socket.socket, interpreter: Interpreter, limits: Limits) -> None:
        self._control, self._interpreter, self._limits = control, interpreter, limits
        self._cells = 0
        self._checkpoints: deque[_Checkpoint] = deque()

    def serve(self) -> NoReturn:
        """Do what the host asks until it closes the socket."""
        while True:
            try:
                frame, descriptor = self._receive()
            except EOFError:
                os._exit(0)
            match frame:
                case wire.Run() if descriptor is not None and frame.base == self._cells:
                    self._step(frame, socket.socket(fileno=descriptor))
                case wire.Rewind() if frame.cells != self._cells:
                    self._rewind(frame)
                case wire.Run() | wire.Kill() | wire.Rewind():
                    if descriptor is not None:
                        os.close(descriptor)
                    self._say_back(frame.run)
                case _:
                    raise wire.MalformedFrame(f"a worker is not asked for {frame.type!r}")

    def _receive(self) -> tuple[wire.Frame, int | None]:
        """The host's next frame. A cell may have made the socket, which all share, non-blocking."""
        self._control.setblocking(True)
        return wire.receive(self._control, _MAX_RUN)

    def _step(self, frame: wire.Run, data: socket.socket) -> None:
        """Run a cell in a fork. Returns in the fork if it ends by itself, else here."""
        reading, writing = os.pipe()
        chance = random.getstate()  # a fork would be seeded anew: the cell must not notice it
        gc.collect(1)
        gc.freeze()  # a later collection would write to, and so copy, all that the two share
        signal.pthread_sigmask(signal.SIG_BLOCK, {_END})
        child = os.fork()
        if child:
            os.close(writing)
            data.close()
            self._wait(child, reading, frame.run)
            os.close(reading)
            signal.sigtimedwait({_END}, 0)  # it was meant for those that came after
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {_END})
            return
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {_END})
        os.close(reading)
        random.setstate(chance)
        self._checkpoints.append(_Checkpoint(self._cells, writing))
        link = Link(data, self._limits)
        done = self._interpreter.run(frame.code, link)
        if not self._has_room():
            link.wrote("stderr", _TOO_MANY_FILES)
            os._exit(70)
        self._cells += 1
        _note(writing, _COMMITTED, frame.run)
        if len(self._checkpoints) > MAX_CHECKPOINTS:
            self._tell(self._checkpoints.popleft(), _DROP, frame.run)
        link.send(done)
        link.close()

    def _has_room(self) -> bool:
        """Whether a next cell would find the descriptors that it needs."""
        spare: list[int] = []
        try:
            for _ in range(_SPARE):
                spare.append(os.dup(self._control.fileno()))  # noqa: PERF401 all are closed
        except OSError:
            return False
        finally:
            for descriptor in spare:
                os.close(descriptor)
        return True

    def _wait(self, child: int, reading: int, run: int) -> None:
        """Wait while `child` runs the cell and, once it is the state, as a checkpoint.

        Returns when this process is the state again; a checkpoint that is dropped ends here.
        """
        committed = False
        while True:
            if not committed and not self._note_comes(reading):
                self._kill_if_asked(run)
                continue
            note = os.read(reading, _NOTE)
            match note[:1]:
                case b"C":
                    committed = True
                case b"D":
                    os._exit(0)
                case b"R":
                    os.waitpid(child, 0)
                    self._say_back(int.from_bytes(note[1:], "big"))
                    return
                case _:
                    _, status = os.waitpid(child, 0)
                    self._say_back(run, status)
                    return

    def _note_comes(self, reading: int) -> bool:
        """Wait for the cell or the host; whether the cell has something to say.

        The cell is looked at once more after the host: a host that knows that the cell has
        committed may be talking to the cell's process already.
        """
        select.select([reading, self._control], [], [])
        return bool(select.select([reading], [], [], 0)[0])

    def _kill_if_asked(self, run: int) -> None:
        try:
            frame, _ = self._receive()
        except EOFError:
            os.killpg(0, signal.SIGKILL)
            os._exit(0)
        if isinstance(frame, wire.Kill) and frame.run == run:
            os.killpg(0, _END)

    def _rewind(self, frame: wire.Rewind) -> None:
        """Wake the checkpoint of that state and end here, or say that it is not kept."""
        target = next((c for c in self._checkpoints if c.cells == frame.cells), None)
        if target is None or not self._tell(target, _RESUME, frame.run):
            self._say_back(frame.run)
            return
        for checkpoint in self._checkpoints:
            if checkpoint.cells > frame.cells:
                self._tell(checkpoint, _DROP, frame.run)
        os._exit(0)

    def _tell(self, checkpoint: _Checkpoint, what: bytes, run: int) -> bool:
        """Write a note to a checkpoint; whether its process is still there."""
        try:
            _note(checkpoint.pipe, what, run)
        except BrokenPipeError:
            return False
        if what == _DROP:
            os.close(checkpoint.pipe)
        return True

    def _say_back(self, run: int, status: int = 0) -> None:
        self._control.sendall(wire.pack(wire.Back(run=run, cells=self._cells, status=status)))


def _note(pipe: int, what: bytes, run: int) -> None:
    os.write(pipe, what + run.to_bytes(_NOTE - 1, "big"))
