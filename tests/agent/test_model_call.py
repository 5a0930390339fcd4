"""One model call, where the stream is not what it should be."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import pytest

from agent.errors import ModelUnavailable
from agent.events import CodeDelta, Event, ReasoningDelta, TextDelta
from agent.model_call import ModelCall
from agent.models.base import Done, Message, ModelDelta, Reasoning, Text
from agent.models.profile import PROFILES
from agent.models.scripted import ScriptedModel
from agent.parsing import Action, Reply


class BrokenModel:
    """Streams `pieces`, then its connection breaks."""

    name = "broken"
    profile = PROFILES["medium"]

    def __init__(self, *pieces: ModelDelta) -> None:
        self._pieces = pieces

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        for piece in self._pieces:
            yield piece
        raise ModelUnavailable("The connection broke.")

    async def aclose(self) -> None:
        pass


async def streamed(call: ModelCall) -> list[Event]:
    return [event async for event in call.stream([Message("user", "the task")])]


async def test_a_stream_that_breaks_after_the_action_does_not_spoil_it() -> None:
    call = ModelCall(BrokenModel(Text("I do.\n```python\nx = 1\n```\n")), step=1)
    await streamed(call)
    assert call.result == Action(thought="I do.", code="x = 1\n")


async def test_a_stream_that_breaks_within_the_action_fails() -> None:
    call = ModelCall(BrokenModel(Text("I do.\n```python\nx = 1\n")), step=1)
    with pytest.raises(ModelUnavailable):
        await streamed(call)


async def test_half_characters_of_a_service_are_replaced() -> None:
    pieces = Reasoning("r\ud83d"), Text("a \ud83d"), Text("\ude00 b\n```python\n'\ud83d'\n```\n")
    call = ModelCall(BrokenModel(*pieces), step=1)
    for event in await streamed(call):
        assert isinstance(event, TextDelta | CodeDelta | ReasoningDelta)
        event.text.encode()
    assert not isinstance(call.result, Reply)
    assert (call.result.thought, call.result.code.strip()) == ("a \ufffd\ufffd b", "'\ufffd'")
    assert call.reasoning == "r\ufffd"


async def asked(*replies: str) -> tuple[ModelCall, list[Event]]:
    call = ModelCall(ScriptedModel(*replies), step=1)
    return call, await streamed(call)


async def test_an_observation_in_a_string_of_the_code_does_not_end_it() -> None:
    code = 's = """\nObservation: red\n"""\nprint(s)\n'
    call, _ = await asked(f"I do.\n```python\n{code}```\nObservation: red")
    assert call.result == Action("I do.", code)
    assert call.rejection == ""


async def test_thinking_within_a_reply_is_reasoning() -> None:
    call, events = await asked("I do.\n<think>\nHm.\n</think>\n```python\nx = 1\n```")
    assert call.result == Action("I do.", "x = 1\n")
    assert call.reasoning == "Hm."
    assert "".join(e.text for e in events if isinstance(e, ReasoningDelta)).strip() == "Hm."


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "was empty"),
        ("<think>Hm.", "still thinking"),
        ("I do.\n```python\n```", "code block was empty"),
        ("I do.\n```python\nprint(", "breaks off"),
        ("```bash\nls\n```", "Shell commands"),
        ('<tool_call>{"name": "python"</tool_call>', "could not be read"),
        ("Hello!", ""),
    ],
)
async def test_a_reply_that_cannot_be_used_is_rejected_with_the_reason(
    reply: str, reason: str
) -> None:
    call, _ = await asked(reply)
    assert reason in call.rejection
    assert bool(reason) == bool(call.rejection)


async def test_thinking_alone_is_no_reply() -> None:
    call = ModelCall(BrokenModel(Reasoning("Hm."), Done()), step=1)
    with pytest.raises(ModelUnavailable):
        await streamed(call)
    assert "still thinking" in call.rejection
