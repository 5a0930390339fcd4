"""Judges text: is it Python, could it become Python, would it do something?"""

from __future__ import annotations

import ast
import codeop
import re
import warnings
from collections.abc import Sequence

_COMMAND = re.compile(r"^([ \t]*)[!%].*", re.MULTILINE)
"""A line for the notebook, as `!pip install x`: not Python, yet part of a program."""
_PROGRAM = re.compile(r"^[ \t]*(?:(?:print|final_answer)\(|(?:import|from)[ \t])", re.MULTILINE)
_UNREADABLE = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)


def parses(code: str) -> bool:
    """Whether `code` is Python; some line must not be blank."""
    return bool(code.strip()) and _tree(code) is not None


def statements(code: str) -> Sequence[ast.stmt]:
    """What `code` has at its top level; nothing where it is not Python."""
    tree = _tree(code)
    return tree.body if tree else ()


def acts(code: str) -> bool:
    """Whether `code` is Python that is more than one name or one value."""
    match statements(code):
        case []:
            return False
        case [ast.Expr(value=ast.Name() | ast.Constant() | ast.Attribute() | ast.Tuple())]:
            return False
        case _:
            return True


def is_program(text: str) -> bool:
    """Whether a reply without any block is in fact a program: it prints, answers or imports."""
    return bool(_PROGRAM.search(text)) and parses(text)


def hopeless(code: str) -> bool:
    """Whether no continuation can make Python of `code`."""
    try:
        _compile(code)
    except SyntaxError as exc:
        return "outside function" not in str(exc)
    except _UNREADABLE:
        return True
    return False


def unfinished(code: str) -> bool:
    """Whether `code` breaks off in the middle: a bracket or a long string is still open, say."""
    try:
        return _compile(code) is None
    except _UNREADABLE:
        return False


def _compile(code: str) -> object:
    """The compiled `code`; None where it needs more lines."""
    compiler = codeop.CommandCompiler()
    compiler.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compiler(_COMMAND.sub(r"\1pass", code), "<reply>", "exec")


def _tree(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(_COMMAND.sub(r"\1pass", code))
        except _UNREADABLE:
            return None
