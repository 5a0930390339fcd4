"""What makes code or an answer doubtful, and can be seen without asking a model.

Small models invent what a function would have told them, write a stand-in for it, forget a file
that they were asked for, drop a condition, or hand on an empty value. Each of these shows in the
code, in the calls or in the answer, so one sentence at the right time costs less than asking for
everything twice.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from agent.conditions import cases_matter, is_no_amount, overlooked, unnamed, unrounded
from agent.flow import shown, unused
from agent.parsing.python import statements
from executors.base import (
    ExecutionEvent,
    FilesChanged,
    Finished,
    ToolCalled,
    Variable,
    VariablesChanged,
)
from executors.values import Opaque, encode, preview

Kind = Literal[
    "stand-in",
    "empty",
    "unread",
    "invented",
    "unwritten",
    "unused",
    "overlooked",
    "unnamed",
    "no amount",
    "unrounded",
    "cases",
]

_SOFT: frozenset[Kind] = frozenset(
    ("unused", "overlooked", "unnamed", "no amount", "unrounded", "cases")
)
"""Kinds that may be wrong about right code: one of them is told in a run, no more."""
_ABOUT_THE_TASK: frozenset[Kind] = frozenset(("unused", "overlooked", "unnamed", "cases"))
"""Kinds that say what the task asks for, so that they are understood without the code."""
_FIGURE = re.compile(r"\d[\d,']*(?:\.\d+)?")
_ADDRESS = re.compile(r"\b\w+://\S+")
_FILE = re.compile(
    r"(?<![A-Za-z0-9_À-ɏ.\\/-])[A-Za-z0-9][A-Za-z0-9_-]*"
    r"\.(?:csv|html|jsonl?|md|pdf|png|svg|tsv|txt|xlsx|xml|ya?ml)(?![A-Za-z0-9_(])"
)
"""A file's name in a task, also among Chinese characters, but no end of a path, and no method."""
_NAMES = 20
_WRITING = re.compile(
    r"\b(?:write|save|store|export|create|make|copy)\b"
    r"|[写寫存]|导出|導出|生成|输出|輸出|创建|建立"
)
_READING = ("open(", "load", "read_", "listdir", "scandir", "iterdir", "walk", "glob")
_NOTHING = re.compile(r"(?<=[\w:=] )None(?=[.,;!)]|$)|\bnan\b|<[\w.]+ (?:[\w.<>]+ ){0,2}at \w")
"""What an empty value, or one that is no text, leaves in a sentence."""
_ANSWER_CHARS = 200
_SHOWN_CHARS = 60
_LOOKED_AT = 10_000
"""Characters of an answer that is no text."""
_HARMLESS = (0, 1)
"""Numbers that code begins to count with."""
_DATA = 2
"""So many typed numbers in a list or a dictionary are data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is to compare with.

    Attributes:
        task: what the person wrote.
        files: the names of those that came with it.
        tables: what the cells of those that are tables hold; see `conditions.cells`.
        tools: the names of all that the code can call.
        needed: those of them that are there for tasks such as this one, not for any.
        fresh: whether the conversation begins with this task, so that nothing was said before.
        typed: whether answers have a type, which is judged elsewhere.
        wary: whether the model is of a kind that guesses.
    """

    task: str
    files: Collection[str] = ()
    tables: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    tools: Collection[str] = ()
    needed: Collection[str] = ()
    fresh: bool = True
    typed: bool = False
    wary: bool = True


class Doubts:
    """Those of one run. Each kind is told once, of some only one: who insists is believed.

    Stand-ins are told once for each action that has run, as what was said before may be forgotten.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._told: set[Kind] = set()
        self._codes: list[str] = []
        self._variables: dict[str, Variable] = {}
        self._answering = ""
        """The code that gave an answer, if the last one did."""
        self._left_traces = False
        """Whether the last code has called something, or written a file."""
        self.begin_anew = False
        """Whether the code of the answer that was doubted last is better not seen any more.

        A small model that sees it writes it again.
        """
        self._refused: str | None = None
        """The answer that was doubted last, unless another one has come since."""
        self._called = False
        self._named = _asked_for(known.task) if known.wary else ()

    @property
    def look_for_files(self) -> bool:
        """Whether `of_answer` needs to know which files there are."""
        return bool(self._named)

    def stand_ins(self, code: str) -> Sequence[str]:
        """What the code can call already, and it defines anew.

        That would answer with what the model has made up.
        """
        return sorted(set(_defined(code)).intersection(self._known.tools))

    def of_code(self, code: str) -> str:
        """What speaks against running it; empty if nothing does."""
        if "stand-in" in self._told or not (anew := self.stand_ins(code)):
            return ""
        self._told.add("stand-in")
        return (
            f"it defines {_listed(anew)} anew. That is there already: call it, without defining "
            "it or anything in its place."
        )

    def took(self, code: str, cell: Iterable[ExecutionEvent]) -> None:
        """Remember an action that has run."""
        self._codes.append(code)
        self._told.discard("stand-in")
        self._answering, self._left_traces = "", False
        for event in cell:
            match event:
                case ToolCalled():
                    self._called = self._left_traces = True
                case FilesChanged():
                    self._left_traces = True
                case VariablesChanged(changed=changed):
                    self._variables |= {one.name: one for one in changed}
                case Finished(is_answer=True):
                    self._answering = code
                case _:
                    pass

    def of_answer(self, answer: Any, there: Collection[str] | None) -> str:
        """What speaks against `answer`; empty if nothing does.

        Args:
            answer: as a Python value.
            there: the paths of all files of the workspace; None where they are not known.
        """
        if not self._known.wary:
            return ""
        answering, self._answering = self._answering, ""
        text, typed = _text(answer), self._known.typed
        given, self._refused = self._refused, None
        if text and text == given:
            return ""
        reasons: dict[Kind, Callable[[], str]] = {
            "empty": lambda: "" if typed else _empty(answer, self._known.task),
            "unread": self._unread,
            "invented": self._invented,
            "unwritten": lambda: "" if there is None else self._unwritten(there),
            "overlooked": self._overlooked,
            "cases": self._cases,
            "unnamed": lambda: "" if typed else self._unnamed(answering, text),
            "no amount": lambda: "" if typed else self._no_amount(answering),
            "unrounded": lambda: _unrounded(self._known.task, text),
            "unused": lambda: _unused(answering),
        }
        for kind, look in reasons.items():
            if kind in _SOFT and self._told & _SOFT:
                break
            if kind not in self._told and (reason := look()):
                self._told.add(kind)
                self._refused = text
                # What was called or written would be called and written again.
                self.begin_anew = kind in _ABOUT_THE_TASK and not self._left_traces
                return reason
        return ""

    @property
    def _code(self) -> str:
        return "\n".join(self._codes)

    def _overlooked(self) -> str:
        """The task speaks of a value in a table, and no code does."""
        if not any(map(statements, self._codes)):
            return ""
        table, value = overlooked(self._known.task, self._known.tables, self._codes)
        if not value:
            return ""
        return (
            f"the task speaks of {value}, which is in {table}, and no code looks for that. If only "
            "that counts, change the code."
        )

    def _unnamed(self, code: str, answer: str) -> str:
        """The task chooses from things, and the answer names none of them."""
        if not (choices := unnamed(self._known.task, code, answer)):
            return ""
        return (
            f"it names none of {_listed(choices)}. Change the code so that it answers with the one "
            "that is asked for, by its name."
        )

    def _no_amount(self, code: str) -> str:
        """An amount was asked for, and the answer holds a text that is none."""
        for name in shown(code):
            one = self._variables.get(name)
            if one and one.kind == "str" and is_no_amount(self._known.task, one.preview):
                return f"{name} is text, not a number: {one.preview[:_SHOWN_CHARS]}"
        return ""

    def _cases(self) -> str:
        """Small and capital letters are to count alike."""
        if not self._codes or not cases_matter(self._known.task, self._codes):
            return ""
        return "small and capital letters are to count alike, and the code tells them apart."

    def _unread(self) -> str:
        """A file came with the task, and the code neither names it nor reads any."""
        code = self._code
        files = self._known.files
        if not files or not code or any(word in code for word in (*files, *_READING)):
            return ""
        return f"no code has read {_listed(sorted(files))}, so what is there is not known."

    def _invented(self) -> str:
        """Values were typed in that a function could have told, and none was called."""
        known = self._known
        if not known.needed or self._called or not known.fresh or known.files:
            return ""
        if len(self._codes) != 1 or not _typed(self._codes[0], known.task):
            return ""  # an action after the first one may have its values from the first
        return (
            f"nothing that the code can call was called ({_listed(sorted(known.needed))}), and the "
            "code has values that nobody has told you. Call it for them."
        )

    def _unwritten(self, there: Collection[str]) -> str:
        """The task names a file to be written, no code does, and there is none."""
        code = self._code
        names = [path.rpartition("/")[2].casefold() for path in (*there, *self._known.files)]
        missing = [
            name
            for name in self._named
            if name not in code and not any(one.endswith(name.casefold()) for one in names)
        ]
        if not missing:
            return ""
        return (
            f"the task names {_listed(missing)}, and there is no such file. If it is to be "
            "written, write it; if it is not, answer again."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def _asked_for(task: str) -> Sequence[str]:
    """The files that a task names, where it is about writing."""
    if not _WRITING.search(task.casefold()):
        return ()
    return tuple(dict.fromkeys(_FILE.findall(_ADDRESS.sub(" ", task))))[:_NAMES]


def _text(answer: Any) -> str:
    """What an answer says; empty where it cannot be told, or is too long."""
    if isinstance(answer, str):
        return answer
    try:
        text = preview(encode(answer), _LOOKED_AT)
    except (TypeError, ValueError):
        return ""
    return text if len(text) < _LOOKED_AT else ""


def _unused(code: str) -> str:
    """What the code computed has no part in the answer."""
    if not (names := unused(code)):
        return ""
    return (
        f"the code computes {_listed(names)} and does not use that for the answer. Change the "
        "code so that the answer follows from it."
    )


def _unrounded(task: str, answer: str) -> str:
    figure = unrounded(task, answer)
    return f"{figure} has more decimals than were asked for: round it." if figure else ""


def _empty(answer: Any, task: str) -> str:
    shown = _nothing(answer)
    if not shown or shown.casefold() in task.casefold():
        return ""
    return f"it holds nothing ({shown}). Print the values that it is made of, and look at them."


def _nothing(answer: Any) -> str:
    """What there is in place of a value; empty if there is one."""
    if answer is None or (isinstance(answer, str | list | dict | tuple | set) and not answer):
        return repr(cast("object", answer))
    if isinstance(answer, float) and math.isnan(answer):
        return "nan"
    if isinstance(answer, Opaque) and answer.text.startswith("<"):
        return answer.text[:_ANSWER_CHARS]
    if isinstance(answer, str) and len(answer) <= _ANSWER_CHARS:
        found = _NOTHING.search(answer)
        return found.group() if found else ""
    return ""


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
    known = _figures(task)
    words: set[str] = set(re.findall(r"[^\W\d_]{3,}", task.casefold()))
    for node in (found for statement in statements(code) for found in ast.walk(statement)):
        match node:
            case ast.Dict(values=values) if _unknown(values, known) >= _DATA:
                return True
            case ast.List(elts=values) if _unknown(values, known) >= _DATA:
                return True
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() as value):
                if _unknown([value], known) and words.intersection(name.casefold().split("_")):
                    return True
            case _:
                pass
    return False


def _figures(task: str) -> Collection[float]:
    """The numbers of a task, and what they are in percent."""
    found = [float(re.sub("[,']", "", figure)) for figure in _FIGURE.findall(task)]
    return {*_HARMLESS, *found, *(number / 100 for number in found)}


def _unknown(values: Iterable[ast.expr], known: Collection[float]) -> int:
    """How many numbers that are not known are among these expressions and in rows of them."""
    rows = [row.elts if isinstance(row, ast.Tuple | ast.List) else [row] for row in values]
    return sum(_is_news(value, known) for row in rows for value in row)


def _is_news(value: ast.expr, known: Collection[float]) -> bool:
    match value:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float() as number):
            return number not in known
        case _:
            return False
