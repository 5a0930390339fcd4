"""A conversation's process: before a cell it leaves a fork of itself behind, frozen.

That fork is a checkpoint: the state from before the cell. A cell that ends by itself leaves the
process with a new state; one that is killed or crashes wakes the last checkpoint, which goes on in
its place. So the checkpoints are a stack of states. The one for the next cell is made when the last
cell has ended, while nobody waits for it.

Cells that follow at once, are short and would do the same again get one checkpoint together. Where
it goes on, the host repeats those that belong to the state.

    host ⇄ control socket, read by the process between two cells
    the process → a pipe to each checkpoint: drop, resume, take over, or closed

    host → a datagram socket, read by whoever comes first: which run is to end

A checkpoint sleeps until its pipe wakes it, or a run is to end. All of them hold the writing ends
of the pipes to those before them, so that only the last one finds its pipe closed. Which process
has the state once a run has ended is for the host to find out: it asks on the control socket.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import replace
from os import getpid  # code behind an open guard may replace the module's
from typing import NoReturn

from executors import wire
from executors.base import Limits
from executors.local import checkpoints, signals, syscalls, threads
from executors.local.cell import Interpreter
from executors.local.checkpoints import Checkpoints
from executors.local.link import Link

END = signal.SIGUSR2
"""Sent to all processes of a worker, it ends the one that runs a cell: all others block it."""
_MAX_RUN = 16 * wire.MAX_FRAME
"""Bytes of a frame that holds a cell; each of its characters may take twelve."""
_LAST_LOOKS, _LAST_LOOK_SECONDS = 500, 0.001
"""How often it is looked whether a process that has closed its files has ended. Looks are counted,
not seconds: those pass as well while the whole container stands still."""
_LOOK_MILLISECONDS = None if sys.platform == "linux" else 1_000
"""How often a checkpoint looks whether the host has hung up, where the kernel does not wake it."""
_PAUSE_SECONDS = 0.02
"""Whom the host has nothing to do for in this time has time to drop checkpoints."""
_REPEATED_SECONDS = 0.05
"""So much work may have to be repeated: a cell that is longer, or comes later, gets a checkpoint
of its own, which then costs it little."""
_CELL_SECONDS, _CHARACTER_SECONDS = 250e-6, 0.5e-6
"""What a cell, and each character of it, counts for at least: the host can note so many."""
_SPARE = 8
"""Descriptors that a cell must leave free: the next one needs some before it can close any."""
_NOT_ALONE = (
    "A library has left threads running, which cannot go on after their cell: see whether it can do"
    " without, or can end them.\n"
)
_TOO_MANY_FILES = "Too many files were left open: close them, or open them in a with statement.\n"


class Worker:
    """The process that has the state, and, in its forks, the checkpoints."""

    def __init__(
        self,
        control: socket.socket,
        interrupts: socket.socket,
        interpreter: Interpreter,
        limits: Limits,
    ) -> None:
        self._control, self._interrupts = control, interrupts
        self._interpreter, self._limits = interpreter, limits
        self._cells = 0
        self._checkpoints = Checkpoints(limits.memory_bytes)
        self._saved = False
        """Whether the last checkpoint is of this very state."""
        self._repeated = math.inf
        """Seconds that it takes to come from the last checkpoint to this state by repeating cells;
        without end where that cannot be."""
        self._took_over = False
        """Whether this process goes on in place of one that had used up its time."""

    def serve(self, *, rehearse: bool = False) -> NoReturn:
        """Do what the host asks until it closes the socket. `END` is blocked already.

        Args:
            rehearse: fork, and run an empty cell, ahead of the first one: it costs memory and
                saves time.
        """
        if rehearse and self._save() and self._saved:
            self._interpreter.rehearse()
        while True:
            if not self._is_covered:
                early, self._took_over = self._took_over, False
                if not early:
                    self._is_spoken_to(None)
                    if self._hung_up():
                        os._exit(0)
                if self._save_or_hand_over() or early:
                    continue
            if not self._is_calm and not self._is_spoken_to(_PAUSE_SECONDS):
                if not self._saved and self._save_or_hand_over():
                    continue
                self._checkpoints.tidy()
            self._is_spoken_to(None)
            try:
                frame, descriptor = self._receive()
            except EOFError:
                os._exit(0)
            self._obey(frame, descriptor)

    @property
    def _is_covered(self) -> bool:
        """Whether a cell may change this state, since there is a way back to it."""
        return self._saved or self._repeated <= _REPEATED_SECONDS

    @property
    def _is_calm(self) -> bool:
        """Whether there is nothing to do in a pause."""
        return self._saved and not self._checkpoints.crowded

    def _obey(self, frame: wire.Frame, descriptor: int | None) -> None:
        match frame:
            case wire.Run() if descriptor is not None and self._can_run(frame):
                self._step(frame, socket.socket(fileno=descriptor))
            case wire.Rewind() if frame.cells != self._cells:
                self._rewind(frame)
            case wire.Run() | wire.Kill() | wire.Rewind():
                if descriptor is not None:
                    os.close(descriptor)
                # The signal that was to end this run has come. It must not end another one.
                signals.discard(END)
                if isinstance(frame, wire.Kill) and not self._saved:
                    self._repeated = math.inf  # the host may not know how the cell ended
                self._say_back(frame.run)
            case _:
                raise wire.MalformedFrame(f"a worker is not asked for {frame.type!r}")

    def _receive(self) -> tuple[wire.Frame, int | None]:
        """The host's next frame. A cell may have made the socket, which all share, non-blocking."""
        self._control.setblocking(True)
        return wire.receive(self._control, _MAX_RUN)

    def _is_spoken_to(self, seconds: float | None) -> bool:
        """Wait for the host, at most so long; whether it has said something, or hung up."""
        while True:
            found = select.select([self._control, self._interrupts], [], [], seconds)[0]
            if self._interrupts not in found:
                return bool(found)
            self._interrupt()

    def _interrupt(self) -> None:
        """End the run that the host wants ended, if it is going on: no other process does it."""
        try:
            number = self._interrupts.recv(wire.RUN_NUMBER.size, socket.MSG_DONTWAIT)
        except BlockingIOError:  # another process has been faster
            return
        os.killpg(0, END)
        (run,) = wire.RUN_NUMBER.unpack(number)
        self._control.sendall(wire.pack(wire.Interrupted(run=run)))

    def _hung_up(self) -> bool:
        """Whether the host has closed the socket, which is not worth another fork."""
        try:
            return not self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except ConnectionError:
            return True

    def _can_run(self, frame: wire.Run) -> bool:
        return self._is_covered and frame.base == self._cells

    def _save(self) -> bool:
        """Leave a checkpoint of this state. Returns here, and there once it is the state again.

        False where no fork can be had now.
        """
        _reap_dropped()
        gc.collect(1)
        gc.freeze()  # a later collection would write to, and so copy, all that the two share
        reading, writing = os.pipe()
        process = getpid()
        try:
            child = syscalls.fork()
        except OSError:  # the host admits none, or the machine has no room for one now
            os.close(reading)
            os.close(writing)
            return False
        if not child:
            self._repeated = math.inf
            os.close(writing)
            self._wait(reading, process)
            os.close(reading)
            return True
        os.close(reading)
        self._saved, self._repeated = True, 0.0
        self._checkpoints.push(self._cells, writing)
        return True

    def _step(self, frame: wire.Run, data: socket.socket) -> None:
        """Run a cell. Returns when it has ended by itself."""
        before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        link = Link(data, self._limits)
        signals.restore(END)  # an earlier cell may have changed what it does
        signals.unblock(END)
        done = self._interpreter.run(frame.code, link)
        signals.block(END)
        if unfit := self._unfit():
            link.wrote("stderr", unfit)
            os._exit(70)
        self._cells += 1
        self._saved = False
        spent = max(
            time.perf_counter() - started,
            _CELL_SECONDS,
            _CHARACTER_SECONDS * len(frame.code),
        )
        self._repeated += spent if done.repeatable else math.inf
        done = replace(done, repeatable=self._is_covered)
        self._checkpoints.weigh_last(checkpoints.written_since(before))
        with contextlib.suppress(ConnectionError):  # it was stopped too late, and is the state
            link.send(done)
        link.close()
        if not self._is_covered or self._is_spent():
            self._save_or_hand_over()

    def _save_or_hand_over(self) -> bool:
        """As `_save`; a process that is spent ends here, and its checkpoint goes on."""
        saved = self._save()
        if saved and self._saved and self._is_spent():
            self._checkpoints.tell_last(checkpoints.TAKE_OVER, 0)
            os._exit(0)
        return saved

    def _is_spent(self) -> bool:
        """Whether too little CPU time is left for a cell, which the kernel counts by process."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime > self._limits.seconds

    def _unfit(self) -> str:
        """Why this process cannot be the state; empty where it can."""
        if not threads.alone():
            return _NOT_ALONE
        return "" if self._has_room() else _TOO_MANY_FILES

    def _has_room(self) -> bool:
        """Whether a next cell would find the descriptors that it needs."""
        if self._finds_room():
            return True
        self._checkpoints.tidy()  # each has a pipe
        return self._finds_room()

    def _finds_room(self) -> bool:
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

    def _wait(self, reading: int, process: int) -> None:
        """Sleep, as a checkpoint, while `process` has the state or runs a cell that may change it.

        Returns when this process is the state again; a checkpoint that is dropped ends here.
        """
        self._sleep(reading)
        note = checkpoints.read(reading)
        if note.what == checkpoints.DROP:
            os._exit(0)
        if note.what != checkpoints.NOTHING:
            self._sleep(reading)
            checkpoints.read(reading)  # nothing, once all later ones have ended
        _expect_end(process)
        signals.discard(END)
        self._took_over = note.what == checkpoints.TAKE_OVER
        if note.what == checkpoints.RESUME:
            self._say_back(note.run)

    def _sleep(self, reading: int) -> None:
        """Sleep until there is a note. The whole worker ends with the host, whatever a cell does.

        What the host says to the process with the state does not wake a checkpoint.
        """
        waiting = select.poll()
        waiting.register(reading, select.POLLIN)
        waiting.register(self._interrupts, select.POLLIN)
        waiting.register(self._control, 0)  # which leaves that it is hung up
        while True:
            found = {descriptor for descriptor, _ in waiting.poll(_LOOK_MILLISECONDS)}
            if reading in found:
                return
            if self._control.fileno() in found or (not found and self._hung_up()):
                os.killpg(0, signal.SIGKILL)
            self._interrupt()

    def _rewind(self, frame: wire.Rewind) -> None:
        """Wake the checkpoint of that state and end here, or say that it is not kept."""
        if self._checkpoints.resume(frame.least, frame.cells, frame.run):
            os._exit(0)
        self._say_back(frame.run)

    def _say_back(self, run: int) -> None:
        self._control.sendall(wire.pack(wire.Back(run=run, cells=self._cells)))


def _reap_dropped() -> None:
    """Forget the checkpoints that have ended."""
    with contextlib.suppress(ChildProcessError):  # which says that there are none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _expect_end(parent: int) -> None:
    """See to it that the parent, which has closed its pipe, has ended: it may have done just that.

    Who has broken through the guard could otherwise go on beside the next cell.
    """
    for _ in range(_LAST_LOOKS):
        if os.getppid() != parent:
            return
        time.sleep(_LAST_LOOK_SECONDS)
    if os.getppid() == parent:
        os.killpg(0, signal.SIGKILL)
