"""Conditions of a task that show in its words, and whether code heeds them.

Small models drop a condition rather than misunderstand it: they count all trees where the oaks were
asked for, or answer with a position where a name was.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from agent.parsing.python import statements
from executors.base import FINAL_ANSWER

_TABLES = (".csv", ".tsv")
_TABLE_BYTES = 200_000
_CELLS = 2_000
_CELL_CHARS = range(3, 41)
_FEW = 3
"""A task that speaks of more values of a table than that only happens to use the same words."""
_ALIKE = re.compile(
    r"\bsmall (?:or|and) capital\b|\bcapital (?:or|and) small\b"
    r"|\bupper(?:[ -]?case)? (?:or|and) lower|\blower(?:[ -]?case)? (?:or|and) upper"
    r"|\bcase[ -]insensitiv|\b(?:ignor\w*|regardless of|whatever) (?:the )?(?:upper |lower )?case\b"
    r"|[大小][小大][写寫]",
    re.IGNORECASE,
)
_ALIKE_IN_CODE = ("lower(", "upper(", "casefold(", "swapcase(", "IGNORECASE", "re.I", "(?i")
_SHORT = 10
"""Characters of a text in which both cases of a letter stand for it."""
_CHOICE = re.compile(r"\b(?:which|who|whose|whom|name)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\bhow (?:many|much)\b|\b(?:sum|total|altogether|average|mean)\b|多少|几个|总[和共数]|平均",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_SAYING = ("print", FINAL_ANSWER)
_ROUNDED = re.compile(
    r"\b(?:to|with) (\w+) (?:decimals?\b|digits? after)|保留([一二两三四五六\d]) ?位小数",
    re.IGNORECASE,
)
_COUNTS = {
    **{str(number): number for number in range(1, 10)},
    **{word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)},
    **{word: n for n, word in enumerate("一二三四五六", 1)},
    "两": 2,
}


def cells(name: str, data: bytes) -> frozenset[str]:
    """The words in a table's cells, but for those of its first line; nothing of other files."""
    if not name.casefold().endswith(_TABLES) or len(data) > _TABLE_BYTES:
        return frozenset()
    text = data.decode("utf-8", "replace")
    divider = "\t" if name.casefold().endswith(".tsv") else ","
    try:
        titles, *rows = csv.reader(io.StringIO(text), delimiter=divider)
    except (ValueError, csv.Error):  # it is empty, or no table
        return frozenset()
    known = {title.strip().casefold() for title in titles}
    found = {cell.strip().casefold() for row in rows for cell in row} - known
    words = sorted(word for word in found if len(word) in _CELL_CHARS and _is_word(word))
    return frozenset(words[:_CELLS])


def _is_word(cell: str) -> bool:
    return cell.replace(" ", "").isalpha()


def overlooked(
    task: str, tables: Mapping[str, Collection[str]], codes: Sequence[str]
) -> tuple[str, Sequence[str]]:
    """The table, and the values of it that the task speaks of and that code compares nothing with.

    What code only says, in an answer or a print, does not count.
    """
    asked, done = task.casefold(), "\n".join(_texts(codes)).casefold()
    for name, values in tables.items():
        named = [value for value in sorted(values) if _speaks_of(asked, value)]
        missing = [value for value in named if value not in done]
        if missing and len(named) <= _FEW:
            return name, missing
    return "", ()


def _speaks_of(task: str, value: str) -> bool:
    return value in task and re.search(rf"\b{re.escape(value)}(?:e?s)?\b", task) is not None


def cases_matter(task: str, codes: Sequence[str]) -> bool:
    """Whether letters are to count alike, small or capital, and code does not see to that."""
    if not _ALIKE.search(task) or any(word in code for word in _ALIKE_IN_CODE for code in codes):
        return False
    short = (text for text in _texts(codes) if len(text) <= _SHORT and text not in task)
    return not any(letter.islower() and letter.upper() in text for text in short for letter in text)


def unnamed(task: str, code: str, answer: str) -> Sequence[str]:
    """What the task chooses from, as code has it, where the answer names nothing of it."""
    if not _CHOICE.search(task):
        return ()
    for choices in _choices(code):
        if all(choice in task for choice in choices):
            if any(choice.casefold() in answer.casefold() for choice in choices):
                return ()
            return choices
    return ()


def is_no_amount(task: str, preview: str) -> bool:
    """Whether an amount is asked for, and a text with several figures, as it is shown, is none."""
    return _AMOUNT.search(task) is not None and len(_FIGURE.findall(preview)) > 1


def unrounded(task: str, answer: str) -> str:
    """A figure of the answer with more decimals than the task wants; empty if there is none."""
    wanted = _ROUNDED.search(task)
    most = _COUNTS.get((wanted[1] or wanted[2]).casefold()) if wanted else None
    if most is None:
        return ""
    found = re.findall(rf"\d+\.\d{{{most + 1},}}", answer)
    return next((figure for figure in found if figure not in task), "")


def _choices(code: str) -> Iterator[Sequence[str]]:
    """Texts that stand together in a list, a tuple, a set, or as keys."""
    for node in _nodes(code):
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                found = _constants(parts)
            case ast.Dict(keys=parts):
                found = _constants(parts)
            case _:
                continue
        if len(found) > 1 and len(found) == len(parts):
            yield found


def _constants(parts: Iterable[ast.expr | None]) -> Sequence[str]:
    return [
        one.value
        for one in parts
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.strip()
    ]


def _texts(codes: Sequence[str]) -> Iterator[str]:
    """The short texts that code works with, and not only says."""
    left: list[ast.AST] = [statement for code in codes for statement in statements(code)]
    while left:
        match left.pop():
            case ast.Call(func=ast.Name(id=name), args=args) if name in _SAYING:
                left.extend(one for one in args if not isinstance(one, ast.Constant))
            case ast.JoinedStr(values=parts):
                left.extend(one for one in parts if not isinstance(one, ast.Constant))
            case ast.Constant(value=str() as text) if len(text) < _CELL_CHARS.stop:
                yield text
            case node:
                left.extend(ast.iter_child_nodes(node))


def _nodes(code: str) -> Iterator[ast.AST]:
    return (node for statement in statements(code) for node in ast.walk(statement))
