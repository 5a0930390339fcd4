"""Agents for scripts: `run` without asyncio, on a thread of the agent's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal, Self, overload

from agent.errors import RunFailed
from agent.events import Event, RunEnded
from executors.base import ExecutorFactory
from executors.loop_thread import LoopThread
from executors.values import decode

NOTHING: Mapping[str, Any] = MappingProxyType({})


_together: dict[int, LoopThread] = {}
"""The thread of each shared factory by its `id`: what it holds belongs to one loop. Nobody says
when the last agent is made, so factory and thread live on until the interpreter ends."""
_making = Lock()


class BlockingRuns(ABC):
    """The sync face of what works in asyncio."""

    _thread: LoopThread | None = None

    @abstractmethod
    def stream(
        self,
        task: str,
        files: Mapping[str, bytes] = NOTHING,
        *,
        additional_args: Mapping[str, Any] = NOTHING,
    ) -> AsyncGenerator[Event, None]:
        """Work on `task`; `RunEnded` is last."""

    @abstractmethod
    async def reset(self) -> None:
        """Forget the conversation and every variable."""

    @abstractmethod
    def _typed(self, answer: Any) -> Any:
        """An answer, which is plain data, as a value of the type that was asked for."""

    @abstractmethod
    def _shared_factory(self) -> ExecutorFactory | None:
        """What makes the executors, where others may use it too."""

    @abstractmethod
    def _releasing(self) -> Callable[[], Awaitable[None]]:
        """What releases all that runs hold; it must not lead to this object."""

    @overload
    def run(
        self,
        task: str,
        *,
        files: Mapping[str, bytes] = NOTHING,
        additional_args: Mapping[str, Any] = NOTHING,
        stream: Literal[False] = False,
        reset: bool = False,
    ) -> Any: ...
    @overload
    def run(
        self,
        task: str,
        *,
        files: Mapping[str, bytes] = NOTHING,
        additional_args: Mapping[str, Any] = NOTHING,
        stream: Literal[True],
        reset: bool = False,
    ) -> Generator[Event, None, None]: ...
    def run(
        self,
        task: str,
        *,
        files: Mapping[str, bytes] = NOTHING,
        additional_args: Mapping[str, Any] = NOTHING,
        stream: bool = False,
        reset: bool = False,
    ) -> Any | Generator[Event, None, None]:
        """Work on `task` and return the answer as a Python value; for scripts without asyncio.

        Args:
            task: what the person wants.
            files: go into the workspace first, by name.
            additional_args: become variables of the code first, by name.
            stream: return a generator of events instead; closing it stops the run.
            reset: forget the conversation and all variables first.

        Returns:
            What the code gave to `final_answer`, or the model's reply, or its last word when the
            steps ran out.

        Raises:
            RunFailed: the run ended with a fault; the message is for the person.
        """
        events = self._blocking(task, files, additional_args, reset)
        return events if stream else _answer_of(events, self._typed)

    def _blocking(
        self, task: str, files: Mapping[str, bytes], values: Mapping[str, Any], reset: bool
    ) -> Generator[Event, None, None]:
        if self._thread is None:
            beside = _thread_of(self._shared_factory())
            self._thread = LoopThread(on_exit=self._releasing(), beside=beside)
        if reset:
            self._thread.run(self.reset())
        yield from self._thread.iterate(self.stream(task, files, additional_args=values))

    def close(self) -> None:
        """Release everything that `run` started. Also done at the interpreter's end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _thread_of(factory: ExecutorFactory | None) -> LoopThread | None:
    """The thread where all work that use this factory by `run`."""
    if factory is None:
        return None
    with _making:
        if id(factory) not in _together:
            _together[id(factory)] = LoopThread(on_exit=factory.aclose)
        return _together[id(factory)]


def _answer_of(events: Iterable[Event], typed: Callable[[Any], Any]) -> Any:
    end = None
    for event in events:
        end = event
    if not isinstance(end, RunEnded):
        raise RuntimeError("the run ended without RunEnded")
    if end.outcome == "failed":
        raise RunFailed(end.error)
    try:
        answer = decode(end.answer)
    except ValueError as exc:  # only code that broke out of its walls could make such a thing
        raise RunFailed("The answer that the code gave cannot be read.") from exc
    return typed(answer) if end.outcome == "answer" else answer
