"""One streamed chat request over huggingface_hub's client: opened, read chunk by chunk, closed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

# huggingface_hub's own HTTP library: what it raises reaches us as it is.
import httpx2
from huggingface_hub import AsyncInferenceClient
from huggingface_hub.errors import HfHubHTTPError

from agent.errors import ModelRefused, ModelUnavailable
from agent.models.base import Message, Usage
from agent.models.chunks import Chunk, read_chunk
from agent.models.faults import FOREIGN, Service, unreadable, unusable
from agent.models.images import content_of

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
ERROR_BODY_SECONDS = 5.0
MOST_STOPS = 4
"""More stop strings are an error at many services. The rest is cut here, by `StopCutter`."""

T = TypeVar("T")


class Late(Exception):
    """The deadline of a step has passed. It never leaves `agent.models`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that goes into one request."""

    service: Service
    model_id: str
    provider: str
    bill_to: str | None
    messages: tuple[Message, ...]
    vision: bool
    """Whether the model can look at the messages' images."""
    stop: tuple[str, ...]
    max_tokens: int | None
    temperature: float | None
    extra_body: dict[str, Any] | None


class Chunks:
    """The chunks of an accepted request."""

    def __init__(self, raw: AsyncGenerator[Any, None], service: Service) -> None:
        self._raw = raw
        self._service = service

    async def next(self, *, until: float) -> Chunk | None:
        """The next chunk; None at the end of the stream.

        Args:
            until: the deadline on the loop's clock.

        Raises:
            Late: the deadline has passed.
            ModelUnavailable: what came is not a chat stream.
        """
        try:
            raw = await within(anext(self._raw, None), until)
        except (ValueError, TypeError, AttributeError, KeyError) as exc:
            # The client's parser trips in many ways over what is not the format it expects.
            if isinstance(exc, FOREIGN):
                raise
            raise ModelUnavailable(unreadable(self._service)) from exc
        return None if raw is None else read_chunk(raw)

    async def usage(self, *, until: float) -> Usage | None:
        """The token counts that follow a complete reply; None where the service sends none."""
        try:
            while chunk := await self.next(until=until):
                if chunk.usage is not None:
                    return chunk.usage
        except (Late, ModelUnavailable, *FOREIGN) as exc:
            # The reply is complete already: missing counts must not spoil it.
            log.debug("no token counts from %s: %r", self._service.name, exc)
        return None


@asynccontextmanager
async def open_chunks(request: Request, *, until: float) -> AsyncGenerator[Chunks, None]:
    """Send the request and give its chunks once it is accepted; disconnect on leaving.

    Raises:
        Late: it was not accepted before `until`, a time on the loop's clock.
        ModelRefused: it could not be made at all.
    """
    async with _client(request) as client:
        raw = await within(_post(client, request), until)
        async with aclosing(raw):
            yield Chunks(raw, request.service)


async def within(step: Awaitable[T], until: float) -> T:
    """Await `step`, or raise `Late` when the loop's clock passes `until`."""
    scope = asyncio.timeout_at(until)
    try:
        async with scope:
            return await step
    except TimeoutError as exc:
        if scope.expired():
            raise Late from exc
        raise


async def _post(client: Any, request: Request) -> AsyncGenerator[Any, None]:
    """Send it. The client is `Any` because its own types are only partly known."""
    try:
        return await client.chat_completion(
            [
                {"role": message.role, "content": content_of(message, vision=request.vision)}
                for message in request.messages
            ],
            model=request.model_id,
            stream=True,
            stop=list(request.stop[:MOST_STOPS]) or None,
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            stream_options={"include_usage": True},
            extra_body=request.extra_body,
        )
    except HfHubHTTPError as exc:
        await _read_body(exc.response)
        raise
    except httpx2.ResponseNotRead as exc:
        # The client reads the text of a 422 that it has not received yet, and trips over it.
        if not isinstance(exc.__context__, HfHubHTTPError):
            raise
        await _read_body(exc.__context__.response)
        raise exc.__context__ from None
    except ValueError as exc:
        raise ModelRefused(unusable(request.service, str(exc))) from exc


async def _read_body(response: httpx2.Response) -> None:
    """Read an error's text while the connection is open; the client reads only short ones."""
    try:
        async with asyncio.timeout(ERROR_BODY_SECONDS):
            await response.aread()
    except (TimeoutError, httpx2.HTTPError, httpx2.StreamError) as exc:
        log.debug("no text came with HTTP %s: %r", response.status_code, exc)


def _client(request: Request) -> AsyncInferenceClient:
    service = request.service
    kind = _DirectClient if _is_this_machine(service.base_url) else AsyncInferenceClient
    return kind(
        provider=None if service.base_url else request.provider,  # pyright: ignore[reportArgumentType]  # the client checks it
        base_url=service.base_url,
        api_key=service.secret,
        bill_to=None if service.base_url else request.bill_to,
        # Deadlines are ours; only a connection that cannot be made is left to the client.
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),  # pyright: ignore[reportArgumentType]  # passed on to httpx2
    )


class _DirectClient(AsyncInferenceClient):
    """Asks a server on this machine: never through a proxy that the environment names."""

    async def _get_async_client(self) -> httpx2.AsyncClient:
        if self._async_client is None:
            self._async_client = await self.exit_stack.enter_async_context(
                httpx2.AsyncClient(trust_env=False, follow_redirects=True, timeout=None)
            )
        return self._async_client


def _is_this_machine(url: str | None) -> bool:
    host = urlsplit(url).hostname if url else None
    if not host:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
