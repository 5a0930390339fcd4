"""Which names the top level of a cell could find unbound where it can handle the exception."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence


def catchable(body: Sequence[ast.stmt], names: Iterable[str]) -> set[str]:
    """Those of `names`, unbound at first, that a `try` or `with` of `body` could see unbound.

    A name counts as bound after what surely binds it: not after a loop or a branch that may not
    run, nor after a block that may have ended early.
    """
    search = _Search(frozenset(names))
    search.block(body, frozenset(), watched=False)
    return search.found


class _Search:
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.found: set[str] = set()

    def block(
        self, body: Iterable[ast.stmt], bound: frozenset[str], *, watched: bool
    ) -> frozenset[str]:
        """What is bound after `body`. `watched`: whether something could handle an exception."""
        for node in body:
            bound = self._statement(node, bound, watched)
        return bound

    def _statement(self, node: ast.stmt, bound: frozenset[str], watched: bool) -> frozenset[str]:
        match node:
            case ast.If():
                self._reads([node.test], bound, watched)
                after = self.block(node.body, bound, watched=watched)
                return after & self.block(node.orelse, bound, watched=watched)
            case ast.For():
                self._reads([node.iter, node.target], bound, watched)
                self.block(node.body, bound | _stored([node.target]), watched=watched)
                self.block(node.orelse, bound, watched=watched)
                return bound
            case ast.While():
                self._reads([node.test], bound, watched)
                self.block(node.body, bound, watched=watched)
                self.block(node.orelse, bound, watched=watched)
                return bound
            case ast.Try():
                for part in (node.body, *(h.body for h in node.handlers), node.orelse):
                    self.block(part, bound, watched=True)
                self._reads([h.type for h in node.handlers if h.type], bound, watched=True)
                return self.block(node.finalbody, bound, watched=True)
            case ast.With():
                self._reads(node.items, bound, watched=True)
                targets = [item.optional_vars for item in node.items if item.optional_vars]
                self.block(node.body, bound | _stored(targets), watched=True)
                return bound
            case ast.Match():
                self._reads([node.subject], bound, watched)
                for case in node.cases:
                    self._reads([case.pattern, *filter(None, [case.guard])], bound, watched)
                    self.block(case.body, bound, watched=watched)
                return bound
            case ast.Assign():
                self._reads([node], bound, watched)
                return bound | _stored(node.targets)
            case _:
                self._reads([node], bound, watched)
                return bound

    def _reads(self, parts: Iterable[ast.AST], bound: frozenset[str], watched: bool) -> None:
        if watched:
            read = {name for part in parts for node in ast.walk(part) for name in _read(node)}
            self.found |= (read & self._names) - bound


def _read(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(name, ast.Load()) | ast.AugAssign(ast.Name(name)):
            yield name
        case _:
            return


def _stored(targets: Iterable[ast.expr]) -> frozenset[str]:
    """The names that are bound once all of `targets` are."""
    found: set[str] = set()
    for target in targets:
        match target:
            case ast.Name(name):
                found.add(name)
            case ast.Tuple(parts) | ast.List(parts):
                found |= _stored(parts)
            case ast.Starred(part):
                found |= _stored([part])
            case _:
                pass
    return frozenset(found)
