"""The embedded model's server, kept running: weights, threads, start, restart after a crash."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from agent.errors import ModelUnavailable
from agent.models.base import Preparing
from agent.models.embedded import server, threads
from agent.models.embedded.server import Server, ServerSettings
from agent.models.embedded.threads import Sample, Threads
from agent.models.embedded.weights import Weights

log = logging.getLogger(__name__)

MOST_CRASHES = 3
"""Crashes in a row after which the model rests."""
REST_SECONDS = 60.0
DYING_SECONDS = 1.0
"""How long a process may take to be gone after its connections are."""
SLOW = 0.5
"""Replies at less than this part of the measured speed are slow."""
SLOW_REPLIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How the server is to be run."""

    weights: Weights
    context: int
    slots: int
    threads: int | None
    """None means measure."""
    gpu_layers: int
    measure_again_seconds: float = 600.0
    """How long a measured number of threads is kept, however slow it gets."""


class Engine:
    """Owns the one server process. Its user sees to it that `prepare` runs once at a time."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._server: Server | None = None
        self._threads: Threads | None = None
        self._measured = time.monotonic()
        self._crashes = 0
        self._crashed = 0.0
        self._slow = 0

    @property
    def server(self) -> Server | None:
        """The server, if it is running."""
        return self._server if self._server is not None and self._server.alive else None

    @property
    def threads(self) -> Threads | None:
        """The number of threads it was last started with."""
        return self._threads

    async def prepare(self) -> AsyncGenerator[Preparing, None]:
        """Bring the server up and yield what is going on.

        Raises:
            agent.errors.ModelError: it cannot be brought up; the message says what to do.
        """
        if self.server is not None:
            return
        await self._bury()
        if self._crashes >= MOST_CRASHES and time.monotonic() - self._crashed < REST_SECONDS:
            raise ModelUnavailable(
                f"The embedded model has stopped {self._crashes} times in a row, perhaps for lack "
                "of memory. Wait a minute and try again, or choose another model."
            )
        weights: Path | None = None
        async with aclosing(self._settings.weights.ensure()) as items:
            async for item in items:
                if isinstance(item, Path):
                    weights = item
                else:
                    yield item
        if weights is None:
            raise RuntimeError("Weights.ensure ended without a path")
        async with aclosing(self._choose_threads(weights)) as news:
            async for item in news:
                yield item
        yield Preparing("Starting the embedded model…")
        self._server = await server.start(self._server_settings(weights, self._threads))

    async def has_died(self) -> bool:
        """Whether the server is gone, to be asked after a reply that failed."""
        return self._server is None or await self._server.ended(DYING_SECONDS)

    def note_reply(self, tokens: int, seconds: float) -> None:
        """Remember a complete reply: the server works, and this is how fast."""
        self._crashes = 0
        if tokens < 2 * threads.TOKENS or seconds <= 0 or self._threads is None:
            return
        slow = tokens / seconds < SLOW * self._threads.tokens_per_second
        self._slow = self._slow + 1 if slow else 0

    async def retire_if_slow(self) -> None:
        """End a server that got slow, so that the next start measures again. At a quiet moment."""
        rested = time.monotonic() - self._measured >= self._settings.measure_again_seconds
        if self._slow >= SLOW_REPLIES and rested and self._settings.threads is None:
            log.info("the embedded model has become slow: measuring its threads again")
            self._threads_file.unlink(missing_ok=True)
            self._threads = None
            await self.aclose()

    async def aclose(self) -> None:
        """End the server. Idempotent; `prepare` may start it again."""
        running, self._server = self._server, None
        if running is not None:
            await running.aclose()

    async def _bury(self) -> None:
        """Let go of a server that has died, and count it."""
        if self._server is None:
            return
        await self.aclose()
        self._crashes += 1
        self._crashed = time.monotonic()
        log.warning("the embedded model's server has died (%d in a row)", self._crashes)

    async def _choose_threads(self, weights: Path) -> AsyncGenerator[Preparing, None]:
        """Set the number of threads: the given one, the remembered one, or the best measured."""
        cores = threads.usable_cores()
        if (fixed := self._settings.threads) is not None:
            self._threads = Threads(generation=fixed, prompt=fixed, tokens_per_second=0.0)
        if self._threads is None:
            self._threads = threads.remembered(self._threads_file, cores)
        if self._threads is not None:
            return
        samples: list[Sample] = []
        counts = threads.candidates(cores)
        for count in counts:
            yield Preparing(
                "Finding the best speed for the embedded model…", len(samples) / len(counts)
            )
            trial = Threads(generation=count, prompt=count, tokens_per_second=0.0)
            running = await server.start(self._server_settings(weights, trial))
            try:
                samples.append(await threads.measure(running, count))
            finally:
                await running.aclose()
        self._threads = threads.choose(samples)
        self._measured, self._slow = time.monotonic(), 0
        log.info("threads of the embedded model: %s, from %s", self._threads, samples)
        threads.remember(self._threads_file, cores, self._threads)

    @property
    def _threads_file(self) -> Path:
        return self._settings.weights.folder / "threads.json"

    def _server_settings(self, weights: Path, chosen: Threads | None) -> ServerSettings:
        settings = ServerSettings(
            path=str(weights),
            context=self._settings.context,
            slots=self._settings.slots,
            gpu_layers=self._settings.gpu_layers,
        )
        if chosen is None:
            return settings
        return replace(settings, generation_threads=chosen.generation, prompt_threads=chosen.prompt)
