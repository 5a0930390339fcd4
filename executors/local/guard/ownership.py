"""Which classes are the code's own, and which of their private names are nevertheless not.

A class of the code's own that inherits from the library's also has what that keeps to itself:
`warnings.catch_warnings` holds a module, `typing.ForwardRef` runs text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, cast

from executors.local.guard import policy
from executors.local.guard.errors import NotAllowed

MAIN = "__main__"
"""The module that the code's own classes and functions belong to."""

# Read from `type` itself, so that a metaclass of the code's own has no say.
_namespace = type.__dict__["__dict__"].__get__
_lineage = type.__dict__["__mro__"].__get__
_behind_super = super.__dict__["__self__"].__get__


def namespace(kind: type) -> Mapping[str, Any]:
    """What the class itself defines."""
    return _namespace(kind)


def lineage(kind: type) -> tuple[type, ...]:
    """The class and all that it inherits from, nearest first."""
    return _lineage(kind)


def is_class(value: object) -> bool:
    """Whether it really is a class, whatever it says of itself."""
    return any(one is type for one in lineage(type(value)))  # `isinstance` would ask the value


def is_own(kind: type) -> bool:
    """Whether the code has made the class."""
    return namespace(kind).get("__module__") == MAIN


def is_private(name: str) -> bool:
    """Whether an attribute of that name is for its owner only."""
    return name.startswith("_") or name in policy.KEPT


def match_names(kind: type) -> tuple[str, ...]:
    """What the positions of a class pattern stand for.

    Raises:
        TypeError: the class computes them, and so may say something else to the pattern.
    """
    asked = ("__match_args__", "__getattr__", "__getattribute__")
    computed = any(
        name in namespace(meta) for meta in lineage(type(kind)) if is_own(meta) for name in asked
    )
    found: Any = next(
        (namespace(one)[asked[0]] for one in lineage(kind) if asked[0] in namespace(one)), ()
    )
    names = cast("tuple[str, ...]", found if type(found) is tuple else (None,))
    if computed or any(type(name) is not str for name in names):
        raise TypeError(f"{kind.__name__}.__match_args__ must be a tuple of strings")
    return names


def is_super(kind: type) -> bool:
    """Whether it is what `super()` gives, through which one sees the attributes of another."""
    return any(one is super for one in lineage(kind))


def private(value: Any, name: str) -> Any:
    """`value`, if its private attribute `name` is the code's own.

    Raises:
        NotAllowed: it is not.
    """
    if owns_private(value, name):
        return value
    kind = cast("type[Any]", value if is_class(value) else type(value))
    raise NotAllowed(f"the private attribute {name!r} of {kind.__name__!r} may not be used")


def owns_private(value: Any, name: str) -> bool:
    """Whether `name`, a private one, is the code's own business on `value`."""
    if is_super(cast("type[Any]", type(value))):
        return owns_private(_behind_super(value), name)
    as_class = is_class(value)
    kind = cast("type[Any]", value if as_class else type(value))
    if not is_own(kind):
        return False
    line = lineage(kind) + lineage(type(kind)) if as_class else lineage(kind)
    return not any(name in library_names(one) for one in line if not is_own(one))


def library_names(kind: type) -> frozenset[str]:
    """The private names that a class of the library defines or uses."""
    if kind is object or kind is type:
        return frozenset()
    if (known := _KNOWN.get(id(kind))) is None:
        known = _KNOWN[id(kind)] = kind, frozenset(_private_names(kind))
    return known[1]


_KNOWN: dict[int, tuple[type, frozenset[str]]] = {}
"""What `library_names` has found. By identity: a class can lie about whom it equals; it is kept
alive, so that its number stays its own."""


def _private_names(kind: type) -> Iterator[str]:
    for name, member in namespace(kind).items():
        if is_private(name):
            yield name
        for code in _code_of(member):
            yield from filter(is_private, code.co_names)


def _code_of(member: Any) -> Iterator[CodeType]:
    """The code of a function, in whatever it is wrapped, and of the functions inside it."""
    match member:
        case FunctionType():
            yield from _code_of(member.__code__)
        case CodeType():
            yield member
            for constant in member.co_consts:
                yield from _code_of(constant)
        case staticmethod() | classmethod():
            yield from _code_of(cast("Any", member).__func__)
        case property():
            for part in (member.fget, member.fset, member.fdel):
                yield from _code_of(part)
        case _:
            return
