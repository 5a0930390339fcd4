"""The host's end of the line: tool calls, the answer and errors that the kernel sends as messages.

The other end is `executors.e2b.inside.bridge`. What arrives is checked like anything a stranger
sends: the code of a cell can read the token, so a message may do what the code may, and no more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from executors.base import (
    CALL_ID,
    JSON,
    ExecutionEvent,
    ExecutorSpec,
    ToolCalled,
    ToolReturned,
    VariablesChanged,
    is_told,
    too_many_calls,
)
from executors.e2b.calls import CallMade, CallsMade, call_key
from executors.e2b.faults import sdk_faults
from executors.e2b.inside.bridge import MIME
from executors.e2b.inside.names import CHANGED
from executors.e2b.results import variables_of
from executors.e2b.sdk import USER, Files, Result
from executors.e2b.tasks import end
from executors.errors import ExecutorError, ProtocolError
from executors.meter import Meter
from executors.values import decode, encode, preview

log = logging.getLogger(__name__)

_ID = re.compile(r"[0-9a-f]{32}")
PREVIEW_CHARS = 500
MAX_REFUSALS = 100
"""How many calls over the limit are answered at the same time; others have to ask again."""
GRACE_SECONDS = 1.0
"""How long a cell may go on after it gave its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One authentic message of the kernel."""

    kind: str
    id: str
    body: Any
    """None if it is in a file."""
    size: int
    """Of that file, in bytes."""


def message_of(result: Result, token: str) -> Message | None:
    """The message in a result, if it is one and carries the token."""
    raw: object = (result.extra or {}).get(MIME)
    if not isinstance(raw, dict):
        return None
    found = cast("dict[str, Any]", raw)
    given, id, size = found.get("token"), found.get("id"), found.get("size", 0)
    if not (isinstance(given, str) and secrets.compare_digest(given.encode(), token.encode())):
        return None
    if not (isinstance(id, str) and _ID.fullmatch(id) and isinstance(size, int)):
        return None
    return Message(kind=str(found.get("kind")), id=id, body=found.get("body"), size=size)


class HostCalls:
    """Serves one cell. `close` ends the tools that still run."""

    def __init__(
        self,
        spec: ExecutorSpec,
        *,
        files: Files,
        folder: str,
        meter: Meter,
        emit: Callable[[ExecutionEvent], None],
    ) -> None:
        self._spec, self._files, self._folder = spec, files, folder
        self._meter, self._emit = meter, emit
        self._tools = {tool.name for tool in spec.tools}
        self._tasks: set[asyncio.Task[None]] = set()
        self._seen: set[str] = set()
        self._unsent: dict[str, bytes] = {}
        self._answering: asyncio.Task[JSON] | None = None
        self.error: dict[str, Any] | None = None
        """The last exception that the kernel described."""
        self.variables: VariablesChanged | None = None
        """What the kernel said of variables."""
        self.made = CallsMade()

    @property
    def answered(self) -> bool:
        """Whether the code has called `final_answer`."""
        return self._answering is not None

    def take(self, message: Message) -> None:
        """Act on one message; returns at once."""
        match message.kind:
            case "call":
                self._take_call(message)
            case "final" if self._answering is None:
                self._answering = asyncio.create_task(self._body(message))
                self._meter.shorten(GRACE_SECONDS)
            case "error" if isinstance(cast("object", message.body), dict):
                self.error = message.body
            case kind if kind == CHANGED:
                self.variables = variables_of(message.body)
            case _:
                log.debug("ignored a message of kind %r", message.kind)

    async def answer(self) -> JSON:
        """What `final_answer` was called with, as typed JSON.

        Raises:
            ProtocolError: it is not what our end of the line sends.
        """
        if self._answering is None:
            raise ProtocolError("there is no answer")
        answer = await self._answering
        try:
            decode(answer)
        except (ValueError, RecursionError) as exc:
            raise ProtocolError(f"the answer cannot be read: {exc}") from exc
        return answer

    async def close(self) -> None:
        """Cancel what still runs and wait until it has let go."""
        await end(*self._tasks, self._answering)

    def _take_call(self, message: Message) -> None:
        limits = self._spec.limits
        if message.id in self._seen:
            if (reply := self._unsent.pop(message.id, None)) is not None:
                self._start(self._reply(message.id, reply))
        elif len(self._seen) < limits.calls:
            self._seen.add(message.id)
            self._start(self._serve(message, number=len(self._seen)))
        elif len(self._tasks) < MAX_REFUSALS:
            refusal = json.dumps(failure(too_many_calls(limits))).encode()
            self._start(self._reply(message.id, refusal, again=False))

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, message: Message, number: int) -> None:
        self._meter.pause()
        try:
            await self._reply(message.id, await self._run_tool(message, number))
        finally:
            self._meter.resume()

    async def _run_tool(self, message: Message, number: int) -> bytes:
        """Run the tool, tell about it, and return what the kernel is to hear."""
        began = time.monotonic()
        try:
            name, arguments = self._call_of(await self._body(message))
            decoded = {key: decode(value) for key, value in arguments.items()}
            key = call_key(name, decoded)  # now, since a tool may change what it is given
        except (ExecutorError, ValueError, RecursionError) as exc:
            return json.dumps(failure(exc)).encode()
        self._tell(ToolCalled(id=number, name=name, arguments=arguments))
        CALL_ID.set(number)  # for the task that answers this call, and no other
        try:
            value = encode(
                await self._spec.call_tool(name, decoded), max_bytes=self._spec.limits.call_bytes
            )
            reply, told = {"value": value}, preview(value, PREVIEW_CHARS)
        except Exception as exc:  # noqa: BLE001 (whatever a tool raises is raised in the code)
            reply = failure(exc)
            told = f"{type(exc).__name__}: {exc}"[:PREVIEW_CHARS]
        self._tell(
            ToolReturned(
                id=number,
                name=name,
                ok="value" in reply,
                preview=told,
                duration=time.monotonic() - began,
            )
        )
        packed = json.dumps(reply).encode()
        self.made.add(CallMade(key=key, reply=packed))
        return packed

    def _tell(self, event: ToolCalled | ToolReturned) -> None:
        if is_told(event):
            self._emit(event)

    def _call_of(self, body: Any) -> tuple[str, dict[str, JSON]]:
        call = cast("dict[str, object]", body) if isinstance(body, dict) else {}
        name, arguments = call.get("name"), call.get("arguments")
        if name not in self._tools or not isinstance(arguments, dict):
            raise ProtocolError("this is not a call of a tool that exists")
        return str(name), cast("dict[str, JSON]", arguments)

    async def _body(self, message: Message) -> Any:
        """The body of a message, from its file where it was too long; never from another file.

        Raises:
            ProtocolError: the code has removed or changed the file.
        """
        if not message.size:
            return message.body
        if message.size > 2 * self._spec.limits.call_bytes:
            raise ProtocolError("the message is too large")
        try:
            with sdk_faults():
                file = f"{self._folder}/{message.id}.req"
                data = await self._files.read(file, "bytes", user=USER)
        except FileNotFoundError as exc:
            raise ProtocolError("the message's file is gone") from exc
        if len(data) != message.size:
            raise ProtocolError("the message is not as long as it says")
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as exc:
            raise ProtocolError("the message cannot be read") from exc

    async def _reply(self, id: str, data: bytes, *, again: bool = True) -> None:
        """Write the reply; its length comes first, so that a half-written one can be told."""
        framed = len(data).to_bytes(8, "big") + data
        try:
            with sdk_faults():
                await self._files.write(f"{self._folder}/{id}.rep", framed, user=USER)
        except ExecutorError as exc:
            log.warning("a tool's reply did not get through, waiting to be asked again: %s", exc)
            if again:
                self._unsent[id] = data


def failure(exc: Exception) -> dict[str, Any]:
    """An exception as the other end raises it again."""
    single = exc.args[0] if len(exc.args) == 1 and isinstance(exc.args[0], str) else str(exc)
    return {"error": {"type": type(exc).__name__, "message": single}}
