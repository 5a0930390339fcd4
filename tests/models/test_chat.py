"""The HTTP model against a real server: good streams, and each way in which they go wrong."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from huggingface_hub import AsyncInferenceClient

from agent.errors import (
    ConfigurationError,
    ContextTooLong,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from agent.models.base import Usage
from agent.models.chat import Deadlines, HfApiModel, InferenceClientModel
from tests.models.chat_server import (
    DONE,
    Answer,
    ChatServer,
    Cut,
    Gate,
    Pause,
    counts,
    piece,
    sse,
    words,
)
from tests.models.helpers import ASK, collect, done_of, preparing_of, text_of, thoughts_of


def model(url: str, **kw: Any) -> InferenceClientModel:
    return InferenceClientModel("test-model", base_url=url, **kw)


async def test_a_good_stream_gives_text_usage_and_done(server: ChatServer) -> None:
    deltas = await collect(model(server.will(words("Hel", "lo", " you"))), temperature=0.3)
    assert text_of(deltas) == "Hello you"
    assert done_of(deltas).finish_reason == "stop"
    assert done_of(deltas).usage == Usage(input_tokens=7, output_tokens=3, cached_tokens=2)
    [body] = server.bodies
    assert body["model"] == "test-model"
    assert body["messages"] == [{"role": m.role, "content": m.content} for m in ASK]
    assert body["stream_options"] == {"include_usage": True}
    assert body["temperature"] == 0.3


async def test_text_arrives_as_it_is_written(server: ChatServer) -> None:
    gate, came = Gate(), list[str]()
    url = server.will(Answer([piece("a"), gate, piece("b"), piece(finish="stop"), DONE]))
    async for delta in model(url).stream(ASK):
        if text := text_of([delta]):
            came.append(text)
            gate.opened.set()  # the second waits for the first to be here
    assert came == ["a", "b"]


async def test_usage_may_be_missing(server: ChatServer) -> None:
    url = server.will(Answer([piece("x"), piece(finish="length"), DONE]))
    done = done_of(await collect(model(url)))
    assert done.finish_reason == "length"
    assert done.usage == Usage()


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
async def test_reasoning_fields(server: ChatServer, field: str) -> None:
    steps = [piece(None, **{field: "hmm"}), piece("ok"), piece(finish="stop"), DONE]
    deltas = await collect(model(server.will(Answer(steps))))
    assert (thoughts_of(deltas), text_of(deltas)) == ("hmm", "ok")


async def test_thinking_inline_is_split_across_chunks(server: ChatServer) -> None:
    url = server.will(words("<th", "ink>one ", "two</thi", "nk>\n\nans", "wer <think>"))
    deltas = await collect(model(url))
    assert (thoughts_of(deltas), text_of(deltas)) == ("one two", "answer <think>")


async def test_odd_lines_are_passed_over(server: ChatServer) -> None:
    odd = [b": keep-alive\n\n", b"event: ping\n\n", sse({"choices": []}), sse({"choices": None})]
    null = sse({"choices": [{"index": 0, "delta": None, "finish_reason": None}]})
    url = server.will(Answer([*odd, null, piece("ok"), piece(finish="stop"), DONE]))
    assert text_of(await collect(model(url))) == "ok"


async def test_stop_is_sent_and_also_kept_by_us(server: ChatServer) -> None:
    url = server.will(words("before ST", "OP after", " more"))
    deltas = await collect(model(url), stop=["STOP", "never"])
    assert text_of(deltas) == "before "
    assert done_of(deltas).finish_reason == "stop"
    assert server.bodies[0]["stop"] == ["STOP", "never"]


async def test_services_get_no_more_stop_strings_than_they_take(server: ChatServer) -> None:
    stop = ["1", "2", "3", "4", "END"]
    url = server.will(words("a EN", "D b"))
    assert text_of(await collect(model(url), stop=stop)) == "a "
    assert server.bodies[0]["stop"] == stop[:4]


async def test_a_stop_string_ends_the_connection(server: ChatServer) -> None:
    url = server.will(Answer([piece("a STOP"), Pause(200), piece(finish="stop")]))
    assert text_of(await collect(model(url), stop=["STOP"])) == "a "
    assert await asyncio.to_thread(server.disconnected.wait, 60)


@pytest.mark.parametrize(
    "steps",
    [
        [piece("half"), Cut()],
        [piece("half"), DONE],
        [piece("half")],
    ],
    ids=["connection broken", "done without a reason", "end without a reason"],
)
async def test_a_cut_stream_is_not_a_reply(server: ChatServer, steps: list[Any]) -> None:
    with pytest.raises(ModelUnavailable, match="was cut off before test-model had finished"):
        await collect(model(server.will(Answer(steps))))
    assert len(server.bodies) == 1  # never repeated after the first token


async def test_a_cut_after_the_end_spoils_nothing(server: ChatServer) -> None:
    url = server.will(Answer([piece("whole"), piece(finish="stop"), Cut()]))
    deltas = await collect(model(url))
    assert text_of(deltas) == "whole"
    assert done_of(deltas).finish_reason == "stop"


@pytest.mark.parametrize("steps", [[Cut()], [], [DONE], [piece("")]])
async def test_a_cut_before_the_first_token_is_tried_again(
    server: ChatServer, steps: list[Any]
) -> None:
    deltas = await collect(model(server.will(Answer(steps), words("second"))))
    assert text_of(deltas) == "second"
    assert len(preparing_of(deltas)) == 1


async def test_429_is_tried_again_after_the_time_it_asks_for(server: ChatServer) -> None:
    busy = Answer(status=429, body={"error": "slow down"}, headers={"Retry-After": "1"})
    assert text_of(await collect(model(server.will(busy, words("ok"))))) == "ok"
    assert server.times[1] - server.times[0] >= 1.0


async def test_a_long_retry_after_is_told_at_once(server: ChatServer) -> None:
    busy = Answer(status=429, body={"error": "slow down"}, headers={"Retry-After": "90"})
    with pytest.raises(ModelUnavailable, match="Try again in about 90 seconds") as caught:
        await collect(model(server.will(busy)))
    assert "slow down" in str(caught.value)
    assert len(server.bodies) == 1


async def test_503_is_tried_a_bounded_number_of_times(server: ChatServer) -> None:
    busy = Answer(status=503, body={"error": {"message": "loading"}}, headers={"Retry-After": "0"})
    with pytest.raises(ModelUnavailable, match="too busy"):
        await collect(model(server.will(busy), retries=2))
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (401, ModelRefused, r"did not accept the key \(HTTP 401\)"),
        (403, ModelRefused, r"did not accept the key \(HTTP 403\)"),
        (402, ModelRefused, "no credit left"),
        (404, ModelRefused, "does not offer 'test-model'"),
        (400, ModelRefused, r"did not accept the request to test-model \(HTTP 400\)"),
        (422, ModelRefused, r"did not accept the request to test-model \(HTTP 422\)"),
        (413, ContextTooLong, "too long"),
        (418, ModelRefused, "HTTP 418"),
        (501, ModelUnavailable, "HTTP 501"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
async def test_error_statuses(
    server: ChatServer, status: int, error: type[ModelError], sentence: str, chunked: bool
) -> None:
    body = {"error": {"message": "the reason with sk-secret", "type": "x"}}
    url = server.will(Answer(status=status, body=body, chunked=chunked))
    with pytest.raises(error, match=sentence) as caught:
        await collect(model(url, api_key="sk-secret", retries=0))
    assert type(caught.value) is error
    assert "sk-secret" not in str(caught.value)
    if error is not ContextTooLong:
        assert "the reason with …" in str(caught.value)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 422])
async def test_refusals_are_not_tried_again(server: ChatServer, status: int) -> None:
    with pytest.raises(ModelRefused):
        await collect(model(server.will(Answer(status=status, body={"error": "no"}))))
    assert len(server.bodies) == 1


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        {"code": 400, "message": "request (18030 tokens)", "type": "exceed_context_size_error"},
        {"message": "This model's maximum context length is 8192 tokens."},
        {"message": "bad", "code": "context_length_exceeded"},
    ],
)
async def test_context_overflow(server: ChatServer, error: dict[str, Any], chunked: bool) -> None:
    url = server.will(Answer(status=400, body={"error": error}, chunked=chunked))
    with pytest.raises(ContextTooLong, match="has become too long for test-model"):
        await collect(model(url))


async def test_context_overflow_inside_a_stream(server: ChatServer) -> None:
    event = sse({"error": {"message": "the context size is exceeded", "code": 500}})
    with pytest.raises(ContextTooLong):
        await collect(model(server.will(Answer([event]))))


async def test_an_error_inside_a_stream(server: ChatServer) -> None:
    url = server.will(Answer([piece("a"), sse({"error": "engine died"})]))
    with pytest.raises(ModelUnavailable, match="engine died"):
        await collect(model(url))


@pytest.mark.parametrize(
    "line", [b"data: {not json\n\n", b"data: 5\n\n", b"data: []\n\n", b'data: {"choices": 5}\n\n']
)
async def test_bad_json(server: ChatServer, line: bytes) -> None:
    with pytest.raises(ModelUnavailable, match=r"not a chat reply|cut off"):
        await collect(model(server.will(Answer([line, DONE])), retries=0))


async def test_a_content_filter_is_a_refusal(server: ChatServer) -> None:
    with pytest.raises(ModelRefused, match="content filter"):
        await collect(model(server.will(words("a", finish="content_filter"))))


@pytest.mark.parametrize(
    ("steps", "deadlines", "sentence"),
    [
        ([Pause(90)], Deadlines(first_token=1.5), "did not begin to answer within 1.5 seconds"),
        ([piece(""), Pause(90)], Deadlines(first_token=1.5), "did not begin to answer"),
        ([piece("a"), Pause(90)], Deadlines(idle=0.3), "went silent for 0.3 seconds"),
        (
            [piece("a"), Pause(0.2)] * 300,
            Deadlines(idle=50, total=1.5),
            "did not finish within 1.5 seconds",
        ),
    ],
    ids=["before the first token", "empty pieces are none", "silent", "endless"],
)
async def test_deadlines(
    server: ChatServer, steps: list[Any], deadlines: Deadlines, sentence: str
) -> None:
    with pytest.raises(ModelUnavailable, match=sentence):
        await collect(model(server.will(Answer(steps)), deadlines=deadlines))
    assert len(server.bodies) == 1


async def test_cancelling_disconnects_at_once(server: ChatServer) -> None:
    url = server.will(Answer([piece("a"), Pause(200)]))
    begun = asyncio.Event()

    async def follow() -> None:
        async for _ in model(url).stream(ASK):
            begun.set()

    task = asyncio.create_task(follow())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.disconnected.wait, 60)


async def test_closing_the_generator_disconnects_at_once(server: ChatServer) -> None:
    stream = model(server.will(Answer([piece("a"), Pause(200)]))).stream(ASK)
    await anext(stream)
    await stream.aclose()
    assert await asyncio.to_thread(server.disconnected.wait, 60)


async def test_nobody_listens_there() -> None:
    with socket.socket() as closed:  # so that nobody else listens there
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ModelUnavailable, match=f"There is no answer from {url}"):
            await collect(model(url, retries=0))


CANARY = "hf_canarycanarycanary"


@pytest.mark.parametrize("key", [None, ""])
async def test_the_hub_token_never_goes_to_a_base_url(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    monkeypatch.setenv("HF_TOKEN", CANARY)
    await collect(model(server.will(words("ok")), api_key=key))
    assert CANARY not in str(server.headers)
    assert server.headers[0]["authorization"] == "Bearer none"


async def test_control_the_bare_client_does_send_the_hub_token(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", CANARY)
    url = server.will(words("ok"))
    async with AsyncInferenceClient(base_url=url) as client:
        stream = await client.chat_completion([{"role": "user", "content": "x"}], stream=True)
        async for _ in stream:
            pass
    assert CANARY in str(server.headers)


async def test_an_explicit_key_is_sent(server: ChatServer) -> None:
    await collect(model(server.will(words("ok")), api_key="sk-mine"))
    assert server.headers[0]["authorization"] == "Bearer sk-mine"


async def test_a_server_on_this_machine_is_asked_without_the_proxy(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert text_of(await collect(model(server.will(words("ok")), retries=0))) == "ok"


async def test_without_a_token_the_hub_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    with pytest.raises(ModelRefused, match="needs a Hugging Face token"):
        await collect(InferenceClientModel())


async def test_a_foreign_key_with_provider_auto() -> None:
    with pytest.raises(ModelRefused, match="not a Hugging Face token"):
        await collect(InferenceClientModel(token="sk-foreign"))


async def test_an_unknown_provider() -> None:
    with pytest.raises(ModelRefused, match="'nonesuch' not supported"):
        await collect(InferenceClientModel(token="hf_x", provider="nonesuch"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "a", "api_key": "b"},
        {"timeout": 3.0, "deadlines": Deadlines()},
        {"base_url": "localhost:8080"},
    ],
)
def test_contradictions(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        InferenceClientModel(**wrong)


def test_the_old_name() -> None:
    assert HfApiModel is InferenceClientModel
    assert HfApiModel("org/model").name == "org/model"
    assert HfApiModel(timeout=20).deadlines.total == 20


async def test_late_usage_is_not_waited_for_long(server: ChatServer) -> None:
    url = server.will(Answer([piece("a"), piece(finish="stop"), Pause(200), counts(1, 1, 0)]))
    assert done_of(await collect(model(url))).usage == Usage()
