"""From the chunks of an OpenAI-compatible stream to deltas: text, thinking, stop strings, usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from agent.models.base import Reasoning, Text, Usage
from agent.models.stopping import StopCutter
from agent.models.thinking import ThinkSplitter


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What one chunk of a stream says."""

    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None


def read_chunk(raw: Mapping[str, Any]) -> Chunk:
    """Read a chunk leniently: servers leave out fields, and send null for others."""
    fields = _mapping(raw)
    choices: Any = fields.get("choices")
    first: Any = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
    said = _mapping(first)
    delta = _mapping(said.get("delta"))
    return Chunk(
        text=_text(delta.get("content")),
        reasoning=_text(delta.get("reasoning_content")) or _text(delta.get("reasoning")),
        finish_reason=_text(said.get("finish_reason")) or None,
        usage=_usage(fields.get("usage")),
    )


class Reply:
    """A reply as it grows; says when it is complete."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._splitter = ThinkSplitter()
        self._cutter = StopCutter(stop)
        self._reason: str | None = None
        self.began = False
        """Whether any text or thinking has come."""
        self.usage: Usage | None = None

    @property
    def cut(self) -> bool:
        """Whether we ended it ourselves at a stop string."""
        return self._cutter.hit

    @property
    def complete(self) -> bool:
        """Whether the service finished it, or a stop string did."""
        return self.cut or self._reason is not None

    @property
    def refused(self) -> bool:
        """Whether the service's content filter ended it."""
        return self._reason == "content_filter"

    @property
    def finish_reason(self) -> Literal["stop", "length"]:
        """Why it ended; meaningful only when it is complete."""
        return "length" if self._reason == "length" and not self.cut else "stop"

    def take(self, chunk: Chunk) -> list[Text | Reasoning]:
        """Add a chunk and return what it brings."""
        self.usage = chunk.usage or self.usage
        self._reason = chunk.finish_reason or self._reason
        found: list[Text | Reasoning] = []
        if chunk.reasoning:
            found.append(Reasoning(chunk.reasoning))
        found += self._cut(self._splitter.feed(chunk.text))
        self.began = self.began or bool(chunk.reasoning or chunk.text)
        return found

    def rest(self) -> list[Text | Reasoning]:
        """Return what was held back; the reply is complete."""
        found = self._cut(self._splitter.finish())
        held = self._cutter.finish()
        return [*found, Text(held)] if held else found

    def _cut(self, pieces: list[Text | Reasoning]) -> list[Text | Reasoning]:
        found: list[Text | Reasoning] = []
        for piece in pieces:
            match piece:
                case Reasoning():
                    found.append(piece)
                case Text(text):
                    if kept := self._cutter.feed(text):
                        found.append(Text(kept))
        return found


def _usage(value: Any) -> Usage | None:
    counts = _mapping(value)
    if not counts:
        return None
    return Usage(
        input_tokens=_count(counts.get("prompt_tokens")),
        output_tokens=_count(counts.get("completion_tokens")),
        cached_tokens=_count(_mapping(counts.get("prompt_tokens_details")).get("cached_tokens")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    """The fields of a parsed object. Its attributes are whole; its items leave out what is new."""
    if not isinstance(value, Mapping):
        return {}
    attributes: dict[str, Any] = getattr(cast("object", value), "__dict__", {})
    return attributes or cast("Mapping[str, Any]", value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0
