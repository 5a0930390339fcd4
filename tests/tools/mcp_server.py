"""A real MCP server for the tests: over its pipes, or over HTTP on the port that it is given."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context, Image
from mcp.types import AudioContent, BlobResourceContents, EmbeddedResource, TextContent
from pydantic import BaseModel, Field

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc"
    b"\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)

server = MCPServer("Weather")


class Place(BaseModel):
    city: str
    country: str = "de"


class Report(BaseModel):
    city: str
    degrees: float
    hours: list[int]


@server.tool()
def add(a: int, b: int = 2) -> int:
    """Add two numbers."""
    return a + b


@server.tool(name="get-weather")
def get_weather(
    place: Place,
    unit: Annotated[Literal["c", "f"], Field(description="Celsius or Fahrenheit.")] = "c",
    day: str | None = None,
) -> Report:
    """Tell the weather of a place."""
    return Report(city=f"{place.city}/{place.country}/{unit}/{day}", degrees=3.5, hours=[1, 2])


@server.tool()
def picture() -> Image:
    """Give a picture."""
    return Image(data=PNG, format="png")


@server.tool(structured_output=False)
def report(name: str) -> list[Any]:
    """Give text, a file and a sound."""
    blob = BlobResourceContents(uri=f"file:///home/me/../{name}", blob="aGVsbG8=")
    return [
        TextContent(text="here it is"),
        EmbeddedResource(resource=blob),
        AudioContent(data="UklGRg==", mime_type="audio/wav"),
    ]


@server.tool()
async def count(to: int, ctx: Context[Any]) -> str:
    """Count, with progress."""
    for number in range(to):
        await ctx.report_progress(number + 1, to, "counting")
    return "counted"


@server.tool(structured_output=False)
async def sleep(seconds: float, tell: str = "nothing") -> str:
    """Sleep."""
    await asyncio.sleep(seconds)
    return f"slept, {tell}"


@server.tool()
def fail() -> str:
    """Fail."""
    raise server_error("no such city")


@server.tool(structured_output=False)
def environment() -> str:
    """List the names of the environment."""
    return " ".join(sorted(os.environ))


@server.tool()
def die() -> str:
    """End the server."""
    os._exit(3)


def server_error(text: str) -> Exception:
    from mcp.server.mcpserver.exceptions import ToolError

    return ToolError(text)


if __name__ == "__main__":
    print("the server speaks", file=sys.stderr)
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run()
