"""Turns what the HTTP client raises into the errors of `agent.errors`, once and in plain words.

Nothing here retries; a `Fault` only says whether a retry can help.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

# huggingface_hub's own HTTP library: its connection errors reach us as they are.
import httpx2
from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError, TextGenerationError

from agent.errors import ContextTooLong, ModelError, ModelRefused, ModelUnavailable

FOREIGN = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError)
"""All that a chat request may raise besides our own errors."""

OVERFLOW = re.compile(
    r"exceed_context_size|context[ _]length|context[ _]window|context[ _]size|maximum context"
    r"|prompt is too long|too many tokens|input is too long|reduce the length",
    re.IGNORECASE,
)
TOO_LONG = (
    "The conversation has become too long for {name}. Start a new conversation, or choose a model "
    "with a larger context window."
)


@dataclass(frozen=True, slots=True)
class Service:
    """Who was asked, for the sentences."""

    name: str
    """The model's name."""
    base_url: str | None
    """None means Hugging Face Inference Providers."""
    secret: str = field(default="", repr=False)
    """The key, so that an error text that repeats it can be cleaned."""

    @property
    def place(self) -> str:
        """The service as the object of a sentence."""
        return f"the server at {self.base_url}" if self.base_url else "Hugging Face"


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed request: the error to raise, and whether to try again first."""

    error: ModelError
    transient: bool = False
    retry_after: float | None = None
    """Seconds that the service asked us to wait."""


def translate(exc: Exception, service: Service) -> Fault:
    """Map one of the `FOREIGN` exceptions to the error to raise."""
    match exc:
        case HfHubHTTPError():
            said = detail_of(exc.response.content) if exc.response.is_stream_consumed else ""
            return _by_status(exc.response, service, _clean(said, service.secret))
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | InferenceTimeoutError():
            return Fault(ModelUnavailable(_unreachable(service)), transient=True)
        case TextGenerationError():
            return _midway(_clean(str(exc), service.secret), service)
        case httpx2.TransportError() | httpx2.StreamError():
            return Fault(ModelUnavailable(_cut_off(service)), transient=True)
        case httpx2.HTTPError() | httpx2.InvalidURL():
            return Fault(ModelRefused(unusable(service, str(exc))))
        case _:
            return Fault(ModelUnavailable(_unreachable(service)), transient=True)


def _cut_off(service: Service) -> str:
    """The sentence for a connection that ended before the reply did."""
    return (
        f"The connection to {service.place} was cut off before {service.name} had finished. "
        "Send the message again."
    )


def unreadable(service: Service) -> str:
    """The sentence for a reply that is not in the OpenAI streaming format."""
    return (
        f"{_capital(service.place)} sent something that is not a chat reply. Check that its "
        "address is that of an OpenAI-compatible chat service."
    )


def unusable(service: Service, reason: str) -> str:
    """The sentence for a request that could not even be made."""
    return (
        f"The request to {service.name} could not be made. Check the model's name, the provider "
        f"and the address. The reason: {_clean(reason, service.secret) or 'unknown'}"
    )


def filtered(service: Service) -> str:
    """The sentence for a reply that the service's content filter ended."""
    return (
        f"The content filter of {service.place} ended the reply. Word the message differently, or "
        "choose another model."
    )


def detail_of(body: bytes) -> str:
    """What an error body says: its message where it is JSON, its first line where it is text."""
    try:
        data: Any = json.loads(body)
    except ValueError:
        text = body.decode("utf-8", "replace").strip()
        return "" if text.startswith("<") else text
    return _message(data)


def _message(data: Any) -> str:
    if isinstance(data, str):
        return data
    if not isinstance(data, Mapping):
        return ""
    record = cast("Mapping[str, Any]", data)
    inner: Any = record.get("error", record.get("message", record.get("detail", "")))
    if isinstance(inner, Mapping):
        error = cast("Mapping[str, Any]", inner)
        parts = [str(error[key]) for key in ("message", "type", "code") if error.get(key)]
        # The type tells an overflow from other bad requests; the message alone is for people.
        return parts[0] + (" [" + ", ".join(parts[1:]) + "]" if parts[1:] else "") if parts else ""
    return str(inner) if inner else ""


def _by_status(response: httpx2.Response, service: Service, detail: str) -> Fault:
    status = response.status_code
    said = f" It said: {detail}" if detail else ""
    place, name = _capital(service.place), service.name
    match status:
        case 401 | 403:
            return Fault(ModelRefused(_not_accepted(service, status) + said))
        case 402:
            return Fault(
                ModelRefused(
                    f"There is no credit left at {service.place} for {name}. Add credit to the "
                    "account, use another key, or choose the embedded model." + said
                )
            )
        case 404:
            return Fault(
                ModelRefused(
                    f"{place} does not offer {name!r}. Check the model's name"
                    + (" and the address" if service.base_url else "")
                    + ", or choose another model."
                    + said
                )
            )
        case 413:
            return Fault(ContextTooLong(TOO_LONG.format(name=name)))
        case 400 | 422 if OVERFLOW.search(detail):
            return Fault(ContextTooLong(TOO_LONG.format(name=name)))
        case 408 | 425 | 429 | 500 | 502 | 503 | 504 | 529:
            wait = retry_after(response.headers.get("retry-after"))
            when = f"in about {wait:.0f} seconds" if wait else "in a moment"
            return Fault(
                ModelUnavailable(
                    f"{place} is too busy to answer with {name} right now. Try again {when}, or "
                    "choose another model." + said
                ),
                transient=True,
                retry_after=wait,
            )
        case _ if status >= 500:
            return Fault(
                ModelUnavailable(
                    f"{place} has a problem (HTTP {status}). Try again later, or choose another "
                    "model." + said
                ),
                transient=True,
            )
        case _:
            return Fault(
                ModelRefused(
                    f"{place} did not accept the request to {name} (HTTP {status}). Choose another "
                    "model, or check its settings." + said
                )
            )


def _midway(detail: str, service: Service) -> Fault:
    """An error event inside a stream that had begun with HTTP 200."""
    if OVERFLOW.search(detail):
        return Fault(ContextTooLong(TOO_LONG.format(name=service.name)))
    return Fault(
        ModelUnavailable(
            f"{_capital(service.place)} stopped answering with {service.name}. Send the message "
            "again, or choose another model." + (f" It said: {detail}" if detail else "")
        ),
        transient=True,
    )


def _not_accepted(service: Service, status: int) -> str:
    if service.base_url:
        return (
            f"{_capital(service.place)} did not accept the key (HTTP {status}). Check the key that "
            "is set for this address."
        )
    if status == 403:
        return (
            f"This Hugging Face token may not use {service.name}. Give it the permission 'Make "
            "calls to Inference Providers' at https://huggingface.co/settings/tokens, or accept "
            "the model's terms on its page."
        )
    return (
        "Hugging Face did not accept the token. Create a new one at "
        "https://huggingface.co/settings/tokens and set it as HF_TOKEN or paste it on the page."
    )


def _unreachable(service: Service) -> str:
    if service.base_url:
        return (
            f"There is no answer from {service.base_url}. Check that the model server is running "
            f"and that this address is right; `curl {service.base_url}` should answer."
        )
    return (
        "Hugging Face cannot be reached. Check the internet connection or the proxy settings, or "
        "choose the embedded model."
    )


def retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date; None where it is unusable."""
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d*)?", value.strip()):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _clean(text: str, secret: str) -> str:
    """One short line without the key."""
    line = " ".join(text.split())
    if secret:
        line = line.replace(secret, "…")
    return line if len(line) <= 300 else line[:299] + "…"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
