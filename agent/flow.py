"""What an answer is made of: which values of its code lead to it, and which do not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from agent.parsing.python import statements
from executors.base import FINAL_ANSWER

_DISPLAYS = ast.List | ast.Tuple | ast.Set | ast.Dict


def unused(code: str) -> Sequence[str]:
    """The variables that code computes at its top level, and that its answer does not depend on.

    Only what certainly has no part in it: whatever a statement names may change by it, also inside
    of functions that it calls. What is printed counts as used. Nothing where the code gives no
    answer at its top level.
    """
    body = statements(code)
    answer = next((n for n in reversed(range(len(body))) if _answers(body[n])), None)
    if answer is None:
        return ()
    inside = {one.name: _names(one) for one in body if isinstance(one, ast.FunctionDef)}
    needed = _names(body[answer])
    found: list[str] = []
    # Twice, as what a later statement changes may be needed by an earlier loop's next turn.
    for _ in range(2):
        found = []
        for one in reversed(body[:answer]):
            touched = _names(one).union(*(inside.get(name, ()) for name in _names(one)))
            if _shows(one) or not needed.isdisjoint(_changed(one, touched)):
                needed |= touched
            elif (name := _computed(one)) is not None:
                found.append(name)
    return tuple(dict.fromkeys(name for name in reversed(found) if name not in needed))


def shown(code: str) -> Sequence[str]:
    """The variables whose values stand in the answer as they are: alone, or in a text."""
    body = statements(code)
    found: list[str] = []
    for one in body:
        match one:
            case ast.Expr(ast.Call(func=ast.Name(id=name), args=[value])) if name == FINAL_ANSWER:
                found.extend(_placed(value))
            case _:
                pass
    return tuple(found)


def _placed(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Name(id=name):
            yield name
        case ast.JoinedStr(values=parts):
            for part in parts:
                if isinstance(part, ast.FormattedValue):
                    yield from _placed(part.value)
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


def _changed(statement: ast.stmt, touched: set[str]) -> set[str]:
    """What the statement binds, or may change."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if not _calls(value):
            return {name}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(one.asname or one.name).partition(".")[0] for one in names}
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name() as called)):
            own = {name, *touched} - {called.id}
            return {name} if called.id in _HARMLESS else own
        case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[])):
            return {name}
        case _:
            return touched


_HARMLESS = frozenset(
    {"abs", "all", "any", "bool", "dict", "divmod", "enumerate", "float", "int", "len", "list"}
    | {"max", "min", "range", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip"}
)
"""Functions that change nothing that they are given."""


def _calls(value: ast.expr) -> bool:
    """Whether it calls something that could change what it is given."""
    called = [one.func for one in ast.walk(value) if isinstance(one, ast.Call)]
    return any(not (isinstance(one, ast.Name) and one.id in _HARMLESS) for one in called)


def _shows(statement: ast.stmt) -> bool:
    """Whether it does something besides computing: prints, opens, or may."""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Name)
        and one.func.id in ("print", "display", "open")
        for one in ast.walk(statement)
    )


def _computed(statement: ast.stmt) -> str | None:
    """The variable that the statement gives a value which is not just written there."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            plain = isinstance(value, ast.Constant | _DISPLAYS | ast.Name | ast.Lambda)
            return None if plain or name.startswith("_") else name
        case _:
            return None
