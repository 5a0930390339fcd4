"""`ThreadPoolExecutor`, whose threads end with the cell, while the pool itself goes on."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future
from concurrent.futures import thread as threaded
from itertools import count
from typing import Any, NamedTuple

from executors.local.threads import MOST, THREADS

_BROKEN = "A thread initializer failed, the thread pool is not usable anymore"
_numbers = count()


class _Task(NamedTuple):
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.function(*self.arguments, **self.named)
        except BaseException as exc:  # noqa: BLE001 whoever asks for the result gets it
            self.future.set_exception(exc)
        else:
            self.future.set_result(result)


class ThreadPoolExecutor(Executor):
    """`concurrent.futures.ThreadPoolExecutor`.

    It starts a thread where a task finds none that waits, and ends those that wait when the cell is
    over or the pool is shut down.

    Args:
        max_workers: how many threads at most; no more than a cell may have.
        thread_name_prefix: how their names begin.
        initializer: called in each of them first.
        initargs: what with.
    """

    __module__ = "concurrent.futures.thread"

    def __init__(
        self,
        max_workers: int | None = None,
        thread_name_prefix: str = "",
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        if max_workers is None:
            max_workers = min(32, (os.cpu_count() or 1) + 4)
        if max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._most = min(max_workers, MOST)
        self._prefix = thread_name_prefix or f"ThreadPoolExecutor-{next(_numbers)}"
        self._initializer, self._initargs = initializer, initargs
        self._changed = threading.Condition()
        self._tasks: deque[_Task] = deque()
        self._threads: set[threading.Thread] = set()
        self._names = count()
        self._waiting = 0
        self._broken = self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have `fn(*args, **kwargs)` called in a thread.

        Raises:
            BrokenThreadPool: the initializer has failed.
            RuntimeError: the pool is shut down, or no thread can be started.
        """
        with self._changed:
            if self._broken:
                raise threaded.BrokenThreadPool(
                    "A thread initializer failed, the thread pool is broken"
                )
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            task = _Task(Future(), fn, args, kwargs)
            self._tasks.append(task)
            if len(self._tasks) > self._waiting and len(self._threads) < self._most:
                self._start()
            self._changed.notify()
        return task.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks, and wait until those that there are are done."""
        with self._changed:
            self._closed = True
            if cancel_futures:
                self._cancel()
            self._changed.notify_all()
            threads = list(self._threads)
        if wait:
            for thread in threads:
                thread.join()

    def retire(self) -> None:
        """End the threads that wait; the next task starts new ones."""
        with self._changed:
            self._changed.notify_all()

    def _start(self) -> None:
        THREADS.add(self)
        name = f"{self._prefix}_{next(self._names)}"
        thread = threading.Thread(target=self._work, name=name)
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:
            self._threads.discard(thread)
            if not self._threads:
                self._tasks.pop()
                raise

    def _work(self) -> None:
        """What each thread does."""
        try:
            if self._is_fit():
                while (task := self._next()) is not None:
                    task.run()
        finally:
            with self._changed:
                self._threads.discard(threading.current_thread())

    def _next(self) -> _Task | None:
        """The next task; None where this thread is to end."""
        with self._changed:
            while not self._tasks:
                if self._closed or THREADS.closing:
                    self._threads.discard(threading.current_thread())
                    return None
                self._waiting += 1
                try:
                    self._changed.wait()
                finally:
                    self._waiting -= 1
            return self._tasks.popleft()

    def _is_fit(self) -> bool:
        """Whether the initializer has gone well."""
        if self._initializer is None:
            return True
        try:
            self._initializer(*self._initargs)
        except BaseException:  # noqa: BLE001 that is what a pool is broken by, see `submit`
            with self._changed:
                self._broken = True
                error = threaded.BrokenThreadPool(_BROKEN)
                while self._tasks:
                    self._tasks.popleft().future.set_exception(error)
            return False
        return True

    def _cancel(self) -> None:
        while self._tasks:
            self._tasks.popleft().future.cancel()


def settle_in() -> None:
    """Have the library itself take this one, as asyncio does for `to_thread`."""
    library: Any = futures
    library.ThreadPoolExecutor = threaded.ThreadPoolExecutor = ThreadPoolExecutor
