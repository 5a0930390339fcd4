"""Plain Python in place of the guard. Only the tests of the kernel's wall run cells this way."""

from __future__ import annotations

import ast
import builtins as real
from typing import Any

from executors.local.guard.rewrite import VALUE


def parse(source: str, filename: str) -> ast.Module:
    """The AST of a cell as it is; the value of a last expression is assigned to `VALUE`.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source, filename)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        target = ast.Name(VALUE, ast.Store())
        tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
    return ast.fix_missing_locations(tree)


def builtins() -> dict[str, Any]:
    """Python's own builtins."""
    return dict(vars(real))
