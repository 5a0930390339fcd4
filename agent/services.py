"""What the app offers to every conversation: models, places to run code, sessions put together.

Shared things (the embedded model's server, the zygote) are made once, on first use.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from agent.code_agent import CodeAgent
from agent.errors import ConfigurationError
from agent.models.base import Model, Prefillable
from agent.models.catalogue import ModelChoice
from agent.models.fallback import FallbackModel
from agent.models.rate_limit import Rate, RateLimitedModel, RateLimits
from agent.session import Session
from agent.tools.base import Tool
from executors.base import ExecutorFactory, Limits, Protection
from executors.factory import ExecutorKind

NO_E2B_KEY = (
    "E2B needs an API key. Create one at e2b.dev (Dashboard, API Keys) and enter it in the "
    "settings, or use Local instead."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedModel:
    """A model of the page's picker and how to make it."""

    choice: ModelChoice
    make: Callable[[str], Model]
    """From the visitor's key; empty means the server's own, if it has one."""
    has_key: bool = False
    """Whether the server has a key for it, or none is needed."""
    shared: bool = False
    """Whether one instance serves everybody (the embedded model)."""
    rate: Rate | None = None
    """What all conversations that use it with the same key may ask within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDefaults:
    """What every agent of the app is made with."""

    tools: Sequence[Tool] = ()
    additional_authorized_imports: tuple[str, ...] = ()
    max_steps: int = 10
    limits: Limits = field(default_factory=Limits)
    instructions: str = ""


class Services:
    """The seam between the page and the engine.

    Args:
        models: what the picker offers, the first one chosen.
        local: makes the factory of the local executor; called once.
        e2b: makes a factory of E2B executors from a key; an empty one means the server's.
        has_e2b_key: whether the server has a key of its own, so that a visitor needs none.
        defaults: what every agent is made with.
        protections: what stands between the code and everything else, for each place to run it.
        fallbacks: ids of models to ask, in this order, where the chosen one cannot answer.
    """

    def __init__(
        self,
        *,
        models: Sequence[OfferedModel],
        local: Callable[[], ExecutorFactory],
        e2b: Callable[[str], ExecutorFactory],
        has_e2b_key: bool,
        defaults: AgentDefaults,
        protections: Mapping[ExecutorKind, Sequence[Protection]] = MappingProxyType({}),
        fallbacks: Sequence[str] = (),
    ) -> None:
        if not models:
            raise ConfigurationError("The app needs at least one model to offer.")
        self._models: Mapping[str, OfferedModel] = {one.choice.id: one for one in models}
        if unknown := [id for id in fallbacks if id not in self._models]:
            raise ConfigurationError(f"There is no model {unknown[0]!r} to fall back to.")
        self._fallbacks, self._limits = tuple(fallbacks), RateLimits()
        self._make_local, self._make_e2b = local, e2b
        self._defaults = defaults
        self._shared_models: dict[str, Model] = {}
        self._shared_executors: dict[ExecutorKind, ExecutorFactory] = {}
        self.model_choices: Sequence[ModelChoice] = [one.choice for one in models]
        self.default_model = models[0].choice.id
        self.has_e2b_key = has_e2b_key
        self.protections = protections

    def model(self, choice: str, *, key: str = "") -> Model:
        """The model of that id, with the visitor's `key` if given, else the server's.

        Raises:
            ConfigurationError: unknown id, or a key is needed and there is none.
        """
        offered = self._models.get(choice)
        if offered is None:
            raise ConfigurationError(f"There is no model {choice!r} here. Pick one from the list.")
        if offered.shared:  # who picks it wants nothing to leave the machine
            return self._made(offered, "")
        if not key and not offered.has_key:
            raise ConfigurationError(
                f"{offered.choice.label} needs a key. Enter yours in the settings, "
                "or pick the embedded model, which needs none."
            )
        made = self._made(offered, key)
        others = [self._models[id] for id in self._fallbacks if id != choice]
        # The visitor's key is for the service of the model that was chosen, and goes nowhere else.
        keys = [key if one.choice.needs_key and offered.choice.needs_key else "" for one in others]
        able = [self._made(one, k) for one, k in zip(others, keys, strict=True) if k or one.has_key]
        return FallbackModel([made, *able]) if able else made

    def _made(self, offered: OfferedModel, key: str) -> Model:
        """One model: the shared instance, or a new one below the limit that all share."""
        name, rate = offered.choice.id, offered.rate
        if offered.shared:
            if name not in self._shared_models:
                self._shared_models[name] = offered.make("")
            return self._shared_models[name]
        if rate is None:
            return offered.make(key)
        return RateLimitedModel(offered.make(key), lambda: self._limits.of(name, key, rate))

    def executors(self, kind: ExecutorKind, *, key: str = "") -> ExecutorFactory:
        """Where code runs; for E2B with the visitor's `key` if given, else the server's.

        Raises:
            ConfigurationError: E2B and no key at all.
        """
        if kind == "e2b" and key:
            return self._make_e2b(key)
        if kind == "e2b" and not self.has_e2b_key:
            raise ConfigurationError(NO_E2B_KEY)
        if kind not in self._shared_executors:
            make = self._make_local if kind == "local" else lambda: self._make_e2b("")
            self._shared_executors[kind] = make()
        return self._shared_executors[kind]

    def session(self, *, model: Model, executors: ExecutorFactory) -> Session:
        """A new conversation with the app's tools, authorised imports and limits."""
        agent = CodeAgent(
            self._defaults.tools,
            model,
            additional_authorized_imports=self._defaults.additional_authorized_imports,
            executor_type=executors,
            max_steps=self._defaults.max_steps,
            limits=self._defaults.limits,
            instructions=self._defaults.instructions,
        )
        return Session(agent)

    async def warm(self) -> None:
        """Get the local executor and the default model ready, so that the first answer is fast.

        Raises:
            agent.errors.AgentError: the model could not be made ready.
            executors.errors.ExecutorError: the executor could not.
        """
        model = self.model(self.default_model)
        session = self.session(model=model, executors=self.executors("local"))
        try:
            prefix = await session.agent.prefix()
            if isinstance(model, Prefillable):
                await model.prefill(prefix)
        finally:
            await session.aclose()

    async def release(self, made: Model | ExecutorFactory) -> None:
        """Close what was made for one visitor alone; what is shared stays open."""
        shared = (*self._shared_models.values(), *self._shared_executors.values())
        if not any(made is one for one in shared):
            await made.aclose()

    async def aclose(self) -> None:
        """Close the shared executors and models. Sessions are closed by whoever keeps them.

        Raises:
            ExceptionGroup: some could not be closed; all others are.
        """
        shared = [*self._shared_executors.values(), *self._shared_models.values()]
        self._shared_executors.clear()
        self._shared_models.clear()
        results = await asyncio.gather(*(one.aclose() for one in shared), return_exceptions=True)
        if faults := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("shared parts of the app could not be closed", faults)
