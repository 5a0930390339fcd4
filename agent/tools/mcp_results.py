"""What a tool of an MCP server answered, as a value of Python."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agent.tools.json_schema import annotation, properties, shape
from agent.tools.results import File
from executors.values import Image

if TYPE_CHECKING:
    from mcp.types import (
        BlobResourceContents,
        CallToolResult,
        ContentBlock,
        TextResourceContents,
    )

_WRAPPED = "result"
"""The key under which servers put what is no object: until lately only objects were allowed."""


def value_of(result: CallToolResult, output_schema: Mapping[str, Any] | None) -> Any:
    """The structured content where the tool declares any; else text, pictures and files.

    One piece of content is itself, several are a list, none is None.

    Raises:
        RuntimeError: the tool failed; with its own words.
    """
    blocks = [_block(one) for one in result.content]
    if result.is_error:
        said = " ".join(one for one in blocks if isinstance(one, str))
        raise RuntimeError(said or "the tool failed without a word")
    if output_schema is not None and result.structured_content is not None:
        content = result.structured_content
        return content[_WRAPPED] if _is_wrapped(output_schema) else content
    return blocks[0] if len(blocks) == 1 else blocks or None


def returns_of(output_schema: Mapping[str, Any] | None) -> tuple[str, str]:
    """The annotation of what a tool returns, and a sentence on its form, where it is known."""
    if output_schema is None:
        return "Any", ""
    inner = properties(output_schema)[_WRAPPED] if _is_wrapped(output_schema) else output_schema
    form = shape(inner, output_schema)
    return annotation(inner, output_schema), f"Returns: {form}" if "{" in form else ""


def _is_wrapped(schema: Mapping[str, Any]) -> bool:
    return list(properties(schema)) == [_WRAPPED] and schema.get("required") == [_WRAPPED]


def _block(block: ContentBlock) -> Any:
    match block.type:
        case "text":
            return block.text
        case "image":
            return Image(block.mime_type, base64.b64decode(block.data))
        case "audio":
            return File(f"audio{_suffix(block.mime_type)}", base64.b64decode(block.data))
        case "resource":
            return _resource(block.resource)
        case "resource_link":
            return {"uri": block.uri, "name": block.name, "description": block.description}


def _resource(resource: TextResourceContents | BlobResourceContents) -> Any:
    text = getattr(resource, "text", None)
    if isinstance(text, str):
        return text
    data = base64.b64decode(getattr(resource, "blob", ""))
    name = resource.uri.rstrip("/").rpartition("/")[2] or "file"
    return File(name if "." in name else f"{name}{_suffix(resource.mime_type or '')}", data)


def _suffix(mime: str) -> str:
    """`.wav` for `audio/x-wav`; what Python has no ending for is called by its type."""
    if guessed := mimetypes.guess_extension(mime):
        return guessed
    kind = mime.partition("/")[2].removeprefix("x-")
    return f".{kind}" if kind.isalnum() else ""
