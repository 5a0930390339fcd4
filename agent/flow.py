"""What an answer is made of: which values of its code lead to it, and which do not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from agent.parsing.python import statements
from executors.base import FINAL_ANSWER


def unused(code: str) -> Sequence[str]:
    """The variables that code computes at its top level, and that its answer does not depend on.

    Only what plainly has no part in it. Any statement but an assignment of something computed by
    harmless means, or a sorting of it, may have an effect that is wanted, and counts with all that
    it names. Nothing where the code gives no answer at its top level.
    """
    body = statements(code)
    answer = next((n for n in reversed(range(len(body))) if _answers(body[n])), None)
    if answer is None:
        return ()
    needed = _names(body[answer])
    for one in body[:answer]:
        if _own(one) is None:
            needed |= _names(one)
    found: list[str] = []
    for one in reversed(body[:answer]):
        name = _own(one)
        if name is None:
            continue
        if name in needed:
            needed |= _names(one)
        elif isinstance(one, ast.Assign) and not isinstance(one.value, _WRITTEN):
            found.append(name)
    return tuple(dict.fromkeys(name for name in reversed(found) if name not in needed))


def shown(code: str) -> Sequence[str]:
    """The variables whose values stand in the text of the answer, as they are."""
    return tuple(name for one in statements(code) if _answers(one) for name in _placed(one))


def _placed(statement: ast.stmt) -> Iterator[str]:
    for text in ast.walk(statement):
        if isinstance(text, ast.JoinedStr):
            for part in text.values:
                match part:
                    case ast.FormattedValue(value=ast.Name(id=name)):
                        yield name
                    case _:
                        pass


def _answers(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(func=ast.Name(id=name))):
            return name == FINAL_ANSWER
        case _:
            return False


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _own(statement: ast.stmt) -> str | None:
    """The variable that the statement computes or sorts, if that is all that it can do."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_harmless(value):
            return None if name.startswith("_") else name
        case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method))):
            return name if method in _SORTING else None
        case _:
            return None


def _is_harmless(value: ast.expr) -> bool:
    """Whether it changes nothing, as far as can be seen: iterators may be used up by it."""
    for one in ast.walk(value):
        match one:
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _HARMLESS:
                continue
            case ast.Call() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
                return False
            case _:
                continue
    return True


_HARMLESS = frozenset(
    {"abs", "divmod", "float", "int", "len", "max", "min", "range", "round", "sorted", "str", "sum"}
)
_SORTING = frozenset({"sort", "reverse"})
_WRITTEN = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Name, ast.Lambda)
"""Values that stand in the code as they are."""
