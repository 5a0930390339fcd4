"""How to talk to a model of some kind, and what one model can do: data, in `profiles.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agent.models.price import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the agent does differently for this model."""

    name: str
    """The kind: `small`, `medium`, `large` or `reasoning`, or one of your own."""
    think: bool
    """Whether it should restate the task with its conditions before it writes code."""
    examples: tuple[str, ...] = ()
    """The worked examples that go before the conversation, by their names in
    `agent/prompts/examples.toml`."""
    opening: str = "```python"
    """How the prompt and the examples begin a block of code."""
    closing: str = "```"
    """How they end it."""
    guesses: bool = False
    """Whether it tends to state figures that it has not computed, as small models do. The agent
    then asks it once to compute them."""
    reminder: str = ""
    """Ends the task; what stands last is what a small model heeds."""
    second_tries: int = 0
    """How often an answer that does not hold is worth another try, unless the agent's maker says
    otherwise."""
    max_output_tokens: int | None = None
    """The longest reply, thinking included; None leaves it to the service."""
    context_tokens: int | None = None
    """The window for the conversation and the reply together; None where it is not known."""
    vision: bool = False
    """Whether it can look at images."""
    price: Price | None = None
    """What it costs; None where it is free or not known."""


def load_profiles(path: Path) -> Mapping[str, Profile]:
    """Read profiles by name from a TOML file with one table each.

    Raises:
        OSError: the file cannot be read.
        tomllib.TOMLDecodeError: it is not TOML.
        TypeError: a table has a field that `Profile` does not have, or lacks one.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType({name: _profile(name, **table) for name, table in tables.items()})


def _profile(name: str, *, examples: Sequence[str] = (), **rest: Any) -> Profile:
    return Profile(name=name, examples=tuple(examples), **rest)


PROFILES = load_profiles(Path(__file__).with_name("profiles.toml"))
"""The four kinds that the catalogue builds on."""
