"""What a task is: what the person asks, what the agent gets, and how its answer is judged."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.agents.checks import Check

Difficulty = Literal["easy", "medium", "hard"]
ToolFunction = Callable[..., Any]
"""Typed, with a Google-style docstring: each agent makes its own kind of tool from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A sub-agent with tools of its own, which the agent may give parts of the task to."""

    name: str
    description: str
    tools: Sequence[ToolFunction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One conversation whose last answer is checked.

    Attributes:
        id: `family/name`.
        difficulty: how much it takes, as we see it.
        turns: what the person says, one after the other.
        check: judges the last answer.
        solve: the reference solution; it calls the tool functions directly, and finds the files in
            the current folder.
        files: texts that lie in the agent's folder from the beginning, by name.
        tools: functions that the agent may call.
        helpers: sub-agents that it may call.
        outputs: names of files that the agent is asked to write.
    """

    id: str
    difficulty: Difficulty
    turns: tuple[str, ...]
    check: Check
    solve: Callable[[], Any]
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    tools: tuple[ToolFunction, ...] = ()
    helpers: tuple[Helper, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The kind of task."""
        return self.id.split("/")[0]

    @property
    def asked(self) -> str:
        """All that the person says."""
        return "\n".join(self.turns)

    def recipe(self) -> object:
        """All that an agent can see of the task, as plain JSON: attempts at it are kept by this."""
        return {
            "turns": list(self.turns),
            "files": dict(self.files),
            "tools": [inspect.getsource(function) for function in self.tools],
            "helpers": [
                [one.name, one.description, [inspect.getsource(tool) for tool in one.tools]]
                for one in self.helpers
            ],
            "outputs": list(self.outputs),
        }
