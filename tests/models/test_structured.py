"""Forms over HTTP: what is sent, and what is made of the reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from agent.errors import ModelRefused, ModelUnavailable
from agent.models.base import Filled, Structured, Usage
from agent.models.chat import InferenceClientModel
from agent.models.scripted import ScriptedModel
from agent.models.structured import StructuredClientModel, for_provider
from tests.models.chat_server import Answer, ChatServer, words
from tests.models.helpers import ASK


@dataclass(frozen=True)
class Verdict:
    right: bool
    reason: str = ""


def model(url: str, **options: Any) -> StructuredClientModel:
    return StructuredClientModel("test-model", base_url=url, **options)


async def test_a_form_is_sent_and_read(server: ChatServer) -> None:
    url = server.will(words('{"right": tr', 'ue, "reason": "It is."}'))
    filled = await model(url, extra_body={"seed": 7}).fill(ASK, Verdict, temperature=0.0)
    usage = Usage(input_tokens=7, output_tokens=3, cached_tokens=2)
    assert filled == Filled(Verdict(right=True, reason="It is."), usage)
    [body] = server.bodies
    assert body["seed"] == 7
    assert body["temperature"] == 0.0
    assert body["response_format"]["type"] == "json_object"
    schema = body["response_format"]["schema"]
    assert schema["required"] == ["right"]
    assert set(schema["properties"]) == {"right", "reason"}


async def test_thinking_before_the_form_is_no_part_of_it(server: ChatServer) -> None:
    url = server.will(words("<think>Hm, {</think>", '{"right": false}'))
    assert (await model(url).fill(ASK, Verdict)).value == Verdict(right=False)


@pytest.mark.parametrize(
    "reply",
    [
        words("It is right."),
        words('{"right": "perhaps"}'),
        words('{"right": true, "rea', finish="length"),
        words(""),
    ],
    ids=["no JSON", "another type", "too long", "empty"],
)
async def test_a_form_that_is_not_filled_in(server: ChatServer, reply: Answer) -> None:
    with pytest.raises(ModelUnavailable, match="test-model did not fill in the form"):
        await model(server.will(reply)).fill(ASK, Verdict)


async def test_faults_of_the_service_stay_what_they_are(server: ChatServer) -> None:
    with pytest.raises(ModelRefused, match="did not accept the key"):
        await model(server.will(Answer(status=401, body={"error": "no"}))).fill(ASK, Verdict)


def test_a_provider_gets_the_form_that_its_client_knows() -> None:
    sent = for_provider({"type": "string"})
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["schema"] == {"type": "string"}


def test_only_who_can_says_so(server: ChatServer) -> None:
    assert isinstance(model(server.url), Structured)
    assert not isinstance(InferenceClientModel("m", base_url=server.url), Structured)
    assert not isinstance(ScriptedModel(), Structured)


async def test_no_form_is_sent_without_one(server: ChatServer) -> None:
    url = server.will(words("hi"))
    async for _ in model(url).stream(ASK):
        pass
    assert "response_format" not in server.bodies[0]
