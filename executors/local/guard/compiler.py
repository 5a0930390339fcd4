"""Compiles the cells of a conversation: guarded, and at the speed of functions where that pays.

A name at the top level of a module is an entry of a dict; a name of a function is a slot. So a cell
with a loop becomes the body of a function, its names becoming locals of that wherever nobody can
tell: names that another scope refers to, now or in an earlier cell, stay entries of the dict, and a
cell that has something in it that means something else in a function stays a module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import count
from types import CodeType
from typing import Any, cast

from executors.local.guard import nodes
from executors.local.guard.access import PrivateAccess
from executors.local.guard.program import FunctionProgram, ModuleProgram, Program
from executors.local.guard.rewrite import Rewritten, rewrite
from executors.local.guard.unbound import catchable
from executors.local.statements import Statements

_CELL = "$cell"
_INSIDE = f"{_CELL}.<locals>."
_START = ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)


class Compiler:
    """Knows the names that functions of earlier cells may refer to.

    Args:
        names: the variables of the conversation.
        builtins: what else its code can name; what the guard needs at run time is added to it.
    """

    def __init__(self, names: dict[str, Any], builtins: dict[str, Any]) -> None:
        self._names, self._builtins = names, builtins
        access = PrivateAccess(builtins)
        builtins |= {"$private": access.private, "$owns": access.owns}
        self._shared: set[str] = set()
        self._caches = self._new_caches()

    def compile(self, source: str, filename: str) -> Program:
        """The cell, to be run before any other is.

        Raises:
            NotAllowed: the policy refuses it.
            SyntaxError: it is not Python.
        """
        cell = rewrite(source, filename, self._caches)
        self._shared |= cell.names.shared
        if cell.names.is_module or not cell.names.loops:
            return ModuleProgram.of(cell.tree, filename)
        fast = self._fast(cell)
        taken = sorted(name for name in fast if name in self._names)
        statements = Statements(filename, cell.tree.body)
        module = compile(_as_function(cell, fast, taken), filename, "exec", dont_inherit=True)
        (code,) = (one for one in module.co_consts if isinstance(one, CodeType))
        return FunctionProgram(_as_top_level(code), statements, fast, taken)

    def _fast(self, cell: Rewritten) -> set[str]:
        """The names of the cell that can be locals."""
        names = cell.names
        fast = {
            name
            for name in names.bound - names.fixed - self._shared
            # A set less the keys of a dict would look at all of those. A class may mangle a name
            # to one with two underscores.
            if name not in self._builtins and "__" not in name
        }
        if names.may_catch:
            unknown = {name for name in fast if name not in self._names}
            fast -= catchable(cell.tree.body, unknown)
        return fast

    def _new_caches(self) -> Iterator[str]:
        for number in count():
            name = f"$seen_{number}"
            self._builtins[name] = None
            yield name


def _as_function(cell: Rewritten, fast: set[str], taken: Sequence[str]) -> ast.Module:
    """A module that defines a function with the cell's statements."""
    body = cell.tree.body
    others = cell.names.bound - fast
    match body[0]:
        case ast.Expr(ast.Constant(str()) as text):
            body[0] = nodes.assign("__doc__", text, body[0])
            others.add("__doc__")
        case _:
            pass
    values = nodes.call("$enter", _START)
    start: list[ast.stmt] = [nodes.statement(values, _START)]
    if taken:
        targets = [cast("ast.expr", nodes.target(name, _START)) for name in taken]
        every = ast.List(targets, ast.Store(), **nodes.place(_START))
        start = [ast.Assign([every], values, **nodes.place(_START))]
    if others:
        start.insert(0, ast.Global(sorted(others), **nodes.place(_START)))
    parameter = ast.arg("$enter", **nodes.place(_START))
    parameters = ast.arguments([], [parameter], None, [], [], None, [])
    function = cast("Any", ast.FunctionDef)(
        name=_CELL,
        args=parameters,
        body=[*start, *body],
        decorator_list=[],
        type_params=[],
        **nodes.place(_START),
    )
    return ast.Module([function], [])


def _as_top_level(code: CodeType) -> CodeType:
    """The function's code, its name and those of what is defined in it being as in a module."""
    parts = tuple(_unprefixed(one) for one in code.co_consts)
    return code.replace(co_name="<module>", co_qualname="<module>", co_consts=parts)


def _unprefixed(constant: Any) -> Any:
    if not isinstance(constant, CodeType) or not constant.co_qualname.startswith(_INSIDE):
        return constant
    parts = tuple(_unprefixed(one) for one in constant.co_consts)
    return constant.replace(co_qualname=constant.co_qualname[len(_INSIDE) :], co_consts=parts)
