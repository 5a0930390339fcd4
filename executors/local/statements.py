"""Which statement at the top level of a cell is running: asked of its frames, at no cost to it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable
from types import FrameType
from typing import cast


class Statements:
    """The lines of a cell's statements.

    Args:
        filename: the cell's, as its code has it.
        body: its statements, in order.
    """

    def __init__(self, filename: str, body: Iterable[ast.stmt]) -> None:
        self._filename = filename
        self._lines = [(_first(one), one.end_lineno or one.lineno) for one in body]

    def running(self, frame: FrameType | None) -> tuple[int, int] | None:
        """First and last line of the statement that leads to `frame`; None for an only one."""
        if len(self._lines) < 2:
            return None
        while frame is not None and not self._is_top(frame):
            frame = frame.f_back
        if frame is None:
            return None
        line = cast("int | None", frame.f_lineno)
        if line is None:  # between two lines
            return None
        found = self._lines[max(0, bisect_right(self._lines, line, key=lambda one: one[0]) - 1)]
        return found if found[0] <= line <= found[1] else None

    def _is_top(self, frame: FrameType) -> bool:
        code = frame.f_code
        return code.co_name == "<module>" and code.co_filename == self._filename


def _first(node: ast.stmt) -> int:
    """The line where the statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
