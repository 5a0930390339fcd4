"""How guarded code reads private attributes: free where the class is known to be its own.

`owner._x` turns into `(owner if type(owner) is $seen_1 else $private(owner, …))._x`, where
`$seen_1` is the last class for which `PrivateAccess` has proven that. A method that uses several
private attributes of its first parameter asks once.

That looks at `owner` twice. So it is done only where no other thread can bind the name anew in
between: a local variable where it is used in its own scope, or one that is bound only once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import cast

from executors.local.guard import nodes
from executors.local.guard.scopes import Scope

_OWN = "$own"
"""In a method: whether the private attributes of its first parameter are the code's own."""


def owner(value: ast.expr, attribute: str, scope: Scope, caches: Iterator[str]) -> ast.expr:
    """What stands for `value` in `value.attribute`, which is private.

    Args:
        value: the object, as an expression.
        attribute: the private name.
        scope: where this is.
        caches: names that nothing else uses.
    """
    attribute = scope.mangled(attribute)
    checked = nodes.call("$private", value, value, nodes.constant(attribute, value))
    if not isinstance(value, ast.Name) or scope.kind in ("class", "cell"):
        return checked
    site = ast.IfExp(nodes.constant(0, value), value, checked, **nodes.place(value))
    if value.id == scope.receiver:
        scope.sites.append((attribute, site))
    else:
        scope.other_sites.append((site, True))
    return site


def settle(scope: Scope, declared: AbstractSet[str], caches: Iterator[str]) -> None:
    """Decide how those sites ask whose name belongs to a scope that is complete.

    Args:
        scope: the scope.
        declared: names that scopes inside it may bind anew.
        caches: names that nothing else uses.
    """
    own = scope.parameters | scope.bound if scope.kind != "class" else frozenset[str]()
    for site, is_here in scope.other_sites:
        name = cast("ast.Name", site.body).id
        if name not in own:
            if scope.outer is not None:
                scope.outer.other_sites.append((site, False))
        elif name not in declared and (is_here or name not in scope.bound):
            _ask_here(site, next(caches))


def ask_once(
    scope: Scope, like: nodes.Placed, declared: AbstractSet[str], caches: Iterator[str]
) -> list[ast.stmt]:
    """What a method that is complete begins with: nothing, or the question about its receiver."""
    if not scope.sites or scope.receiver in declared:
        return []
    if scope.receiver in scope.bound or (len(scope.sites) == 1 and not scope.loops):
        for _, site in scope.sites:
            _ask_here(site, next(caches))
        return []
    for _, site in scope.sites:
        site.test = nodes.name(_OWN, site)
    cache = next(caches)
    receiver = nodes.name(scope.receiver, like)
    attributes = [nodes.constant(name, like) for name in sorted({name for name, _ in scope.sites})]
    every = ast.Tuple(list[ast.expr](attributes), ast.Load(), **nodes.place(like))
    asked = nodes.call("$owns", like, receiver, every, nodes.constant(cache, like))
    known = ast.BoolOp(ast.Or(), [_is_seen(receiver, cache), asked], **nodes.place(like))
    return [nodes.assign(_OWN, known, like)]


def _ask_here(site: ast.IfExp, cache: str) -> None:
    site.test = _is_seen(site.body, cache)
    checked = site.orelse
    if isinstance(checked, ast.Call):
        checked.args.append(nodes.constant(cache, site))


def _is_seen(value: ast.expr, cache: str) -> ast.expr:
    kind = nodes.call("$type", value, value)
    return ast.Compare(kind, [ast.Is()], [nodes.name(cache, value)], **nodes.place(value))
