"""Async code for callers without asyncio: one event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import queue
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextlib import aclosing
from typing import Any, TypeVar

T = TypeVar("T")

_CLOSE_SECONDS = 10.0


class LoopThread:
    """Runs coroutines and generators of one owner, from the first call to `close`.

    A loop that lives on between calls is what lets processes and variables live on. It works inside
    a running loop as well (a notebook), because it has its own thread.

    Args:
        on_exit: awaited in the loop at `close`, or at the interpreter's end.
    """

    def __init__(self, on_exit: Callable[[], Awaitable[None]]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="agent", daemon=True)
        self._thread.start()
        # The owner's method is held weakly: the thread must not keep its owner alive.
        held = weakref.WeakMethod(on_exit) if hasattr(on_exit, "__self__") else (lambda: on_exit)
        self._finalizer = weakref.finalize(self, _shut, self._loop, self._thread, held)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run `coroutine` to its end; an interrupt from the keyboard cancels it."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
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


def _shut(
    loop: asyncio.AbstractEventLoop,
    thread: threading.Thread,
    held: Callable[[], Callable[[], Awaitable[None]] | None],
) -> None:
    on_exit = held()

    async def end() -> None:
        if on_exit is not None:
            await on_exit()

    asyncio.run_coroutine_threadsafe(end(), loop).result(_CLOSE_SECONDS)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(_CLOSE_SECONDS)
    if not thread.is_alive():
        loop.close()
