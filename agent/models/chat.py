"""A chat model behind HTTP: Hugging Face Inference Providers, or any OpenAI-compatible server."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import httpx2
from huggingface_hub import get_token

from agent.errors import ConfigurationError, ModelRefused, ModelUnavailable
from agent.models.base import Done, Message, ModelDelta, Preparing, Usage
from agent.models.catalogue import hub_choice, served_profile
from agent.models.chunks import Reply
from agent.models.faults import FOREIGN, Service, filtered, translate
from agent.models.profile import Profile
from agent.models.request import Late, Request, open_chunks

log = logging.getLogger(__name__)

DEFAULT_MODEL = "Qwen/Qwen3-Coder-Next"
NO_KEY = "none"
"""Sent where there is no key: with an empty one the client would send the HF token instead."""
USAGE_SECONDS = 5.0
"""How long to wait for the token counts that follow a finished reply."""
LONGEST_WAIT = 20.0
"""A service that asks for more seconds than this before a retry gets none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds that a reply may take."""

    first_token: float = 90.0
    """Until the first piece of text or thinking."""
    idle: float = 60.0
    """Between two pieces."""
    total: float = 600.0
    """For all of it, retries included."""


class InferenceClientModel:
    """Streams from Hugging Face Inference Providers, or from the server at `base_url`.

    A client lives for one stream: closing the generator, or cancelling the task that consumes it,
    closes the connection at once, and nothing needs closing between two streams.
    """

    def __init__(
        self,
        model_id: str = DEFAULT_MODEL,
        *,
        provider: str = "auto",
        token: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        timeout: float | None = None,
        deadlines: Deadlines | None = None,
        retries: int = 2,
        bill_to: str | None = None,
        extra_body: dict[str, Any] | None = None,
        name: str = "",
        profile: Profile | None = None,
    ) -> None:
        """Make a model; nothing is sent yet.

        Args:
            model_id: a model of the Hub, or a name that the server at `base_url` knows.
            provider: of Inference Providers; `auto` lets Hugging Face choose.
            token: the Hugging Face token; without it, the one of this machine (HF_TOKEN or login).
            api_key: another name for `token`, usual with `base_url`. HF_TOKEN never goes there.
            base_url: of an OpenAI-compatible server, with or without `/v1`.
            max_tokens: the longest reply; None takes the profile's.
            temperature: None leaves it to the service.
            timeout: short for `Deadlines(total=timeout)`, in seconds.
            deadlines: how long a reply may take.
            retries: how often a request that failed in passing is repeated before the first token.
            bill_to: the organisation that Hugging Face bills.
            extra_body: more fields of the request, for example a llama.cpp grammar.
            name: what the page calls the model; its id by default.
            profile: how to talk to it; None takes what the catalogue says of the model.

        Raises:
            agent.errors.ConfigurationError: arguments that contradict each other.
        """
        if token is not None and api_key is not None:
            raise ConfigurationError(
                "Set either 'token' or 'api_key', not both: they are the same."
            )
        if timeout is not None and deadlines is not None:
            raise ConfigurationError("Set either 'timeout' or 'deadlines', not both.")
        if base_url is not None and not base_url.startswith(("http://", "https://")):
            raise ConfigurationError(
                f"The base URL {base_url!r} must begin with http:// or https://."
            )
        self.name = name or model_id
        self.profile = profile or (
            served_profile(model_id) if base_url else hub_choice(model_id).profile
        )
        self.model_id = model_id
        self.provider = provider
        self.base_url = base_url.rstrip("/") if base_url else None
        self.max_tokens = max_tokens or self.profile.max_output_tokens
        self.temperature = temperature
        self.deadlines = deadlines or (Deadlines(total=timeout) if timeout else Deadlines())
        self.retries = retries
        self.bill_to = bill_to
        self.extra_body = extra_body
        self._key = token if token is not None else api_key

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
        response_format: Mapping[str, Any] | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        """Stream one reply; see `agent.models.base.Model.stream`.

        `response_format` is sent as it is; see `agent.models.structured`.
        """
        request = self._request(messages, stop, temperature, response_format)
        now = asyncio.get_running_loop().time
        ends_at = now() + self.deadlines.total
        for attempt in range(self.retries + 1):
            began = False
            try:
                async with aclosing(self._attempt(request, ends_at)) as deltas:
                    async for delta in deltas:
                        began = True
                        yield delta
                return
            except FOREIGN as exc:
                fault = translate(exc, request.service)
                wait = _backoff(attempt) if fault.retry_after is None else fault.retry_after
                hopeless = began or not fault.transient or attempt == self.retries
                if hopeless or wait > LONGEST_WAIT or now() + wait > ends_at:
                    raise fault.error from exc
                log.info("%s: %s; trying again in %.1f s", self.name, type(exc).__name__, wait)
            yield Preparing(f"{self.name} is busy or out of reach; trying again…")
            await asyncio.sleep(wait)

    async def aclose(self) -> None:
        """Do nothing: a client lives for one stream only."""

    async def _attempt(self, request: Request, ends_at: float) -> AsyncGenerator[ModelDelta, None]:
        """One request. Raises foreign exceptions as they are, deadlines and cuts as our own."""
        now = asyncio.get_running_loop().time
        first_at = min(ends_at, now() + self.deadlines.first_token)
        reply = Reply(request.stop)
        try:
            async with open_chunks(request, until=first_at) as chunks:
                while not reply.complete:
                    until = min(ends_at, now() + self.deadlines.idle) if reply.began else first_at
                    chunk = await chunks.next(until=until)
                    if chunk is None:
                        # The client takes a missing end for an end; it is a broken connection.
                        raise httpx2.RemoteProtocolError("the stream ended without its end")
                    for delta in reply.take(chunk):
                        yield delta
                if reply.refused:
                    raise ModelRefused(filtered(request.service))
                for delta in reply.rest():
                    yield delta
                usage = reply.usage
                if usage is None and not reply.cut:
                    usage = await chunks.usage(until=now() + USAGE_SECONDS)
        except Late as exc:
            raise ModelUnavailable(self._late(reply, now() >= ends_at)) from exc
        yield Done(finish_reason=reply.finish_reason, usage=usage or Usage())

    def _request(
        self,
        messages: Sequence[Message],
        stop: Sequence[str],
        temperature: float | None,
        response_format: Mapping[str, Any] | None,
    ) -> Request:
        # Among the extra fields: the client rewrites its own argument of that name.
        extra = {"response_format": response_format} if response_format else {}
        return Request(
            service=Service(self.name, self.base_url, self._api_key()),
            model_id=self.model_id,
            provider=self.provider,
            bill_to=self.bill_to,
            messages=tuple(messages),
            vision=self.profile.vision,
            stop=tuple(stop),
            max_tokens=self.max_tokens,
            temperature=self.temperature if temperature is None else temperature,
            extra_body={**(self.extra_body or {}), **extra} or None,
        )

    def _api_key(self) -> str:
        """The key to send; for the Hub itself the token of this machine is good enough."""
        if self.base_url is not None:
            return self._key or NO_KEY
        token = self._key or get_token()
        if not token:
            raise ModelRefused(
                f"{self.name} needs a Hugging Face token. Create one at "
                "https://huggingface.co/settings/tokens and set it as HF_TOKEN or paste it on the "
                "page, or choose the embedded model."
            )
        if self.provider == "auto" and not token.startswith("hf_"):
            raise ModelRefused(
                "This key is not a Hugging Face token (those begin with 'hf_'). Paste a Hugging "
                "Face token, or name the provider that the key is for."
            )
        return token

    def _late(self, reply: Reply, over: bool) -> str:
        """The sentence for a deadline that has passed."""
        limits = self.deadlines
        if over:
            what = f"did not finish within {limits.total:g} seconds"
        elif reply.began:
            what = f"went silent for {limits.idle:g} seconds"
        else:
            what = f"did not begin to answer within {limits.first_token:g} seconds"
        return f"{self.name} {what}. Send the message again, or choose another model."


HfApiModel = InferenceClientModel
"""The name by which older agent code knows it."""


def _backoff(attempt: int) -> float:
    """Seconds before the next attempt: doubling, with jitter so that clients spread out."""
    return 0.5 * 2**attempt * random.uniform(0.7, 1.3)  # noqa: S311  # not a secret
