"""Whose a name is: what a cell binds at its top level, and what the scopes inside it refer to."""

from __future__ import annotations

import ast
import re
from typing import Literal

_WORD = re.compile(r"\w+")


class Scope:
    """A function, class or comprehension, or the cell itself: the names it uses and binds.

    A name that is not surely the scope's own counts as one of the scope around it.
    """

    def __init__(
        self, kind: Literal["cell", "function", "class", "comprehension"], outer: Scope | None
    ) -> None:
        self.kind, self.outer = kind, outer
        is_function = kind == "function"
        self.in_function = is_function or (outer is not None and outer.in_function)
        self.uncounted = not is_function and outer is not None and outer.uncounted
        """Whether this is in a loop whose turns are not counted."""
        self.class_name = "" if outer is None else outer.class_name
        """The class around it, if there is one."""
        self.loops = False
        """Whether it has `for` or `while` loops."""
        self.used: set[str] = set()
        self.bound: set[str] = set()
        self.parameters: set[str] = set()
        self.receiver = ""
        """The first parameter of a method."""
        self.sites: list[tuple[str, ast.IfExp]] = []
        """Private attributes that a method uses of its receiver, and where."""
        self.other_sites: list[tuple[ast.IfExp, bool]] = []
        """Private attributes of other names that may be the scope's own, and whether it is here
        that they are used, and not in a scope inside it."""

    def free(self) -> set[str]:
        """Names that may be those of an outer scope."""
        if self.kind == "class":  # its own names hide nothing from its methods, nor always from it
            return self.used
        return self.used - self.bound - self.parameters

    def mangled(self, attribute: str) -> str:
        """What Python makes of an attribute's name here: `__x` belongs to the class."""
        owner = self.class_name.lstrip("_")
        return f"_{owner}{attribute}" if owner and attribute.startswith("__") else attribute

    def walrus(self, name: str) -> None:
        """`name := …` binds in the nearest scope that is no comprehension."""
        scope = self
        while scope.kind == "comprehension" and scope.outer is not None:
            scope.used.add(name)
            scope = scope.outer
        scope.bound.add(name)


class CellScope(Scope):
    """The top level of a cell."""

    def __init__(self) -> None:
        super().__init__("cell", None)
        self.fixed: set[str] = set()
        """Names that must be in the namespace as soon as they are bound."""
        self.shared: set[str] = set()
        """Names that scopes inside the cell may refer to."""
        self.declared: set[str] = set()
        """Names that are said to be global, or of a scope outside."""
        self.is_module = False
        """Whether the cell has a form that means what it means in a module only."""
        self.may_catch = False
        """Whether the cell could handle an exception of its own top level."""

    def lazy(self, node: ast.AST) -> None:
        """Take in what is evaluated later, or by name: type parameters, annotations."""
        for part in (node,) if isinstance(node, ast.Name) else ast.walk(node):
            if isinstance(part, ast.Name):
                self.shared.add(part.id)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.shared.update(_WORD.findall(part.value))
