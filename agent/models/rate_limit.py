"""Keeps all conversations together below what a service allows in a minute."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from hashlib import sha256

from agent.models.base import Done, Filled, Message, Model, ModelDelta, Preparing
from agent.models.wrapping import Ask, D, WrappingModel

MINUTE = 60.0
_NOTICE_SECONDS = 5.0
"""How often a waiting person is told how long it still takes."""
_CHARS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What may be asked of a model within any minute; None means any amount."""

    requests: int | None = None
    tokens: int | None = None
    """Read and written together."""


@dataclass(slots=True)
class Turn:
    """A request in the timetable; compared by identity."""

    start: float
    tokens: int

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class RateLimit:
    """A timetable of requests: each gets the earliest start that is not before anybody else's."""

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with an empty timetable; `clock` gives seconds."""
        self.rate = rate
        self._clock = clock
        self._turns: list[Turn] = []

    @property
    def idle(self) -> bool:
        """Whether nothing of the last minute or of the future is in the timetable."""
        return not self._recent()

    def enter(self, tokens: int) -> Turn:
        """Put a request of about so many tokens at the end of the timetable."""
        turns = self._recent()
        first = max([self._clock(), *(turn.start for turn in turns)])
        # Room appears only where an earlier request is a minute old; after the last one is some.
        starts = sorted(start for turn in turns if (start := turn.start + MINUTE) > first)
        turn = Turn(next(at for at in (first, *starts) if self._has_room(at, tokens)), tokens)
        self._turns.append(turn)
        return turn

    def leave(self, turn: Turn) -> None:
        """Take out a request that is not made after all."""
        self._turns.remove(turn)

    def seconds_until(self, turn: Turn) -> float:
        """How long to wait; 0 when it may start."""
        return max(0.0, turn.start - self._clock())

    def _has_room(self, at: float, tokens: int) -> bool:
        # Not `at - turn.start < MINUTE`: a start is a sum of floats, and so must be its comparison.
        before = [turn for turn in self._turns if turn.start + MINUTE > at]
        requests, most = self.rate.requests, self.rate.tokens
        if requests is not None and len(before) >= requests:
            return False
        # One request that is larger than the rate waits until it is alone, not for ever.
        spent = sum(turn.tokens for turn in before)
        return most is None or not before or spent + tokens <= most

    def _recent(self) -> Sequence[Turn]:
        now = self._clock()
        self._turns = [turn for turn in self._turns if turn.start + MINUTE > now]
        return self._turns


class RateLimits:
    """One limit for each model and key, shared by all who use both; the keys are not kept."""

    def __init__(self) -> None:
        self._limits: dict[bytes, RateLimit] = {}

    def of(self, model: str, key: str, rate: Rate) -> RateLimit:
        """The limit that holds for this model with this key; made where there is none yet."""
        for name in [name for name, limit in self._limits.items() if limit.idle]:
            del self._limits[name]  # an empty timetable says nothing
        name = sha256(f"{model}\0{key}".encode()).digest()
        return self._limits.setdefault(name, RateLimit(rate))


class RateLimitedModel(WrappingModel):
    """Asks `inner` when the limit allows it, and tells the person how long that takes."""

    def __init__(self, inner: Model, limit: Callable[[], RateLimit]) -> None:
        """Wrap `inner`; `limit` gives the timetable that is shared with others just now."""
        super().__init__(inner)
        self._inner, self._limit = inner, limit

    async def asked(
        self, messages: Sequence[Message], ask: Ask[D]
    ) -> AsyncGenerator[D | ModelDelta, None]:
        """Wait for the turn, and ask then."""
        source, limit = ask(self._inner), self._limit()
        if source is None:
            return
        turn = limit.enter(sum(len(m.content) for m in messages) // _CHARS_PER_TOKEN)
        try:
            while wait := limit.seconds_until(turn):
                seconds = math.ceil(wait)
                yield Preparing(f"Waiting {seconds} s for the model's rate limit…")
                await asyncio.sleep(min(wait, _NOTICE_SECONDS))
        except BaseException:
            limit.leave(turn)
            raise
        async with aclosing(source) as deltas:
            async for delta in deltas:
                if isinstance(delta, Done | Filled):
                    used = delta.usage
                    turn.tokens = used.input_tokens + used.output_tokens or turn.tokens
                yield delta

    async def aclose(self) -> None:
        """Close the model inside."""
        await self._inner.aclose()
