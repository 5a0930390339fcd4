"""The one model that both agents ask: the embedded one, or a server at an address."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from agent.models.base import Message, Model
from agent.models.chat import InferenceClientModel
from agent.models.embedded.model import DEADLINES, EmbeddedModel
from bench.agents.config import Config

EMBEDDED = "embedded"
CONTEXT = 16384
"""Tokens that either agent's conversation may have: enough for the longest of them."""
_PEER_SLOT = 1
"""Each agent has a slot of the server, so that neither finds the other's words in its cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where the model is.

    Attributes:
        model: for our agent.
        model_id: for other clients.
        address: makes the server ready and tells its URL and key.
        extra: what other clients add to each request.
    """

    model: Model
    model_id: str
    address: Callable[[], Awaitable[tuple[str, str]]]
    extra: Mapping[str, Any] | None = None

    async def count(self, messages: Sequence[Message]) -> int:
        """The tokens of `messages`, by the server's own count."""
        url, key = await self.address()
        async with httpx.AsyncClient(timeout=DEADLINES.total, trust_env=False) as client:
            response = await client.post(
                f"{url}/v1/chat/completions",
                headers={"Authorization": f"Bearer {key}"},
                json={
                    "model": self.model_id,
                    "messages": [{"role": one.role, "content": one.content} for one in messages],
                    "max_tokens": 1,
                },
            )
        return int(response.raise_for_status().json()["usage"]["prompt_tokens"])


@asynccontextmanager
async def serve(
    target: str, config: Config, *, model_id: str = "", key: str = "none"
) -> AsyncGenerator[Served, None]:
    """The model at `target`, `embedded` or a URL; what was started for it ends on leaving."""
    if target != EMBEDDED:
        chat = InferenceClientModel(
            model_id,
            base_url=target,
            api_key=key,
            max_tokens=config.max_tokens,
            temperature=config.temperature,
            deadlines=DEADLINES,
        )

        async def known() -> tuple[str, str]:
            return target.rstrip("/").removesuffix("/v1"), key

        yield Served(model=chat, model_id=model_id, address=known)
        return
    model = EmbeddedModel(
        context=CONTEXT,
        slots=2,
        max_tokens=config.max_tokens,
        temperature=config.temperature,
    )
    try:
        yield Served(
            model=model, model_id=EMBEDDED, address=model.address, extra={"id_slot": _PEER_SLOT}
        )
    finally:
        await model.aclose()


def described(target: str, model_id: str) -> str:
    """The model in words, which kept attempts are known by."""
    if target == EMBEDDED:
        return f"{EmbeddedModel().name}, {CONTEXT:,} tokens of context"
    return f"{model_id} at {target}"
