"""Turns the source of a cell into an AST that is safe to compile, or refuses it.

One pass: every node must be named in the policy, constant names are judged here and cost nothing
at run time, and only what depends on values becomes a call of a run-time guard. The injected names
start with `$`, which no source can spell.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeVar, cast

from executors.local.guard import policy

VALUE = "$value"
"""Where the cell leaves the value of its last expression."""

INJECTED = (
    *("$budget", "$compress", "$getattr", "$import", "$import_all", "$import_from"),
    *("$matched", "$private", "$Stop", "$tick", "$turn"),
)
"""Names that only the guard can write. In a class body they are looked up past its namespace, which
a metaclass of the code's own may have prepared."""

N = TypeVar("N", bound=ast.AST)


class NotAllowed(Exception):
    """The code asks for something that the policy does not grant. `line` is 1-based, 0 unknown."""

    __module__ = "builtins"  # in tracebacks it looks like an exception of the language

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


def rewrite(source: str, filename: str) -> ast.Module:
    """The guarded AST of a cell; the value of a last expression is assigned to `VALUE`.

    Raises:
        NotAllowed: the policy refuses it.
        SyntaxError: it is not Python.
    """
    tree = ast.parse(source, filename)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = _at(last, ast.Assign([ast.Name(VALUE, ast.Store())], last.value))
    tree = cast("ast.Module", _Rewriter().visit(tree))
    return ast.fix_missing_locations(tree)


class _Rewriter:
    def __init__(self) -> None:
        self.in_class = False
        """Whether names that are bound now become members of a class."""
        self.cases = 0
        """How many class patterns with positions there have been."""

    def visit(self, node: ast.AST) -> ast.AST | list[ast.AST]:
        """What replaces `node`: usually itself."""
        kind = type(node).__name__
        if kind not in policy.NODES:
            raise NotAllowed(_NO_SYNTAX.get(kind, f"this syntax ({kind})"), _line(node))
        special = _SPECIAL.get(kind)
        return self.inside(node) if special is None else special(self, node)

    def inside(self, node: ast.AST) -> ast.AST:
        """Visit what `node` is made of."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
            elif isinstance(value, list):
                items = cast("list[Any]", value)
                items[:] = self.all(items)
        return node

    def all(self, nodes: list[Any]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            new = self.visit(node) if isinstance(node, ast.AST) else node
            found.extend(cast("list[Any]", new) if isinstance(new, list) else [new])
        return found

    def bound(self, name: str | None, node: ast.AST) -> None:
        """Judge a name that the code binds or reads."""
        if name is None or not (name.startswith("__") and name.endswith("__") and name.strip("_")):
            return
        if name not in ("__name__", "__doc__", "__debug__") and not (
            self.in_class and name in policy.DEFINABLE_DUNDERS
        ):
            raise NotAllowed(f"the name {name!r} may not be used here", _line(node))

    def name(self, node: ast.Name) -> ast.AST:
        self.bound(node.id, node)
        return node

    def attribute(self, node: ast.Attribute) -> ast.AST:
        name = node.attr
        node.value = cast("ast.expr", self.visit(node.value))
        if name in policy.DENIED_ATTRIBUTES:
            raise NotAllowed(f"the attribute {name!r} may not be used", _line(node))
        if name in policy.KEPT:
            node.value = _call("$private", node, node.value, _text(name, node))
            return node
        if isinstance(node.ctx, ast.Load) and (
            name in policy.TEXT_RUNNERS
            or (name in policy.FORMATS and not _is_plain_format(node.value))
        ):
            return _call("$getattr", node, node.value, _text(name, node))
        if not name.startswith("_") or name in policy.OPEN_PRIVATE - {"_"}:
            return node
        if not (name.startswith("__") and name.endswith("__")):
            node.value = _call("$private", node, node.value, _text(name, node))
            return node
        if isinstance(node.ctx, ast.Load) and name in policy.CHECKED_DUNDERS:
            return _call("$getattr", node, node.value, _text(name, node))
        allowed = (
            policy.READABLE_DUNDERS if isinstance(node.ctx, ast.Load) else policy.WRITABLE_DUNDERS
        )
        if name not in allowed:
            raise NotAllowed(f"the attribute {name!r} may not be used", _line(node))
        return node

    def for_(self, node: ast.For) -> ast.AST:
        self.inside(node)
        node.iter = _call("$compress", node.iter, node.iter, _name("$budget", node.iter))
        return node

    def async_for(self, node: ast.AsyncFor) -> ast.AST:
        self.inside(node)
        node.body.insert(0, _tick(node))
        return node

    def while_(self, node: ast.While) -> ast.AST:
        """`while test` turns into a loop over the budget, which is the cheapest way to count it."""
        self.inside(node)
        if node.orelse:
            node.body.insert(0, _tick(node))
            return node
        test = node.test
        if not (isinstance(test, ast.Constant) and test.value):
            stop = _at(test, ast.Break())
            negated = _at(test, ast.UnaryOp(ast.Not(), test))
            node.body.insert(0, _at(test, ast.If(negated, [stop], [])))
        turn = _at(test, ast.Name("$turn", ast.Store()))
        return _at(node, ast.For(turn, _name("$budget", test), node.body, []))

    def comprehension(self, node: ast.comprehension) -> ast.AST:
        self.inside(node)
        if not node.is_async:
            node.iter = _call("$compress", node.iter, node.iter, _name("$budget", node.iter))
        return node

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.bound(node.name, node)
        node.decorator_list = self.all(node.decorator_list)
        outside, self.in_class = self.in_class, False
        node.args = cast("ast.arguments", self.visit(node.args))
        if node.returns is not None:
            node.returns = cast("ast.expr", self.visit(node.returns))
        if type_params := getattr(node, "type_params", None):
            type_params[:] = self.all(type_params)
        node.body = self.all(node.body)
        self.in_class = outside
        node.body.insert(1 if _has_docstring(node) else 0, _tick(node))
        return node

    def lambda_(self, node: ast.Lambda) -> ast.AST:
        outside, self.in_class = self.in_class, False
        self.inside(node)
        self.in_class = outside
        body = node.body
        node.body = _at(body, ast.IfExp(_call("$tick", body), body, _at(body, ast.Constant(None))))
        return node

    def class_(self, node: ast.ClassDef) -> ast.AST:
        self.bound(node.name, node)
        node.decorator_list = self.all(node.decorator_list)
        node.bases, node.keywords = self.all(node.bases), self.all(node.keywords)
        if type_params := getattr(node, "type_params", None):
            type_params[:] = self.all(type_params)
        outside, self.in_class = self.in_class, True
        cases = self.cases
        node.body = self.all(node.body)
        self.in_class = outside
        injected = [*INJECTED, *(f"$case{i + 1}" for i in range(cases, self.cases))]
        node.body.insert(1 if _has_docstring(node) else 0, _at(node, ast.Global(injected)))
        return node

    def try_(self, node: ast.Try) -> ast.AST:
        """No handler of the code's own may swallow an answer or a limit."""
        self.inside(node)
        if node.handlers:
            passing = ast.ExceptHandler(_name("$Stop", node), None, [_at(node, ast.Raise())])
            node.handlers.insert(0, _at(node, passing))
        return node

    def handler(self, node: ast.ExceptHandler) -> ast.AST:
        self.bound(node.name, node)
        return self.inside(node)

    def import_(self, node: ast.Import) -> list[ast.AST]:
        found: list[ast.AST] = []
        for alias in node.names:
            target = alias.asname or alias.name.partition(".")[0]
            self.bound(target, node)
            whole = _at(node, ast.Constant(alias.asname is not None))
            value = _call("$import", node, _text(alias.name, node), whole)
            found.append(_at(node, ast.Assign([_at(node, ast.Name(target, ast.Store()))], value)))
        return found

    def import_from(self, node: ast.ImportFrom) -> ast.AST | list[ast.AST]:
        if node.module == "__future__":
            return node
        if node.level or node.module is None:
            raise NotAllowed("a relative import has no package to start from", _line(node))
        found: list[ast.AST] = []
        for alias in node.names:
            if alias.name == "*":
                call = _call("$import_all", node, _text(node.module, node))
                found.append(_at(node, ast.Expr(call)))
                continue
            if alias.name.startswith("_"):
                raise NotAllowed(
                    f"the private name {alias.name!r} may not be imported", _line(node)
                )
            target = alias.asname or alias.name
            self.bound(target, node)
            value = _call("$import_from", node, _text(node.module, node), _text(alias.name, node))
            found.append(_at(node, ast.Assign([_at(node, ast.Name(target, ast.Store()))], value)))
        return found

    def match(self, node: ast.Match) -> ast.AST:
        """Class patterns with positions read the attributes that the class's `__match_args__` name.

        So these classes are looked up beforehand, judged, and kept where only the pattern finds
        them: `match $matched(subject, $case := Point, 2)` and `case $case(x, y)`.
        """
        found: list[ast.expr] = []
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchClass) and pattern.patterns:
                    self.cases += 1
                    name = f"$case{self.cases}"
                    kind = cast("ast.expr", self.visit(pattern.cls))
                    pattern.cls = _name(name, kind)
                    target = _at(kind, ast.Name(name, ast.Store()))
                    found.append(_at(kind, ast.NamedExpr(target, kind)))
                    found.append(_at(kind, ast.Constant(len(pattern.patterns))))
        self.inside(node)
        if found:
            node.subject = _call("$matched", node.subject, node.subject, *found)
        return node

    def match_class(self, node: ast.MatchClass) -> ast.AST:
        for name in node.kwd_attrs:
            check_pattern(name, _line(node))
        return self.inside(node)

    def binding(self, node: Any) -> ast.AST:
        """Nodes that bind plain names: arguments, patterns, global statements, aliases."""
        for field in ("name", "rest", "arg"):
            self.bound(getattr(node, field, None), node)
        for name in getattr(node, "names", ()):
            self.bound(name, node)
        return self.inside(node)


_SPECIAL: dict[str, Callable[[_Rewriter, Any], ast.AST | list[ast.AST]]] = {
    "Name": _Rewriter.name,
    "Attribute": _Rewriter.attribute,
    "For": _Rewriter.for_,
    "AsyncFor": _Rewriter.async_for,
    "While": _Rewriter.while_,
    "comprehension": _Rewriter.comprehension,
    "FunctionDef": _Rewriter.function,
    "AsyncFunctionDef": _Rewriter.function,
    "Lambda": _Rewriter.lambda_,
    "ClassDef": _Rewriter.class_,
    "Try": _Rewriter.try_,
    "ExceptHandler": _Rewriter.handler,
    "Import": _Rewriter.import_,
    "ImportFrom": _Rewriter.import_from,
    "Match": _Rewriter.match,
    "MatchClass": _Rewriter.match_class,
    "MatchAs": _Rewriter.binding,
    "MatchStar": _Rewriter.binding,
    "MatchMapping": _Rewriter.binding,
    "arg": _Rewriter.binding,
    "Global": _Rewriter.binding,
    "Nonlocal": _Rewriter.binding,
    "TypeVar": _Rewriter.binding,
    "ParamSpec": _Rewriter.binding,
    "TypeVarTuple": _Rewriter.binding,
}
_NO_SYNTAX = {"TryStar": "`except*` may not be used: catch ExceptionGroup with `except` instead"}


def _is_plain_format(value: ast.expr) -> bool:
    """Whether `value` is a template whose fields can read neither attributes nor items."""
    return (
        isinstance(value, ast.Constant)
        and isinstance(value.value, str)
        and "." not in value.value.replace("{:.", "")
        and "[" not in value.value
    )


def check_pattern(name: str, line: int = 0) -> None:
    """Raise `NotAllowed` for an attribute that a class pattern may not read."""
    refused = policy.DENIED_ATTRIBUTES | policy.FORMATS | policy.TEXT_RUNNERS | policy.KEPT
    if name.startswith("_") or name in refused:
        raise NotAllowed(f"a pattern may not read the attribute {name!r}", line)


def _has_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _at(like: ast.AST, node: N) -> N:
    return ast.copy_location(node, like)


def _name(name: str, like: ast.AST) -> ast.Name:
    return _at(like, ast.Name(name, ast.Load()))


def _text(text: str, like: ast.AST) -> ast.Constant:
    return _at(like, ast.Constant(text))


def _call(function: str, like: ast.AST, *arguments: ast.expr) -> ast.Call:
    return _at(like, ast.Call(_name(function, like), list(arguments), []))


def _tick(like: ast.AST) -> ast.Expr:
    return _at(like, ast.Expr(_call("$tick", like)))
