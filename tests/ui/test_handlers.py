"""Handlers and sessions with a real agent and real code, without a browser."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from html import unescape
from typing import Any

import pytest

from agent.errors import ModelRefused, SessionLimit
from agent.events import CellEvent
from agent.models.base import Message
from agent.models.catalogue import ModelChoice
from agent.models.scripted import Reply, ScriptedModel
from agent.services import AgentDefaults, OfferedModel, Services
from executors.base import Display, ExecutorFactory
from executors.local.executor import LocalExecutorFactory
from tests.ui.clock import Clock
from tests.ui.clock import clock as clock
from ui.handlers import MAX_TASK_CHARS, Handlers
from ui.sessions import SessionStore
from ui.visitor import TROUBLE, Setup

LOCAL = Setup(backend="local", model="first")
UNTIL_TOLD = """
import time
while True:
    try:
        open("go").close()
        break
    except FileNotFoundError:
        time.sleep(0.01)"""


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
        """Send a task and follow it to its end, as a page does; returns the batches."""
        news = json.loads(await self.handlers.send(task, setup, page))
        batches = news["batches"]
        while news["live"]:
            news = await self.follow(page, seq=batches[-1]["seq"])
            batches += news["batches"]
        return batches

    async def follow(self, page: str = "a", seq: int = 0) -> dict[str, Any]:
        visitor = self.store.visitor(page)
        call = {"tab": visitor.tab, "chat": visitor.view.chat, "seq": seq}
        return json.loads(await self.handlers.follow(call))

    async def let_go_on(self) -> None:
        """End the cell of page "a" that is, or is about to be, `UNTIL_TOLD`."""
        session = self.store.visitor("a").session
        assert session is not None
        while session.workspace is None:
            await asyncio.sleep(0.01)
        await session.workspace.write("go", b"")

    def shown(self, page: str = "a") -> dict[str, list[str]]:
        """The fragments on a fresh page, by kind."""
        found: dict[str, list[str]] = {}
        for patch in json.loads(self.store.visitor(page).view.whole())["patches"]:
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
    tab = app.store.visitor("a").tab
    got = await app.handlers.download({"tab": tab, "path": "mine.txt"})
    assert base64.b64decode(got["data"]) == b"secret"
    for call in (
        {"tab": "guess", "path": "mine.txt"},
        {"tab": tab, "path": "../mine.txt"},
        {"tab": tab, "path": "/etc/passwd"},
        {"tab": tab, "path": "other.txt"},
        {"path": "mine.txt"},
        "nonsense",
        None,
    ):
        assert set(await app.handlers.download(call)) == {"error"}
    for call in ({"tab": "guess", "chat": 1, "seq": 0}, {"tab": tab, "chat": "1"}, [1], None):
        assert await app.handlers.follow(call) == ""


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
    assert app.handlers.needs_e2b_key("E2B", " ", "a")
    assert not app.handlers.needs_e2b_key("E2B", "key", "a")
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
    tab = app.store.visitor("a").tab
    (fresh,) = json.loads(await app.handlers.new_chat("a"))["batches"]
    assert (fresh["chat"], fresh["seq"], fresh["patches"]) == (2, 0, [])
    assert app.store.by_tab(tab) is app.store.visitor("a")
    assert app.store.visitor("a").session is None


async def test_a_switch_of_the_place_says_what_came_along(apps: Any) -> None:
    app = apps(offered("first", cell("x = 5\ny = object()"), "One.", cell("print(x)"), "Two."))
    await app.send("Go")
    await app.send("Go on", setup=Setup(backend="e2b", model="first", e2b_key="key"))
    first, second = app.shown()["notice"]
    assert "Code now runs in E2B." in first
    assert "Came along: the variables x. Stayed behind: y (object)." in second
    assert "5" in app.shown()["output"][0]
    assert "Two." in app.shown()["answer"][1]


async def test_files_of_a_message_that_could_not_start_are_back(apps: Any) -> None:
    app = apps(offered("first", cell("print(open('a.txt').read())"), "Read."))
    await app.handlers.attach("a", "")
    tab = app.store.visitor("a").tab
    part = {"tab": tab, "name": "a.txt", "size": 2, "offset": 0, "data": "aGk="}
    assert await app.handlers.add_file(part) == {"files": [{"name": "a.txt", "size": 2}]}
    await app.send("Go", setup=Setup(backend="e2b", model="first"))  # without any key
    assert app.store.visitor("a").tray.listed() == [{"name": "a.txt", "size": 2}]
    await app.send("Go")
    assert "hi" in app.shown()["output"][0]
    assert app.store.visitor("a").tray.listed() == []
    assert "error" in await app.handlers.add_file({**part, "tab": "other"})
    assert "error" in await app.handlers.add_file({"tab": tab})


async def test_stop_ends_a_run(apps: Any) -> None:
    app = apps(offered("first", cell("while True: pass")))
    news, seq = json.loads(await app.handlers.send("Spin", LOCAL, "a")), 0
    while news["live"]:
        news = await app.follow(seq=seq)
        seq = news["batches"][-1]["seq"]
        if news["batches"][-1]["activity"] == "running":
            assert app.handlers.working("a")
            await app.handlers.stop("a")
    assert "Stopped." in app.shown()["ending"][0]
    assert await app.handlers.busy("a") == app.handlers.refusal("More", "a") == ""


async def test_what_is_sent_while_the_agent_works_is_read_before_its_next_step(apps: Any) -> None:
    def answer(messages: Sequence[Message]) -> str:
        return "Metres." if any("Use metres." in one.content for one in messages) else "Feet."

    app = apps(offered("first", cell(UNTIL_TOLD), answer, "More."), runs=1)
    first = json.loads(await app.handlers.send("Measure", LOCAL, "a"))
    assert "only just starting" in await app.handlers.busy("a")
    while not app.handlers.working("a"):
        await asyncio.sleep(0.01)
    assert await app.handlers.busy("a") == app.handlers.refusal("Use metres.", "a") == ""
    assert "20,001" in app.handlers.refusal("x" * (MAX_TASK_CHARS + 1), "a")
    tab = app.store.visitor("a").tab
    part = {"tab": tab, "name": "a.txt", "size": 2, "offset": 0, "data": "aGk="}
    assert app.handlers.held_back("a") == ""
    await app.handlers.add_file(part)
    news = json.loads(await app.handlers.send("Use metres.", LOCAL, "a"))
    assert "files stay here" in app.handlers.held_back("a")
    assert news["files"] == [{"name": "a.txt", "size": 2}]
    patch = news["batches"][-1]["patches"][-1]
    assert (patch["kind"], patch["state"]) == ("user", "waiting")
    assert len(first["batches"]) == 1
    await app.let_go_on()
    seq = news["batches"][-1]["seq"]
    while news["live"]:
        news = await app.follow(seq=seq)
        seq = news["batches"][-1]["seq"]
    assert "Metres." in app.shown()["answer"][0]
    assert len(app.shown()["user"]) == 2
    assert app.handlers.held_back("a") == ""
    assert not app.store.visitor("a").steer("Nobody reads this.")


async def test_a_run_goes_on_without_a_page_and_a_reload_finds_it(apps: Any) -> None:
    code = "import time\nfor i in range(5):\n    print('line', i)\n    time.sleep(0.1)"
    app = apps(offered("first", cell(code), "Done."))
    tab = app.store.visitor("a").tab
    await app.handlers.send("Print", LOCAL, "a")
    await app.handlers.leave("a")
    news, setup = await app.handlers.attach("b", tab)
    assert json.loads(news)["tab"] == tab
    assert setup is None or setup == LOCAL
    assert app.store.visitor("b").tab == tab
    seq = json.loads(news)["batches"][0]["seq"]
    while (more := await app.follow("b", seq))["live"]:
        seq = more["batches"][-1]["seq"] if more["batches"] else seq
    assert all(f"line {i}" in app.shown("b")["output"][0] for i in range(5))
    assert "Done." in app.shown("b")["answer"][0]


async def test_only_a_secret_that_was_given_out_opens_a_conversation(apps: Any) -> None:
    app = apps(offered("first", "Mine."))
    await app.send("Go")
    tab = app.store.visitor("a").tab
    for page, guess in enumerate(("", "a", tab[:-1], tab + "x", tab.upper())):
        news = json.loads((await app.handlers.attach(f"other {page}", guess))[0])
        assert news["tab"] not in (tab, guess)
        assert news["batches"][0]["patches"] == []
    assert len(tab) >= 32


async def test_what_was_typed_before_a_reload_still_counts(apps: Any) -> None:
    app = apps(offered("first", cell("x = 5"), "One.", cell("print(x)"), "Two."))
    await app.send("Go", setup=Setup(backend="e2b", model="first", e2b_key="key"))
    tab = app.store.visitor("a").tab
    assert app.handlers.needs_e2b_key("E2B", "", "a")  # the field on this page was emptied
    _, setup = await app.handlers.attach("b", tab)
    assert setup is not None
    assert setup.backend == "e2b"
    assert not app.handlers.needs_e2b_key("E2B", "", "b")
    await app.send("Go on", page="b", setup=Setup(backend="e2b", model="first"))
    assert "5" in app.shown("b")["output"][0]
    await app.handlers.new_chat("b")
    assert app.handlers.needs_e2b_key("E2B", "", "b")


async def test_a_conversation_outlives_its_page_for_the_grace_only(apps: Any, clock: Clock) -> None:
    app = apps(offered("first", cell("while True: pass")), grace_seconds=0.3)
    tab = app.store.visitor("a").tab
    await app.handlers.send("Spin", LOCAL, "a")
    await app.handlers.leave("a")
    assert await app.store.release_absent() == 0
    await app.handlers.attach("b", tab)
    await app.follow("b")
    clock.now += 0.4
    assert await app.store.release_absent() == 0
    visitor = app.store.visitor("b")
    await app.handlers.leave("b")
    clock.now += 0.6
    await app.store.release_absent()
    assert app.store.by_tab(tab) is None
    assert visitor.session is None
    assert not visitor.busy


async def test_a_task_that_was_just_sent_is_not_begun_in_a_closed_conversation(apps: Any) -> None:
    app = apps(offered("first", cell("while True: pass")))
    await app.handlers.send("Spin", LOCAL, "a")
    visitor = app.store.visitor("a")
    await app.store.aclose()
    assert visitor.session is None
    assert not visitor.busy


async def test_a_new_chat_takes_the_place_of_a_task_that_was_just_sent(apps: Any) -> None:
    app = apps(offered("first", cell("while True: pass"), "Fine."))
    await app.handlers.send("Spin", LOCAL, "a")
    await app.handlers.new_chat("a")
    assert not app.store.visitor("a").busy
    assert app.shown() == {}


async def test_many_large_tables_are_shown_a_few_at_a_time(apps: Any) -> None:
    shown = Display(mime="text/html", data="<p>x</p>" * 7000, alt="x")
    app = apps(offered("first", "Fine."))
    await app.send("Go")
    visitor = app.store.visitor("a")
    visitor.session.events += [CellEvent(step=1, event=shown) for _ in range(60)]
    news, seq, asked = {"live": True}, visitor.view.seq, 0
    while news["live"]:
        news = await app.follow(seq=seq)
        seq, asked = visitor.view.seq, asked + 1
    assert len(app.shown()["display"]) == 60
    assert asked > 2


async def test_limits_refuse_with_a_sentence(apps: Any) -> None:
    app = apps(offered("first", "Fine."), limit=1, runs=0)
    assert "busy with other people" in app.handlers.refusal("Go", "a")
    app.store.visitor("a")
    with pytest.raises(SessionLimit):
        app.store.visitor("b")
    news = json.loads(await app.handlers.send("Go", LOCAL, "b"))
    assert "as many people as it can" in news["batches"][0]["patches"][0]["html"]


async def test_a_message_that_is_too_long_is_refused(apps: Any) -> None:
    app = apps(offered("first", "Fine."))
    assert "20,001 characters" in app.handlers.refusal("x" * (MAX_TASK_CHARS + 1), "a")
    assert app.handlers.refusal("x" * MAX_TASK_CHARS, "a") == ""


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
