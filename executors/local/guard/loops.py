"""Loops, each turn of which is an operation of the cell's budget."""

from __future__ import annotations

import ast
from typing import Any

from executors.local.guard import nodes
from executors.local.guard.walker import Walker


def for_(walker: Walker, node: ast.For) -> Any:
    """`for item in items`."""
    node.iter = walker.visit(node.iter)
    node.target = walker.visit(node.target)
    scope = walker.scope
    before, scope.loops = scope.uncounted, True
    node.iter = _counted(walker, node.iter)
    walker.each(node.body)
    walker.each(node.orelse)
    scope.uncounted = before
    return node


def async_for(walker: Walker, node: ast.AsyncFor) -> Any:
    """`async for item in items`."""
    walker.module_only(node)
    node.body.insert(0, nodes.statement(nodes.count(node), node))
    return node


def while_(walker: Walker, node: ast.While) -> Any:
    """`while test` turns into a loop over the budget, which is the cheapest way to count it."""
    walker.inside(node)
    walker.scope.loops = True
    test = node.test
    if node.orelse or walker.scope.kind == "class":  # where it would become a member
        node.test = nodes.both(nodes.count(test), test, test)
        return node
    if not (isinstance(test, ast.Constant) and test.value):
        negated = ast.UnaryOp(ast.Not(), test, **nodes.place(test))
        stop = ast.Break(**nodes.place(test))
        node.body.insert(0, ast.If(negated, [stop], [], **nodes.place(test)))
    turn, budget = nodes.target(nodes.TURN, test), nodes.name("$budget", test)
    return ast.For(turn, budget, node.body, [], **nodes.place(node))


def comprehension(
    walker: Walker, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Any:
    """`[item for item in items]` and its like."""
    first = node.generators[0]
    first.iter = walker.visit(first.iter)  # in the scope around it
    walker.enter("comprehension")
    for loop in node.generators:
        if loop is not first:
            loop.iter = walker.visit(loop.iter)
        loop.target = walker.visit(loop.target)
        if loop.is_async:
            walker.cell.is_module |= not walker.scope.in_function
        else:
            loop.iter = _counted(walker, loop.iter)
        walker.each(loop.ifs)
    if isinstance(node, ast.DictComp):
        node.key, node.value = walker.visit(node.key), walker.visit(node.value)
    else:
        node.elt = walker.visit(node.elt)
    walker.leave()
    return node


def _counted(walker: Walker, items: ast.expr) -> ast.expr:
    """`items`, counted unless the code lists each of them; not so twice, or few become many."""
    if _is_display(items) and not walker.scope.uncounted:
        walker.scope.uncounted = True
        return items
    return nodes.call("$compress", items, items, nodes.name("$budget", items))


def _is_display(value: ast.expr) -> bool:
    """Whether each item of `value` is written out in the code, in a value that nobody else has."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, ast.List | ast.Tuple | ast.Set) and not any(
        isinstance(item, ast.Starred) for item in value.elts
    )
