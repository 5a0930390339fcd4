"""Images in a conversation: known by their bytes, bounded, and sent to who can look at them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.models.base import Message

IMAGE_BYTES = 5 << 20
"""Of one image. Services take no larger ones."""
MOST_IMAGES = 8
"""Of one message."""
IMAGE_TOKENS = 1_500
"""About what one costs at most services; the budget of a conversation counts with it."""

_BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that the person added to a message."""

    name: str
    """Of its file in the workspace."""
    mime: str
    data: str = field(repr=False)
    """Base64."""


def images_in(files: Mapping[str, bytes]) -> tuple[Image, ...]:
    """The images among `files`, the first `MOST_IMAGES` of at most `IMAGE_BYTES` each."""
    found = [
        Image(name=name, mime=mime, data=base64.b64encode(data).decode("ascii"))
        for name, data in files.items()
        if len(data) <= IMAGE_BYTES and (mime := _mime(data))
    ]
    return tuple(found[:MOST_IMAGES])


def content_of(message: Message, *, vision: bool) -> str | list[dict[str, Any]]:
    """What a request says for `message`: with its images, or with a sentence that names them."""
    if not message.images:
        return message.content
    if not vision:
        names = ", ".join(repr(image.name) for image in message.images)
        return f"{message.content}\n\n(You cannot look at images; code can open {names}.)"
    shown = [
        {"type": "image_url", "image_url": {"url": f"data:{image.mime};base64,{image.data}"}}
        for image in message.images
    ]
    return [{"type": "text", "text": message.content}, *shown]


def _mime(data: bytes) -> str:
    """By the first bytes: a name may say anything. Empty where services take no such image."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for start, mime in _BEGINNINGS.items() if data.startswith(start)), "")
