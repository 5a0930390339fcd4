"""A list of models: who is asked when, and that it is said."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from agent import CodeAgent
from agent.errors import ConfigurationError, ContextTooLong, ModelRefused, ModelUnavailable
from agent.events import ModelSwitched, RunEnded
from agent.models.base import Message, ModelDelta, Preparing, Switched, Text
from agent.models.chat import InferenceClientModel
from agent.models.fallback import FallbackModel
from agent.models.price import Price
from agent.models.profile import PROFILES
from agent.models.scripted import ScriptedModel
from tests.models.chat_server import Answer, ChatServer, Cut, piece, running, words
from tests.models.helpers import collect, text_of

DOWN = ModelUnavailable("A is down.")
TO_B = Switched(model="b", reason="A is down.")


def scripted(name: str, *replies: str | Exception) -> ScriptedModel:
    return ScriptedModel(*replies, name=name)


async def test_the_first_one_answers_while_it_can() -> None:
    a, b = scripted("a", "one"), scripted("b")
    deltas = await collect(FallbackModel([a, b]))
    assert text_of(deltas) == "one"
    assert not any(isinstance(delta, Switched) for delta in deltas)
    assert b.asked == []


async def test_the_next_one_is_asked_and_named_before_its_first_word() -> None:
    b = scripted("b", "two")
    deltas = await collect(FallbackModel([scripted("a", DOWN), b]), temperature=0.3)
    assert deltas[0] == TO_B
    assert text_of(deltas) == "two"
    assert b.temperatures == [0.3]


async def test_it_is_said_with_every_reply_of_another_model() -> None:
    a, b = scripted("a", DOWN, "back"), scripted("b", "two", "three")
    now = 0.0
    model = FallbackModel([a, b], clock=lambda: now)
    assert TO_B in await collect(model)
    assert TO_B in await collect(model)  # the first one rests, and is not asked
    assert len(a.asked) == 1
    now = 61.0
    assert text_of(await collect(model)) == "back"
    assert len(b.asked) == 2


async def test_a_broken_off_reply_is_not_continued_by_another_model() -> None:
    class Breaks(ScriptedModel):
        async def stream(
            self,
            messages: Sequence[Message],
            *,
            stop: Sequence[str] = (),
            temperature: float | None = None,
        ) -> AsyncGenerator[ModelDelta, None]:
            yield Preparing("Soon…")
            yield Text("half")
            raise DOWN

    b = scripted("b", "two")
    with pytest.raises(ModelUnavailable, match="A is down"):
        await collect(FallbackModel([Breaks(), b]))
    assert b.asked == []


@pytest.mark.parametrize("error", [ModelRefused("No credit."), ContextTooLong("Too long.")])
async def test_a_refusal_is_for_the_person(error: Exception) -> None:
    b = scripted("b", "two")
    with pytest.raises(type(error), match=str(error)):
        await collect(FallbackModel([scripted("a", error), b]))
    assert b.asked == []


async def test_where_none_can_answer_one_sentence_says_so() -> None:
    model = FallbackModel([scripted("a", DOWN), scripted("b", ModelUnavailable("B too."))])
    with pytest.raises(ModelUnavailable, match=r"^None of the 2 models .* could answer\. B too\.$"):
        await collect(model)
    with pytest.raises(ModelUnavailable, match=r"^A is down\.$"):
        await collect(FallbackModel([scripted("a", DOWN)]))


async def test_when_all_rest_all_are_asked_again() -> None:
    a = scripted("a", DOWN, "back")
    model = FallbackModel([a, scripted("b", DOWN)], clock=lambda: 0.0)
    with pytest.raises(ModelUnavailable):
        await collect(model)
    assert text_of(await collect(model)) == "back"


def test_an_empty_list_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError):
        FallbackModel([])


def test_the_profile_is_within_what_all_can_do() -> None:
    price = Price(input=1, output=2)
    large = replace(PROFILES["large"], context_tokens=100_000, vision=True, price=price)
    small = replace(PROFILES["small"], context_tokens=8_000)
    models = [ScriptedModel(profile=large), ScriptedModel(profile=small)]
    assert FallbackModel(models).profile == replace(
        large, context_tokens=8_000, vision=False, price=None
    )
    assert FallbackModel(models[:1]).profile == large


async def test_over_http_the_page_gets_one_answer_and_is_told(server: ChatServer) -> None:
    with running() as other:
        busy = Answer(status=429, body={"error": "slow down"}, headers={"Retry-After": "90"})
        first = InferenceClientModel("first", base_url=server.will(busy))
        second = InferenceClientModel("second", base_url=other.will(words("Hel", "lo.")))
        async with CodeAgent(model=FallbackModel([first, second])) as agent:
            events = [event async for event in agent.stream("Say hello.")]
    [switched] = [event for event in events if isinstance(event, ModelSwitched)]
    assert switched.model == "second"
    assert "too busy to answer with first" in switched.reason
    assert "slow down" in switched.reason
    end = events[-1]
    assert isinstance(end, RunEnded)
    assert end.answer == "Hello."


async def test_over_http_a_reply_that_breaks_off_stays_broken(server: ChatServer) -> None:
    with running() as other:
        cut = Answer([piece("half"), Cut()])
        first = InferenceClientModel("first", base_url=server.will(cut))
        second = InferenceClientModel("second", base_url=other.will(words("Hello.")))
        with pytest.raises(ModelUnavailable, match="cut off"):
            await collect(FallbackModel([first, second]))
        assert other.bodies == []
