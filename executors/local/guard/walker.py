"""Walks the syntax tree of a cell once: to each node its rule, to each name its scope."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, cast

from executors.local.guard import policy, private
from executors.local.guard.errors import NotAllowed
from executors.local.guard.scopes import CellScope, Scope

Rule = Callable[["Walker", Any], Any]
"""Gives what replaces a node: usually itself. A list for a statement that becomes several."""


class Walker:
    """Where the walk is, and what it has found out.

    Args:
        rules: for kinds of nodes that need more than a visit of their parts.
        caches: names that nothing else uses, for `private`.
    """

    def __init__(self, rules: Mapping[type[ast.AST], Rule], caches: Iterator[str]) -> None:
        self._rules = rules
        self.caches = caches
        self.cell = CellScope()
        self.scope: Scope = self.cell
        self.cases = 0
        """How many class patterns with positions there have been."""

    def visit(self, node: ast.AST) -> Any:
        """What replaces `node`.

        Raises:
            NotAllowed: it is, or has in it, what the policy does not grant.
        """
        rule = self._rules.get(type(node))
        return self.inside(node) if rule is None else rule(self, node)

    def each(self, items: list[Any]) -> None:
        """Visit all of a list, in place."""
        several = False
        for i, node in enumerate(items):
            if node is not None and (new := self.visit(node)) is not node:
                items[i] = new
                several = several or type(new) is list
        if several:
            items[:] = chain.from_iterable(
                cast("list[Any]", new) if type(new) is list else [new] for new in items
            )

    def inside(self, node: ast.AST) -> Any:
        """Visit what `node` is made of."""
        parts = _PARTS.get(type(node))
        if parts is None:
            kind = type(node).__name__
            raise NotAllowed(policy.REFUSED_NODES.get(kind, f"this syntax ({kind})"), line_of(node))
        for field in parts:
            value = getattr(node, field, None)
            if type(value) is list:
                self.each(cast("list[Any]", value))
            elif value is not None and (new := self.visit(value)) is not value:
                setattr(node, field, new)
        return node

    def module_only(self, node: ast.AST) -> Any:
        """What at the top level means something else, or is no error, in a function."""
        self.cell.is_module |= not self.scope.in_function
        return self.inside(node)

    def enter(self, kind: Any) -> Scope:
        """Go into a scope inside this one."""
        self.scope = Scope(kind, self.scope)
        return self.scope

    def leave(self) -> None:
        """Go back to the scope around this one, which may own some of its names."""
        left, self.scope = self.scope, cast("Scope", self.scope.outer)
        private.settle(left, self.cell.declared, self.caches)
        (self.cell.shared if self.scope is self.cell else self.scope.used).update(left.free())
        if left.kind == "class":  # what it binds and reads is its own or global, and no function's
            self.cell.shared |= left.used & left.bound

    def judge(self, name: str, node: ast.AST) -> None:
        """Refuse a special name, but for what a class may define."""
        if not (name.startswith("__") and name.endswith("__") and name.strip("_")):
            return
        if name not in ("__name__", "__doc__", "__debug__") and not (
            self.scope.kind == "class" and name in policy.DEFINABLE_DUNDERS
        ):
            raise NotAllowed(f"the name {name!r} may not be used here", line_of(node))

    def binds(self, name: str | None, node: ast.AST, *, fixed: bool = True) -> None:
        """Take in that `node` binds or unbinds `name`; `fixed`: all must see it at once."""
        if name is not None:
            self.judge(name, node)
            self.scope.bound.add(name)
            if fixed and self.scope is self.cell:
                self.cell.fixed.add(name)


def line_of(node: ast.AST) -> int:
    """The line where `node` begins, 0 where it has none of its own."""
    return getattr(node, "lineno", 0)


_PLAIN = frozenset(
    {"ctx", "id", "attr", "name", "names", "arg", "rest", "kwd_attrs", "conversion", "simple"}
    | {"level", "module", "asname", "is_async", "lineno", "tag", "kind"}
    | {"type_comment", "type_ignores"}
)
"""Fields that hold no nodes."""


def _parts(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind in (ast.Constant, ast.MatchSingleton):
        return ()
    return tuple(field for field in kind._fields if field not in _PLAIN)


_PARTS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: _parts(kind) for name in policy.NODES if (kind := getattr(ast, name, None)) is not None
}
"""The fields that hold nodes, by kind of node, for all kinds that are granted."""
