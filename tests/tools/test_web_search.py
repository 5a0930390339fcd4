"""`web_search`: what it makes of results, and what it says when there is no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.tools.base import signature
from agent.tools.web_search import WebSearchTool, search_engines


def engine(query: str, count: int) -> Sequence[Mapping[str, Any]]:
    """An operator's own index."""
    return [
        {"title": f"{query} {i}", "href": f"https://example.com/{i}", "body": "…"}
        for i in range(count + 2)
    ]


async def test_results() -> None:
    tool = WebSearchTool(engine)
    assert await tool.call({"query": "cats", "max_results": 2}) == [
        {"title": "cats 0", "url": "https://example.com/0", "snippet": "…"},
        {"title": "cats 1", "url": "https://example.com/1", "snippet": "…"},
    ]
    assert len(await tool.call({"query": "cats"})) == 5


async def test_a_row_with_missing_parts() -> None:
    tool = WebSearchTool(lambda _query, _count: [{"title": "only"}])
    assert await tool.call({"query": "x"}) == [{"title": "only", "url": "", "snippet": ""}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"query": "  "}, "The query is empty"),
        ({"query": "x", "max_results": 0}, "max_results must be 1 to 20, not 0"),
        ({"query": "x", "max_results": 21}, "max_results must be 1 to 20, not 21"),
    ],
)
async def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        await WebSearchTool(engine).call(arguments)


async def test_without_a_network_it_says_so() -> None:
    """The real library, behind a proxy that does not exist."""
    tool = WebSearchTool(search_engines(seconds=2, proxy="http://127.0.0.1:9"))
    with pytest.raises(ConnectionError, match="No search engine answered"):
        await tool.call({"query": "cats"})


def test_its_signature() -> None:
    assert signature(WebSearchTool().spec) == (
        "web_search(query: str, max_results: int = 5) -> list[dict[str, str]]"
    )
