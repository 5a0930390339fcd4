"""Agents that an agent calls: in its code they are functions, of a task, that return an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from agent.errors import ConfigurationError
from agent.events import Event, RunEnded
from agent.tools.arguments import check_arguments
from agent.tools.base import Tool
from executors.base import Parameter, ToolSpec
from executors.values import decode

if TYPE_CHECKING:
    from agent.budget import Account
    from agent.code_agent import CodeAgent
    from executors.base import ExecutorFactory

Relay = Callable[[Event], None]


class ManagedAgent(Tool):
    """An agent as a tool of its manager.

    Each call works in a conversation of its own, on fresh variables, so that several calls can go
    on at once. The agent that was handed over is only the pattern for them.

    Raises:
        ConfigurationError: the agent has no name or no description.
    """

    def __init__(self, agent: CodeAgent) -> None:
        spec = agent.spec
        if not spec.name.isidentifier() or not spec.description.strip():
            raise ConfigurationError(
                "A managed agent needs a name that can be a function's and a description: "
                'CodeAgent(…, name="researcher", description="Finds facts on the web.")'
            )
        self.name, self.description = spec.name, spec.description
        self._agent = agent

    @property
    def spec(self) -> ToolSpec:
        """The agent as the code sees it."""
        answer_type = self._agent.spec.answer_type
        return ToolSpec(
            name=self.name,
            description=f"{self.description} (An agent: give it the whole task in words; it knows "
            "nothing else. It returns its answer.)",
            parameters=(
                Parameter(name="task", annotation="str"),
                Parameter(
                    name="additional_args",
                    annotation="dict[str, Any] | None",
                    description="values that it gets as variables, by name",
                    required=False,
                ),
            ),
            returns=answer_type.returns if answer_type is not None else "Any",
        )

    async def work(
        self,
        arguments: dict[str, Any],
        relay: Relay,
        *,
        account: Account,
        executors: ExecutorFactory,
    ) -> Any:
        """Answer one call.

        Args:
            arguments: what the code gave.
            relay: gets every event as it happens.
            account: of the manager's run; what is used here is charged there too.
            executors: where its code runs if the agent itself has no place of its own.

        Raises:
            TypeError: the arguments are not a task and values by name.
            RuntimeError: the agent failed, gave no answer, or may use nothing any more; the message
                says why.
        """
        task, values = _read(self.spec, arguments)
        if used_up := account.spent:
            raise RuntimeError(f"{self.name} cannot be asked: there are no {used_up} left")
        end: RunEnded | None = None
        async with (
            self._agent.another(manager=account, executors=executors) as agent,
            aclosing(agent.stream(task, additional_args=values)) as events,
        ):
            async for event in events:
                relay(event)
                end = event if isinstance(event, RunEnded) else end
        if end is None or end.outcome == "failed":
            reason = end.error if end is not None else "it ended without a word"
            raise RuntimeError(f"{self.name} could not do it: {reason}")
        if end.outcome != "answer" and (end.answer is None or self._agent.spec.demanding):
            said = f". It says: {decode(end.answer)}" if end.answer else ""  # nobody has checked it
            raise RuntimeError(f"{self.name} found no answer within its steps{said}")
        return decode(end.answer)


def _read(spec: ToolSpec, arguments: dict[str, Any]) -> tuple[str, Mapping[str, Any]]:
    check_arguments(spec, arguments)
    return arguments["task"], cast("dict[str, Any]", arguments.get("additional_args") or {})
