"""The guards that run beside the code: attributes by name, formats, patterns, and the budget.

They are the only builtins that differ from Python's own; `guarded_builtins` puts them together.
"""

from __future__ import annotations

import builtins
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, compress, repeat, takewhile
from types import ModuleType
from typing import Any, NoReturn

from executors.local.guard import formats, ownership, policy
from executors.local.guard.errors import NotAllowed
from executors.local.guard.files import guarded_open
from executors.local.guard.ownership import MAIN
from executors.local.guard.patterns import check_pattern


class Stop(BaseException):
    """Ends the cell; the code's own handlers let it pass."""


class OperationLimit(Stop):
    """The cell has used up its operations."""

    __module__ = "builtins"


class _Exhausted:
    """An iterator that raises forever: what follows the last operation of a budget."""

    def __iter__(self) -> Iterator[bool]:
        return self

    def __next__(self) -> bool:
        raise OperationLimit


class Budget:
    """True that many times, then `OperationLimit` for ever. The cheapest counter there is.

    All threads of a cell count with the same one. It is made of C alone, so that no other thread
    comes in between.
    """

    def __init__(self, operations: int) -> None:
        blocks, rest = divmod(operations, _BLOCK)
        self._granted = {_BLOCK, rest}
        sizes = takewhile(self._granted.__contains__, chain(repeat(_BLOCK, blocks), (rest,)))
        some: Iterator[Iterator[bool]] = map(repeat, repeat(True), sizes)
        self.operations = chain.from_iterable(chain(some, (_Exhausted(),)))

    def end(self) -> None:
        """Use up all that is left."""
        self._granted.clear()
        with suppress(OperationLimit):
            deque(self.operations, maxlen=0)


_BLOCK = 100_000
"""So many operations are left, at most, once no more are granted."""


def guarded_builtins(display: Callable[..., None]) -> dict[str, Any]:
    """A fresh `__builtins__` for one conversation, without the import functions and the budget."""
    found = {name: getattr(builtins, name) for name in policy.BUILTINS}
    found |= {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    found |= {name: _refusing(name, hint) for name, hint in policy.REFUSED_BUILTINS.items()}
    return found | {
        # C code imports lazily through this; the code itself cannot spell the name.
        "__import__": builtins.__import__,
        "__name__": MAIN,
        "None": None,
        "True": True,
        "False": False,
        "getattr": guarded_getattr,
        "setattr": guarded_setattr,
        "delattr": guarded_delattr,
        "hasattr": guarded_hasattr,
        "vars": guarded_vars,
        "open": guarded_open,
        "display": display,
        "$getattr": guarded_getattr,
        "$matched": matched,
        "$compress": compress,
        "$next": next,
        "$type": type,
        "$Stop": Stop,
    }


def set_budget(namespace: dict[str, Any], operations: int) -> Budget:
    """Give the next cell its operations."""
    given = Budget(operations)
    namespace["$budget"] = given.operations
    return given


def check_budget(namespace: dict[str, Any]) -> None:
    """Raise `OperationLimit` once more: the cell may have swallowed it, and gone on."""
    next(namespace["$budget"])


def matched(subject: Any, *kinds: Any) -> Any:
    """`subject`, if the patterns may read what they name: classes, and the positions of each."""
    for kind, positions in zip(kinds[::2], kinds[1::2], strict=True):
        if ownership.is_class(kind):
            for name in ownership.match_names(kind)[:positions]:
                check_pattern(name)
    return subject


def _check(value: Any, name: Any, *, writing: bool = False) -> None:
    if type(name) is not str:  # a subclass could say one thing here and another thing later
        raise TypeError("attribute name must be string")
    if name in policy.DENIED_ATTRIBUTES:
        raise NotAllowed(f"the attribute {name!r} may not be used")
    if not ownership.is_private(name):
        return
    if name.startswith("__") and name.endswith("__"):
        granted = policy.WRITABLE_DUNDERS if writing else policy.READABLE_DUNDERS
        if name not in granted:
            raise NotAllowed(f"the attribute {name!r} may not be used")
    elif isinstance(value, ModuleType) or name not in policy.OPEN_PRIVATE:
        ownership.private(value, name)


def guarded_getattr(value: Any, name: str, *default: Any) -> Any:
    """`getattr` within the policy."""
    if type(name) is str and name in policy.CHECKED_DUNDERS:
        return _checked_dunder(value, name)
    _check(value, name)
    found = getattr(value, name, *default)
    if name in policy.TEXT_RUNNERS:
        _check_runner(found, name)
    return formats.guarded(found, guarded_getattr) if name in policy.FORMATS else found


def _check_runner(found: Any, name: str) -> None:
    """Refuse a function of a library that runs text; the code's own may have the same name."""
    module = getattr(found, "__module__", None) if callable(found) else MAIN
    top = module.partition(".")[0] if type(module) is str else ""
    if top != MAIN and top not in sys.stdlib_module_names:
        raise NotAllowed(f"{name}() of {top or 'a library'} runs text and may not be used")


def guarded_hasattr(value: Any, name: str) -> bool:
    """`hasattr`, where what may not be used is not there."""
    try:
        guarded_getattr(value, name)
    except (AttributeError, NotAllowed):
        return False
    return True


def guarded_setattr(value: Any, name: str, new: Any) -> None:
    """`setattr` within the policy."""
    _check(value, name, writing=True)
    setattr(value, name, new)


def guarded_delattr(value: Any, name: str) -> None:
    """`delattr` within the policy."""
    _check(value, name, writing=True)
    delattr(value, name)


def guarded_vars(value: Any = None) -> Any:
    """`vars` of an instance or class; without an argument it is refused like `locals`."""
    if value is None:
        raise NotAllowed("vars() without an argument may not be used")
    try:
        return _dict_of(value)
    except AttributeError:
        raise TypeError("vars() argument must have __dict__ attribute") from None


def _checked_dunder(value: Any, name: str) -> Any:
    if name == "__dict__":
        return _dict_of(value)
    real = getattr(value, name)
    position = 1 if ownership.is_class(value) else 0
    writing = name != "__getattribute__"

    def checked(*arguments: Any) -> Any:
        """The real method, for names that the policy grants."""
        if len(arguments) <= position:
            return real(*arguments)
        target = arguments[0] if position else getattr(real, "__self__", value)
        wanted = arguments[position]
        if not writing and type(wanted) is str and wanted == "__dict__":
            return _dict_of(target)
        _check(target, wanted, writing=writing)
        found = real(*arguments)
        return found if writing else formats.guarded(found, guarded_getattr)

    return checked


def _dict_of(value: Any) -> Any:
    """`value.__dict__`; where it holds what the code may not read, a copy without that."""
    is_class = ownership.is_class(value)
    if isinstance(value, ModuleType) or (is_class and not ownership.is_own(value)):
        raise NotAllowed("the attribute '__dict__' may not be used here")
    found = value.__dict__
    if is_class or not (hidden := {key for key in found if not _readable(value, key)}):
        return found
    return {key: member for key, member in found.items() if key not in hidden}


def _readable(value: Any, name: Any) -> bool:
    try:
        _check(value, name)
    except (NotAllowed, TypeError):
        return False
    return True


def _refusing(name: str, hint: str) -> Callable[..., NoReturn]:
    def refused(*_: Any, **__: Any) -> NoReturn:
        raise NotAllowed(f"{name}() may not be used", hint=hint)

    refused.__name__ = refused.__qualname__ = name
    return refused
