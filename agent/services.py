"""What the app offers to every conversation: models, places to run code, and sessions put together.

Shared things (the embedded model's server, the zygote) are made once, on first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.models.base import Model
from agent.session import Session
from executors.base import ExecutorFactory
from executors.factory import ExecutorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model that the page offers."""

    id: str
    label: str
    hint: str
    """One line on what it is good for and what it needs."""
    needs_key: bool
    """Whether it answers only with a key, the visitor's or the server's."""


class Services(Protocol):
    """The seam between the page and the engine."""

    model_choices: Sequence[ModelChoice]
    default_model: str
    has_e2b_key: bool
    """Whether the server has a key of its own, so that a visitor needs none."""

    def model(self, choice: str, *, key: str = "") -> Model:
        """The model of that id, with the visitor's `key` if given, else the server's.

        Raises:
            agent.errors.ConfigurationError: unknown id, or a key is needed and there is none.
        """
        ...

    def executors(self, kind: ExecutorKind, *, key: str = "") -> ExecutorFactory:
        """Where code runs, with the visitor's `key` if given, else the server's.

        Raises:
            agent.errors.ConfigurationError: E2B and no key at all; the message says how to get one.
        """
        ...

    def session(self, *, model: Model, executors: ExecutorFactory) -> Session:
        """A new conversation with the app's tools, authorised imports and limits."""
        ...

    async def aclose(self) -> None:
        """Close all sessions, executors and models."""
        ...
