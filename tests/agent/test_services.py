"""What the app offers: made once where it is shared, and all of it closed."""

from __future__ import annotations

from typing import Any

import pytest

from agent import ScriptedModel
from agent.errors import ConfigurationError
from agent.models.catalogue import ModelChoice
from agent.models.fallback import FallbackModel
from agent.models.rate_limit import Rate, RateLimitedModel
from agent.services import AgentDefaults, OfferedModel, Services
from executors.local.executor import LocalExecutorFactory
from tests.models.helpers import collect, preparing_of


class Counted(ScriptedModel):
    """A model that says when it was closed, and may fail at it."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.closed, self._fails = False, fails

    async def aclose(self) -> None:
        self.closed = True
        if self._fails:
            raise OSError("no")


def offer(id: str, model: ScriptedModel, *, needs_key: bool = False, **more: Any) -> OfferedModel:
    choice = ModelChoice(id=id, label=id.title(), hint="", needs_key=needs_key)
    return OfferedModel(choice=choice, make=lambda _: model, **more)


class Keyed:
    """Makes models and notes the key that each was made with."""

    def __init__(self, *replies: str) -> None:
        self.keys: list[str] = []
        self._replies = replies

    def offer(self, id: str, *, needs_key: bool, **more: Any) -> OfferedModel:
        choice = ModelChoice(id=id, label=id, hint="", needs_key=needs_key)
        return OfferedModel(choice=choice, make=self._make, **more)

    def _make(self, key: str) -> ScriptedModel:
        self.keys.append(key)
        return ScriptedModel(*self._replies)


def services(*models: OfferedModel, **options: Any) -> Services:
    return Services(
        **options,
        models=models,
        local=LocalExecutorFactory,
        e2b=lambda _: LocalExecutorFactory(),
        has_e2b_key=False,
        defaults=AgentDefaults(),
    )


async def test_one_that_cannot_be_closed_keeps_no_other_open() -> None:
    bad, good = Counted(fails=True), Counted()
    made = services(offer("bad", bad, shared=True), offer("good", good, shared=True))
    made.model("bad")
    made.model("good")
    local = made.executors("local")
    assert made.executors("local") is local
    with pytest.raises(ExceptionGroup):
        await made.aclose()
    assert bad.closed
    assert good.closed
    await made.aclose()  # nothing is left, and nothing is said twice


async def test_what_needs_a_key_says_so() -> None:
    made = services(offer("hub", Counted()))
    with pytest.raises(ConfigurationError, match="Hub needs a key"):
        made.model("hub")
    assert isinstance(made.model("hub", key="hf_x"), Counted)
    with pytest.raises(ConfigurationError, match=r"e2b\.dev"):
        made.executors("e2b")
    with pytest.raises(ConfigurationError, match="no model 'other'"):
        made.model("other")
    await made.aclose()


async def test_the_list_of_fallbacks() -> None:
    own, hub, locked, embedded = Keyed(), Keyed(), Keyed(), Keyed()
    made = services(
        own.offer("custom", needs_key=False, has_key=True),
        hub.offer("hub", needs_key=True, has_key=True),
        locked.offer("locked", needs_key=True),
        embedded.offer("embedded", needs_key=False, has_key=True, shared=True),
        fallbacks=("hub", "locked", "embedded"),
    )
    assert isinstance(made.model("custom", key="sk-own"), FallbackModel)
    assert (own.keys, hub.keys, locked.keys) == (["sk-own"], [""], [])  # a key goes nowhere else
    assert isinstance(made.model("hub", key="hf_mine"), FallbackModel)
    assert (hub.keys, locked.keys) == (["", "hf_mine"], ["hf_mine"])  # the same service
    assert made.model("embedded") is made.model("embedded")
    assert isinstance(made.model("embedded"), ScriptedModel)  # nothing leaves the machine
    await made.aclose()


def test_a_fallback_that_is_not_offered_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="'nonesuch' to fall back to"):
        services(offer("hub", Counted()), fallbacks=("nonesuch",))


async def test_conversations_with_the_same_key_share_a_rate() -> None:
    keyed = Keyed("hi")
    made = services(keyed.offer("hub", needs_key=True, rate=Rate(requests=2)))
    mine, mine_too, other = (made.model("hub", key=key) for key in ("k1", "k1", "k2"))
    assert isinstance(mine, RateLimitedModel)
    for model in (mine, mine_too, other):
        assert preparing_of(await collect(model)) == []
    waiting = made.model("hub", key="k1").stream([])
    assert "for the model's rate limit" in str(await anext(waiting))
    await waiting.aclose()
