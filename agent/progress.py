"""Where one run stands: its steps, and whether the model repeats itself or only guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.examples import is_echo
from agent.models.base import Model
from agent.parsing import Action, Reply
from agent.prompting import COMPUTE, DO_IT, ECHO
from executors.base import CodeError

_FREE_REPAIRS = 2
"""Unusable replies in one run that do not cost a step."""
_ECHOES = 2
"""Replies in one run that are not taken because they repeat a worked example."""
_TRY_SOMETHING_ELSE = 0.8
"""The temperature after the model has repeated itself."""
_FIGURE = re.compile(r"\d+")
_ANNOUNCED = re.compile(
    r"(?:(?:first|now|then|next),? )?"
    r"(?:i|we|let me|to [^.]*?,? (?:i|we)|the (?:code|function|program))"
    r"(?: will|'ll| need to| have to| can| am going to)? "
    r"(?:add|calculate|call|change|check|compute|count|create|define|determine|filter|find|iterate"
    r"|look|loop|order|read|remove|sort|split|start|sum|use|write)s?\b",
    re.IGNORECASE,
)
"""How a thought begins, in the words of the examples, that an action should follow."""


@dataclass(slots=True)
class Progress:
    """Counts what happened in a run on `task`."""

    task: str
    step: int = 1
    """The step that is next or going on, from 1."""
    planned: int = 0
    """The step before which the newest plan was made; 0 if there is none."""
    temperature: float | None = None
    """For the next model call; None means the model's own."""
    _acts: int = 0
    _repairs: int = 0
    _echoes: int = 0
    _not_taken: int = 0
    """Repairs of replies that the model was not answered for, echoes among them."""
    _last_code: str = ""
    _last_error: str = ""
    _repeated: bool = False

    def repair(self, *, circles: bool = False) -> None:
        """A reply could not be used; the first few of them do not cost a step."""
        if circles:
            self.temperature = _TRY_SOMETHING_ELSE
        self._repairs += 1
        self.step += self._repairs > _FREE_REPAIRS

    def echoed(self, result: Action | Reply) -> str:
        """What to say of a reply that repeats a worked example; empty if it does not.

        Who insists is let go on: it may be what was asked for.
        """
        text = f"{result.thought}\n{result.code}" if isinstance(result, Action) else result.text
        if self._echoes >= _ECHOES or not is_echo(text, self.task):
            return ""
        self._echoes += 1
        self._not_taken += 1
        return ECHO

    def not_taken(self) -> None:
        """An action was not run, nor remembered."""
        self._not_taken += 1
        self.repair()

    def doubted(self) -> None:
        """An answer goes back. Who gives it again insists: that is no repetition."""
        self._last_code = ""

    def vetoed(self) -> None:
        """An action was not allowed to run."""
        self.step += 1

    def replied(self) -> None:
        """A reply to the person did not end the run."""
        self.step += 1

    def acted(self, code: str, error: CodeError | None) -> int:
        """Count an action that repeats the last one, or its failure, or neither.

        Returns:
            How many of the last actions are repetitions that are still in the conversation.
        """
        failed = f"{error.name}: {error.message}" if error else ""
        repeated = code.strip() == self._last_code or (failed != "" and failed == self._last_error)
        stale = (1 if self._repeated else 2) if repeated else 0  # the one before went already
        self.temperature = _TRY_SOMETHING_ELSE if repeated else None
        self._repeated = repeated
        self._last_code, self._last_error = code.strip(), failed
        self._acts += 1
        self.step += 1
        return stale

    def challenge(self, model: Model, result: Action | Reply) -> str:
        """What to ask, once, of a model that replies too early; empty if nothing.

        It has said what it will do and not done it, or states figures without having computed.
        """
        repaired = self._repairs > self._not_taken  # what was not taken is no answer to a question
        if not model.profile.guesses or repaired or isinstance(result, Action):
            return ""
        if _ANNOUNCED.match(result.text):
            return DO_IT
        known = set(_FIGURE.findall(self.task))
        return COMPUTE if not self._acts and set(_FIGURE.findall(result.text)) - known else ""
