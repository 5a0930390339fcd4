"""What a person sees of each fault of a model's service: the real agent, client and HTTP server."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from agent import CodeAgent
from agent.events import (
    CodeDelta,
    Event,
    ModelPreparing,
    ReasoningDelta,
    RunEnded,
    StepFinished,
    StepRejected,
    TextDelta,
)
from agent.models.base import Usage
from agent.models.chat import Deadlines, InferenceClientModel
from executors.local.executor import LocalExecutorFactory
from tests.models.chat_server import DONE, Answer, ChatServer, Cut, Pause, piece, sse, words

PATIENT = Deadlines(first_token=100, idle=100, total=200)
CODE = "I compute it.\n```python\nfinal_answer(6 * 7)\n```"
BUSY = Answer(status=429, body={"error": "slow down"}, headers={"Retry-After": "1"})
BROKEN = Answer(status=500, body={"error": "internal"})


def pieces(text: str) -> list[bytes]:
    return [piece(text[start : start + 7]) for start in range(0, len(text), 7)]


@pytest.fixture
async def factory() -> AsyncGenerator[LocalExecutorFactory, None]:
    made = LocalExecutorFactory()
    yield made
    await made.aclose()


class Runs:
    """Runs tasks against the server that gives these answers."""

    def __init__(self, server: ChatServer, factory: LocalExecutorFactory) -> None:
        self._server, self._factory = server, factory

    async def __call__(self, *answers: Answer, deadlines: Deadlines = PATIENT) -> list[Event]:
        model = InferenceClientModel(
            "test-model", base_url=self._server.will(*answers), deadlines=deadlines
        )
        async with CodeAgent(model=model, executor_type=self._factory) as agent:
            events = [event async for event in agent.stream("What is 6 times 7?")]
        ends = [event for event in events if isinstance(event, RunEnded)]
        assert ends == [events[-1]]
        return events


@pytest.fixture
def run(server: ChatServer, factory: LocalExecutorFactory) -> Runs:
    return Runs(server, factory)


def end_of(events: list[Event]) -> RunEnded:
    end = events[-1]
    assert isinstance(end, RunEnded)
    return end


def shown(events: list[Event]) -> str:
    """The text on the page: what was streamed since something superseded it."""
    text = ""
    for event in events:
        match event:
            case TextDelta() | CodeDelta() | ReasoningDelta():
                text += event.text
            case StepRejected():
                text = ""
            case _:
                pass
    return text


EXPECTED = "I compute it.\nfinal_answer(6 * 7)"


@pytest.mark.parametrize(
    "before",
    [
        [],
        [BUSY],
        [BROKEN, BROKEN],
        [Answer([Cut()])],
        [Answer([piece("")]), Answer([])],
        [Answer([sse({"error": "engine died"})])],
    ],
    ids=[
        "the control: no fault",
        "429 with Retry-After",
        "500 twice",
        "cut before the first token",
        "two empty streams",
        "an error before the first token",
    ],
)
async def test_faults_before_the_first_token_are_got_over(
    run: Runs, server: ChatServer, before: list[Answer]
) -> None:
    good = Answer([*pieces(CODE), piece(finish="stop"), DONE])
    events = await run(*before, good)
    assert end_of(events).answer == 42
    assert shown(events).rstrip() == EXPECTED
    assert len(server.bodies) == len(before) + 1
    assert sum(isinstance(event, ModelPreparing) for event in events) == len(before)


@pytest.mark.parametrize(
    ("answer", "text", "sentence"),
    [
        (Answer([Pause(90)]), "", "did not begin to answer within 1.5 seconds"),
        (Answer([piece("I think"), Pause(90)]), "I think", "went silent for 0.6 seconds"),
        (
            Answer([piece("I think"), Cut()]),
            "I think",
            "was cut off before test-model had finished",
        ),
        (Answer([piece("I think"), DONE]), "I think", "was cut off before test-model had finished"),
        (Answer([b"data: {not json\n\n"]), "", "is not a chat reply"),
        (Answer([piece("I think"), b"data: {no\n\n"]), "I think", "is not a chat reply"),
        (Answer([piece("I think"), sse({"error": "engine died"})]), "I think", "engine died"),
        (Answer([piece("```python\nx = 1"), Cut()]), "x = 1", "was cut off"),
        (Answer([piece(None, reasoning="Hmm"), Cut()]), "Hmm", "was cut off"),
        (BROKEN, "", "too busy to answer"),
        (Answer(status=401, body={"error": "no"}), "", "did not accept the key"),
        (words("No, never.", finish="content_filter"), "No, never.", "content filter"),
    ],
    ids=[
        "hang before the first token",
        "hang in the middle",
        "cut in the middle",
        "done without a reason",
        "malformed",
        "malformed in the middle",
        "an error in the middle",
        "cut inside of the code",
        "cut while it thinks",
        "500 for ever",
        "refused",
        "filtered",
    ],
)
async def test_other_faults_are_one_clear_sentence(
    run: Runs, server: ChatServer, answer: Answer, text: str, sentence: str
) -> None:
    short: dict[str, float] = {"first_token": 1.5} if "begin" in sentence else {}
    short |= {"idle": 0.6} if "silent" in sentence else {}
    events = await run(answer, deadlines=replace(PATIENT, **short))
    end = end_of(events)
    assert (end.outcome, end.answer) == ("failed", None)
    assert sentence in end.error
    assert "\n" not in end.error
    assert shown(events) == text
    assert len(server.bodies) == (3 if answer is BROKEN else 1)


async def test_an_empty_reply_is_asked_for_again(run: Runs, server: ChatServer) -> None:
    empty = Answer([piece(""), piece(finish="stop"), DONE])
    events = await run(empty, words(CODE))
    assert end_of(events).answer == 42
    assert sum(isinstance(event, StepRejected) for event in events) == 1
    assert "Your reply was empty" in server.bodies[1]["messages"][-1]["content"]
    assert shown(events).rstrip() == EXPECTED


async def test_a_model_that_only_thinks_is_asked_for_a_reply(run: Runs) -> None:
    events = await run(words("<think>Six times seven…</think>"), words(CODE))
    assert end_of(events).answer == 42
    assert shown(events).rstrip() == EXPECTED


async def test_missing_usage_is_estimated(run: Runs) -> None:
    told = await run(words(CODE))
    missing = await run(Answer([*pieces(CODE), piece(finish="stop"), DONE]))
    assert end_of(told).usage == Usage(input_tokens=7, output_tokens=3, cached_tokens=2)
    assert end_of(missing).usage.input_tokens > 100
    assert end_of(missing).usage.output_tokens >= len(pieces(CODE))
    [step] = [event for event in missing if isinstance(event, StepFinished)]
    assert step.usage == end_of(missing).usage


async def test_a_window_that_fills_in_the_middle_does_not_double_the_text(
    run: Runs, server: ChatServer
) -> None:
    overflow = sse({"error": {"message": "the context size is exceeded", "code": 500}})
    turns = [words(f"Step.\n```python\nprint('{n}' * 900)\n```") for n in range(3)]
    events = await run(*turns, Answer([piece("I comp"), overflow]), words(CODE))
    assert end_of(events).answer == 42
    assert shown(events).rstrip().endswith(EXPECTED)
    assert "I compI compute" not in shown(events)
    superseded = [event for event in events if isinstance(event, StepRejected)]
    assert [event.reason for event in superseded] == [
        "The conversation became too long for the model and has been shortened."
    ]
    assert len(server.bodies) == 5
