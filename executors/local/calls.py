"""Answers the tool calls of one cell, each in a task of its own and in whatever order they end."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from executors import values, wire
from executors.base import CALL_ID, ExecutorSpec, ToolCalled, ToolReturned, too_many_calls
from executors.errors import ProtocolError
from executors.local.channel import Channel
from executors.meter import Meter

_PREVIEW_CHARS = 500
_SEND_SECONDS = 10.0
_PLAIN_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


class HostCalls:
    """Serves one cell. `close` ends the tools that still run.

    Args:
        spec: the tools, and the limits of calls.
        channel: where results go; it is closed where the cell does not take them.
        meter: stands still while a tool works.
        wake: called whenever a call has returned.
    """

    def __init__(
        self, spec: ExecutorSpec, channel: Channel, meter: Meter, wake: Callable[[], None]
    ) -> None:
        self._spec, self._channel, self._meter, self._wake = spec, channel, meter, wake
        self._tools = {tool.name: {p.name for p in tool.parameters} for tool in spec.tools}
        self._loop = asyncio.get_running_loop()
        self._made = 0
        self._open: set[int] = set()
        """The cell's own numbers of the calls that it waits for."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._returned: deque[ToolReturned] = deque()
        self._error: BaseException | None = None

    def take(self) -> ToolReturned | None:
        """The next call that has returned, if one has."""
        if self._error is not None:
            raise self._error
        return self._returned.popleft() if self._returned else None

    def begin(self, call: wire.ToolCall) -> ToolCalled | None:
        """Begin to answer a call; None where the cell may make no more.

        Raises:
            ProtocolError: the worker asks for what it may not ask for.
            ValueError: an argument is malformed.
        """
        self._check_in(call.id)
        if self._made >= self._spec.limits.calls:
            self._start(self._send(_failed(call.id, too_many_calls(self._spec.limits))), call)
            return None
        arguments = self._checked(call)
        self._made += 1
        self._start(self._serve(call, self._made, arguments), call)
        return ToolCalled(id=self._made, name=call.name, arguments=call.arguments)

    async def close(self) -> None:
        """Cancel what still runs and wait until it has let go."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _check_in(self, number: int) -> None:
        """A result that has been sent may still be on its way while the next call comes."""
        if number in self._open:
            raise ProtocolError(f"two calls have the number {number}")
        if len(self._open) >= wire.MAX_CALLS or len(self._tasks) >= 2 * wire.MAX_CALLS:
            raise ProtocolError("too many calls at the same time")
        self._open.add(number)

    def _start(self, work: Any, call: wire.ToolCall) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=f"tool {call.name:.100}")
        self._tasks.add(task)
        self._meter.pause()
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._meter.resume()
        if not task.cancelled():
            self._error = self._error or task.exception()
        self._wake()

    async def _serve(self, call: wire.ToolCall, number: int, arguments: dict[str, Any]) -> None:
        """Run the tool, tell that it has returned, and send what it gave."""
        CALL_ID.set(number)  # for this task and no other
        started = self._loop.time()
        result = await self._result(call, arguments)
        shown = f"{result.error}: {result.message}" if result.error else None
        returned = ToolReturned(
            id=number,
            name=call.name,
            ok=not result.error,
            preview=(shown or values.preview(result.value, _PREVIEW_CHARS))[:_PREVIEW_CHARS],
            duration=self._loop.time() - started,
        )
        self._returned.append(returned)
        self._wake()
        await self._send(result)

    async def _result(self, call: wire.ToolCall, arguments: dict[str, Any]) -> wire.ToolResult:
        try:
            value = await self._spec.call_tool(call.name, arguments)
            encoded = values.encode(value, max_bytes=self._spec.limits.call_bytes)
        except Exception as exc:  # noqa: BLE001 a tool's failure is the code's to handle
            return _failed(call.id, exc)
        return wire.ToolResult(id=call.id, value=encoded)

    async def _send(self, result: wire.ToolResult) -> None:
        self._open.discard(result.id)
        try:
            await self._channel.send(result, seconds=_SEND_SECONDS)
        except (ConnectionError, TimeoutError):
            self._channel.close()  # a cell that does not take its answer has crashed

    def _checked(self, call: wire.ToolCall) -> dict[str, Any]:
        """The arguments as Python values."""
        parameters = self._tools.get(call.name)
        if parameters is None or not call.arguments.keys() <= parameters:
            raise ProtocolError(f"a call of {call.name!r:.100} with unknown parameters")
        check_plain(call.arguments)
        return {name: values.decode(value) for name, value in call.arguments.items()}


def check_plain(encoded: Any) -> None:
    """Refuse what no log and no page could take: half characters, and numbers that are none.

    Raises:
        ProtocolError: it is in there.
    """
    try:
        _PLAIN_JSON.encode(cast("object", encoded)).encode("utf-8")
    except (ValueError, RecursionError) as exc:
        raise ProtocolError(f"malformed value: {exc}") from exc


def _failed(number: int, error: Exception) -> wire.ToolResult:
    return wire.ToolResult(id=number, error=type(error).__name__, message=_message(error))


def _message(error: Exception) -> str:
    """The message without the quotes that `KeyError` puts around it."""
    match error.args:
        case (str(only),):
            return only
        case _:
            return str(error)
