"""New nodes for a syntax tree, each at the place in the source of the node it stands for."""

from __future__ import annotations

import ast
from typing import Protocol, TypedDict

VALUE = "$value"
"""Where a cell leaves the value of its last expression."""
TURN = "$turn"
"""What `while` loops bind."""
INJECTED = (
    *("$budget", "$compress", "$getattr", "$import", "$import_all", "$import_from", "$matched"),
    *("$next", "$private", "$Stop"),
)
"""Names that only the guard can write, as far as a class body may need them. There they are looked
up past its namespace, which a metaclass of the code's own may have prepared."""


class Placed(Protocol):
    """A node that knows where it is in the source."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


class Place(TypedDict):
    """The keyword arguments that put a new node somewhere."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


_LOAD, _STORE = ast.Load(), ast.Store()


def place(like: Placed) -> Place:
    """Where `like` is."""
    return {
        "lineno": like.lineno,
        "col_offset": like.col_offset,
        "end_lineno": like.end_lineno,
        "end_col_offset": like.end_col_offset,
    }


def case(number: int) -> str:
    """What the class of a pattern is bound to."""
    return f"$case{number}"


def name(text: str, like: Placed) -> ast.Name:
    """`text`, read."""
    return ast.Name(text, _LOAD, **place(like))


def target(text: str, like: Placed) -> ast.Name:
    """`text`, bound."""
    return ast.Name(text, _STORE, **place(like))


def constant(value: str | int, like: Placed) -> ast.Constant:
    """`value` itself."""
    return ast.Constant(value, **place(like))


def call(function: str, like: Placed, *arguments: ast.expr) -> ast.Call:
    """`function(*arguments)`."""
    return ast.Call(name(function, like), list(arguments), [], **place(like))


def assign(text: str, value: ast.expr, like: Placed) -> ast.Assign:
    """`text = value`."""
    return ast.Assign([target(text, like)], value, **place(like))


def both(left: ast.expr, right: ast.expr, like: Placed) -> ast.BoolOp:
    """`left and right`."""
    return ast.BoolOp(ast.And(), [left, right], **place(like))


def statement(value: ast.expr, like: Placed) -> ast.Expr:
    """`value` for its effect."""
    return ast.Expr(value, **place(like))


def count(like: Placed) -> ast.Call:
    """True, and one operation less: the cheapest call that counts."""
    return call("$next", like, name("$budget", like))
