"""Turns the source of a cell into an AST that is safe to compile, or refuses it.

One pass: every node must be named in the policy, constant names are judged here and cost nothing
at run time, and only what depends on values becomes a call of a run-time guard. The injected names
start with `$`, which no source can spell.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from executors.local.guard import definitions, loops, nodes, patterns, policy, private
from executors.local.guard.errors import NotAllowed
from executors.local.guard.scopes import CellScope
from executors.local.guard.walker import Rule, Walker, line_of

_DEPTH = 20_000
"""Calls in each other: more than it takes for the deepest tree that Python itself can compile."""


class Rewritten(NamedTuple):
    """A cell that is safe to compile as a module."""

    tree: ast.Module
    names: CellScope
    """The names that it binds, and those that its functions refer to."""


def rewrite(source: str, filename: str, caches: Iterator[str]) -> Rewritten:
    """The guarded AST of a cell; the value of a last expression is assigned to `nodes.VALUE`.

    Args:
        source: the cell.
        filename: what tracebacks call it.
        caches: names that nothing else uses, for `private`.

    Raises:
        NotAllowed: the policy refuses it.
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source, filename)
    walker = Walker(_RULES, caches)
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(_DEPTH)
    try:
        walker.each(tree.body)
    finally:
        sys.setrecursionlimit(usual)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = nodes.assign(nodes.VALUE, last.value, last)
    return Rewritten(tree, walker.cell)


def _name(walker: Walker, node: ast.Name) -> Any:
    name = node.id
    if type(node.ctx) is not ast.Load:
        walker.binds(name, node, fixed=type(node.ctx) is ast.Del)
        return node
    if name.startswith("__"):
        walker.judge(name, node)
    elif name == "dir" and not walker.scope.in_function:  # it tells the names of its own scope
        walker.cell.is_module = True
    walker.scope.used.add(name)
    return node


def _walrus(walker: Walker, node: ast.NamedExpr) -> Any:
    node.value = walker.visit(node.value)
    walker.judge(node.target.id, node)
    walker.scope.walrus(node.target.id)
    return node


def _assign(walker: Walker, node: ast.Assign) -> Any:
    match node:
        case ast.Assign([ast.Name(name)], ast.Call(args=[ast.Constant(value), *_])):
            if name == value:  # `Point = namedtuple("Point", …)` may be looked up by its name
                walker.binds(name, node)
        case _:
            pass
    return walker.inside(node)


def _aug_assign(walker: Walker, node: ast.AugAssign) -> Any:
    if isinstance(node.target, ast.Name):  # it is read as well, and a class may read another's
        walker.scope.used.add(node.target.id)
    return walker.inside(node)


def _of_other_scope(walker: Walker, node: ast.Global | ast.Nonlocal) -> Any:
    for name in node.names:
        walker.judge(name, node)
    walker.cell.shared.update(node.names)
    walker.cell.declared.update(node.names)
    scope = walker.scope.outer
    while scope is not None:  # a parameter that is bound anew in here is not what it was
        scope.bound.update(node.names)
        scope = scope.outer
    return walker.module_only(node) if isinstance(node, ast.Nonlocal) else node


def _attribute(walker: Walker, node: ast.Attribute) -> Any:
    name = node.attr
    value = node.value = walker.visit(node.value)
    if name in policy.DENIED_ATTRIBUTES:
        raise NotAllowed(f"the attribute {name!r} may not be used", line_of(node))
    if name in policy.KEPT:
        node.value = private.owner(value, name, walker.scope, walker.caches)
        return node
    loading = type(node.ctx) is ast.Load
    if loading and name in _ASKED and not (name in policy.FORMATS and _is_plain_format(value)):
        return nodes.call("$getattr", node, value, nodes.constant(name, node))
    if not name.startswith("_") or (name in policy.OPEN_PRIVATE and name != "_"):
        return node
    if not (name.startswith("__") and name.endswith("__")):
        node.value = private.owner(value, name, walker.scope, walker.caches)
    elif name not in (policy.READABLE_DUNDERS if loading else policy.WRITABLE_DUNDERS):
        raise NotAllowed(f"the attribute {name!r} may not be used", line_of(node))
    return node


_ASKED = policy.TEXT_RUNNERS | policy.CHECKED_DUNDERS | policy.FORMATS
"""Attributes that depend on whose they are."""


def _is_plain_format(value: ast.expr) -> bool:
    """Whether `value` is a template whose fields can read neither attributes nor items."""
    return (
        isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and "." not in value.value.replace("{:.", "")
        and "[" not in value.value
    )


def _with(walker: Walker, node: ast.With) -> Any:
    walker.cell.may_catch |= walker.scope is walker.cell
    return walker.inside(node)


def _try(walker: Walker, node: ast.Try) -> Any:
    """No handler of the code's own may swallow an answer or a limit."""
    walker.cell.may_catch |= walker.scope is walker.cell
    walker.inside(node)
    if node.handlers:
        again = ast.Raise(**nodes.place(node))
        stop = nodes.name("$Stop", node)
        node.handlers.insert(0, ast.ExceptHandler(stop, None, [again], **nodes.place(node)))
    return node


def _handler(walker: Walker, node: ast.ExceptHandler) -> Any:
    walker.binds(node.name, node)
    return walker.inside(node)


def _import(walker: Walker, node: ast.Import) -> Any:
    found: list[ast.stmt] = []
    for alias in node.names:
        bound = alias.asname or alias.name.partition(".")[0]
        walker.binds(bound, node)
        name = nodes.constant(alias.name, node)
        whole = nodes.constant(alias.asname is not None, node)
        found.append(nodes.assign(bound, nodes.call("$import", node, name, whole), node))
    return found


def _import_from(walker: Walker, node: ast.ImportFrom) -> Any:
    if node.module == "__future__":
        walker.cell.is_module = True
        return node
    if node.level or node.module is None:
        raise NotAllowed("a relative import has no package to start from", line_of(node))
    module = nodes.constant(node.module, node)
    if node.names[0].name == "*":
        if walker.scope is not walker.cell:
            return node  # which is a SyntaxError
        walker.cell.is_module = True
        return nodes.statement(nodes.call("$import_all", node, module), node)
    found: list[ast.stmt] = []
    for alias in node.names:
        if alias.name.startswith("_"):
            raise NotAllowed(f"the private name {alias.name!r} may not be imported", line_of(node))
        bound = alias.asname or alias.name
        walker.binds(bound, node)
        value = nodes.call("$import_from", node, module, nodes.constant(alias.name, node))
        found.append(nodes.assign(bound, value, node))
    return found


_RULES: dict[type[ast.AST], Rule] = {
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.Assign: _assign,
    ast.AugAssign: _aug_assign,
    ast.AnnAssign: definitions.annotated,
    ast.Attribute: _attribute,
    ast.For: loops.for_,
    ast.AsyncFor: loops.async_for,
    ast.While: loops.while_,
    ast.ListComp: loops.comprehension,
    ast.SetComp: loops.comprehension,
    ast.DictComp: loops.comprehension,
    ast.GeneratorExp: loops.comprehension,
    ast.FunctionDef: definitions.function,
    ast.AsyncFunctionDef: definitions.function,
    ast.Lambda: definitions.lambda_,
    ast.ClassDef: definitions.class_,
    ast.With: _with,
    ast.AsyncWith: Walker.module_only,
    ast.Await: Walker.module_only,
    ast.Return: Walker.module_only,
    ast.Yield: Walker.module_only,
    ast.YieldFrom: Walker.module_only,
    ast.Try: _try,
    ast.ExceptHandler: _handler,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Match: patterns.match,
    ast.MatchClass: patterns.match_class,
    ast.MatchAs: patterns.capture,
    ast.MatchStar: patterns.capture,
    ast.MatchMapping: patterns.capture,
    ast.Global: _of_other_scope,
    ast.Nonlocal: _of_other_scope,
}
if sys.version_info >= (3, 12):
    _RULES |= {
        ast.TypeAlias: definitions.type_alias,
        ast.TypeVar: definitions.type_parameter,
        ast.ParamSpec: definitions.type_parameter,
        ast.TypeVarTuple: definitions.type_parameter,
    }
