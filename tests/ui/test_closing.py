"""Whatever fails, hangs or is made up, every conversation is closed in the end, and no other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import pytest

from agent.models.catalogue import ModelChoice
from agent.models.scripted import ScriptedModel
from agent.services import AgentDefaults, OfferedModel, Services
from executors.base import Executor, ExecutorSpec
from executors.local.executor import LocalExecutorFactory
from tests.ui.clock import Clock
from tests.ui.clock import clock as clock
from ui.handlers import Handlers
from ui.sessions import SessionStore
from ui.visitor import Setup

THERE = Setup(backend="e2b", model="first", e2b_key="key")
HERE = Setup(backend="local", model="first")


class Elsewhere:
    """A place of one visitor's own that closes once the gate is open, and may fail at it."""

    kind: Literal["e2b"] = "e2b"

    def __init__(self, gate: asyncio.Event, *, fails: bool) -> None:
        self.closing = self.closed = False
        self._inner = LocalExecutorFactory()
        self._gate, self._fails = gate, fails

    def __call__(self, spec: ExecutorSpec) -> Executor:
        return self._inner(spec)

    async def aclose(self) -> None:
        self.closing = True
        await self._gate.wait()
        await self._inner.aclose()
        self.closed = True
        if self._fails:
            raise RuntimeError("the place does not close")


class Unclosable(ScriptedModel):
    """A model of which closing fails."""

    async def aclose(self) -> None:
        raise RuntimeError("the model does not close")


class App:
    """Handlers over one model and places of every visitor's own, whose closing may be held up."""

    def __init__(
        self, model: type[ScriptedModel], *, held: bool = False, fails: bool = False, **limits: Any
    ) -> None:
        self.places: list[Elsewhere] = []
        self.gate = asyncio.Event()
        if not held:
            self.gate.set()
        choice = ModelChoice(id="first", label="first", hint="", needs_key=False)
        self.services = Services(
            models=[OfferedModel(choice=choice, make=lambda _: model("Done."), has_key=True)],
            local=LocalExecutorFactory,
            e2b=lambda _: self._place(fails),
            has_e2b_key=False,
            defaults=AgentDefaults(),
        )
        self.store = SessionStore(self.services, **limits)
        self.handlers = Handlers(self.services, self.store)

    async def use(self, page: str, setup: Setup = THERE) -> str:
        """Have a task done on that page; returns the secret of its tab."""
        await self.handlers.send("Go", setup, page)
        visitor = self.store.visitor(page)
        while visitor.busy:
            await self.follow(page)
        return visitor.tab

    async def follow(self, page: str) -> None:
        visitor = self.store.visitor(page)
        seen = {"tab": visitor.tab, "chat": visitor.view.chat, "seq": visitor.view.seq}
        await self.handlers.follow(seen)

    def _place(self, fails: bool) -> Elsewhere:
        self.places.append(Elsewhere(self.gate, fails=fails))
        return self.places[-1]


@pytest.fixture
async def apps() -> AsyncIterator[Any]:
    made: list[App] = []

    def make(model: type[ScriptedModel] = ScriptedModel, **more: Any) -> App:
        made.append(App(model, **more))
        return made[-1]

    yield make
    for app in made:
        app.gate.set()
        await app.store.aclose()
        await app.services.aclose()


async def test_what_cannot_be_closed_keeps_nothing_else_open(
    apps: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = apps(Unclosable)
    await app.use("a")
    fresh = json.loads(await app.handlers.new_chat("a"))
    assert fresh["batches"][0]["patches"] == []
    assert app.places[0].closed
    assert "could not be released" in caplog.text
    assert "the model does not close" in caplog.text


async def until(met: Callable[[], bool]) -> None:
    """Wait until it is so."""
    while not met():
        await asyncio.sleep(0.01)


async def test_closes_that_are_slow_or_fail_go_on_side_by_side(apps: Any) -> None:
    app = apps(held=True, fails=True)
    for page in "abc":
        await app.use(page)
    closing = asyncio.create_task(app.store.aclose())
    await until(lambda: all(place.closing for place in app.places))
    app.gate.set()
    await closing
    assert [place.closed for place in app.places] == [True] * 3


async def test_a_page_that_comes_back_during_a_slow_close_is_left_alone(
    apps: Any, clock: Clock
) -> None:
    app = apps(held=True, grace_seconds=0.2)
    await app.use("a")
    tab = await app.use("b", HERE)
    for page in "ab":
        await app.handlers.leave(page)
    clock.now += 0.25
    releasing = asyncio.create_task(app.store.release_absent())
    await until(lambda: app.places[0].closing)
    back = app.store.attach("new b", tab)
    await app.follow("new b")
    app.gate.set()
    await releasing
    assert app.store.by_tab(back.tab) is back
    await app.use("new b", HERE)
    assert back.session is not None


async def test_a_release_that_is_broken_off_loses_no_conversation(apps: Any, clock: Clock) -> None:
    app = apps(held=True, grace_seconds=0.1)
    await app.use("a")
    await app.handlers.leave("a")
    clock.now += 0.15
    releasing = asyncio.create_task(app.store.release_absent())
    await until(lambda: app.places[0].closing)
    assert app.store.find("a") is None
    releasing.cancel()
    await asyncio.wait([releasing])
    app.gate.set()
    await app.store.aclose()
    assert app.places[0].closed


async def test_pages_that_are_made_up_keep_no_place(apps: Any, clock: Clock) -> None:
    app = apps(limit=3, grace_seconds=0.2, silent_seconds=0.8)
    for page in "abc":
        await app.handlers.attach(page, "")
    await app.follow("c")
    await app.handlers.stop("made up")
    assert "as many people as it can" in app.handlers.refusal("Go", "d")
    clock.now += 0.3
    await app.store.release_absent()
    assert [app.store.find(page) is None for page in "abc"] == [True, True, False]
    assert app.handlers.refusal("Go", "d") == ""
    clock.now += 0.7
    await app.store.release_absent()
    assert app.store.find("c") is None  # it asked once, and then never again


async def test_a_page_that_asks_now_and_then_stays(apps: Any, clock: Clock) -> None:
    app = apps(grace_seconds=0.2, silent_seconds=0.5)
    news = json.loads((await app.handlers.attach("a", ""))[0])
    assert news["live"]  # so that it asks at once
    for _ in range(3):
        await app.follow("a")
        clock.now += 0.3
        assert await app.store.release_absent() == 0
    assert not app.store.visitor("a").live


async def test_a_stop_while_a_task_is_on_its_way_to_a_run_is_kept(apps: Any) -> None:
    app = apps(held=True)
    await app.use("a")
    visitor = app.store.visitor("a")
    ran = len(visitor.session.events)
    await app.handlers.send("Move", HERE, "a")
    await until(lambda: app.places[0].closing)
    assert visitor.busy
    await app.handlers.stop("a")
    await app.handlers.stop("a")
    assert not app.places[0].closed  # neither has waited for the move
    assert visitor.view.whole().count("Stopped.") == 1
    app.gate.set()
    await until(lambda: not visitor.busy)
    assert len(visitor.session.events) == ran
    assert app.places[0].closed
    await app.use("a", HERE)
    assert len(visitor.session.events) > ran
    assert visitor.view.whole().count("Done.") >= 2
