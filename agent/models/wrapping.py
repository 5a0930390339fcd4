"""Models around other models: what those can do besides `stream`, these can do as well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from agent.errors import ModelUnavailable
from agent.models.base import Done, Filled, Message, Model, ModelDelta, Prefillable, Structured

T = TypeVar("T")
D = TypeVar("D")

Ask = Callable[[Model], AsyncGenerator[D, None] | None]
"""Asks whichever model it will be; None from one that cannot be asked that."""


class WrappingModel(ABC):
    """A model that is `Structured` and `Prefillable` where the first one that it wraps is.

    A kind of wrapper says only in `asked` how it asks, and that holds for all that can be asked.
    """

    def __init__(self, first: Model) -> None:
        self.name, self.profile = first.name, first.profile
        # Attributes of this one object: `isinstance` tells by them what a model can do.
        if isinstance(first, Structured):
            self.fill = self._fill
        if isinstance(first, Prefillable):
            self.prefill = self._prefill

    @abstractmethod
    def asked(
        self, messages: Sequence[Message], ask: Ask[D]
    ) -> AsyncGenerator[D | ModelDelta, None]:
        """What `ask` gives, from the model that is to be asked, and what there is to say first."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        """Stream one reply; see `agent.models.base.Model.stream`."""

        def ask(model: Model) -> AsyncGenerator[ModelDelta, None]:
            return model.stream(messages, stop=stop, temperature=temperature)

        return self.asked(messages, ask)

    async def _fill(
        self, messages: Sequence[Message], form: type[T], *, temperature: float | None = None
    ) -> Filled[T]:
        """See `agent.models.base.Structured.fill`."""

        async def filled(model: Structured) -> AsyncGenerator[Filled[T], None]:
            yield await model.fill(messages, form, temperature=temperature)

        def ask(model: Model) -> AsyncGenerator[Filled[T], None] | None:
            return filled(model) if isinstance(model, Structured) else None

        async with aclosing(self.asked(messages, ask)) as items:
            async for item in items:
                if isinstance(item, Filled):
                    return item
        raise ModelUnavailable(f"{self.name} gave no form back. Try again.")

    async def _prefill(self, messages: Sequence[Message]) -> None:
        """See `agent.models.base.Prefillable.prefill`."""

        async def prefilled(model: Prefillable) -> AsyncGenerator[ModelDelta, None]:
            await model.prefill(messages)
            yield Done()

        def ask(model: Model) -> AsyncGenerator[ModelDelta, None] | None:
            return prefilled(model) if isinstance(model, Prefillable) else None

        async with aclosing(self.asked(messages, ask)) as items:
            async for _ in items:
                pass
