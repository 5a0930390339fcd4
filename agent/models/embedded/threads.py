"""How many threads the embedded model works best with: measured here and now, then remembered.

More threads than free cores make every layer wait for the slowest one: on busy cores two threads
have been seen at a third of the speed of one. The number of cores says nothing about that.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# huggingface_hub's own HTTP library.
import httpx2

from agent.errors import ModelUnavailable
from agent.models.embedded.server import Server

log = logging.getLogger(__name__)

PROMPT = "def add(first, second):\n    return first + second\n\n" * 3
"""About 45 tokens."""
TOKENS = 10
MOST = 8
"""More threads do not help: memory is the limit then."""
GAIN = 1.1
"""More threads must be this much faster to be worth their cores."""
PROBE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """A choice, and the speed that it had when it was made."""

    generation: int
    prompt: int
    tokens_per_second: float
    """Of generation; 0 where it was not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Tokens per second with one number of threads."""

    threads: int
    prompt: float
    generation: float


def usable_cores() -> int:
    """Cores that this process may use: its affinity and its container's quota."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, _quota()))


def candidates(cores: int) -> list[int]:
    """The numbers of threads worth measuring."""
    most = min(cores, MOST)
    return sorted({1, -(-most // 2), most})


def choose(samples: list[Sample]) -> Threads:
    """The fewest threads that are about as fast as any, for prompts and for generation apart.

    Prompts get no fewer than generation: computing is what they wait for, where generation waits
    for memory. The short one that is measured is easily disturbed, and the choice is remembered.
    """
    best_prompt = max(sample.prompt for sample in samples)
    best_generation = max(sample.generation for sample in samples)
    by_threads = sorted(samples, key=lambda sample: sample.threads)
    writer = next(s for s in by_threads if s.generation * GAIN >= best_generation)
    reader = next(s for s in by_threads if s.prompt * GAIN >= best_prompt)
    return Threads(
        generation=writer.threads,
        prompt=max(reader.threads, writer.threads),
        tokens_per_second=round(writer.generation, 1),
    )


async def measure(server: Server, threads: int) -> Sample:
    """Let the server read and write a little, and return its speed.

    Raises:
        agent.errors.ModelUnavailable: it did not answer.
    """
    request = {"prompt": PROMPT, "n_predict": TOKENS, "cache_prompt": False, "ignore_eos": True}
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=PROBE_SECONDS) as client:
            response = await client.post(
                f"{server.url}/completion",
                json=request,
                headers={"Authorization": f"Bearer {server.key}"},
            )
            timings = response.raise_for_status().json()["timings"]
    except (httpx2.HTTPError, KeyError, ValueError) as exc:
        raise ModelUnavailable(
            "The embedded model does not answer. Try again, or choose another model."
        ) from exc
    return Sample(
        threads=threads,
        prompt=timings["prompt_per_second"],
        generation=timings["predicted_per_second"],
    )


def remembered(path: Path, cores: int) -> Threads | None:
    """The choice that was made before on as many cores; None where there is none."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        return Threads(**data["threads"]) if data["cores"] == cores else None
    except (OSError, ValueError, TypeError, KeyError) as exc:
        log.debug("no remembered number of threads: %r", exc)
        return None


def remember(path: Path, cores: int, threads: Threads) -> None:
    """Keep the choice for the next start; where that is impossible it is measured again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"cores": cores, "threads": asdict(threads)}), encoding="utf-8")
    except OSError as exc:
        log.info("the number of threads cannot be remembered: %s", exc)


def _quota() -> int:
    """Cores by the container's quota; a large number where there is none."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="utf-8").split()
        return max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):
        return 1 << 16
