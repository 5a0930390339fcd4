"""Replies that fill in a form: JSON that the server holds to a schema, read as a typed value."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

from agent.errors import ModelUnavailable
from agent.models.base import Done, Filled, Message, ModelDelta, Text, Usage
from agent.models.chat import InferenceClientModel

T = TypeVar("T")


class StructuredClientModel(InferenceClientModel):
    """For a service that holds replies to a JSON schema.

    With a `base_url` that is llama.cpp's server, or one that takes a schema in the same way;
    without one it is a model and a provider of which you know that they do. Not every service that
    accepts a schema keeps to it, so it is for whoever sets up the model to say.
    """

    async def fill(
        self, messages: Sequence[Message], form: type[T], *, temperature: float | None = None
    ) -> Filled[T]:
        """See `agent.models.base.Structured.fill`."""
        wrap = for_server if self.base_url else for_provider
        return await fill(
            self.name, self.stream, messages, form, temperature=temperature, wrap=wrap
        )


class FormattedStream(Protocol):
    """A model's `stream` that takes the schema of the reply."""

    def __call__(
        self,
        messages: Sequence[Message],
        *,
        temperature: float | None = None,
        response_format: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[ModelDelta, None]: ...


async def fill(
    name: str,
    stream: FormattedStream,
    messages: Sequence[Message],
    form: type[T],
    *,
    temperature: float | None,
    wrap: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> Filled[T]:
    """Ask by `stream` for a reply that fits `form`; see `agent.models.base.Structured.fill`.

    `wrap` makes the service's `response_format` of a schema.
    """
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter[T](form)
    text, usage = "", Usage()
    source = stream(messages, temperature=temperature, response_format=wrap(adapter.json_schema()))
    async with aclosing(source) as deltas:
        async for delta in deltas:
            if isinstance(delta, Text):
                text += delta.text
            if isinstance(delta, Done):
                usage = delta.usage
    try:
        return Filled(adapter.validate_json(text), usage)
    except ValidationError as exc:
        raise ModelUnavailable(
            f"{name} did not fill in the form that it was given. Try again, or choose another "
            "model."
        ) from exc


def for_server(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """As llama.cpp takes it. The form that OpenAI made is spoiled by the client on its way."""
    return {"type": "json_object", "schema": schema}


def for_provider(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """As OpenAI made it; the client turns it into what the provider takes."""
    return {
        "type": "json_schema",
        "json_schema": {"name": "form", "strict": True, "schema": schema},
    }
