"""The real embedded model, in its real process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import pytest
import pytest_asyncio

from agent.errors import ContextTooLong, ModelUnavailable
from agent.models.base import Message, Preparing, Structured, Text
from agent.models.embedded import EmbeddedModel
from agent.models.embedded.engine import Engine, EngineSettings
from agent.models.embedded.threads import Threads, remember, usable_cores
from agent.models.embedded.weights import Weights
from tests.models.embedded_weights import model_cache, real_model, weights_path
from tests.models.helpers import collect, done_of, preparing_of, text_of

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(900)]

SYSTEM = Message("system", "You answer with one word only.")
FRANCE = (SYSTEM, Message("user", "What is the capital of France?"))
COUNT = (
    Message("system", "You do what the user says."),
    Message("user", "Count from 1 to 200, separated by commas."),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[EmbeddedModel]:
    model = real_model(threads=2)
    yield model
    await model.aclose()


def pid_of(model: EmbeddedModel) -> int:
    server = model._engine.server
    assert server is not None
    return server.pid


def gone(pid: int) -> bool:
    """Whether the process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def kill_midway(model: EmbeddedModel) -> None:
    async with aclosing(model.stream(COUNT)) as stream:
        async for delta in stream:
            if isinstance(delta, Text) and (server := model._engine.server) is not None:
                os.kill(server.pid, signal.SIGKILL)


async def wait_until_gone(pid: int, seconds: float = 100.0) -> None:
    async with asyncio.timeout(seconds):
        while not gone(pid):
            await asyncio.sleep(0.05)


@pytest.mark.asyncio(loop_scope="module")
async def test_it_answers_and_counts_its_tokens(model: EmbeddedModel) -> None:
    deltas = await collect(model, FRANCE)
    assert "Paris" in text_of(deltas)
    usage = done_of(deltas).usage
    assert usage.input_tokens > 20
    assert 0 < usage.output_tokens < 20


@pytest.mark.asyncio(loop_scope="module")
async def test_the_beginning_of_a_conversation_is_read_once(model: EmbeddedModel) -> None:
    system = Message("system", "You are brief. " + "You know geography and history well. " * 15)
    first = done_of(await collect(model, (system, Message("user", "Say yes.")))).usage
    second = done_of(await collect(model, (system, Message("user", "Say no.")))).usage
    assert second.cached_tokens > 0.9 * first.input_tokens - 20


@pytest.mark.asyncio(loop_scope="module")
async def test_prefill_reads_ahead(model: EmbeddedModel) -> None:
    system = Message("system", "You are polite. " + "You like short words and long walks. " * 20)
    await model.prefill((system, Message("user", "")))
    usage = done_of(await collect(model, (system, Message("user", "Say yes.")))).usage
    assert usage.cached_tokens > 100


@pytest.mark.asyncio(loop_scope="module")
async def test_it_stops_before_a_stop_string(model: EmbeddedModel) -> None:
    deltas = await collect(model, COUNT, stop=["7"])
    assert text_of(deltas).startswith("1")
    assert text_of(deltas).rstrip(" ,").endswith("6")
    assert done_of(deltas).usage.output_tokens < 40


@pytest.mark.asyncio(loop_scope="module")
async def test_closing_a_reply_frees_the_model_at_once(model: EmbeddedModel) -> None:
    stream, moments = model.stream(COUNT), list[float]()
    async for delta in stream:
        if isinstance(delta, Text):
            moments.append(time.monotonic())
        if len(moments) == 20:
            break
    await stream.aclose()
    began, piece = time.monotonic(), (moments[-1] - moments[0]) / 19
    assert "Paris" in text_of(await collect(model, FRANCE))
    assert time.monotonic() - began < 400 * piece  # the whole count has more pieces than that


@pytest.mark.asyncio(loop_scope="module")
async def test_who_has_to_wait_is_told(model: EmbeddedModel) -> None:
    first = asyncio.create_task(collect(model, COUNT, stop=["15"]))
    await asyncio.sleep(0.5)
    deltas = await collect(model, FRANCE)
    assert Preparing("Waiting for the embedded model: 1 before you…") in deltas
    assert "Paris" in text_of(deltas)
    assert first.done()
    assert "Waiting" not in str(preparing_of(await first))


@pytest.mark.asyncio(loop_scope="module")
async def test_a_conversation_that_does_not_fit(model: EmbeddedModel) -> None:
    with pytest.raises(ContextTooLong, match="too long"):
        await collect(model, (SYSTEM, Message("user", "word " * 9000)))
    assert "Paris" in text_of(await collect(model, FRANCE))


@dataclass(frozen=True)
class Capital:
    city: str
    continent: Literal["Africa", "America", "Asia", "Europe", "Oceania"]
    inhabitants: int


@pytest.mark.asyncio(loop_scope="module")
async def test_it_can_be_held_to_a_form(model: EmbeddedModel) -> None:
    assert isinstance(model, Structured)
    messages = (
        Message("system", "You answer in verse only, never with JSON."),
        Message("user", "The capital of France, its continent and how many people live there?"),
    )
    assert not text_of(await collect(model, messages)).strip().startswith("{")  # the control
    filled = await model.fill(messages, Capital)
    assert (filled.value.city, filled.value.continent) == ("Paris", "Europe")
    assert filled.usage.output_tokens > 5
    assert isinstance((await model.fill(messages, list[str])).value, list)


@pytest.mark.asyncio(loop_scope="module")
async def test_only_we_can_ask_it(model: EmbeddedModel) -> None:
    await collect(model, FRANCE)
    server = model._engine.server
    assert server is not None
    assert server.url.startswith("http://127.0.0.1:")
    body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    async with httpx.AsyncClient(trust_env=False, timeout=300) as client:
        path = f"{server.url}/v1/chat/completions"
        assert (await client.post(path, json=body)).status_code == 401
        own = {"Authorization": f"Bearer {server.key}", "Origin": "http://evil.example"}
        allowed = await client.post(path, json=body, headers=own)
        assert allowed.status_code == 200  # the control
        assert not allowed.headers.get("access-control-allow-origin")
        assert (await client.get(f"{server.url}/slots", headers=own)).status_code == 501
        assert (await client.get(server.url, headers=own)).status_code == 404
    seen = Path(f"/proc/{server.pid}/cmdline").read_bytes()
    seen += Path(f"/proc/{server.pid}/environ").read_bytes()
    assert server.key.encode() not in seen
    assert b"OMP_WAIT_POLICY=PASSIVE" in seen


@pytest.mark.asyncio(loop_scope="module")
async def test_a_crash_is_told_and_the_next_call_starts_it_anew(model: EmbeddedModel) -> None:
    with pytest.raises(ModelUnavailable, match="stopped in the middle of its work"):
        await kill_midway(model)
    deltas = await collect(model, FRANCE)
    assert Preparing("Starting the embedded model…") in deltas
    assert "Paris" in text_of(deltas)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_crash_between_two_calls_goes_unnoticed(model: EmbeddedModel) -> None:
    await collect(model, FRANCE)
    pid = pid_of(model)
    os.kill(pid, signal.SIGKILL)
    await wait_until_gone(pid)
    assert "Paris" in text_of(await collect(model, FRANCE))


@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_not_started_again_and_again(model: EmbeddedModel) -> None:
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match="stopped in the middle of its work"):
            await kill_midway(model)
    with pytest.raises(ModelUnavailable, match="stopped 3 times in a row"):
        await collect(model, FRANCE)


async def test_closing_ends_the_process() -> None:
    model = real_model(threads=2)
    await collect(model, FRANCE)
    pid = pid_of(model)
    await model.aclose()
    assert gone(pid)
    await model.aclose()


PARENT = """
import asyncio, sys, time
from agent.models.embedded import EmbeddedModel
from agent.models.base import Text
async def main():
    model = EmbeddedModel(path=sys.argv[1] or None, cache_dir=sys.argv[2], threads=1)
    async for delta in model.stream(CONVERSATION):
        if isinstance(delta, Text):
            print(model._engine.server.pid, flush=True)
            time.sleep(600)
from agent.models.base import Message
CONVERSATION = [Message("user", "Count from 1 to 100.")]
asyncio.run(main())
"""


async def test_it_ends_when_we_are_killed() -> None:
    arguments = [str(weights_path() or ""), str(model_cache())]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert not gone(pid)
        parent.kill()
        await wait_until_gone(pid)


async def test_threads_are_measured_once_and_remembered(tmp_path: Path) -> None:
    path = weights_path()
    texts: list[str] = []
    for _ in range(2):
        model = EmbeddedModel(path=path, cache_dir=tmp_path)
        texts.append(str(preparing_of(await collect(model, FRANCE))))
        await model.aclose()
    assert "Finding the best speed" in texts[0]
    assert "Finding the best speed" not in texts[1]
    found = json.loads((tmp_path / "models" / "threads.json").read_text())["threads"]
    assert found["generation"] >= 1
    assert found["prompt"] >= 1
    assert found["tokens_per_second"] > 0


def test_one_event_loop_after_the_other() -> None:
    model = real_model(threads=2)

    async def both() -> list[str]:
        return [text_of(d) for d in await asyncio.gather(collect(model, FRANCE), collect(model))]

    assert "Paris" in asyncio.run(both())[0]
    assert "Paris" in asyncio.run(both())[0]
    asyncio.run(model.aclose())


async def test_warming_starts_it_in_the_background() -> None:
    model = real_model(threads=2)
    model.warm()
    assert model._engine.server is None  # nobody waits for it
    async with asyncio.timeout(600):
        while model._engine.server is None:
            await asyncio.sleep(0.1)
    deltas = await collect(model, FRANCE)
    assert preparing_of(deltas) == []
    await model.aclose()


async def test_a_server_that_got_slow_is_measured_again(tmp_path: Path) -> None:
    weights = Weights(path=weights_path(), cache=tmp_path)
    remember(
        tmp_path / "models" / "threads.json",
        usable_cores(),
        Threads(generation=1, prompt=1, tokens_per_second=10_000.0),  # once upon a time
    )
    engine = Engine(
        EngineSettings(
            weights=weights,
            context=512,
            slots=1,
            threads=None,
            gpu_layers=0,
            measure_again_seconds=0.0,
        )
    )
    try:
        assert "Finding the best speed" not in await news_of(engine)
        for _ in range(2):
            engine.note_reply(50, 5.0)
        await engine.retire_if_slow()
        assert engine.server is not None  # two slow replies may be chance
        engine.note_reply(50, 5.0)
        await engine.retire_if_slow()
        assert engine.server is None
        assert "Finding the best speed" in await news_of(engine)
        assert engine.threads is not None
        assert engine.threads.tokens_per_second < 1000
    finally:
        await engine.aclose()


async def news_of(engine: Engine) -> str:
    async with aclosing(engine.prepare()) as news:
        return " ".join([item.text async for item in news])


async def test_a_file_that_the_server_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 100)
    model = EmbeddedModel(path=path, cache_dir=tmp_path, threads=1)
    with pytest.raises(ModelUnavailable, match="could not be started"):
        await collect(model, FRANCE)
    await model.aclose()
