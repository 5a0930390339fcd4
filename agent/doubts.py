"""What makes code or an answer doubtful, and can be seen without asking a model.

Small models invent what a function would have told them, write a stand-in for it, forget a file
that they were asked for, or hand on an empty value. Each of these shows in the code, in the calls
or in the answer, so one sentence at the right time costs less than asking for everything twice.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal, cast

from agent.parsing.python import statements
from executors.base import ExecutionEvent, ToolCalled
from executors.values import preview

_Kind = Literal["stand-in", "empty", "unread", "invented", "unwritten"]

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_FILE = re.compile(
    r"(?<![\w/\\:.-])[\w-]+\.(?:csv|html|json|jsonl|md|pdf|png|svg|tsv|txt|xlsx|xml|yaml|yml)\b"
)
"""A file's name in a task, but for the end of an address or of a longer path."""
_NOTHING = re.compile(
    r"\bNone\b(?! of\b)|\b(?:nan|NaN)\b|<(?:\w+ object|function|generator|class|built-in) "
)
"""What an empty value, or one that is no text, leaves in a sentence."""
_LOOKS = ("listdir", "scandir", "walk", "glob")
"""How code finds files whose names it does not say."""
_ANSWER_CHARS = 200
_HARMLESS = frozenset({0.0, 1.0})
"""Numbers that code begins to count with."""
_DATA = 2
"""So many typed numbers in a list or a dictionary are data."""


class Doubts:
    """Those of one run. Each kind is told once: who insists is believed.

    Args:
        task: what the person wrote.
        files: the names of those that came with it.
        tools: the names of what the code can call.
        fresh: whether the conversation begins with this task, so that nothing is known before.
        wary: whether the model is of a kind that guesses.
    """

    def __init__(
        self, task: str, *, files: Collection[str], tools: Collection[str], fresh: bool, wary: bool
    ) -> None:
        self._task, self._files, self._tools = task, files, tools
        self._fresh, self._wary = fresh, wary
        self._told: set[_Kind] = set()
        self._codes: list[str] = []
        self._called = False

    def of_code(self, code: str) -> str:
        """What speaks against running it; empty if nothing does.

        A function that it defines in place of one that is there would answer with what the model
        has made up.
        """
        anew = sorted(set(_defined(code)).intersection(self._tools))
        if not anew:
            return ""
        return self._tell(
            "stand-in",
            f"it defines {_listed(anew)} anew. That is there already: call it, without defining "
            "it or anything in its place.",
        )

    def took(self, code: str, cell: Iterable[ExecutionEvent]) -> None:
        """Remember an action that has run."""
        self._codes.append(code)
        self._called |= any(isinstance(event, ToolCalled) for event in cell)

    def of_answer(self, answer: Any, there: Collection[str]) -> str:
        """What speaks against `answer`; empty if nothing does.

        Args:
            answer: as a Python value.
            there: the names of all files of the workspace.
        """
        if not self._wary:
            return ""
        for kind, reason in (
            ("empty", _empty(answer)),
            ("unread", self._unread()),
            ("invented", self._invented()),
            ("unwritten", self._unwritten(there)),
        ):
            if reason and (told := self._tell(cast("_Kind", kind), reason)):
                return told
        return ""

    def _tell(self, kind: _Kind, reason: str) -> str:
        if kind in self._told:
            return ""
        self._told.add(kind)
        return reason

    def _unread(self) -> str:
        """A file came with the task, and no code names it or looks what there is."""
        code = "\n".join(self._codes)
        if not self._files or any(word in code for word in (*self._files, *_LOOKS)):
            return ""
        return f"no code has read {_listed(sorted(self._files))}, so what is there is not known."

    def _invented(self) -> str:
        """Values were typed in that a function could have told, and none was called."""
        if not self._tools or self._called or not self._fresh:
            return ""
        if not any(_typed(code, self._task) for code in self._codes):
            return ""
        return (
            f"nothing that the code can call was called ({_listed(sorted(self._tools))}), and the "
            "code has values that nobody has told you. Call it for them."
        )

    def _unwritten(self, there: Collection[str]) -> str:
        """The task names a file, and there is none."""
        names = {path.rpartition("/")[2] for path in (*there, *self._files)}
        missing = [name for name in dict.fromkeys(_FILE.findall(self._task)) if name not in names]
        if not missing:
            return ""
        return f"the task names {_listed(missing)}, and there is no such file. Write it."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _empty(answer: Any) -> str:
    if answer is None or _is_nan(answer) or (isinstance(answer, str | list | dict) and not answer):
        shown = preview(answer, _ANSWER_CHARS)
    elif isinstance(answer, str) and len(answer) <= _ANSWER_CHARS and _NOTHING.search(answer):
        shown = answer
    else:
        return ""
    return f"it holds nothing ({shown}). Print the values that it is made of, and look at them."


def _is_nan(answer: Any) -> bool:
    return isinstance(answer, float) and math.isnan(answer)


def _defined(code: str) -> Iterator[str]:
    """The names of functions and classes that the code defines at its top level."""
    for node in statements(code):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                yield name
            case _:
                pass


def _typed(code: str, task: str) -> bool:
    """Whether the code has data of which the task has none."""
    known = _HARMLESS.union(map(float, _FIGURE.findall(task)))
    words: set[str] = set(re.findall(r"[^\W\d_]{3,}", task.casefold()))
    for node in (found for statement in statements(code) for found in ast.walk(statement)):
        match node:
            case ast.Dict(values=values) if len(_unknown(values, known)) >= _DATA:
                return True
            case ast.List(elts=values) if len(_unknown(values, known)) >= _DATA:
                return True
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if _unknown([value], known) and words.intersection(name.casefold().split("_")):
                    return True
            case _:
                pass
    return False


def _unknown(values: Iterable[ast.expr], known: Collection[float]) -> list[float]:
    """The numbers among these expressions that are not known, tuples and lists looked into."""
    found: list[float] = []
    for value in values:
        match value:
            case ast.Constant(value=bool()):
                pass
            case ast.Constant(value=int() | float() as number):
                found += [float(number)] * (float(number) not in known)
            case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.Dict(values=inner):
                found += _unknown(inner, known)
            case _:
                pass
    return found
