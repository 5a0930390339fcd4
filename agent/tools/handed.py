"""What the host hands to a running tool besides the code's arguments: `tell` and the workspace.

A parameter of `forward` asks for one of them by its annotation, `Tell` or `Workspace`. The model
and the code never see such a parameter.
"""

from __future__ import annotations

import asyncio
import threading
import typing
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from executors.base import Workspace

Tell = Callable[[str], None]
"""Shows the person one line about how far the tool is. May be called from any thread."""

LONGEST_LINE = 500
"""Characters of one line of progress; what is more is cut."""


def silent(_: str) -> None:
    """A `Tell` that shows nothing: the usual default, for calls from a script."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What one call of a tool can count on."""

    tell: Tell = silent
    workspace: Workspace | None = None

    def arguments(self, wanted: Mapping[str, Any], tool: str) -> dict[str, Any]:
        """The arguments for parameters annotated as in `wanted`, by name.

        Raises:
            RuntimeError: a workspace is asked for and there is none.
        """
        if self.workspace is None and Workspace in wanted.values():
            raise RuntimeError(f"{tool}() works with files, and there is no workspace here.")
        return {
            name: self.tell if _kind(hint) == Tell else self.workspace
            for name, hint in wanted.items()
        }


def is_handed(hint: Any) -> bool:
    """Whether the host fills in a parameter that is annotated like this."""
    return _kind(hint) is not None


def _kind(hint: Any) -> Any:
    """`Tell` or `Workspace`, also where the annotation is one of them `| None`."""
    candidates = (hint, *typing.get_args(hint)) if type(None) in typing.get_args(hint) else (hint,)
    return next((kind for kind in (Tell, Workspace) if kind in candidates), None)


@contextmanager
def telling(tell: Tell | None) -> Generator[Tell, None, None]:
    """A `tell` for any thread that calls the given one in the present event loop, in order.

    After the block it shows nothing: a thread that outlives its call has nobody to tell.
    """
    if tell is None:
        yield silent
        return
    loop, live = asyncio.get_running_loop(), True
    home = threading.get_ident()

    def show(line: str) -> None:
        if live:
            tell(line)

    def pass_on(line: str) -> None:
        line = str(line)[:LONGEST_LINE]
        if threading.get_ident() == home:
            show(line)
        elif live:
            loop.call_soon_threadsafe(show, line)

    try:
        yield pass_on
    finally:
        live = False
