"""The host's end of what an agent's code calls: tools and managed agents, and what they tell."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from agent.budget import Account
from agent.events import AgentEvent, CellEvent, Event, ToolProgress
from agent.hooks import ApprovalHook, RequestedCall, approved
from agent.managed import ManagedAgent, Relay
from agent.tools.base import Tell, Tool
from executors.base import (
    CALL_ID,
    ExecutionEvent,
    ExecutorFactory,
    ToolCalled,
    ToolReturned,
    Workspace,
)

_PROGRESS_CHARS = 2_000
"""Of one line that a tool tells."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """The cell whose calls are answered."""

    step: int
    account: Account
    executors: ExecutorFactory
    workspace: Workspace


class HostCalls:
    """Answers the calls of one agent's code, several at once where the code has threads.

    Args:
        tools: by name.
        approve: asks a person about each call of a tool that wants it.
    """

    def __init__(self, tools: Mapping[str, Tool], approve: ApprovalHook | None = None) -> None:
        self._tools, self._approve = tools, approve
        self._cell: _Cell | None = None
        self._runs: dict[str, int] = {}
        """How often each agent was called in this run."""
        self._told: deque[Event] = deque()
        self._news = asyncio.Event()

    def begin(self) -> None:
        """A run begins."""
        self._runs.clear()

    async def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        """Run a tool with decoded arguments; what it raises is raised in the code."""
        tool, cell, call = self._tools[name], self._cell, CALL_ID.get()
        if cell is None:  # a sandbox's late message
            raise RuntimeError("tools can be called by a running cell only")
        if tool.approval == "always":
            await approved(self._approve, RequestedCall(name=name, arguments=arguments))
        cell.account.pay(tool.cost)
        if not isinstance(tool, ManagedAgent):
            tell = self._tell(cell.step, call, name)
            return await tool.call(arguments, tell, cell.workspace)
        self._runs[name] = run = self._runs.get(name, 0) + 1
        return await tool.work(
            arguments,
            self._relay(cell.step, call, f"{name}#{run}"),
            account=cell.account,
            executors=cell.executors,
        )

    async def during(
        self,
        step: int,
        execution: AsyncGenerator[ExecutionEvent, None],
        *,
        account: Account,
        executors: ExecutorFactory,
        workspace: Workspace,
    ) -> AsyncGenerator[Event, None]:
        """The events of a cell, and between them what its calls tell, as it happens.

        Args:
            step: that the cell belongs to.
            execution: the running cell. The caller closes it.
            account: what agents that the code calls may use.
            executors: where the code of those runs that have no place of their own.
            workspace: the files that tools may be handed.
        """
        self._cell = _Cell(step, account, executors, workspace)
        self._told.clear()
        open_calls = 0
        try:
            while True:
                # While no call is open nothing else can come: nothing is spent on looking for it.
                coming = asyncio.ensure_future(anext(execution, None)) if open_calls else None
                if coming is not None:
                    async with aclosing(self._until(coming)) as told:
                        async for event in told:
                            yield event
                event = await (coming or anext(execution, None))
                if event is None:
                    return
                open_calls += isinstance(event, ToolCalled) - isinstance(event, ToolReturned)
                yield CellEvent(step=step, event=event)
        finally:
            self._cell = None

    async def _until(self, coming: asyncio.Future[Any]) -> AsyncGenerator[Event, None]:
        """What is told until `coming` is done, to the last word; it is done when this is closed."""
        coming.add_done_callback(lambda _: self._news.set())
        try:
            while True:
                self._news.clear()
                while self._told:
                    yield self._told.popleft()
                if coming.done():
                    return
                await self._news.wait()
        finally:
            if coming.cancel():
                await asyncio.wait([coming])

    def _put(self, event: Event) -> None:
        self._told.append(event)
        self._news.set()

    def _tell(self, step: int, call: int, name: str) -> Tell:
        def tell(text: str) -> None:
            text = text[:_PROGRESS_CHARS]
            self._put(ToolProgress(step=step, call=call, name=name, text=text))

        return tell

    def _relay(self, step: int, call: int, agent: str) -> Relay:
        def relay(event: Event) -> None:
            if isinstance(event, AgentEvent):  # from an agent that this agent has called
                self._put(replace(event, step=step, path=(agent, *event.path)))
            else:
                self._put(AgentEvent(step=step, call=call, path=(agent,), event=event))

        return relay
