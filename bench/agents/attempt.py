"""One attempt of an agent at a task: what came out, what it cost, and why it failed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from bench.agents.checks import Answer
from bench.agents.task import Task

Ended = Literal["answer", "steps", "timeout", "crash"]
Failure = Literal[
    "wrong answer", "no answer", "format failure", "code error at the end", "timeout", "crash"
]
FAILURES: tuple[Failure, ...] = (
    *("wrong answer", "no answer", "format failure", "code error at the end", "timeout", "crash"),
)
LONGEST_ANSWER = 4000
LONGEST_ERROR = 500
"""Characters that are kept."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """Grows while the agent works, so that an attempt that is given up has figures as well.

    Attributes:
        ended: how the last turn ended; `steps` means that they ran out.
        answer: the last answer as text.
        files: the files that the agent was asked to write and wrote, by name.
        steps: model calls, with those of sub-agents and last words.
        unusable: replies that the agent could not use.
        challenged: those of them that were well formed, and not taken for what they say: repeated
            examples, functions that are there already, figures that nothing computed, actions that
            were not allowed.
        last_step: how the last step before a last word went.
        input_tokens: by the server's count, cached ones included.
        output_tokens: by the server's count.
        seconds: of all turns together.
        began: when, in seconds since 1970.
        error: what a crash or the last failed step said.
    """

    ended: Ended = "crash"
    answer: str = ""
    files: dict[str, str] = field(default_factory=dict[str, str])
    steps: int = 0
    unusable: int = 0
    challenged: int = 0
    last_step: Literal["fine", "unusable", "error"] = "fine"
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    began: float = field(default_factory=time.time)
    error: str = ""

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.input_tokens + self.output_tokens


def failure(task: Task, attempt: Attempt) -> Failure | None:
    """Why `attempt` did not solve `task`; None if it did.

    A right answer counts as one even where it came as a last word, when the steps had run out.
    """
    if attempt.ended in ("timeout", "crash"):
        return attempt.ended
    if task.check(Answer(text=attempt.answer, asked=task.asked, files=attempt.files)):
        return None
    if attempt.ended == "steps":
        if attempt.last_step == "fine":
            return "no answer"
        return "format failure" if attempt.last_step == "unusable" else "code error at the end"
    return "wrong answer" if attempt.answer.strip() else "no answer"
