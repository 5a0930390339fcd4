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
    is_listed = _is_listed(walker, node.iter)
    is_whole = _body(walker, node)
    walker.each(node.orelse)
    scope.uncounted = before
    if not is_listed:
        node.iter = _counted(node.iter, is_whole=is_whole)
    return node


def _body(walker: Walker, node: ast.For | ast.While) -> bool:
    """Visit the body of a loop; whether only an exception can end it early."""
    scope = walker.scope
    breaks, scope.breaks, leaves = scope.breaks, False, scope.leaves
    walker.each(node.body)
    is_whole = not scope.breaks and scope.leaves == leaves
    scope.breaks = breaks
    return is_whole


def break_(walker: Walker, node: ast.Break) -> Any:
    """`break`."""
    walker.scope.breaks = True
    return node


def async_for(walker: Walker, node: ast.AsyncFor) -> Any:
    """`async for item in items`."""
    walker.module_only(node)
    node.body.insert(0, nodes.statement(nodes.count(node), node))
    return node


def while_(walker: Walker, node: ast.While) -> Any:
    """`while test` turns into a loop over the budget, which is the cheapest way to count it."""
    node.test = walker.visit(node.test)
    _body(walker, node)
    walker.each(node.orelse)
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
        elif not _is_listed(walker, loop.iter):
            # A generator may be asked for a few of its items only.
            is_whole = not isinstance(node, ast.GeneratorExp)
            loop.iter = _counted(loop.iter, is_whole=is_whole)
        walker.each(loop.ifs)
    if isinstance(node, ast.DictComp):
        node.key, node.value = walker.visit(node.key), walker.visit(node.value)
    else:
        node.elt = walker.visit(node.elt)
    walker.leave()
    return node


def _is_listed(walker: Walker, items: ast.expr) -> bool:
    """Whether the turns need not be counted: the code lists each of them.

    Not so where a loop like that goes on around it: few become many.
    """
    if not _is_display(items) or walker.scope.uncounted:
        return False
    walker.scope.uncounted = True
    return True


def _counted(items: ast.expr, *, is_whole: bool) -> ast.expr:
    """`items`, each of which takes an operation from the budget."""
    if is_whole and _is_range(items):
        return nodes.call("$turns", items, items)
    return nodes.call("$compress", items, items, nodes.name("$budget", items))


def _is_range(items: ast.expr) -> bool:
    """Whether it looks as if they are a range, whose length is known."""
    return (
        isinstance(items, ast.Call)
        and isinstance(items.func, ast.Name)
        and items.func.id == "range"
    )


def _is_display(value: ast.expr) -> bool:
    """Whether each item of `value` is written out in the code, in a value that nobody else has."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, ast.List | ast.Tuple | ast.Set) and not any(
        isinstance(item, ast.Starred) for item in value.elts
    )
