"""A compiled cell, ready to run on the variables of its conversation."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import traceback
from collections.abc import Iterable
from types import CodeType, FrameType, FunctionType
from typing import Any, Protocol, Self, cast

from executors.local.guard.nodes import VALUE
from executors.local.statements import Statements


class Program(Protocol):
    """What compiling a cell gives."""

    statements: Statements

    def run(self, names: dict[str, Any]) -> Any:
        """Run it on those variables; the value of its last expression, None without one."""
        ...


class ModuleProgram:
    """A cell that runs as Python runs a module. It may await at its top level."""

    def __init__(self, code: CodeType, statements: Statements) -> None:
        self._code, self.statements = code, statements

    @classmethod
    def of(cls, tree: ast.Module, filename: str) -> Self:
        """Compile it.

        Raises:
            SyntaxError: a rule of Python is broken that parsing does not check.
        """
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(tree, filename, "exec", flags=flags, dont_inherit=True)
        return cls(code, Statements(filename, tree.body))

    def run(self, names: dict[str, Any]) -> Any:
        try:
            running = eval(self._code, names)  # noqa: S307 this is what we are here for
            if inspect.iscoroutine(running):
                asyncio.run(running)
            return names.get(VALUE)
        finally:
            for name in [name for name in list(names) if name.startswith("$")]:
                del names[name]


class FunctionProgram:
    """A cell that runs as a function, some of its names being fast locals.

    Args:
        code: the function's; it takes one argument, which it calls first and which gives it the
            values of `taken`.
        statements: the cell's.
        fast: names that are local to the function while it runs.
        taken: those of them that have a value already.
    """

    def __init__(
        self, code: CodeType, statements: Statements, fast: Iterable[str], taken: Iterable[str]
    ) -> None:
        self._code, self.statements = code, statements
        self._fast, self._taken = frozenset(fast), tuple(taken)

    def run(self, names: dict[str, Any]) -> Any:
        frames: list[FrameType] = []
        values: list[Any] = []

        def enter() -> list[Any]:
            frames.append(cast("FrameType", cast("FrameType", inspect.currentframe()).f_back))
            return [names.pop(name) for name in self._taken]  # no second reference stays behind

        try:
            FunctionType(self._code, names)(enter)
        except UnboundLocalError as exc:
            raise self._translated(exc) from None
        finally:
            if frames:
                values.append(_give_back(frames.pop(), names))
        return values.pop()

    def _translated(self, error: UnboundLocalError) -> NameError:
        """What Python raises where a name of a module has no value."""
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        if type(error) is not UnboundLocalError or frame.f_code is not self._code:
            return error
        unbound = _UNBOUND.fullmatch(str(error))
        if unbound is None or unbound[1] not in self._fast:
            return error
        name = unbound[1]
        found = NameError(f"name {name!r} is not defined", name=name)
        return found.with_traceback(error.__traceback__)


def _give_back(frame: FrameType, names: dict[str, Any]) -> Any:
    """Move the locals of a frame that has ended to `names`; the value of the last expression.

    Neither that frame nor any other one may hold them after it: the code may keep an exception,
    and with it all these frames.
    """
    kept = cast("Any", frame.f_locals)
    names.update((name, value) for name, value in kept.items() if not name.startswith("$"))
    value = kept.get(VALUE)
    frame.clear()
    if isinstance(kept, dict):  # until Python 3.13 a frame remembers what it has told
        kept.clear()
    return value


_UNBOUND = re.compile(r"cannot access local variable '(\w+)' where it is not associated with .*")
