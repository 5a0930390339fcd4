"""A conversation's process: each cell runs in a fork of the last good state.

A cell that ends by itself makes its fork the state; the process before it stays behind, frozen, as
a checkpoint. A cell that is killed or crashes wakes the process before it, which goes on. So the
state is always the last process of a chain, and the chain is a stack of states. The fork for the
next cell is made when the last one has ended, while nobody waits for it.

    host ⇄ control socket, read by the last process, and by the one before it while a cell runs
    each process → a pipe to the one before it: begun, committed, drop, resume, or just closed
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import select
import signal
import socket
from typing import NoReturn

from executors import wire
from executors.base import Limits
from executors.local import checkpoints, signals, syscalls, threads
from executors.local.cell import Interpreter
from executors.local.checkpoints import Checkpoints
from executors.local.link import Link

_END = signal.SIGUSR2
"""Sent to the whole chain, it ends the process that runs a cell: all others have blocked it. The
filter lets a worker signal its own group, but no process by its number."""
_MAX_RUN = 16 * wire.MAX_FRAME
"""Bytes of a frame that holds a cell; each of its characters may take twelve."""
_SPARE = 8
"""Descriptors that a cell must leave free: the next one needs some before it can close any."""
_NOT_ALONE = (
    "A library has left threads running, which cannot go on after their cell: see whether it can do"
    " without, or can end them.\n"
)
_TOO_MANY_FILES = "Too many files were left open: close them, or open them in a with statement.\n"


class Worker:
    """One process of the chain; a fork of it is the next one."""

    def __init__(self, control: socket.socket, interpreter: Interpreter, limits: Limits) -> None:
        self._control, self._interpreter, self._limits = control, interpreter, limits
        self._cells = 0
        self._checkpoints = Checkpoints(limits.memory_bytes)
        self._saved = False
        """Whether the last checkpoint is of this very state, so that a cell may change it."""

    def serve(self, *, rehearse: bool = False) -> NoReturn:
        """Do what the host asks until it closes the socket.

        Args:
            rehearse: fork, and run an empty cell, ahead of the first one: it costs memory and
                saves time.
        """
        signals.block(_END)
        if rehearse and self._save() and self._saved:
            self._interpreter.rehearse()
        while True:
            if not self._saved:
                select.select([self._control], [], [])
                if self._hung_up():
                    os._exit(0)
                if self._save():
                    continue
            try:
                frame, descriptor = self._receive()
            except EOFError:
                os._exit(0)
            match frame:
                case wire.Run() if descriptor is not None and self._can_run(frame):
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

    def _hung_up(self) -> bool:
        """Whether the host has closed the socket, which is not worth another fork."""
        self._control.setblocking(True)
        try:
            return not self._control.recv(1, socket.MSG_PEEK)
        except ConnectionError:
            return True

    def _can_run(self, frame: wire.Run) -> bool:
        return self._saved and frame.base == self._cells

    def _save(self) -> bool:
        """Go on in a fork. Returns there, and here once this is the state again.

        False where the host admits no fork now.
        """
        gc.collect(1)
        gc.freeze()  # a later collection would write to, and so copy, all that the two share
        reading, writing = os.pipe()
        try:
            child = syscalls.fork()
        except PermissionError:
            os.close(reading)
            os.close(writing)
            return False
        if child:
            os.close(writing)
            self._wait(child, reading)
            os.close(reading)
            return True
        os.close(reading)
        self._saved = True
        self._checkpoints.push(self._cells, writing)
        return True

    def _step(self, frame: wire.Run, data: socket.socket) -> None:
        """Run a cell. Returns, here and in a fork, when it has ended by itself."""
        before = resource.getrusage(resource.RUSAGE_SELF)
        self._checkpoints.tell_last(checkpoints.BEGUN, frame.run)
        link = Link(data, self._limits)
        signals.unblock(_END)
        done = self._interpreter.run(frame.code, link)
        signals.block(_END)
        if unfit := self._unfit():
            link.wrote("stderr", unfit)
            os._exit(70)
        self._cells += 1
        self._saved = False
        self._checkpoints.weigh_last(checkpoints.written_since(before))
        self._checkpoints.tell_last(checkpoints.COMMITTED, frame.run)
        with contextlib.suppress(ConnectionError):  # it was stopped too late, and is the state
            link.send(done)
        link.close()
        self._save()

    def _unfit(self) -> str:
        """Why this process cannot be the state; empty where it can."""
        if not threads.alone():
            return _NOT_ALONE
        return "" if self._has_room() else _TOO_MANY_FILES

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

    def _wait(self, child: int, reading: int) -> None:
        """Wait, as a checkpoint, while `child` is the state or runs a cell that may become it.

        Returns when this process is the state again; a checkpoint that is dropped ends here.
        """
        run, running, ended = 0, False, False
        while True:
            if running and not self._note_comes(reading):
                ended = self._end_if_asked(run) or ended
                continue
            note = checkpoints.read(reading)
            match note.what:
                case checkpoints.BEGUN:
                    run, running = note.run, True
                case checkpoints.COMMITTED:
                    running = False
                    if ended:  # too late: the cell was over
                        self._say_back(run, cells=self._cells + 1)
                case checkpoints.DROP:
                    os._exit(0)
                case checkpoints.RESUME:
                    os.waitpid(child, 0)
                    self._say_back(note.run)
                    return
                case _:
                    _, status = os.waitpid(child, 0)
                    if running:
                        self._say_back(run, status)
                    return

    def _note_comes(self, reading: int) -> bool:
        """Wait for the cell or the host; whether the cell has something to say.

        The cell is looked at once more after the host: a host that knows that the cell has
        committed may be talking to the cell's process already.
        """
        select.select([reading, self._control], [], [])
        return bool(select.select([reading], [], [], 0)[0])

    def _end_if_asked(self, run: int) -> bool:
        """Whether the host wants that cell ended; then that has been done."""
        try:
            frame, _ = self._receive()
        except EOFError:
            os.killpg(0, signal.SIGKILL)
            os._exit(0)
        if not isinstance(frame, wire.Kill) or frame.run != run:
            return False
        os.killpg(0, _END)
        return True

    def _rewind(self, frame: wire.Rewind) -> None:
        """Wake the checkpoint of that state and end here, or say that it is not kept."""
        if self._checkpoints.resume(frame.cells, frame.run):
            os._exit(0)
        self._say_back(frame.run)

    def _say_back(self, run: int, status: int = 0, *, cells: int | None = None) -> None:
        back = wire.Back(run=run, cells=self._cells if cells is None else cells, status=status)
        self._control.sendall(wire.pack(back))
