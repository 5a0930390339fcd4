"""What the app offers: made once where it is shared, and all of it closed."""

from __future__ import annotations

import pytest

from agent import ScriptedModel
from agent.errors import ConfigurationError
from agent.models.catalogue import ModelChoice
from agent.services import AgentDefaults, OfferedModel, Services
from executors.local.executor import LocalExecutorFactory


class Counted(ScriptedModel):
    """A model that says when it was closed, and may fail at it."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.closed, self._fails = False, fails

    async def aclose(self) -> None:
        self.closed = True
        if self._fails:
            raise OSError("no")


def offer(id: str, model: ScriptedModel, **options: bool) -> OfferedModel:
    choice = ModelChoice(id=id, label=id.title(), hint="", needs_key=False)
    return OfferedModel(choice=choice, make=lambda _: model, **options)


def services(*models: OfferedModel) -> Services:
    return Services(
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
