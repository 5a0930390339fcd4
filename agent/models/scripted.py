"""A model that replays what it was given: deterministic, offline, for demos and tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

from agent.errors import ModelUnavailable
from agent.models.base import Done, Message, ModelDelta, Text, Usage
from agent.models.profile import PROFILES, Profile
from agent.models.stopping import StopCutter

Reply = str | Exception | Callable[[Sequence[Message]], str]
"""A text, an error to raise, or a function from the messages to a text."""

PIECE = 12
"""Characters of one streamed piece; small, so that consumers meet borders everywhere."""


class ScriptedModel:
    """Replays `replies` in order, as a real stream."""

    def __init__(
        self,
        *replies: Reply,
        delay: float = 0.0,
        name: str = "scripted",
        profile: Profile = PROFILES["medium"],
    ) -> None:
        """Take the replies; `delay` is the seconds between two pieces."""
        self.name = name
        self.profile = profile
        self.asked: list[tuple[Message, ...]] = []
        """The messages of every call so far."""
        self.temperatures: list[float | None] = []
        """The temperature of every call so far."""
        self._delay = delay
        self._total = len(replies)
        self._replies: Iterator[Reply] = iter(replies)

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        """Stream the next reply; see `agent.models.base.Model.stream`."""
        self.asked.append(tuple(messages))
        self.temperatures.append(temperature)
        text = self._next(messages)
        cutter = StopCutter(stop)
        written = 0
        for start in range(0, len(text), PIECE):
            await asyncio.sleep(self._delay)
            if kept := cutter.feed(text[start : start + PIECE]):
                written += len(kept)
                yield Text(kept)
            if cutter.hit:
                break
        if rest := cutter.finish():
            written += len(rest)
            yield Text(rest)
        yield Done(usage=_usage(messages, written))

    async def aclose(self) -> None:
        """Do nothing: there is nothing to release."""

    def _next(self, messages: Sequence[Message]) -> str:
        reply = next(self._replies, None)
        match reply:
            case None:
                raise ModelUnavailable(
                    f"The scripted model has no more replies: it was given {self._total} and is "
                    f"asked for number {len(self.asked)}. Give it one reply for each step."
                )
            case str():
                return reply
            case Exception():
                raise reply
            case _:
                return reply(messages)


def _usage(messages: Sequence[Message], written: int) -> Usage:
    """About four characters a token, so that sums on the page look like real ones."""
    asked = sum(len(message.content) for message in messages)
    return Usage(input_tokens=-(-asked // 4), output_tokens=-(-written // 4))
