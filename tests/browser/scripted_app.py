"""The real page, sessions, agent and local executor, with a model whose replies are scripted.

A task that begins with a script's name (`primes`, `prints`, …) gets that script's replies. With
the argument `team` all agents plan and have others to ask.
"""

from __future__ import annotations

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from weakref import WeakSet

from agent import prompting
from agent.errors import ModelUnavailable
from agent.models.base import Message, Model, ModelDelta, Preparing
from agent.models.catalogue import ModelChoice
from agent.models.profile import PROFILES
from agent.models.scripted import ScriptedModel
from agent.services import AgentDefaults, OfferedModel, Services
from agent.session import Session
from executors.base import ExecutorFactory, Limits
from executors.e2b.executor import PROTECTIONS
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from executors.local.lockdown import supported
from executors.local.walls import protections
from tests.browser import gates
from tests.browser.scripts import GO, SCRIPTS, UNKNOWN
from tests.browser.team import PLAN, TeamServices
from ui.page import build_page, launch_options
from ui.server import serve
from ui.sessions import SessionStore
from ui.sign_in import offers_sign_in


class TaskModel:
    """Finds the script by the newest task; counts its own replies to know where in it it is."""

    def __init__(self, name: str = "scripted") -> None:
        self.name, self.profile = name, PROFILES["medium"]
        self._tasks: list[str] = []
        self._given = 0

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        tasks = _tasks(messages)
        if tasks != self._tasks:
            self._tasks, self._given = tasks, 0
        if prompting.PLAN in messages[-1].content:
            pieces = [delta async for delta in ScriptedModel(PLAN).stream(messages)]
            for number, delta in enumerate(pieces):
                if number == 3:
                    await gates.passed("planned")
                yield delta
            return
        script = SCRIPTS.get(tasks[-1] if tasks else UNKNOWN)
        if script is None:
            raise ModelUnavailable("There is no script of that name. Please try another one.")
        if script.prepares and self._given == 0:
            while not gates.take("prepared"):
                yield Preparing("Downloading the model, 50 %", fraction=0.5)
                await asyncio.sleep(0.1)
        reply = script.replies[min(self._given, len(script.replies) - 1)]
        self._given += 1
        inner = ScriptedModel(reply, delay=script.delay)
        async for delta in inner.stream(messages, stop=stop, temperature=temperature):
            yield delta

    async def aclose(self) -> None:
        """Do nothing: there is nothing to release."""


def _tasks(messages: Sequence[Message]) -> list[str]:
    """The scripts that were asked for so far; one user turn may hold several lines of tasks."""
    lines = [line for m in messages if m.role == "user" for line in m.content.splitlines()]
    words = [line.split(maxsplit=1)[0].rstrip(":") for line in lines if line.strip()]
    return [word for word in words if word in SCRIPTS or word == UNKNOWN]


class Opener(Services):
    """Services that can let the code of all conversations go on that wait for it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._sessions: WeakSet[Session] = WeakSet()

    def session(self, *, model: Model, executors: ExecutorFactory) -> Session:
        """A new conversation, which is kept in mind."""
        made = super().session(model=model, executors=executors)
        self._sessions.add(made)
        return made

    async def attend(self, store: SessionStore) -> None:
        """Do what the test asks for by its gates, for ever."""
        while True:
            store._grace_seconds = 100.0 if gates.is_open(gates.PATIENT) else GRACE_SECONDS
            if gates.take(GO):
                await self._go()
            await asyncio.sleep(0.02)

    async def _go(self) -> None:
        for session in list(self._sessions):
            try:
                if session.running and session.workspace is not None:
                    await session.workspace.write(GO, b"")
            except Exception:  # one that is just being closed
                logging.getLogger(__name__).exception("a conversation was not told to go on")


class TeamOpener(Opener, TeamServices):
    """The same with agents that have others to ask."""


GRACE_SECONDS = 3.0


def services() -> Opener:
    def e2b(key: str) -> ExecutorFactory:
        """The real executor; its addresses, and the server's own key, are in the environment."""
        assert "E2B_API_URL" in os.environ, "these tests never reach the real service"
        return E2BExecutorFactory(api_key=key)

    choices = [
        ModelChoice(
            id="small",
            label="Small model (built in)",
            hint="Runs on this server and needs no key. Good for short tasks.",
            needs_key=False,
        ),
        ModelChoice(
            id="large",
            label="Large model",
            hint="Writes better code. Needs a Hugging Face token.",
            needs_key=True,
        ),
    ]
    make = TeamOpener if "team" in sys.argv else Opener
    return make(
        models=[
            OfferedModel(choice=choice, make=lambda _: TaskModel(), has_key=not choice.needs_key)
            for choice in choices
        ],
        local=LocalExecutorFactory,
        e2b=e2b,
        has_e2b_key="E2B_API_KEY" in os.environ,
        defaults=AgentDefaults(
            additional_authorized_imports=("pandas", "numpy", "matplotlib"),
            limits=Limits(seconds=300),  # of no interest here
        ),
        protections={"local": protections(supported()), "e2b": PROTECTIONS},
    )


def main() -> None:
    offered = services()
    store = SessionStore(offered, grace_seconds=GRACE_SECONDS)

    async def warm() -> None:
        await asyncio.gather(offered.warm(), offered.attend(store))

    async def close() -> None:
        await store.aclose()
        await offered.aclose()

    serve(
        build_page(offered, store=store, sign_in=offers_sign_in(os.environ)),
        {"quiet": True, **launch_options()},
        host="127.0.0.1",
        port=int(os.environ["SANDGLASS_PORT"]),
        warm=warm,
        close=close,
    )


if __name__ == "__main__":
    main()
