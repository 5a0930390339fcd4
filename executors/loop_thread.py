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


class LoopThread:
    """Runs coroutines and generators of one owner, from the first call to `close`.

    A loop that lives on between calls is what lets processes and variables live on. It works inside
    a running loop as well (a notebook), because it has its own thread.

    Args:
        on_exit: awaited in the loop at `close`, when this object is gone, or at the interpreter's
            end. It must not lead to the owner: what it holds would keep the owner alive.
    """

    def __init__(self, on_exit: Callable[[], Awaitable[None]]) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(_Threads())
        self._thread = threading.Thread(
            target=_serve, args=(self._loop,), name="sandglass", daemon=True
        )
        self._thread.start()
        self._finalizer = weakref.finalize(self, _shut, self._loop, self._thread, on_exit)

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin `coroutine`; cancelling the future cancels it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run `coroutine` to its end; an interrupt from the keyboard cancels it."""
        future = self.start(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def iterate(self, source: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        """Yield what `source` yields. Closing the generator cancels the work and waits for it."""
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
        """Run `on_exit` and end the thread. Idempotent."""
        self._finalizer()


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


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


def _shut(
    loop: asyncio.AbstractEventLoop,
    thread: threading.Thread,
    on_exit: Callable[[], Awaitable[None]],
) -> None:
    async def end() -> None:
        await on_exit()

    ending = asyncio.run_coroutine_threadsafe(end(), loop)
    if threading.current_thread() is thread:  # the garbage was collected in the loop itself
        ending.add_done_callback(lambda _: loop.call_soon(loop.stop))
        return
    try:
        ending.result(_CLOSE_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_CLOSE_SECONDS)
