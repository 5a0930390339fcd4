"""Plain Python in place of the guard. Only the tests of the kernel's wall run cells this way."""

from __future__ import annotations

import ast
import builtins as real
from typing import Any

from executors.local.guard import nodes
from executors.local.guard.program import ModuleProgram, Program


def compile_cell(source: str, filename: str) -> Program:
    """The cell as it is.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source, filename)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = nodes.assign(nodes.VALUE, last.value, last)
    return ModuleProgram.of(tree, filename)


def builtins() -> dict[str, Any]:
    """Python's own builtins."""
    return dict(vars(real))
