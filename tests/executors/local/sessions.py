"""Runs sessions of several cells in plain Python and in the guard, and tells both alike."""

from __future__ import annotations

import contextlib
import io
import re
import traceback
from collections.abc import Callable, Sequence
from types import FunctionType, ModuleType
from typing import Any

from executors.local.guard import off
from executors.local.guard.compiler import Compiler
from executors.local.guard.imports import Importer
from executors.local.guard.program import Program
from executors.local.guard.runtime import guarded_builtins, set_budget

_ONLY_HERE = re.compile(r" at 0x[0-9a-f]+| from '[^']*\.so'| \(built-in\)")
"""What a `repr` tells of this process, or of a module that the guard hands out a copy of."""


def in_python(cells: Sequence[str]) -> list[str]:
    """What the session does in plain Python."""
    return _told(cells, off.compile_cell, {"__name__": "__main__"})


def in_guard(cells: Sequence[str]) -> list[str]:
    """What the session does in the guard."""
    importer = Importer((), lambda name: None)
    builtins = guarded_builtins(print) | importer.names()
    names: dict[str, Any] = {"__builtins__": builtins, "__name__": "__main__"}
    builtins["$import_all"] = lambda name: names.update(importer.import_all(name))
    compiler = Compiler(names, builtins)

    def compile_cell(code: str, filename: str) -> Program:
        set_budget(builtins, 1_000_000)
        return compiler.compile(code, filename)

    return _told(cells, compile_cell, names)


def _told(
    cells: Sequence[str], compile_cell: Callable[[str, str], Program], names: dict[str, Any]
) -> list[str]:
    told: list[str] = []
    for number, code in enumerate(cells, 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                outcome = _text(compile_cell(code, f"<cell {number}>").run(names))
            except BaseException as exc:
                outcome = _error(exc)
        told += [printed.getvalue(), outcome]
    shown = {name: value for name, value in names.items() if name != "__builtins__"}
    told += [f"{name} = {_text(value)}" for name, value in sorted(shown.items())]
    return [_ONLY_HERE.sub("", text) for text in told]


def _error(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [(f.filename, f.lineno, f.name) for f in frames if f.filename.startswith("<cell ")]
    where = (error.lineno, error.offset) if isinstance(error, SyntaxError) else own
    return f"{type(error).__qualname__}: {error} {where}"


def _text(value: Any) -> str:
    match value:
        case ModuleType():
            return f"module {value.__name__}"
        case FunctionType() | type() if value.__module__ == "__main__":
            return f"{type(value).__name__} {value.__qualname__}"
        case FunctionType() | type():
            return "of a library"  # the guard may hand out another
        case _:
            return repr(value)
