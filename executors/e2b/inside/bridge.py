"""The kernel's end of the line to the host: messages out, replies in, and the tools on top.

A message is a display message of its own type that carries a token, so nothing printed can pass for
one; a reply is a file in a private folder. The code of a cell can read the token, which gives it no
more than calling the functions does: the host checks every message.
"""

from __future__ import annotations

import builtins
import inspect
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from executors.pictures import opened
from executors.values import decode, encode

MIME = "application/vnd.sandglass.v1+json"
INLINE_BYTES = 256 * 1024
"""A longer body travels as a file, of which the message only tells."""
RESEND_SECONDS = 2.0


class ToolError(RuntimeError):
    """A tool failed on the host with an exception that has no builtin type."""

    __module__ = "builtins"


class FinalAnswer(BaseException):
    """Ends the cell once the answer is on its way."""


class Bridge:
    """Sends and receives for one kernel."""

    def __init__(
        self, publish: Callable[[dict[str, Any]], None], config: Mapping[str, Any]
    ) -> None:
        self._publish = publish
        self._token: str = config["token"]
        self._call_bytes: int = config["call_bytes"]
        self.folder = tempfile.mkdtemp(prefix="sandglass-")
        self._pid = os.getpid()
        self.running = False
        """Whether a cell is running, so that the host listens."""

    def send(self, kind: str, body: Any, *, id: str = "") -> None:
        """Tell the host something; a body that is too long for a message goes by file."""
        id = id or uuid.uuid4().hex
        message: dict[str, Any] = {"kind": kind, "id": id, "token": self._token}
        text = json.dumps(body)
        if len(text) > INLINE_BYTES:
            file = os.path.join(self.folder, f"{id}.req")
            if not os.path.exists(file):
                with open(file + ".part", "w", encoding="utf-8") as part:
                    part.write(text)
                os.rename(file + ".part", file)
            message["size"] = len(text)
        else:
            message["body"] = body
        self._publish({MIME: message})

    def ask(self, body: Any) -> dict[str, Any]:
        """Send a call until its reply is there; the host runs an id only once."""
        id = uuid.uuid4().hex
        reply_file, request_file = (os.path.join(self.folder, id + end) for end in (".rep", ".req"))
        self.send("call", body, id=id)
        started = sent = time.monotonic()
        patience = RESEND_SECONDS
        try:
            while (reply := complete(reply_file)) is None:
                self.check()
                now = time.monotonic()
                if now - sent > patience:
                    sent, patience = now, min(2 * patience, 30.0)
                    self.send("call", body, id=id)
                time.sleep(0.002 if now - started < 1 else 0.01 if now - started < 10 else 0.05)
            return json.loads(reply)
        finally:
            for used in (reply_file, request_file):
                if os.path.exists(used):
                    os.unlink(used)

    def check(self) -> None:
        """Raise where a call could never be answered."""
        if os.getpid() != self._pid:
            raise ToolError("tools cannot be called from another process: call them in the cell")
        if not self.running:
            raise ToolError("tools can be called only while a cell is running")

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Call a tool on the host and return or raise what it did."""
        self.check()
        encoded = {key: self._encode(value) for key, value in arguments.items()}
        reply = self.ask({"name": name, "arguments": encoded})
        if "error" in reply:
            raise error_of(reply["error"]["type"], reply["error"]["message"])
        return opened(decode(reply["value"]))

    def final_answer(self, *answers: Any, **named: Any) -> NoReturn:
        """End the run with an answer; several values become a tuple."""
        self.check()
        given = (*answers, *named.values())
        if not given:
            raise TypeError("final_answer() needs the answer: final_answer(answer)")
        self.send("final", self._encode(given[0] if len(given) == 1 else given))
        raise FinalAnswer

    def _encode(self, value: Any) -> Any:
        encoded = encode(value, max_bytes=self._call_bytes)
        if len(json.dumps(encoded)) > self._call_bytes:
            raise ValueError("the value is too large: pass a part or a summary of it")
        return encoded


def tool_function(spec: Mapping[str, Any], bridge: Bridge) -> Callable[..., Any]:
    """The function that stands for a tool in the code."""
    name, signature = spec["name"], signature_of(spec["parameters"])

    def tool(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as exc:
            raise TypeError(f"{name}() {exc}; it is called as {spec['shown']}") from None
        bound.apply_defaults()
        return bridge.call(name, bound.arguments)

    tool.__name__ = tool.__qualname__ = name
    tool.__doc__ = spec["description"]
    return tool


def signature_of(parameters: Sequence[Mapping[str, Any]]) -> inspect.Signature:
    """Required parameters first, as Python wants it; keywords reach them in any order."""
    return inspect.Signature(
        [
            inspect.Parameter(
                one["name"],
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if one["required"] else decode(one["default"]),
            )
            for one in sorted(parameters, key=lambda one: not one["required"])
        ]
    )


def complete(file: str) -> bytes | None:
    """The reply in `file`, or None until all of it is there."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except FileNotFoundError:
        return None
    return data[8:] if len(data) >= 8 and len(data) - 8 == int.from_bytes(data[:8], "big") else None


def error_of(name: str, message: str) -> Exception:
    """What the tool raised: with its builtin type where it has one."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:  # a few, like UnicodeDecodeError, take more than a message
            return ToolError(f"{name}: {message}")
    return ToolError(f"{name}: {message}")
