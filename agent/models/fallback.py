"""A list of models: where one cannot answer the next one does, and says so."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace

from agent.errors import ConfigurationError, ModelUnavailable
from agent.models.base import Message, Model, ModelDelta, Reasoning, Switched, Text
from agent.models.profile import Profile
from agent.models.wrapping import Ask, D, WrappingModel

log = logging.getLogger(__name__)

REST_SECONDS = 60.0
"""How long a model that could not answer is passed over."""


class FallbackModel(WrappingModel):
    """Answers with the first of `models` that can, best first.

    Another model takes over only where one is unavailable (unreachable, overloaded, too late) and
    has not shown a word yet, and each such reply begins with a `Switched` that the page shows.
    A refusal (a wrong key, no credit) is for the person to solve and ends the call: it is no
    reason to spend somebody's credit elsewhere.
    """

    def __init__(
        self, models: Sequence[Model], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the models, which belong to whoever made them; `clock` gives seconds.

        Raises:
            ConfigurationError: the list is empty.
        """
        if not models:
            raise ConfigurationError("A FallbackModel needs at least one model.")
        super().__init__(models[0])
        self.profile = _common([model.profile for model in models])
        self._models = tuple(models)
        self._clock = clock
        self._faults: dict[int, tuple[float, str]] = {}
        """By position: until when that model rests, and why."""

    async def asked(
        self, messages: Sequence[Message], ask: Ask[D]
    ) -> AsyncGenerator[D | ModelDelta, None]:
        """Ask the first one that can be asked that and can answer."""
        _, reason = self._faults.get(0, (0.0, ""))
        last: ModelUnavailable | None = None
        asked = enumerate(map(ask, self._models))  # which begins nothing yet
        sources = {position: source for position, source in asked if source is not None}
        for position in self._order(sources):
            model, source, began = self._models[position], sources[position], False
            if position != 0:
                yield Switched(model=model.name, reason=reason)
            try:
                async with aclosing(source) as deltas:
                    async for delta in deltas:
                        began = began or isinstance(delta, Text | Reasoning)
                        yield delta
                self._faults.pop(position, None)
                return
            except ModelUnavailable as exc:
                if began:
                    raise
                log.info("%s could not answer: %s", model.name, exc)
                self._faults[position] = (self._clock() + REST_SECONDS, str(exc))
                reason, last = str(exc) if position == 0 else reason, exc
        raise ModelUnavailable(
            str(last)
            if len(sources) == 1
            else f"None of the {len(sources)} models on the list could answer. {last}"
        ) from last

    async def aclose(self) -> None:
        """Do nothing: the models belong to whoever made them."""

    def _order(self, able: Iterable[int]) -> Sequence[int]:
        """The positions to try, of those; the ones that rest are passed over, unless all do."""
        now = self._clock()
        rested = [
            position
            for position in able
            if position not in self._faults or self._faults[position][0] <= now
        ]
        return rested or list(able)


def _common(profiles: Sequence[Profile]) -> Profile:
    """How to talk to the first one, within what all of them can do."""
    windows = [profile.context_tokens for profile in profiles if profile.context_tokens]
    return replace(
        profiles[0],
        context_tokens=min(windows, default=None),
        vision=all(profile.vision for profile in profiles),
        # Who answers is known only afterwards, so a price would be a guess.
        price=profiles[0].price if len({profile.price for profile in profiles}) == 1 else None,
    )
