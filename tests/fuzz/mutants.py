"""Programs made from the legitimate ones by changes that nobody would make on purpose."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from functools import cache
from random import Random

from tests.programs.program import programs

NAMES = re.findall(
    r"\S+",
    """
    __class__ __globals__ __builtins__ __import__ __dict__ __subclasses__ __mro__ __base__ __code__
    __init__ __new__ __del__ __eq__ __hash__ __repr__ __str__ __len__ __iter__ __next__ __enter__
    __exit__ __getattr__ __getattribute__ __setattr__ __set_name__ __init_subclass__ __bool__
    __call__ __index__ __slots__ __name__ __traceback__ __context__ gi_frame f_back cr_frame
    format format_map query eval exec print open getattr type object super final_answer self
    _x x i BaseException KeyboardInterrupt StopIteration asyncio
    """,
)
CONSTANTS = (
    *(0, 1, -1, 10**6, 10**30, 2**64, 1e308, -0.0, 1j, True, None, ..., b"\xff", b"", ""),
    *("\ud800", "\0", "{0.__class__}", "%n", "é" * 50, "x" * 5000, "__globals__", "/etc/passwd"),
)
FIELDS = ("id", "attr", "name", "arg", "asname", "module")
"""Where nodes keep names."""


@cache
def conversations() -> list[list[str]]:
    """The cells of each program that needs no data library."""
    return [p.cells for p in programs() if not p.libraries and not p.too_new]


@cache
def cells() -> list[str]:
    """All those cells."""
    return [cell for conversation in conversations() for cell in conversation]


@cache
def parts() -> dict[type, list[ast.AST]]:
    """All statements and expressions of those cells."""
    found: dict[type, list[ast.AST]] = {ast.stmt: [], ast.expr: []}
    for cell in cells():
        for node in ast.walk(parsed(cell) or ast.Module([], [])):
            for kind, nodes in found.items():
                if isinstance(node, kind):
                    nodes.append(node)
    return found


def parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def mutant(random: Random) -> str:
    """The source of a cell; most compile, many fail when they run."""
    return mutated(random.choice(cells()), random)


def conversation(random: Random) -> list[str]:
    """The cells of a program, some of them changed."""
    return [mutated(c, random) if random.random() < 0.5 else c for c in pick(random)]


def pick(random: Random) -> list[str]:
    """The cells of a program; those of several cells come up as often as all others."""
    several = [cells for cells in conversations() if len(cells) > 1]
    return random.choice(random.choice([several, conversations()]))


def mutated(source: str, random: Random) -> str:
    """The cell with a few changes."""
    tree = parsed(source)
    if tree is None or random.random() < 0.15:
        return spliced(source, random)
    for _ in range(random.randint(1, 4)):
        change(tree, random)
    try:
        return ast.unparse(tree)
    except (ValueError, TypeError, AttributeError, RecursionError):  # not every tree has a source
        return spliced(source, random)


def spliced(source: str, random: Random) -> str:
    """The text with a piece of another cell in place of one of its own."""
    other = random.choice(cells())
    here, there = random.randint(0, len(source)), random.randint(0, len(other))
    end = here + random.choice([0, 1, 5, 40])
    return source[:here] + other[there : there + random.choice([0, 1, 3, 60])] + source[end:]


def change(tree: ast.Module, random: Random) -> None:
    """Put a name, a constant, an expression or a statement in the place of another."""
    node = random.choice(list(ast.walk(tree)))
    slots = [
        (owner, index)
        for owner in (value for _, value in ast.iter_fields(node) if isinstance(value, list))
        for index in range(len(owner))
    ]
    if isinstance(node, ast.Constant):
        node.value = random.choice(CONSTANTS)
    elif named := [name for name in FIELDS if isinstance(getattr(node, name, None), str)]:
        setattr(node, random.choice(named), random.choice(NAMES))
    elif slots:
        owner, index = random.choice(slots)
        for kind, pool in parts().items():
            if isinstance(owner[index], kind):
                owner[index] = deepcopy(random.choice(pool))
