"""Judges what the library does on behalf of the code: text that it runs, attributes that it names.

`dataclasses` makes methods from text that holds the names of fields, and reads fields by name;
`copy` sets attributes that an object names, and hands an object all that another one holds. The
names can be anything. So what these two modules do for the code, they do with judged functions in
place of the builtins and of two of their own; what they do for a library, they do as ever.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import takewhile
from types import FunctionType, MethodDescriptorType
from typing import Any, cast

from executors.local.guard import ownership, policy
from executors.local.guard.errors import NotAllowed
from executors.local.guard.patterns import may_read


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NODES = _words(
    "Module FunctionDef arguments arg Return Name Load Store Attribute Assign Expr Call Constant"
    " JoinedStr FormattedValue If IfExp Compare Is Eq Lt LtE Gt GtE In Tuple Set BoolOp And Or"
    " Raise BinOp Add Pass"
)
"""What the text of a dataclass is made of."""
_CALLED = _words("FrozenInstanceError hash super type __dataclasses_recursive_repr")
_METHODS = _words("__delattr__ __post_init__ __setattr__")
_READ = _words("NotImplemented hash super type")
"""Builtins that the text reads."""
_FIXED = _words(
    "__dataclass_fields__ __dataclass_params__ __post_init__ __set_name__ __hash__"
    " __weakrefoffset__ __dictrefoffset__"
)
"""Names that the two modules read of any class."""


class _AtWork(threading.local):
    """What a thread is doing."""

    def __init__(self) -> None:
        self.calls = 0
        """How many functions are at work for the code."""
        self.kinds: list[type] = []
        """The classes that are being made."""


class _Judge:
    """Sits on the two modules of this process."""

    def __init__(self, dataclasses: Any, copy: Any) -> None:
        self._now = _AtWork()
        self.with_libraries = False
        """Whether what a library copies is judged as well: it may do so on behalf of the code."""
        self._process, self._reconstruct = dataclasses._process_class, copy._reconstruct
        dataclasses._process_class, copy._reconstruct = self.process, self.reconstruct
        dataclasses.exec, dataclasses.getattr = self.exec, self.getattr
        dataclasses.setattr, copy.setattr = self.set_member, self.setattr

    def over(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as the code gets it: judged."""

        def judged(*arguments: Any, **named: Any) -> Any:
            self._now.calls += 1
            try:
                return function(*arguments, **named)
            finally:
                self._now.calls -= 1

        judged.__name__ = judged.__qualname__ = function.__name__
        judged.__doc__ = function.__doc__
        return judged

    def process(self, kind: type, *options: Any) -> Any:
        self._now.kinds.append(kind)
        try:
            return self._process(kind, *options)
        finally:
            self._now.kinds.pop()

    def exec(self, text: str, names: dict[str, Any], into: dict[str, Any]) -> None:
        tree = ast.parse(text)
        for oddity in _oddities(tree, self._now.kinds[-1]) if self._now.calls else ():
            raise NotAllowed(f"a dataclass may not be made of {oddity}")
        exec(compile(tree, "<string>", "exec"), names, into)  # noqa: S102 it has been judged

    def getattr(self, value: Any, name: str, *default: Any) -> Any:
        if self._now.calls and not _may_read(value, name):
            raise NotAllowed(f"the attribute {name!r} may not be used")
        return getattr(value, name, *default)

    def set_member(self, kind: type, name: str, new: Any) -> None:
        """A pattern may have begun when its class gets names for positions: only judged ones."""
        if self._now.calls and name == "__match_args__":
            new = tuple(takewhile(may_read, cast("tuple[str, ...]", new)))
        setattr(kind, name, new)

    def setattr(self, value: Any, name: str, new: Any) -> None:
        """An object says itself what is its copy, and what is to be set on that."""
        if (self._now.calls or self.with_libraries) and not _may_set(value, name):
            raise NotAllowed(f"the attribute {name!r} may not be set")
        setattr(value, name, new)

    def reconstruct(
        self,
        value: Any,
        memo: Any,
        make: Any,
        given: Any,
        state: Any = None,
        *rest: Any,
        **how: Any,
    ) -> Any:
        """An object may not be told by way of its copy what it may not read itself."""
        setter = getattr(cast("Any", type(value)), "__setstate__", None)
        if self._now.calls and isinstance(state, dict) and not _is_library(setter):
            for name in cast("dict[Any, Any]", state):
                if isinstance(name, str) and not _may_read(value, name):
                    raise NotAllowed(f"the attribute {name!r} may not be copied")
        return self._reconstruct(value, memo, make, given, state, *rest, **how)


def _may_read(value: Any, name: str) -> bool:
    if type(name) is not str:  # a subclass could say one thing here and another thing later
        return False
    fixed = name in _FIXED or name in policy.READABLE_DUNDERS
    return fixed or not name.startswith("_") or ownership.owns_private(value, name)


def _may_set(value: Any, name: str) -> bool:
    if type(name) is not str:
        return False
    if ownership.is_class(value) and ownership.is_private(name):
        return ownership.owns_private(value, name) and not name.startswith("__")
    return not name.startswith("__") or name in policy.WRITABLE_DUNDERS


def _is_library(setter: Any) -> bool:
    """Whether a `__setstate__` is a library's, or none."""
    if type(setter) is FunctionType:
        return setter.__globals__.get("__name__") != ownership.MAIN
    return setter is None or type(setter) is MethodDescriptorType


def _oddities(tree: ast.Module, kind: type) -> Iterator[str]:
    """What does not belong into the text of methods that `dataclasses` makes for `kind`."""
    nodes = list(ast.walk(tree))
    bound = {n.arg for n in nodes if isinstance(n, ast.arg)} | _READ
    bound |= {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id)) if id in _CALLED or "_dflt_" in id:
                pass
            case ast.Call(func=ast.Attribute(attr=name)) if name in _METHODS:
                pass
            case ast.Name(id) if id not in bound:
                yield f"the name {id!r}"
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)) if not (
                _may_be_field(kind, name)
            ):
                yield f"the field {name!r}"
            case ast.Call():
                yield "a call"
            case _ if type(node).__name__ not in _NODES:
                yield f"such syntax ({type(node).__name__})"
            case _:
                pass


def _may_be_field(kind: type, name: str) -> bool:
    if not name.startswith("_") or not name.isidentifier():
        return name not in policy.DENIED_ATTRIBUTES
    if name.startswith("__") and name.endswith("__"):
        return name in _METHODS or name in ("__class__", "__qualname__")
    return ownership.owns_private(kind, name)


_JUDGE = _Judge(dataclasses, copy)
_dataclass = _JUDGE.over(dataclasses.dataclass)


def _decorator(kind: Any = None, /, **options: Any) -> Any:
    """`dataclass`, with options or without."""
    return _dataclass(kind, **options) if kind is not None else partial(_decorator, **options)


def settle_in() -> None:
    """Judge from now on what libraries copy, too."""
    _JUDGE.with_libraries = True


SUBSTITUTES: dict[str, dict[str, Any]] = {
    "copy": {
        name: _JUDGE.over(getattr(copy, name))
        for name in ("copy", "deepcopy", "replace")
        if hasattr(copy, name)
    },
    "dataclasses": {
        "dataclass": _decorator,
        **{
            name: _JUDGE.over(getattr(dataclasses, name))
            for name in ("asdict", "astuple", "make_dataclass", "replace")
        },
    },
}
"""What stands for the real ones, by module and name."""
