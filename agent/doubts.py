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
from dataclasses import dataclass
from typing import Any, Literal, cast

from agent.parsing.python import statements
from executors.base import ExecutionEvent, ToolCalled
from executors.values import Opaque

Kind = Literal["stand-in", "empty", "unread", "invented", "unwritten"]

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
        tools: the names of all that the code can call.
        needed: those of them that are there for tasks such as this one, not for any.
        fresh: whether the conversation begins with this task, so that nothing was said before.
        typed: whether answers have a type, which is judged elsewhere.
        wary: whether the model is of a kind that guesses.
    """

    task: str
    files: Collection[str] = ()
    tools: Collection[str] = ()
    needed: Collection[str] = ()
    fresh: bool = True
    typed: bool = False
    wary: bool = True


class Doubts:
    """Those of one run. Each kind is told once: who insists is believed.

    Stand-ins are told once for each action that has run, as what was said before may be forgotten.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._told: set[Kind] = set()
        self._codes: list[str] = []
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
        if not (anew := self.stand_ins(code)):
            return ""
        return self._tell(
            "stand-in",
            f"it defines {_listed(anew)} anew. That is there already: call it, without defining "
            "it or anything in its place.",
        )

    def took(self, code: str, cell: Iterable[ExecutionEvent]) -> None:
        """Remember an action that has run."""
        self._codes.append(code)
        self._told.discard("stand-in")
        self._called |= any(isinstance(event, ToolCalled) for event in cell)

    def of_answer(self, answer: Any, there: Collection[str] | None) -> str:
        """What speaks against `answer`; empty if nothing does.

        Args:
            answer: as a Python value.
            there: the paths of all files of the workspace; None where they are not known.
        """
        if not self._known.wary:
            return ""
        reasons: dict[Kind, str] = {
            "empty": "" if self._known.typed else _empty(answer, self._known.task),
            "unread": self._unread(),
            "invented": self._invented(),
            "unwritten": "" if there is None else self._unwritten(there),
        }
        return next(
            (reason for kind, reason in reasons.items() if reason and self._tell(kind, reason)), ""
        )

    def _tell(self, kind: Kind, reason: str) -> str:
        if kind in self._told:
            return ""
        self._told.add(kind)
        return reason

    def _unread(self) -> str:
        """A file came with the task, and the code neither names it nor reads any."""
        code = "\n".join(self._codes)
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
        code = "\n".join(self._codes)
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
