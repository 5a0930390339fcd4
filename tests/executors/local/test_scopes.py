"""The guard knows whose names are: at least those that Python's own analysis calls global."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from symtable import SymbolTable, symtable

import pytest

from executors.local.guard.errors import NotAllowed
from executors.local.guard.rewrite import rewrite
from tests.executors.local.test_promotion import SESSIONS
from tests.executors.local.test_promotion_random import session

ROOT = Path(__file__).parents[3]


def cells() -> Iterator[str]:
    for text in SESSIONS.values():
        yield from text.split("\n# %%\n")
    for seed in range(150):
        yield from session(Random(seed))
    for path in sorted(ROOT.glob("executors/**/*.py")) + sorted(ROOT.glob("tests/**/*.py")):
        yield path.read_text(encoding="utf-8")


def names_of_others(table: SymbolTable) -> Iterator[str]:
    """Names of the top level that scopes inside it refer to."""
    for inner in table.get_children():
        is_class = inner.get_type() == "class"
        for one in inner.get_symbols():
            if one.is_global() or (is_class and one.is_local() and one.is_referenced()):
                yield one.get_name()
        yield from names_of_others(inner)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there, comprehensions have no own table")
def test_no_name_that_is_shared_is_missed() -> None:
    seen = 0
    for cell in cells():
        with warnings.catch_warnings(action="ignore"):  # Python's own, about odd code
            try:
                table = symtable(cell, "cell", "exec")
                names = rewrite(cell, "cell", map(str, count())).names
            except (SyntaxError, NotAllowed):
                continue
        seen += 1
        shared = {name for name in names_of_others(table) if "__" not in name}
        bound = {one.get_name() for one in table.get_symbols() if one.is_assigned()}
        assert shared <= names.shared, cell
        assert bound <= names.bound, cell
    assert seen > 500
