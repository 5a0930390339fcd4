"""A clean, warm process that forks the workers and can always end them.

It has imported what the workers need and holds nothing else: no secrets, no threads. Every process
of a worker belongs to one group whose number cannot be used anew while the zygote holds one of its
processes unreaped, so that killing a group never hits a stranger. When the host goes away, all
workers end.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import random
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from executors import wire
from executors.base import Limits, Parameter, ToolSpec
from executors.local import gaps, landlock, lockdown, seccomp, signals, syscalls
from executors.local.cell import Interpreter
from executors.local.guard import files, policy
from executors.local.worker import END, Worker

_PR_SET_CHILD_SUBREAPER = 36
_ON_DEMAND = frozenset(
    {
        *("bz2", "gzip", "lzma", "zlib"),
        *("hashlib", "hmac", "secrets"),
        *("cmath", "unicodedata", "zoneinfo"),
    }
)
"""Imported where a cell wants them: wanted by few, and each fork is slower by some microseconds for
each library that is loaded."""
_LATER = {"numpy": ("numpy.ma",)}
"""What a library itself imports only when some of its functions are first called, and slowly."""
_REAPING_SECONDS = 0.05
_DELIVERY_SECONDS = 0.005
_THREAD_SECONDS = 5.0
"""How long threads that an import has started may take to end."""


def main(control: int, preload: Iterable[str], without: Iterable[str]) -> NoReturn:
    """Serve the host on the socket with that descriptor until it is closed.

    Args:
        control: the descriptor.
        preload: modules to import besides what cells are likely to want.
        without: modules that imports have been kept from until now, and will be until all is there.
    """
    with socket.socket(fileno=control) as sock:
        _adopt_orphans()
        missing = _warm_up(preload, without)
        filled = gaps.filled_gaps()
        gc.freeze()
        sock.sendall(wire.pack(wire.Warm(missing=missing)))
        Zygote(sock, filled).serve()
    os._exit(0)


class Zygote:
    """Knows its workers by the number that the host gave them.

    Args:
        control: the socket to the host.
        filled: what has to be kept for as long as there are workers; see `gaps`.
    """

    def __init__(self, control: socket.socket, filled: Sequence[object]) -> None:
        self._control, self._filled = control, filled
        self._readable = landlock.python_files()
        self._groups: dict[int, int] = {}
        self._signals: dict[int, int] = {}
        """By worker, which signal ended the process of it that died last without being asked to."""
        self._wake, wake_writing = os.pipe()
        os.set_blocking(wake_writing, False)
        signal.set_wakeup_fd(wake_writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)

    def serve(self) -> None:
        """Fork and kill as the host asks; reap what ends."""
        while True:
            ready, _, _ = select.select([self._control, self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, 1024)
                self._reap()
            if self._control not in ready:
                continue
            try:
                frame, descriptor = wire.receive(self._control)
            except (EOFError, ConnectionError):
                break
            match frame:
                case wire.Fork() if descriptor is not None:
                    self._fork(frame, descriptor)
                case wire.KillGroup():
                    self._kill(frame.group)
                    self._say(wire.Gone(group=frame.group))
                case wire.AskCause():
                    self._say(wire.Cause(group=frame.group, signal=self._cause(frame.group)))
                case _:
                    raise wire.MalformedFrame(f"the zygote is not asked for {frame.type!r}")
        for group in list(self._groups):
            self._kill(group)

    def _fork(self, frame: wire.Fork, descriptor: int) -> None:
        if (threads := _threads()) > 1:  # a fork of a process with threads may find locks taken
            raise RuntimeError(f"a preloaded library has left {threads - 1} threads running")
        pid = syscalls.fork()
        if pid == 0:
            _become_worker(frame.config, descriptor, self._readable)
        os.setpgid(pid, pid)  # the worker does the same: neither has to wait for the other
        os.close(descriptor)
        self._groups[frame.group] = pid

    def _say(self, frame: wire.Frame) -> None:
        self._control.sendall(wire.pack(frame))

    def _kill(self, group: int) -> None:
        """End and reap every process of a worker."""
        pid = self._groups.pop(group, None)
        self._signals.pop(group, None)
        if pid is None:
            return
        os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):  # which says that nothing is left
            while True:
                os.waitpid(-pid, 0)

    def _reap(self) -> None:
        """Reap what has ended; a worker of which nothing is left is forgotten."""
        for group, pid in list(self._groups.items()):
            try:
                while (found := os.waitpid(-pid, os.WNOHANG))[0]:
                    self._note(group, found[1])
            except ChildProcessError:
                del self._groups[group]
                self._signals.pop(group, None)

    def _note(self, group: int, status: int) -> None:
        """Remember what ended a process, unless it was meant to end: dropped, or stopped."""
        if status and os.WTERMSIG(status) != END:
            self._signals[group] = os.WTERMSIG(status)

    def _cause(self, group: int) -> int:
        """Which signal ended the process of that worker that died last, if one has since asked.

        Who asks may know of it a moment before the kernel says so.
        """
        until = time.monotonic() + _REAPING_SECONDS
        self._reap()
        while group in self._groups and group not in self._signals and time.monotonic() < until:
            time.sleep(0.001)
            self._reap()
        return self._signals.pop(group, 0)


def _become_worker(config: dict[str, Any], descriptor: int, readable: list[str]) -> NoReturn:
    """What a fork of the zygote does; it never returns."""
    try:
        signal.set_wakeup_fd(-1)
        signals.restore(signal.SIGCHLD)
        random.seed()
        limits = Limits(**config["limits"])
        tools = [_tool(**tool) for tool in config["tools"]]
        folder, cache, walls = config["folder"], config["cache"], config["walls"]
        lockdown.settle(descriptor, folder, cache)
        control = socket.socket(fileno=lockdown.CONTROL)
        try:
            # It comes with a byte of its own: reading a frame takes memory, which this saves.
            _, (descriptor,), _, _ = socket.recv_fds(control, 1, 1)
            interrupts = socket.socket(fileno=descriptor)
            signals.block(END)
            lock = lockdown.OPEN
            if walls["kernel"]:
                lockdown.limit(limits)
                lock = lockdown.lock(readable, [folder, cache])
            _greet(control, lock)
        except Exception:
            control.sendall(wire.pack(wire.Ready(gaps=[], fault=traceback.format_exc())))
            raise
        interpreter = Interpreter(tools, config["imports"], limits, guarded=walls["guard"])
        Worker(control, interrupts, interpreter, limits).serve(rehearse=config["rehearse"])
    finally:
        os._exit(70)


def _greet(control: socket.socket, lock: lockdown.Lock) -> None:
    """Tell the host how this worker is confined, and give it the listener."""
    packed = wire.pack(wire.Ready(gaps=sorted(lock.gaps)))
    if lock.listener is None:
        control.sendall(packed)
        return
    while True:
        try:
            socket.send_fds(control, [packed], [lock.listener])
            break
        except OSError as exc:
            if exc.errno != errno.ETOOMANYREFS:
                raise
            # All descriptors of this user that are on their way count against this process's own
            # few: where many conversations start cells at once, it waits until some have arrived.
            time.sleep(_DELIVERY_SECONDS)
    os.close(lock.listener)


def _tool(*, parameters: list[dict[str, Any]], **rest: Any) -> ToolSpec:
    return ToolSpec(parameters=tuple(Parameter(**p) for p in parameters), **rest)


def _warm_up(preload: Iterable[str], without: Iterable[str]) -> list[Any]:
    """Import all that cells are likely to want; the names of `preload` that are not installed."""
    missing: list[Any] = []
    for name in policy.DEFAULT_IMPORTS:
        if name not in _ON_DEMAND:
            importlib.import_module(name)
    for name in preload:
        try:
            for part in (name, *_LATER.get(name, ())):
                importlib.import_module(part)
        except ModuleNotFoundError:
            missing.append(name)
    for name in without:
        del sys.modules[name]
    files.python_roots()
    compile("x = [i for i in range(3)]", "<warm>", "exec")
    if (machine := syscalls.machine()) is not None:
        seccomp.packed(machine, asking=True)
    until = time.monotonic() + _THREAD_SECONDS
    while _threads() > 1 and time.monotonic() < until:
        time.sleep(0.01)
    gc.collect()
    return missing


def _threads() -> int:
    """How many threads this process has, those that are not Python's included."""
    try:
        return len(os.listdir("/proc/self/task"))
    except FileNotFoundError:  # not Linux
        return threading.active_count()


def _adopt_orphans() -> None:
    """Have processes whose parent is gone become children of this one, on Linux."""
    if sys.platform == "linux":
        syscalls.prctl(_PR_SET_CHILD_SUBREAPER, 1)
