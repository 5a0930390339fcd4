"""Both agents at all tasks, task by task, so that both meet the same machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.agents.attempt import Attempt
from bench.agents.config import IMPORTS, AgentName, Config
from bench.agents.ours import attempt_ours
from bench.agents.results import Results
from bench.agents.served import Served
from bench.agents.task import Task
from bench.agents.tasks import WARM_UP
from bench.agents.theirs import attempt_theirs
from executors.base import ExecutorFactory, ExecutorSpec
from executors.local.executor import LocalExecutorFactory

Try = Callable[[Task], Awaitable[Attempt]]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be tried.

    Attributes:
        tasks: in this order.
        agents: who tries them; they take turns in being first.
        config: under which conditions.
        resume: whether kept attempts need not be made again.
        warm_up: whether each agent does a task first that does not count.
    """

    tasks: Sequence[Task]
    agents: Sequence[AgentName]
    config: Config
    resume: bool
    warm_up: bool = True

    def open(self, results: Results) -> list[tuple[Task, AgentName]]:
        """The attempts that are to be made."""
        return [
            (task, agent)
            for number, task in enumerate(self.tasks)
            for agent in (self.agents if number % 2 == 0 else self.agents[::-1])
            if not (self.resume and results.get(self.config.key(agent, task)))
        ]


async def run(plan: Plan, served: Served, results: Results, tell: Tell = print) -> None:
    """Make all attempts that are open, and keep each as soon as it is made."""
    todo = plan.open(results)
    async with AsyncExitStack() as stack:
        executors = LocalExecutorFactory(preload=IMPORTS, spares=1)
        stack.push_async_callback(executors.aclose)
        tries = await _tries(plan.config, served, executors)
        for agent in dict.fromkeys(agent for _, agent in todo if plan.warm_up):
            tell(f"{agent} warms up")
            await tries[agent](WARM_UP)
        for number, (task, agent) in enumerate(todo, 1):
            attempt = await tries[agent](task)
            results.add(plan.config.key(agent, task), agent, task.id, attempt)
            tell(
                f"{number} of {len(todo)}: {agent}, {task.id}: {attempt.steps} steps, "
                f"{attempt.tokens:,} tokens, {attempt.seconds:.0f} s"
            )


async def _tries(
    config: Config, served: Served, executors: ExecutorFactory
) -> Mapping[AgentName, Try]:
    spec = ExecutorSpec(call_tool=_no_tool, additional_authorized_imports=IMPORTS)
    async with executors(spec) as executor:
        imports = executor.info.imports
    return {
        "ours": lambda task: attempt_ours(task, config, served, executors),
        "smolagents": lambda task: attempt_theirs(task, config, served, imports),
    }


async def _no_tool(name: str, arguments: dict[str, object]) -> object:
    raise LookupError(f"there is no tool {name!r} ({len(arguments)} arguments)")
