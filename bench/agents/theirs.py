"""smolagents' CodeAgent at a task: a child process, so that it can be given up and may crash."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from agent.models.embedded.model import DEADLINES
from bench.agents.attempt import LONGEST_ERROR, Attempt
from bench.agents.config import Config
from bench.agents.served import Served
from bench.agents.task import Task

_ROOT = Path(__file__).parents[2]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")


async def attempt_theirs(
    task: Task, config: Config, served: Served, imports: Sequence[str]
) -> Attempt:
    """Give the task to a new agent; whatever happens becomes an attempt."""
    order = await _order(task, config, served, imports)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.agents.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env=_environment(folder),
            limit=1 << 20,
        )
        try:
            await _send(child, order)
            attempt = await _follow(child, config.task_seconds)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if attempt is None:
            raise RuntimeError(f"smolagents cannot be started here: {_last_words(errors)}")
        if child.returncode and attempt.ended != "timeout":
            attempt.ended, attempt.error = "crash", _last_words(errors)
    return attempt


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace").strip()[-LONGEST_ERROR:]


async def _order(
    task: Task, config: Config, served: Served, imports: Sequence[str]
) -> dict[str, Any]:
    url, key = await served.address()
    model = {
        # Where a base_url is given, its client refuses the name of a model beside it; a request
        # may have one.
        "model_id": None,
        "model": served.model_id,
        "base_url": url,
        "api_key": key,
        "timeout": DEADLINES.total,
        "max_tokens": config.max_tokens,
        "temperature": config.temperature,
    }
    if served.extra is not None:
        model["extra_body"] = dict(served.extra)
    return {"task": task.id, "imports": list(imports), "steps": config.steps, "model": model}


def _environment(folder: str) -> dict[str, str]:
    """Nothing of ours but what Python needs; its agent runs code without walls."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "HOME": folder, "PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1"}


async def _send(child: asyncio.subprocess.Process, order: dict[str, Any]) -> None:
    assert child.stdin is not None
    child.stdin.write(json.dumps(order).encode())
    await child.stdin.drain()
    child.stdin.close()


async def _follow(child: asyncio.subprocess.Process, seconds: float) -> Attempt | None:
    """Read what the child tells to its end, or give it up when its time is over.

    Returns:
        The attempt as it was last told; None if the child ended before it was ready.
    """
    assert child.stdout is not None
    if not (line := await child.stdout.readline()):
        await child.wait()
        return None
    attempt, started = Attempt(**json.loads(line)), time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            async for line in child.stdout:
                attempt = Attempt(**json.loads(line))
            await child.wait()
    except TimeoutError:
        attempt.ended = "timeout"
    attempt.seconds = attempt.seconds or time.monotonic() - started
    return attempt
