"""What CPython itself makes of programs: a plain `exec` of the cells, each program in its own fork.

`python -m tests.programs.plain NAME…` prints a line of JSON for each, in the order given.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import importlib
import inspect
import io
import json
import os
import sys
import tempfile
import traceback
from dataclasses import asdict
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.programs.program import Outcome, Program, Result, fingerprint, programs

PRELOAD = ("asyncio", "numpy", "pandas", "matplotlib.pyplot", "PIL.Image")


def main(names: list[str]) -> None:
    for name in PRELOAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    known = {program.name: program for program in programs()}
    for name in names:
        print(json.dumps(in_a_fork(known[name])), flush=True)


def in_a_fork(program: Program) -> dict[str, Any]:
    """The outcome of a program, run by a child of this process."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with open(reading, encoding="utf-8") as told:
            outcome = json.load(told)
        os.wait()
        return outcome
    with tempfile.TemporaryDirectory() as folder, open(writing, "w", encoding="utf-8") as told:
        os.chdir(folder)
        json.dump(asdict(run(program.cells, Path(folder))), told)
    os._exit(0)


def run(cells: list[str], folder: Path) -> Outcome:
    """Run the cells one after another in a fresh `__main__`."""
    module = sys.modules["__main__"] = ModuleType("__main__")
    shown: list[bytes] = []
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.show = lambda: show_figures(shown)
    results = [run_cell(f"<cell {n}>", cell, vars(module), shown) for n, cell in enumerate(cells)]
    found = [path for path in folder.rglob("*") if path.is_file()]
    files = {str(path.relative_to(folder)): fingerprint(path.read_bytes()) for path in found}
    return Outcome(results, files)


def run_cell(name: str, source: str, names: dict[str, Any], shown: list[bytes]) -> Result:
    value = error = line = None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            tree = ast.parse(source, name)
            last = ast.Expression(tree.body.pop().value) if ends_in_value(tree) else None
            execute(compiled(tree, name), names)
            value = execute(compiled(last, name), names) if last is not None else None
            text = None if value is None else repr(value)
            show_figures(shown)
            show_picture(value, shown)
        except Exception as exc:
            message = exc.msg if isinstance(exc, SyntaxError) else str(exc)
            error, text = f"{type(exc).__qualname__}: {message}", None
            line = line_of(exc, name)
    pictures = tuple(map(fingerprint, shown))
    shown.clear()
    return Result(printed.getvalue(), text, error, line, pictures)


def ends_in_value(tree: ast.Module) -> bool:
    return bool(tree.body) and isinstance(tree.body[-1], ast.Expr)


def compiled(tree: ast.Module | ast.Expression, name: str) -> CodeType:
    mode = "exec" if isinstance(tree, ast.Module) else "eval"
    return compile(tree, name, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def execute(code: CodeType, names: dict[str, Any]) -> Any:
    value = eval(code, names)
    top_level_await = code.co_flags & inspect.CO_COROUTINE
    return asyncio.run(value) if top_level_await else value


def line_of(error: Exception, name: str) -> int | None:
    if isinstance(error, SyntaxError) and error.lineno:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == name), None)


def show_figures(shown: list[bytes]) -> None:
    """What a notebook does with the open figures at the end of a cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else ():
        buffer = io.BytesIO()
        pyplot.figure(number).savefig(buffer, format="png", bbox_inches="tight")
        shown.append(buffer.getvalue())
    if pyplot:
        pyplot.close("all")


def show_picture(value: Any, shown: list[bytes]) -> None:
    if callable(getattr(type(value), "_repr_png_", None)):
        shown.append(value._repr_png_())


if __name__ == "__main__":
    main(sys.argv[1:])
