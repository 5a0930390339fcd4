"""Where one agent's code runs: the executor, made on first use and let go of with the agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from agent.moving import FILES_BYTES, Baggage, hand_in, pack, unpack
from executors.base import (
    FINAL_ANSWER,
    CallTool,
    ExecutionEvent,
    Executor,
    ExecutorFactory,
    ExecutorSpec,
    Limits,
    Notice,
    ToolSpec,
    Workspace,
)
from executors.errors import ExecutorUnavailable
from executors.factory import ExecutorKind, executor_factory
from executors.recall import STEPS

_ELSEWHERE = (
    "This agent is at work in another event loop. Use it only by `run`, or only by `stream` inside "
    "one `asyncio.run`."
)


class Place:
    """Holds the executor, and the factory where the agent has it alone.

    It knows nothing of the agent, so that it can still be closed when the agent is gone.

    Args:
        executors: a kind, which makes a factory of the agent's own, or a factory that others share.
        tools: what the code can call.
        call_tool: answers it.
        imports: modules that the code may import besides the usual ones.
        limits: what one cell may use.
    """

    def __init__(
        self,
        executors: ExecutorKind | ExecutorFactory,
        *,
        tools: Sequence[ToolSpec],
        call_tool: CallTool,
        imports: tuple[str, ...],
        limits: Limits,
    ) -> None:
        self._spec = ExecutorSpec(
            tools=tools,
            call_tool=call_tool,
            additional_authorized_imports=imports,
            limits=limits,
        )
        self._executor: Executor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        """Where the executor was made: it belongs there."""
        self._owned: ExecutorFactory | None = None
        self._new_files: dict[str, bytes] = {}
        """What the person added and is not in the workspace yet."""
        self._new_values: dict[str, Any] = {}
        """What the task came with and is not a variable yet."""
        self._baggage: Baggage | None = None
        """What an earlier executor gave and the next one has not got yet."""
        self._factory = self._resolve(executors)

    @property
    def kind(self) -> ExecutorKind:
        """Where the next code will run."""
        return self._factory.kind

    @property
    def factory(self) -> ExecutorFactory:
        """What makes the executors here; the place closes it if it is its own."""
        return self._factory

    @property
    def shared(self) -> ExecutorFactory | None:
        """The factory, where others may use it too."""
        return None if self._owned is not None else self._factory

    @property
    def in_use(self) -> bool:
        """Whether there is an executor, and with it variables and files."""
        return self._executor is not None

    @property
    def workspace(self) -> Workspace | None:
        """The files; None where there is no executor."""
        return None if self._executor is None else self._executor.workspace

    async def executor(self) -> Executor:
        """The executor, made on the first call.

        Raises:
            executors.errors.ExecutorError: it cannot be made ready, or belongs to another loop.
        """
        here = asyncio.get_running_loop()
        if self._executor is not None and self._loop is not here:
            raise ExecutorUnavailable(_ELSEWHERE)
        if self._executor is None:
            executor = self._factory(self._spec)
            try:
                await executor.__aenter__()
            except BaseException:  # a start that was stopped, too, leaves nothing behind
                await executor.__aexit__(None, None, None)
                raise
            self._executor, self._loop = executor, here
        return self._executor

    async def move(self, executors: ExecutorKind | ExecutorFactory) -> None:
        """Run code elsewhere from now on; `arrive` brings along what can be moved."""
        if self._executor is not None and self._executor.in_use and self._baggage is None:
            self._baggage = await pack(self._executor)
        await self._let_go()
        self._factory = self._resolve(executors)

    def add(self, files: Mapping[str, bytes], values: Mapping[str, Any]) -> None:
        """Have `arrive` put in these files and variables; of too many files, the newest."""
        self._new_files |= files
        self._new_values |= values
        while sum(map(len, self._new_files.values())) > FILES_BYTES:
            del self._new_files[next(iter(self._new_files))]

    async def arrive(self) -> AsyncGenerator[ExecutionEvent, None]:
        """Put what was added, or what an earlier executor gave, into the present one.

        Yields what happens; a `Notice` at the end says what has come along.

        Raises:
            executors.errors.ExecutorError: it cannot be done now. It is kept for the next time.
        """
        if self._baggage is not None:
            executor, baggage = await self.executor(), self._baggage
            async with aclosing(unpack(executor, baggage)) as events:
                async for event in events:
                    yield event
            self._baggage = None
        while self._new_files:
            name, data = next(iter(self._new_files.items()))
            try:
                await (await self.executor()).workspace.write(name, data)
            except (ValueError, OSError) as exc:
                yield Notice(level="warning", text=f"{name} could not be added: {exc}")
            del self._new_files[name]
        if self._new_values:
            taken = {FINAL_ANSWER, STEPS, *(tool.name for tool in self._spec.tools)}
            handing = hand_in(await self.executor(), self._new_values, taken=taken)
            async with aclosing(handing) as events:
                async for event in events:
                    yield event
            self._new_values = {}

    async def clear(self) -> None:
        """Give up every variable and file."""
        self._baggage = None
        self._new_files.clear()
        self._new_values.clear()
        await self._end()

    async def _end(self) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            await executor.__aexit__(None, None, None)

    async def aclose(self) -> None:
        """Release everything. Idempotent."""
        self._baggage = None
        await self._let_go()

    async def _let_go(self) -> None:
        try:
            await self._end()
        finally:
            owned, self._owned = self._owned, None
            if owned is not None:
                await owned.aclose()

    def _resolve(self, executors: ExecutorKind | ExecutorFactory) -> ExecutorFactory:
        if isinstance(executors, str):
            self._owned = executor_factory(executors)
            return self._owned
        return executors
