"""Handlers and sessions with a real agent and real code, without a browser."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator
from html import unescape
from typing import Any

import pytest

from agent.errors import ModelRefused, SessionLimit
from agent.models.catalogue import ModelChoice
from agent.models.scripted import Reply, ScriptedModel
from agent.services import AgentDefaults, OfferedModel, Services
from executors.base import ExecutorFactory
from executors.local.executor import LocalExecutorFactory
from ui.handlers import MAX_TASK_CHARS, TROUBLE, Handlers
from ui.sessions import SessionStore, Setup

LOCAL = Setup(backend="local", model="first")


def offered(name: str, *replies: Reply) -> OfferedModel:
    choice = ModelChoice(id=name, label=name, hint="", needs_key=False)
    return OfferedModel(choice=choice, make=lambda _: ScriptedModel(*replies), has_key=True)


def elsewhere(key: str) -> ExecutorFactory:
    """Another place to run code: a second local factory stands in for the cloud."""
    return LocalExecutorFactory()


def services(*models: OfferedModel) -> Services:
    return Services(
        models=models,
        local=LocalExecutorFactory,
        e2b=elsewhere,
        has_e2b_key=False,
        defaults=AgentDefaults(),
    )


class App:
    """Handlers over services, closed at the end of a test."""

    def __init__(self, *models: OfferedModel, **limits: Any) -> None:
        self.services = services(*models)
        self.store = SessionStore(self.services, **limits)
        self.handlers = Handlers(self.services, self.store)

    async def send(self, task: str, page: str = "a", setup: Setup = LOCAL) -> list[dict[str, Any]]:
        return [json.loads(batch) async for batch in self.handlers.submit(task, setup, page)]

    def shown(self, page: str = "a") -> dict[str, list[str]]:
        """The fragments on a fresh page, by kind."""
        found: dict[str, list[str]] = {}
        for patch in json.loads(self.store.visitor(page).view.since(0))["patches"]:
            found.setdefault(patch["kind"], []).append(unescape(patch["html"]))
        return found


@pytest.fixture
async def apps() -> AsyncIterator[Any]:
    made: list[App] = []

    def make(*models: OfferedModel, **limits: Any) -> App:
        made.append(App(*models, **limits))
        return made[-1]

    yield make
    for app in made:
        await app.store.aclose()
        await app.services.aclose()


def cell(code: str) -> str:
    return f"I try.\n```python\n{code}\n```"


async def test_a_task_runs_and_its_batches_are_numbered(apps: Any) -> None:
    app = apps(offered("first", cell("print(6 * 7)"), "It is **42**."))
    batches = await app.send("Multiply")
    assert [batch["seq"] for batch in batches] == list(range(1, len(batches) + 1))
    assert batches[0]["patches"][0]["kind"] == "user"
    assert batches[0]["activity"] == "starting"
    assert batches[-1]["activity"] == "idle"
    assert "42" in app.shown()["output"][0]
    assert "<strong>42</strong>" in app.shown()["answer"][0]


async def test_visitors_have_files_and_variables_of_their_own(apps: Any) -> None:
    write = cell("x = 1\nwith open('mine.txt', 'w') as f:\n    f.write('secret')")
    app = apps(offered("first", write, "Done."))
    await app.send("Write", page="a")
    await app.send("Write", page="b")
    token = app.store.visitor("a").view.token
    got = await app.handlers.download({"token": token, "path": "mine.txt"})
    assert base64.b64decode(got["data"]) == b"secret"
    for call in (
        {"token": "guess", "path": "mine.txt"},
        {"token": token, "path": "../mine.txt"},
        {"token": token, "path": "/etc/passwd"},
        {"token": token, "path": "other.txt"},
        {"path": "mine.txt"},
        "nonsense",
        None,
    ):
        assert set(await app.handlers.download(call)) == {"error"}
    assert await app.handlers.resend({"token": "guess", "seq": 0}) == ""
    assert await app.handlers.resend([1]) == ""
    assert json.loads(await app.handlers.resend({"token": token, "seq": 0}))["whole"]


async def test_errors_of_the_agent_are_shown_as_they_are(apps: Any) -> None:
    app = apps(offered("first", ModelRefused("The token has no access. Check it."), "Fine."))
    await app.send("Go")
    assert "The token has no access. Check it." in app.shown()["ending"][0]
    await app.send("Again")
    assert "Fine." in app.shown()["answer"][0]


async def test_a_missing_key_is_explained_and_local_still_works(apps: Any) -> None:
    app = apps(offered("first", "Fine."))
    await app.send("Go", setup=Setup(backend="e2b", model="first"))
    assert "e2b.dev" in app.shown()["ending"][0]
    assert app.handlers.needs_e2b_key("E2B", " ")
    assert not app.handlers.needs_e2b_key("E2B", "key")
    await app.send("Again")
    assert "Fine." in app.shown()["answer"][0]


async def test_a_fault_of_the_app_becomes_a_calm_sentence(apps: Any) -> None:
    def broken(_: str) -> Any:
        raise RuntimeError("a bug")

    choice = ModelChoice(id="first", label="first", hint="", needs_key=False)
    app = apps(OfferedModel(choice=choice, make=broken, has_key=True))
    batches = await app.send("Go")
    assert batches[-1]["activity"] == "idle"
    assert TROUBLE in app.shown()["ending"][0]
    assert "a bug" not in json.dumps(batches)


async def test_another_model_and_a_new_chat(apps: Any) -> None:
    second = offered("second", cell("print(x)"), "Two.")
    app = apps(offered("first", cell("x = 5"), "One."), second)
    await app.send("Go")
    await app.send("Go on", setup=Setup(backend="local", model="second"))
    assert "5" in app.shown()["output"][0]  # another model, the same variables
    token = app.store.visitor("a").view.token
    fresh = json.loads(await app.handlers.new_chat("a"))
    assert (fresh["chat"], fresh["patches"]) == (2, [])
    assert app.store.by_token(token) is None
    assert app.store.visitor("a").session is None


async def test_a_switch_of_the_place_says_what_stays_behind(apps: Any) -> None:
    app = apps(offered("first", cell("x = 5"), "One.", cell("print(x)"), "Two."))
    await app.send("Go")
    await app.send("Go on", setup=Setup(backend="e2b", model="first", e2b_key="key"))
    assert "Code now runs in E2B, afresh" in app.shown()["notice"][0]
    assert "NameError" in app.shown()["error"][0]
    assert "Two." in app.shown()["answer"][1]


async def test_stop_ends_a_run(apps: Any) -> None:
    app = apps(offered("first", cell("while True: pass")))
    stream: AsyncGenerator[str, None] = app.handlers.submit("Spin", LOCAL, "a")
    async for batch in stream:
        if json.loads(batch)["activity"] == "running":
            assert "still working" in app.handlers.busy("a")
            await app.handlers.stop("a")
    assert "Stopped." in app.shown()["ending"][0]
    assert app.handlers.busy("a") == app.handlers.refusal("More") == ""


async def test_limits_refuse_with_a_sentence(apps: Any) -> None:
    app = apps(offered("first", "Fine."), limit=1, runs=0)
    assert "busy" in (await app.send("Go"))[-1]["patches"][0]["html"]
    with pytest.raises(SessionLimit):
        app.store.visitor("b")
    (refused,) = await app.send("Go", page="b")
    assert "as many people as it can" in refused["patches"][0]["html"]
    assert "20,001 characters" in app.handlers.refusal("x" * (MAX_TASK_CHARS + 1))
    await app.handlers.leave("a")
    app.store.visitor("b")


async def test_idle_conversations_are_released_and_say_so(apps: Any) -> None:
    app = apps(offered("first", "One."), idle_seconds=0.0)
    await app.send("Go")
    assert await app.store.release_idle() == 1
    assert app.store.visitor("a").session is None
    assert "idle for a long time" in app.shown()["notice"][0]
    assert await app.store.release_idle() == 0


def test_keys_do_not_show_in_a_repr() -> None:
    setup = Setup(backend="e2b", model="m", model_key="hf_canary", e2b_key="e2b_canary")
    assert "canary" not in repr(setup)
