"""What the agent needs of a language model: a stream of deltas for a list of messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar, runtime_checkable

from agent.models.images import Image
from agent.models.profile import Profile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation as the model sees it."""

    role: Literal["system", "user", "assistant"]
    content: str
    images: tuple[Image, ...] = ()
    """Of a user's turn. A model without vision gets a sentence that names them instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one or more model calls."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """The part of `input_tokens` that the server took from its cache."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens - other.input_tokens,
            output_tokens=self.output_tokens - other.output_tokens,
            cached_tokens=self.cached_tokens - other.cached_tokens,
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's own thinking, which is shown but is not part of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Preparing:
    """The model is not ready yet (weights are downloading, a server is starting). May repeat."""

    text: str
    fraction: float | None = None
    """0 to 1 where it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """Another model is asked for this reply than the first choice. Comes before the first word."""

    model: str
    """The name of who is asked now."""
    reason: str
    """Why the first choice cannot answer; a sentence for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Always the last delta of a complete reply."""

    finish_reason: Literal["stop", "length"] = "stop"
    usage: Usage = field(default_factory=Usage)


ModelDelta = Text | Reasoning | Preparing | Switched | Done


class Model(Protocol):
    """A chat model. Raises only errors of `agent.errors`."""

    name: str
    """What the page and the log call it."""
    profile: Profile
    """How to talk to it, and what is known of it."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        """Stream one reply; ends with `Done`. Closing the generator disconnects at once.

        Args:
            messages: the conversation, system message first.
            stop: strings before which generation ends; they are not part of the reply.
            temperature: None means the model's own default.

        Raises:
            agent.errors.ModelRefused: wrong key, no access or credit, unknown model.
            agent.errors.ModelUnavailable: unreachable, overloaded, timed out, cut off.
            agent.errors.ContextTooLong: the messages do not fit.
        """
        ...

    async def aclose(self) -> None:
        """Release what the model holds. Idempotent."""
        ...


@runtime_checkable
class Prefillable(Protocol):
    """A model that can read the beginning of a conversation before anybody asks something."""

    async def prefill(self, messages: Sequence[Message]) -> None:
        """Get ready, and read `messages`, so that what begins with them is answered faster.

        Raises:
            agent.errors.ModelError: it could not be made ready.
        """
        ...


@dataclass(frozen=True, slots=True)
class Filled(Generic[T]):
    """A form that a model has filled in."""

    value: T
    usage: Usage


@runtime_checkable
class Structured(Protocol):
    """A model whose replies can be held to a form, word by word: it cannot write anything else."""

    async def fill(
        self, messages: Sequence[Message], form: type[T], *, temperature: float | None = None
    ) -> Filled[T]:
        """Ask for a reply that is a value of `form`.

        Args:
            messages: the conversation; they should say what the form is for.
            form: a dataclass, a TypedDict, a pydantic model, or any type with a JSON schema.
            temperature: None means the model's own default.

        Raises:
            agent.errors.ModelError: as for `Model.stream`; ModelUnavailable too where the reply was
                too long for its limit or does not fit the form.
        """
        ...
