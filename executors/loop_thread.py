"""Async code for callers without asyncio: one event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import queue
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_CLOSE_SECONDS = 10.0
_INSIDE = (
    "This would wait for the thread that it is called in. Make the function that calls it async,"
    " and use what it calls by its async methods: for an agent, `stream` in place of `run`."
)


class LoopThread:
    """Runs coroutines and generators of one owner, from the first call to `close`.

    A loop that lives on between calls is what lets processes and variables live on. It works inside
    a running loop as well (a notebook), because it has its own thread.

    Args:
        on_exit: awaited in the loop at `close`, when this object is gone, or at the interpreter's
            end. It must not lead to the owner: what it holds would keep the owner alive.
        beside: whose loop and thread to share, because both owners use what belongs to one loop.
    """

    def __init__(
        self, on_exit: Callable[[], Awaitable[None]], *, beside: LoopThread | None = None
    ) -> None:
        self._beside = beside  # the thread ends with whoever began it
        if beside is not None:
            self._loop, self._thread = beside._loop, beside._thread
        else:
            self._loop, self._thread = _started()
        ends = beside is None
        self._finalizer = weakref.finalize(self, _shut, self._loop, self._thread, on_exit, ends)

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin `coroutine`; cancelling the future cancels it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run `coroutine` to its end; an interrupt from the keyboard cancels it.

        Raises:
            RuntimeError: it would have to wait for itself.
        """
        if self._inside:
            coroutine.close()
            raise RuntimeError(_INSIDE)
        future = self.start(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def iterate(self, source: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        """Yield what `source` yields. Closing the generator cancels the work and waits for it.

        Raises:
            RuntimeError: it would have to wait for itself.
        """
        if self._inside:
            raise RuntimeError(_INSIDE)
        arrived: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()
        finished = threading.Event()

        async def pump() -> None:
            try:
                async with aclosing(source) as items:
                    async for item in items:
                        arrived.put((item,))
                arrived.put(None)
            except BaseException as exc:
                arrived.put(exc)
                raise
            finally:
                finished.set()

        future = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        try:
            while (entry := arrived.get()) is not None:
                if isinstance(entry, BaseException):
                    raise entry
                yield entry[0]
        finally:
            future.cancel()
            finished.wait(_CLOSE_SECONDS)

    def close(self) -> None:
        """Run `on_exit` and end the thread, unless it is another's. Idempotent."""
        self._finalizer()

    @property
    def _inside(self) -> bool:
        return threading.current_thread() is self._thread


class _Threads(ThreadPoolExecutor):
    """The loop's threads. At the interpreter's end there are none: then the loop works itself."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        try:
            return super().submit(fn, *args, **kwargs)
        except RuntimeError:
            done: Future[T] = Future()
            try:
                done.set_result(fn(*args, **kwargs))
            except Exception as exc:  # noqa: BLE001 - a future hands it to whoever waits
                done.set_exception(exc)
            return done


def _started() -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_Threads())
    thread = threading.Thread(target=_serve, args=(loop,), name="sandglass", daemon=True)
    thread.start()
    return loop, thread


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


def _shut(
    loop: asyncio.AbstractEventLoop,
    thread: threading.Thread,
    on_exit: Callable[[], Awaitable[None]],
    ends: bool,
) -> None:
    async def end() -> None:
        await on_exit()

    ending = asyncio.run_coroutine_threadsafe(end(), loop)
    if threading.current_thread() is thread:  # the garbage was collected in the loop itself
        if ends:
            ending.add_done_callback(lambda _: loop.call_soon(loop.stop))
        return
    try:
        ending.result(_CLOSE_SECONDS)
    finally:
        if ends:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_CLOSE_SECONDS)
