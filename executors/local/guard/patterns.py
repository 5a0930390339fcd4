"""`match`: class patterns read attributes, some by names that only the class itself knows."""

from __future__ import annotations

import ast
from typing import Any

from executors.local.guard import nodes, policy
from executors.local.guard.errors import NotAllowed
from executors.local.guard.walker import Walker, line_of


def match(walker: Walker, node: ast.Match) -> Any:
    """Class patterns with positions read the attributes that the class's `__match_args__` name.

    So these classes are looked up beforehand, judged, and kept where only the pattern finds
    them: `match $matched(subject, $case := Point, 2)` and `case $case(x, y)`.
    """
    found: list[ast.expr] = []
    is_shared = walker.scope.kind == "class" and walker.scope.in_function
    for case in node.cases:
        for pattern in ast.walk(case.pattern):
            if isinstance(pattern, ast.MatchClass) and pattern.patterns:
                if is_shared:  # such a name would be global, and so another thread's as well
                    raise NotAllowed(
                        "a class inside a function may not match by position", line_of(pattern)
                    )
                walker.cases += 1
                name = nodes.case(walker.cases)
                kind = walker.visit(pattern.cls)
                pattern.cls = nodes.name(name, kind)
                kept = ast.NamedExpr(nodes.target(name, kind), kind, **nodes.place(kind))
                found += [kept, nodes.constant(len(pattern.patterns), kind)]
    walker.inside(node)
    if found:
        node.subject = nodes.call("$matched", node.subject, node.subject, *found)
    return node


def match_class(walker: Walker, node: ast.MatchClass) -> Any:
    """`Point(x=0)`."""
    for name in node.kwd_attrs:
        check_pattern(name, line_of(node))
    return walker.inside(node)


def capture(walker: Walker, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> Any:
    """`name`, `*name` and `**name`."""
    name = node.rest if isinstance(node, ast.MatchMapping) else node.name
    walker.binds(name, node, fixed=False)
    return walker.inside(node)


def check_pattern(name: str, line: int = 0) -> None:
    """Refuse an attribute that a class pattern may not read.

    Raises:
        NotAllowed: it is one.
    """
    if not may_read(name):
        raise NotAllowed(f"a pattern may not read the attribute {name!r}", line)


def may_read(name: str) -> bool:
    """Whether a class pattern may read an attribute of that name."""
    return not name.startswith("_") and name not in _REFUSED


_REFUSED = policy.DENIED_ATTRIBUTES | policy.FORMATS | policy.TEXT_RUNNERS | policy.KEPT
