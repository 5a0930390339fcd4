"""Worked tasks as real chat turns, for models that need to see some: `prompts/examples.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agent.models.base import Message
from agent.models.profile import PROFILES, Profile

_GIVEN = "The answer was given: "
_VALUE = "_value"
"""Ends the name of an example whose answer is a bare value; without it, that is in words."""
_TELLING = 20
"""Characters from which on a text is one that nobody writes by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """An action and what came of it."""

    thought: str
    code: str
    observation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked task."""

    asked: str
    steps: tuple[_Step, ...]
    reply: str = ""
    """What was said to the person after the steps; empty where the code has given the answer."""

    def turns(self, profile: Profile) -> Sequence[Message]:
        """The task as a chat. Where the code answers, the person's turn at its end stays open."""
        chat = [Message("user", self.asked)]
        for step in self.steps:
            chat.append(Message("assistant", action(step.thought, step.code, profile)))
            chat.append(Message("user", f"Observation:\n{step.observation}"))
        return [*chat, Message("assistant", self.reply)] if self.reply else chat

    @property
    def _parts(self) -> Sequence[str]:
        answer = self.reply or self.steps[-1].observation.removeprefix(_GIVEN)
        return [answer, *(part for step in self.steps for part in (step.thought, step.code))]

    def is_in(self, text: str) -> bool:
        """Whether `text`, with single spaces, repeats what was thought, done or answered here."""
        return any(part in text for part in map(_flat, self._parts) if len(part) >= _TELLING)


def action(thought: str, code: str, profile: Profile) -> str:
    """An action as the model should write it."""
    return f"{thought}\n{profile.opening}\n{code.rstrip()}\n{profile.closing}"


def examples(profile: Profile = PROFILES["medium"], *, called: bool = False) -> Sequence[Message]:
    """The worked tasks that `profile` wants, one after the other as in a real conversation.

    An agent that code calls sees those whose answers are values, where there are such.

    They end with an open user turn, which the first task continues: the last thing that the model
    sees itself do is an action.

    Raises:
        KeyError: the profile names an example that there is not.
    """
    known = _examples()
    turns: list[Message] = []
    wanted = [
        name + _VALUE if called and name + _VALUE in known else name for name in profile.examples
    ]
    for turn in (turn for name in wanted for turn in known[name].turns(profile)):
        if turns and turn.role == turns[-1].role:
            turns[-1] = Message(turn.role, f"{turns[-1].content}\n\n{turn.content}")
        else:
            turns.append(turn)
    return turns


def names() -> Sequence[str]:
    """The names of all examples that there are."""
    return tuple(_examples())


def example(name: str) -> Example:
    """The example of that name.

    Raises:
        KeyError: there is none.
    """
    return _examples()[name]


def is_echo(text: str, task: str) -> bool:
    """Whether `text` is about a worked example, which small models repeat where they are at a loss.

    Args:
        text: what the model wrote.
        task: what it was asked, which may be the same.
    """
    told, asked = _flat(text), _flat(task)
    told_of = [one for one in _examples().values() if one.is_in(told)]
    return bool(told_of) and not any(_flat(one.asked) in asked for one in told_of)


def _flat(text: str) -> str:
    return " ".join(text.split())


@cache
def _examples() -> Mapping[str, Example]:
    path = Path(__file__).parent / "prompts" / "examples.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _example(**table) for name, table in tables.items()}


def _example(*, asked: str, steps: Sequence[dict[str, Any]], reply: str = "") -> Example:
    made = (_Step(**{name: text.strip() for name, text in step.items()}) for step in steps)
    return Example(asked=asked.strip(), steps=tuple(made), reply=reply)
