"""`final_answer` as a tool object: a description for prompts, and an identity for scripts."""

from __future__ import annotations

from typing import Any

from agent.tools.base import FINAL_ANSWER_SPEC, Tool
from executors.base import ToolSpec


class FinalAnswerTool(Tool):
    """Describes the function that ends a run. Every executor provides the real one.

    Passing it among an agent's tools changes nothing: it is there already.
    """

    name = FINAL_ANSWER_SPEC.name
    description = FINAL_ANSWER_SPEC.description

    @property
    def spec(self) -> ToolSpec:
        """Always `FINAL_ANSWER_SPEC`, by which it is recognised."""
        return FINAL_ANSWER_SPEC

    def forward(self, answer: Any) -> Any:
        """Return the answer, as in a script without an agent."""
        return answer
