"""Functions, lambdas and classes: scopes of their own; a call is an operation of the budget."""

from __future__ import annotations

import ast
from typing import Any

from executors.local.guard import nodes, private
from executors.local.guard.walker import Walker


def function(walker: Walker, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Any:
    """`def name(parameters): …`."""
    walker.binds(node.name, node)
    walker.each(node.decorator_list)
    _type_parameters(walker, node)
    if node.returns is not None:
        node.returns = _annotation(walker, node.returns)
    is_method = walker.scope.kind == "class"
    _enter(walker, node.args)
    if is_method and (first := [*node.args.posonlyargs, *node.args.args][:1]):
        walker.scope.receiver = first[0].arg
    walker.each(node.body)
    start = [nodes.statement(nodes.count(node), node)]
    start += private.ask_once(walker.scope, node, walker.cell.declared, walker.caches)
    walker.leave()
    at = _start(node)
    node.body[at:at] = start
    return node


def _start(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Where the body goes on after the docstring, if it has one."""
    return 0 if ast.get_docstring(node, clean=False) is None else 1


def lambda_(walker: Walker, node: ast.Lambda) -> Any:
    """`lambda parameters: value`."""
    _enter(walker, node.args)
    value = walker.visit(node.body)
    node.body = nodes.both(nodes.count(value), value, value)
    walker.leave()
    return node


def _enter(walker: Walker, node: ast.arguments) -> None:
    """Judge the parameters and go into the function."""
    parameters = [*node.posonlyargs, *node.args, *node.kwonlyargs]
    parameters += [one for one in (node.vararg, node.kwarg) if one is not None]
    for one in parameters:
        if one.annotation is not None:
            one.annotation = _annotation(walker, one.annotation)
    walker.each(node.defaults)
    walker.each(node.kw_defaults)
    scope = walker.enter("function")
    for one in parameters:
        walker.judge(one.arg, one)
        scope.parameters.add(one.arg)


def class_(walker: Walker, node: ast.ClassDef) -> Any:
    """`class name(bases): …`."""
    walker.binds(node.name, node)
    walker.each(node.decorator_list)
    _type_parameters(walker, node)
    walker.each(node.bases)
    walker.each(node.keywords)
    walker.enter("class").class_name = node.name
    cases = walker.cases
    walker.each(node.body)
    walker.leave()
    injected = [*nodes.INJECTED, *map(nodes.case, range(cases + 1, walker.cases + 1))]
    node.body.insert(_start(node), ast.Global(injected, **nodes.place(node)))
    return node


def annotated(walker: Walker, node: ast.AnnAssign) -> Any:
    """`name: annotation = value`; a module keeps what it says."""
    walker.cell.is_module |= walker.scope is walker.cell
    walker.cell.lazy(node.annotation)
    return walker.inside(node)


def _annotation(walker: Walker, node: ast.expr) -> Any:
    walker.cell.lazy(node)
    return walker.visit(node)


def _type_parameters(
    walker: Walker, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
) -> None:
    if found := getattr(node, "type_params", None):
        walker.cell.lazy(node)  # Python puts a scope of its own around the whole
        walker.each(found)


def type_parameter(walker: Walker, node: Any) -> Any:
    """`T` in `def name[T]()`."""
    walker.judge(node.name, node)
    return walker.inside(node)


def type_alias(walker: Walker, node: Any) -> Any:
    """`type name = value`, which is evaluated when it is asked for."""
    walker.cell.lazy(node)
    walker.binds(node.name.id, node)
    node.value = walker.visit(node.value)
    walker.each(node.type_params)
    return node
