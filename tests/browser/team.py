"""A scripted agent with a plan, agents that it calls, and a tool that shows progress."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from agent.code_agent import CodeAgent
from agent.models.base import Message, Model, ModelDelta
from agent.models.profile import PROFILES
from agent.models.scripted import ScriptedModel
from agent.services import Services
from agent.session import Session
from agent.tools.base import Tell, tool
from executors.base import ExecutorFactory
from tests.browser import gates
from tests.browser.scripts import cell

PLAN = (
    "1. Ask a researcher for the **longest rivers**.\n"
    "2. Ask another one for the **deepest lakes**.\n"
    "3. Put both together and check the sums."
)

_RIVERS = (
    cell(
        "I look the rivers up.",
        "found = look_up('rivers', pages=4)\nprint(found)",
    ),
    cell(
        "A colleague checks the lengths.",
        "checked = checker(f'check: are these lengths plausible? {found}')\nprint(checked)",
    ),
    cell("Both agree.", "final_answer('The longest river is the **Nile** (6,650 km).')"),
)
_LAKES = (
    cell(
        "I look the lakes up.",
        "found = look_up('lakes', pages=6)\nimport math\nmath.log(len(found))",
    ),
    "The deepest lake is **Baikal** (1,642 m), before Tanganyika (1,470 m).",
)
_CHECK = (
    cell(
        "I compare them.",
        "print('Nile', 6650 > 6400)",
    ),
    cell("They are.", "final_answer('The lengths are plausible.')"),
)
_STUCK = (cell("I count for ever.", "while True:\n    pass"),)
_WORKERS = {"rivers:": _RIVERS, "lakes:": _LAKES, "check:": _CHECK, "stuck:": _STUCK}


class Worker:
    """Knows where in its script it is from the messages alone: several may work at once."""

    name, profile = "scripted", PROFILES["medium"]

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        asked = [i for i, message in enumerate(messages) if _script(message)]
        given = sum(message.role == "assistant" for message in messages[asked[-1] :])
        replies = _WORKERS[_script(messages[asked[-1]])]
        if replies is _CHECK and given == 1:
            await gates.passed("checked")
        inner = ScriptedModel(replies[min(given, len(replies) - 1)], delay=0.04)
        async for delta in inner.stream(messages, stop=stop, temperature=temperature):
            yield delta

    async def aclose(self) -> None:
        """Do nothing: there is nothing to release."""


def _script(message: Message) -> str:
    words = message.content.split() if message.role == "user" else []
    return next((word for word in words if word in _WORKERS), "")


@tool
async def look_up(topic: str, pages: int, tell: Tell) -> list[str]:
    """Looks a topic up.

    Args:
        topic: what to look for.
        pages: how many pages to read.
        tell: shows progress.
    """
    for page in range(1, pages + 1):
        tell(f"Reading page {page} of {pages} on {topic}")
        await asyncio.sleep(0.05)
    await gates.passed(topic)
    return [f"{topic} {page}" for page in range(1, pages + 1)]


class TeamServices(Services):
    """Services whose agents plan before they begin, and have others to ask."""

    def session(self, *, model: Model, executors: ExecutorFactory) -> Session:
        """A new conversation with a manager."""
        checker = CodeAgent([], Worker(), name="checker", description="Checks figures.")
        researcher = CodeAgent(
            [look_up],
            Worker(),
            name="researcher",
            description="Finds facts.",
            managed_agents=[checker],
        )
        agent = CodeAgent(
            [look_up],
            model,
            executor_type=executors,
            managed_agents=[researcher],
            planning_interval=8,
        )
        return Session(agent)
