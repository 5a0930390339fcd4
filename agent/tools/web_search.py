"""Asks public search engines for pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.tools.base import Tool

MOST_RESULTS = 20

Search = Callable[[str, int], Sequence[Mapping[str, Any]]]
"""From a query and a number to rows with `title`, `href` and `body`. Blocking; raises
`ConnectionError` where no engine can be asked."""


def search_engines(*, seconds: int = 10, proxy: str | None = None) -> Search:
    """Several public engines at once, without a key, through the ddgs library.

    Args:
        seconds: how long one engine may take.
        proxy: an HTTP or SOCKS proxy; None means the one of `DDGS_PROXY`, if any.
    """

    def search(query: str, count: int) -> Sequence[Mapping[str, Any]]:
        # Loads a native HTTP client, so only when somebody searches. The class has no types.
        from ddgs import DDGS  # pyright: ignore[reportUnknownVariableType]
        from ddgs.exceptions import DDGSException

        try:
            engines: Any = DDGS(proxy=proxy, timeout=seconds)
            return engines.text(query, max_results=count)
        except DDGSException as exc:
            if "No results" in str(exc):
                return []
            raise ConnectionError(
                "No search engine answered: they may be busy, or this machine is offline. Go on "
                "without a search, or say so in the answer."
            ) from exc

    return search


class WebSearchTool(Tool):
    """`web_search(query)`: titles, addresses and snippets of pages."""

    name = "web_search"
    general = True

    def __init__(self, search: Search | None = None) -> None:
        """Set where results come from; None means public engines."""
        self._search = search or search_engines()

    def forward(self, query: str, max_results: int = 5) -> list[dict[str, str]]:
        """Search the web.

        Args:
            query: what to look for, in a few words.
            max_results: how many results at most, 1 to 20.

        Returns:
            A list of {"title", "url", "snippet"}; empty where nothing was found.

        Raises:
            ValueError: the query is empty or max_results is out of range.
            ConnectionError: no search engine could be reached.
        """
        if not query.strip():
            raise ValueError("The query is empty: say what to look for.")
        if not 1 <= max_results <= MOST_RESULTS:
            raise ValueError(f"max_results must be 1 to {MOST_RESULTS}, not {max_results!r}.")
        return [
            {
                "title": str(row.get("title", "")),
                "url": str(row.get("href", "")),
                "snippet": str(row.get("body", "")),
            }
            for row in self._search(query, max_results)[:max_results]
        ]
