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
_TABLE_BYTES, _CELLS = 200_000, 2_000
"""A larger table is not looked at, and of one with more words so many."""
_CELL_CHARS = range(3, 41)
"""Characters of a word, or a few, that a task may speak of."""
_COMMON = frozenset(
    {"all", "closed", "count", "day", "days", "each", "first", "high", "item", "items"}
    | {"last", "low", "many", "mean", "name", "names", "new", "none", "number", "old", "one"}
    | {"open", "paid", "sum", "time", "total", "two", "unit", "value", "year", "yes"}
)
"""Words of tasks that are seldom meant where a table has them too."""
_GROUPING = ("groupby", "Counter", "defaultdict", "pivot", "value_counts")
"""What heeds all values without naming any."""
_ALIKE = re.compile(
    r"\bsmall (?:or|and) capital\b|\bcapital (?:or|and) small\b"
    r"|\bupper[ -]?(?:case)? (?:or|and) lower[ -]?(?:case\b|letters?\b)"
    r"|\blower[ -]?(?:case)? (?:or|and) upper[ -]?(?:case\b|letters?\b)"
    r"|\bcase[ -]insensitiv"
    r"|(?<!not )(?<!n't )\b(?:ignor\w*|regardless of|whatever) (?:the )?(?:upper |lower )?case\b"
    r"|(?:不区?分|忽略|无论|不论)大小写",
    re.IGNORECASE,
)
_ALIKE_IN_CODE = re.compile(r"lower|upper|case|re\.I\b|\(\?i|ILIKE", re.IGNORECASE)
_SHORT = 10
"""Characters of a text in which both cases of a letter stand for it."""
_CHOICE = re.compile(r"\b(?:which|who|whose|whom|name)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"\bhow (?:many|much)\b|\b(?:total|altogether|average)\b|多少|几个|总[和共数]|平均",
    re.IGNORECASE,
)
_GLUED = re.compile(r"\d[^\W\d_]+\d")
"""What comes of adding texts: `7h 30m8h 45m`."""
_LOOKED_AT = 10_000
"""Characters of an answer."""
_LEAST_CHOICE = 3
"""Characters of a choice."""
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
    """The words in a table's cells, but for those of its first line; nothing of other files.

    A table is a file whose cells have commas between them, or tabs.
    """
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
) -> tuple[str, str]:
    """The table, and the one value of it that the task speaks of and that no code works with.

    What code only says, in an answer or a print, does not count. Of several values nothing is
    said: code may heed them all without naming any.
    """
    if any(word in code for word in _GROUPING for code in codes):
        return "", ""
    asked = task.casefold()
    words = set(re.findall(r"\w+", asked))
    for name, values in tables.items():
        likely = (one for one in values if one not in _COMMON and _may_speak_of(words, one))
        named = [one for one in likely if re.search(rf"\b{re.escape(one)}(?:e?s)?\b", asked)]
        if len(named) == 1 and not any(named[0] in text.casefold() for text in _texts(codes)):
            return name, named[0]
    return "", ""


def _may_speak_of(words: Collection[str], value: str) -> bool:
    first = value.partition(" ")[0]
    return first in words or f"{first}s" in words or f"{first}es" in words


def cases_matter(task: str, codes: Sequence[str]) -> bool:
    """Whether letters are to count alike, small or capital, and code does not see to that."""
    if not _ALIKE.search(task) or any(map(_ALIKE_IN_CODE.search, codes)):
        return False
    short = (text for text in _texts(codes) if len(text) <= _SHORT and text not in task)
    return not any(letter.islower() and letter.upper() in text for text in short for letter in text)


def unnamed(task: str, code: str, answer: str) -> Sequence[str]:
    """What the task chooses from, as code has it, where the answer names nothing of it.

    Only an answer with a figure is doubted: it may be a position where a name was asked for.
    """
    if not _CHOICE.search(task) or _AMOUNT.search(task) or not any(map(str.isdigit, answer)):
        return ()
    found = [one for one in _choices(code) if all(_stands(choice, task) for choice in one)]
    if any(_stands(choice, answer) for choices in found for choice in choices):
        return ()
    return found[0] if found else ()


def _stands(choice: str, text: str) -> bool:
    return (
        len(choice) >= _LEAST_CHOICE
        and re.search(rf"\b{re.escape(choice)}\b", text, re.IGNORECASE) is not None
    )


def is_no_amount(task: str, preview: str) -> bool:
    """Whether an amount is asked for, and this is several of them that were added as texts."""
    return _AMOUNT.search(task) is not None and _GLUED.search(preview) is not None


def unrounded(task: str, answer: str) -> str:
    """A figure of the answer with more decimals than the task wants; empty if there is none."""
    wanted = (_COUNTS.get((one or other).casefold()) for one, other in _ROUNDED.findall(task))
    most = max(filter(None, wanted), default=None)
    if most is None:
        return ""
    long = re.compile(rf"(?<![\d.,])\d+\.\d{{{most + 1},}}(?![\d.,]*,\d)")
    found = long.findall(answer[:_LOOKED_AT])
    return next((figure for figure in found if figure not in task), "")


def _choices(code: str) -> Iterator[Sequence[str]]:
    """Texts that stand together in a list, a tuple, a set, or as keys: values, and no columns."""
    passed: set[ast.AST] = set()
    for node in _nodes(code):
        match node:
            case ast.Subscript(slice=inside):
                passed.add(inside)
            case ast.Compare(comparators=parts):
                passed.update(parts)
            case ast.List(elts=parts) if any(isinstance(one, ast.Dict) for one in parts):
                passed.update(parts)  # rows, whose keys are titles
            case _:
                pass
        if node in passed:
            continue
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
    """The texts and names that code works with; not what it only says."""
    left: list[ast.AST] = [statement for code in codes for statement in statements(code)]
    while left:
        match left.pop():
            case ast.Call(func=ast.Name(id=name), args=args) if name in _SAYING:
                for one in args:
                    left.extend(_computed(one))
            case ast.Constant(value=str() as text):
                yield text
            case ast.keyword(arg=str() as name, value=value):
                yield name
                left.append(value)
            case ast.Attribute(attr=name, value=value):
                yield name
                left.append(value)
            case node:
                left.extend(ast.iter_child_nodes(node))


def _computed(said: ast.expr) -> Sequence[ast.AST]:
    """What is computed in the argument of a print."""
    match said:
        case ast.Constant():
            return ()
        case ast.JoinedStr(values=parts):
            return [one for one in parts if not isinstance(one, ast.Constant)]
        case _:
            return (said,)


def _nodes(code: str) -> Iterator[ast.AST]:
    return (node for statement in statements(code) for node in ast.walk(statement))
