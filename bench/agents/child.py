"""smolagents' CodeAgent at one task, in a process and a folder of its own: `theirs` starts it.

Reads its order as JSON from standard input. Tells the attempt so far as a line of JSON: when it is
ready, after each model call, and at the end.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from smolagents import ActionStep, CodeAgent, InferenceClientModel, LogLevel, tool
from smolagents.utils import AgentMaxStepsError, AgentParsingError

from agent.models.profile import PROFILES
from agent.prompting import task_text
from bench.agents.attempt import LONGEST_ANSWER, LONGEST_ERROR, Attempt
from bench.agents.reading import text_of
from bench.agents.task import Task, ToolFunction
from bench.agents.tasks import find


class Metered(InferenceClientModel):
    """Counts into an attempt, and tells it."""

    def __init__(self, attempt: Attempt, tell: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._attempt, self._tell = attempt, tell

    def generate(self, *args: Any, **options: Any) -> Any:
        """Ask the model; see `smolagents.Model.generate`."""
        self._attempt.steps += 1
        message = super().generate(*args, **options)
        self._attempt.input_tokens += message.token_usage.input_tokens
        self._attempt.output_tokens += message.token_usage.output_tokens
        self._tell()
        return message


class Run:
    """One attempt: the agent with its defaults, and what is noted of it."""

    def __init__(self, task: Task, order: dict[str, Any], tell: Callable[[Attempt], None]) -> None:
        self.attempt = Attempt()
        self._task, self._order = task, order
        self._model = Metered(self.attempt, lambda: tell(self.attempt), **order["model"])

    def converse(self) -> None:
        """Say all turns; the attempt has the figures."""
        helpers = [
            self._agent(one.tools, self._count, name=one.name, description=one.description)
            for one in self._task.helpers
        ]
        agent = self._agent(self._task.tools, self._note, managed_agents=helpers)
        for number, turn in enumerate(self._turns()):
            self.attempt.ended = "answer"
            answer = agent.run(turn, reset=number == 0)
            self.attempt.answer = text_of(answer)[:LONGEST_ANSWER]

    def _turns(self) -> Sequence[str]:
        files = {name: text.encode() for name, text in self._task.files.items()}
        first = task_text(self._task.turns[0], files, (), PROFILES["medium"])
        return (first, *self._task.turns[1:])

    def _agent(
        self, tools: Sequence[ToolFunction], watch: Callable[[Any], None], **options: Any
    ) -> CodeAgent:
        return CodeAgent(
            tools=[tool(function) for function in tools],
            model=self._model,
            additional_authorized_imports=self._order["imports"],
            # Its interpreter has no open() otherwise, and could not read a file at all.
            executor_kwargs={"additional_functions": {"open": open}},
            max_steps=self._order["steps"],
            step_callbacks={ActionStep: watch},
            verbosity_level=LogLevel.OFF,
            **options,
        )

    def _count(self, step: ActionStep) -> None:
        self.attempt.unusable += isinstance(step.error, AgentParsingError)

    def _note(self, step: ActionStep) -> None:
        self._count(step)
        if isinstance(step.error, AgentMaxStepsError):
            self.attempt.ended = "steps"
            return
        self.attempt.error = str(step.error)[-LONGEST_ERROR:] if step.error else ""
        if isinstance(step.error, AgentParsingError):
            self.attempt.last_step = "unusable"
        else:
            self.attempt.last_step = "error" if step.error else "fine"


def main() -> None:
    """Do what the order says."""
    order = json.load(sys.stdin)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the agent prints is no answer

    def tell(attempt: Attempt) -> None:
        print(json.dumps(asdict(attempt)), file=answer, flush=True)

    task = find(order["task"])
    for name, text in task.files.items():
        Path(name).write_text(text, encoding="utf-8")
    run = Run(task, order, tell)
    tell(run.attempt)
    started = time.monotonic()
    run.converse()
    run.attempt.seconds = time.monotonic() - started
    for name in task.outputs:
        if Path(name).is_file():
            text = Path(name).read_text(encoding="utf-8", errors="replace")
            run.attempt.files[name] = text[:LONGEST_ANSWER]
    tell(run.attempt)


if __name__ == "__main__":
    main()
