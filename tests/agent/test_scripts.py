"""Agents in scripts that never close them: nothing is left, and nothing is printed about it."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from agent import CodeAgent, ScriptedModel
from agent.blocking import _answer_of
from agent.errors import AgentError, RunFailed
from agent.events import RunEnded
from executors.base import ExecutorSpec
from executors.local.executor import LocalExecutor, LocalExecutorFactory

ROOT = Path(__file__).parents[2]
ACTION = "I answer.\n```python\nfinal_answer(42)\n```"
SCRIPT = f"""
from agent import CodeAgent, ScriptedModel
agent = CodeAgent([], ScriptedModel({ACTION!r}))
print(agent.run("the task"))
"""


def folders(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.glob("sandglass*"))


def test_a_script_that_just_ends_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)
    assert folders(tmp_path) == []


def test_an_agent_that_is_dropped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    agent = CodeAgent([], ScriptedModel(ACTION))
    assert agent.run("the task") == 42
    assert folders(tmp_path) != []
    del agent
    gc.collect()
    assert folders(tmp_path) == []
    assert not any(thread.name == "sandglass" for thread in threading.enumerate())


class SlowFactory(LocalExecutorFactory):
    """Its executors get ready, then take their time."""

    slow = False

    def __call__(self, spec: ExecutorSpec) -> LocalExecutor:
        made = SlowExecutor(spec, self, self.spares.take(spec))
        made.factory = self
        return made


class SlowExecutor(LocalExecutor):
    factory: SlowFactory

    async def __aenter__(self) -> Any:
        await super().__aenter__()
        self.factory.slow = True
        await asyncio.sleep(60)


async def work(agent: CodeAgent) -> None:
    async for _ in agent.stream("the task"):
        pass


async def test_a_start_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    factory = SlowFactory()
    agent = CodeAgent([], ScriptedModel(ACTION), executor_type=factory)
    started = asyncio.create_task(work(agent))
    while not factory.slow:
        await asyncio.sleep(0.02)
    started.cancel()
    with pytest.raises(asyncio.CancelledError):
        await started
    left = [name for name in folders(tmp_path) if not name.startswith("sandglass-zygote")]
    await agent.aclose()
    await factory.aclose()
    assert left == []


def test_a_fault_of_the_model_is_raised(tmp_path: Path) -> None:
    agent = CodeAgent([], ScriptedModel())
    with pytest.raises(AgentError, match="no more replies"):
        agent.run("the task")
    agent.close()


def test_an_answer_that_no_code_could_give_is_a_fault_with_a_sentence() -> None:
    forged = RunEnded(outcome="answer", answer={"$type": "pickle", "data": "gASV"})
    with pytest.raises(RunFailed, match="cannot be read"):
        _answer_of([forged], typed=lambda answer: answer)


TOGETHER = f"""
import asyncio, logging, sys
logging.getLogger("asyncio").setLevel("ERROR")  # less would be a word on what takes its time
from concurrent.futures import ThreadPoolExecutor
from agent import CodeAgent, ScriptedModel
from executors.local.executor import LocalExecutorFactory

SLOW = {ACTION!r}.replace("final", "import time; time.sleep(0.2); final")
factory = LocalExecutorFactory()
with CodeAgent([], ScriptedModel(SLOW), executor_type=factory) as one:
    with CodeAgent([], ScriptedModel(SLOW, SLOW), executor_type=factory) as other:
        with ThreadPoolExecutor() as threads:
            print(*threads.map(lambda agent: agent.run("the task"), [one, other]))
    print(one.spec is not other.spec)
    late = CodeAgent([], ScriptedModel(SLOW), executor_type=factory)
    print(late.run("the task"))
    late.close()
if sys.argv[1] == "closed":
    asyncio.run(factory.aclose())
print("done")
"""


@pytest.mark.parametrize("end", ["closed", "left"])
def test_agents_that_share_a_factory_run_side_by_side(tmp_path: Path, end: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", TOGETHER, end],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    said = (done.stdout, done.stderr, done.returncode)
    assert said == ("42 42\nTrue\n42\ndone\n", "", 0)
    assert folders(tmp_path) == []


def test_a_factory_that_is_at_work_in_another_loop_says_so() -> None:
    async def main() -> None:
        factory = LocalExecutorFactory()
        async with CodeAgent([], ScriptedModel(ACTION), executor_type=factory) as agent:
            await work(agent)
            with (
                CodeAgent([], ScriptedModel(ACTION), executor_type=factory) as other,
                pytest.raises(RunFailed, match="at work in another event loop"),
            ):
                await asyncio.to_thread(other.run, "the task")
        await factory.aclose()

    asyncio.run(main())


def test_an_agent_that_is_at_work_in_another_loop_says_so() -> None:
    async def main() -> RunEnded:
        events = [event async for event in agent.stream("the task")]
        assert isinstance(events[-1], RunEnded)
        return events[-1]

    with CodeAgent([], ScriptedModel(ACTION, ACTION)) as agent:
        assert agent.run("the task") == 42
        assert "in another event loop" in asyncio.run(main()).error
        assert agent.run("the task") == 42


def test_a_check_that_would_wait_for_its_own_run_is_told_so() -> None:
    def judged(answer: Any) -> bool:
        return agent.run("Is it right?") == answer

    model = ScriptedModel(ACTION, "I cannot.")
    with CodeAgent([], model, final_answer_checks=[judged], max_steps=1) as agent:
        assert agent.run("the task") == "I cannot."
    assert "would wait for the thread that it is called in" in model.asked[-1][-1].content
