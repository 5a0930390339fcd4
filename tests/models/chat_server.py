"""A real HTTP server that behaves like chat services do, well and badly."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


def sse(data: Any) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"data: {text}\n\n".encode()


def piece(content: str | None = None, *, finish: str | None = None, **more: Any) -> bytes:
    delta = {"role": "assistant", "content": content, **more}
    return sse({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def counts(prompt: int, completion: int, cached: int) -> bytes:
    return sse(
        {
            "choices": [],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        }
    )


DONE = sse("[DONE]")


@dataclass
class Pause:
    """Wait inside a stream."""

    seconds: float


@dataclass
class Gate:
    """Wait inside a stream until the test has what came before."""

    opened: threading.Event = field(default_factory=threading.Event)


@dataclass
class Cut:
    """Break the connection in the middle of the body."""


Step = bytes | Pause | Gate | Cut


@dataclass
class Answer:
    """What one request gets: an error, or a stream."""

    steps: Sequence[Step] = ()
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    chunked: bool = False
    """Send an error's body without a Content-Length."""


def words(*texts: str, finish: str = "stop") -> Answer:
    return Answer([*(piece(text) for text in texts), piece(finish=finish), counts(7, 3, 2), DONE])


async def whole(steps: Sequence[Step]) -> dict[str, Any]:
    """The stream as one body, for a client that does not want it streamed."""
    text, usage, finish = "", {}, None
    for step in steps:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
        elif isinstance(step, bytes) and step != DONE:
            chunk = json.loads(step.removeprefix(b"data: "))
            for choice in chunk["choices"]:
                text += choice["delta"]["content"] or ""
                finish = choice["finish_reason"] or finish
            usage = chunk.get("usage", usage)
    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "message": message, "finish_reason": finish}]
    return {"id": "1", "created": 0, "model": "m", "choices": choices, "usage": usage}


@dataclass
class ChatServer:
    """Gives its answers in order, the last one again and again; records what it was asked."""

    answers: list[Answer] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def will(self, *answers: Answer) -> str:
        self.answers = list(answers)
        return self.url

    async def chat(self, request: Request) -> Response:
        self.times.append(time.monotonic())
        self.headers.append(dict(request.headers))
        self.bodies.append(await request.json())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.status != 200:
            return self._error(answer)
        if not self.bodies[-1].get("stream"):
            return JSONResponse(await whole(answer.steps))
        return StreamingResponse(
            self._stream(answer.steps), media_type="text/event-stream", headers=answer.headers
        )

    def _error(self, answer: Answer) -> Response:
        if not answer.chunked:
            return JSONResponse(answer.body, answer.status, answer.headers)

        async def body() -> AsyncIterator[bytes]:
            yield json.dumps(answer.body).encode()

        return StreamingResponse(body(), answer.status, answer.headers, "application/json")

    async def _stream(self, steps: Sequence[Step]) -> AsyncIterator[bytes]:
        try:
            for step in steps:
                match step:
                    case Pause(seconds):
                        await asyncio.sleep(seconds)
                    case Gate(opened):
                        if not await asyncio.to_thread(opened.wait, 60):
                            raise ConnectionError("nobody has read what came before")
                    case Cut():
                        raise ConnectionError("cut on purpose")
                    case _:
                        yield step
        except asyncio.CancelledError:
            self.disconnected.set()
            raise


@contextmanager
def running(port: int = 0) -> Iterator[ChatServer]:
    """The server on that port, or a free one, in a thread of its own."""
    state = ChatServer()
    app = Starlette(
        routes=[Route("/v1/chat/completions", state.chat, methods=["POST"])],
    )
    listener = socket.create_server(("127.0.0.1", port))
    state.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()
