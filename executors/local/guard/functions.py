"""Functions of the standard library that read attributes or run text by name, within the policy."""

from __future__ import annotations

import functools
import sys
import timeit
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from types import FunctionType, UnionType
from typing import Any, cast

from executors.local.guard import ownership, pool, waits
from executors.local.guard.errors import NotAllowed
from executors.local.guard.runtime import guarded_getattr

_COPIED = frozenset((*functools.WRAPPER_ASSIGNMENTS, *functools.WRAPPER_UPDATES))


def attrgetter(*names: str) -> Callable[[Any], Any]:
    """`operator.attrgetter` within the policy."""

    def get(value: Any, path: str) -> Any:
        for name in path.split("."):
            value = guarded_getattr(value, name)
        return value

    if not names:
        raise TypeError("attrgetter expected 1 argument, got 0")
    for path in names:
        if type(path) is not str:
            raise TypeError("attribute name must be a string")
    if len(names) == 1:
        return lambda value: get(value, names[0])
    return lambda value: tuple(get(value, path) for path in names)


def methodcaller(name: str, /, *arguments: Any, **named: Any) -> Callable[[Any], Any]:
    """`operator.methodcaller` within the policy."""
    return lambda value: guarded_getattr(value, name)(*arguments, **named)


def update_wrapper(
    wrapper: Any,
    wrapped: Any,
    assigned: Iterable[str] = functools.WRAPPER_ASSIGNMENTS,
    updated: Iterable[str] = functools.WRAPPER_UPDATES,
) -> Any:
    """`functools.update_wrapper` for the names that it is meant for, and public attributes.

    Raises:
        NotAllowed: it is to copy other names, or onto a class of a library.
    """
    assigned, updated = tuple(assigned), tuple(updated)
    for name in (*assigned, *updated):
        if type(name) is not str or name not in _COPIED:
            raise NotAllowed(f"update_wrapper may not copy {name!r}")
    if ownership.is_class(wrapper) and not ownership.is_own(wrapper):
        raise NotAllowed("update_wrapper may not change a class of a library")
    functools.update_wrapper(wrapper, wrapped, assigned, ())
    if updated:
        members = getattr(wrapped, "__dict__", {})
        wrapper.__dict__.update({k: v for k, v in members.items() if not k.startswith("_")})
    return wrapper


def wraps(
    wrapped: Any,
    assigned: Iterable[str] = functools.WRAPPER_ASSIGNMENTS,
    updated: Iterable[str] = functools.WRAPPER_UPDATES,
) -> Callable[[Any], Any]:
    """`functools.wraps` for the names that it is meant for."""
    return functools.partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


def singledispatch(function: Callable[..., Any]) -> Any:
    """`functools.singledispatch`; an annotation that is text is looked up, and never run."""
    dispatch = cast("Any", functools.singledispatch(function))
    real_register = dispatch.register

    def register(kind: Any, implementation: Any = None) -> Any:
        if implementation is None and not (ownership.is_class(kind) or type(kind) is UnionType):
            kind, implementation = _first_annotation(kind), kind
        return real_register(kind, implementation)

    dispatch.register = register
    return dispatch


class cached_property:
    """`functools.cached_property`, which keeps its value where the code itself could."""

    def __init__(self, func: Callable[[Any], Any]) -> None:
        self.func, self.__doc__ = func, func.__doc__
        self.attrname: str | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        if self.attrname not in (None, name):
            raise TypeError(
                "Cannot assign the same cached_property to two different names"
                f" ({self.attrname!r} and {name!r})."
            )
        self.attrname = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        name = self.attrname
        if name is None:
            raise TypeError(
                "Cannot use cached_property instance without calling __set_name__ on it."
            )
        if type(name) is not str or (
            name.startswith("_") and not ownership.owns_private(instance, name)
        ):
            raise NotAllowed(f"a cached property may not be named {name!r}")
        kept: dict[str, Any] = instance.__dict__
        if name not in kept:
            kept[name] = self.func(instance)
        return kept[name]


class singledispatchmethod:
    """`functools.singledispatchmethod` over the `singledispatch` of this module."""

    def __init__(self, function: Any) -> None:
        if not callable(function) and not hasattr(function, "__get__"):
            raise TypeError(f"{function!r} is not callable or a descriptor")
        self.dispatcher, self.func = singledispatch(function), function

    def register(self, kind: Any, method: Any = None) -> Any:
        """Add an implementation for a class; alone with a method, for what it is annotated with."""
        return self.dispatcher.register(kind, method)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        def method(*arguments: Any, **named: Any) -> Any:
            if not arguments:
                raise TypeError("a single-dispatch method requires at least 1 positional argument")
            found = self.dispatcher.dispatch(arguments[0].__class__)
            return found.__get__(instance, owner)(*arguments, **named)

        update_wrapper(method, self.func)
        cast("Any", method).register = self.register
        return method


def _first_annotation(function: Any) -> Any:
    """What the first annotated parameter of a function is annotated with.

    Raises:
        TypeError: it has none, or one that is text and not just a name.
    """
    plain = getattr(function, "__func__", function)  # of a static or class method
    if type(plain) is FunctionType and plain.__annotations__:
        found: Any = next(iter(plain.__annotations__.values()))
        if type(found) is not str:
            return found
        names = plain.__globals__  # `from __future__ import annotations` makes text of them
        if names.get("__name__") == ownership.MAIN:
            kind = names.get(found, names["__builtins__"].get(found))
            if ownership.is_class(kind):
                return kind
    raise TypeError("register() needs a class, or a function annotated with a class")


def time_function(
    stmt: Any = None,
    setup: Any = None,
    timer: Callable[[], float] = timeit.default_timer,
    number: int = 1_000_000,
    globals: Any = None,
) -> float:
    """`timeit.timeit` of functions.

    Raises:
        NotAllowed: it is to run text.
    """
    if not callable(stmt) or not (setup is None or callable(setup)):
        raise NotAllowed(
            "timeit may not run text",
            hint="Give it a function: timeit.timeit(lambda: work(1), number=1000).",
        )
    if setup is not None:
        setup()
    turns = range(number)
    begin = timer()
    for _ in turns:
        stmt()
    return timer() - begin


def time_repeatedly(  # noqa: PLR0917 as Python has them
    stmt: Any = None,
    setup: Any = None,
    timer: Callable[[], float] = timeit.default_timer,
    repeat: int = 5,
    number: int = 1_000_000,
    globals: Any = None,
) -> list[float]:
    """`timeit.repeat` of functions; see `time_function`."""
    return [time_function(stmt, setup, timer, number) for _ in range(repeat)]


@contextmanager
def catch_warnings(**options: Any) -> Generator[list[warnings.WarningMessage] | None]:
    """`warnings.catch_warnings`; the real one holds the real module.

    Raises:
        NotAllowed: it is to catch them in another module.
    """
    if options.get("module") is not None:
        raise NotAllowed("catch_warnings takes no module")
    with warnings.catch_warnings(**options) as caught:
        yield caught


def _redirection(stream: str) -> type:
    """`contextlib.redirect_stdout` and its like; a subclass of the real ones takes any of `sys`."""

    class Redirection(AbstractContextManager[Any]):
        """Sends what is printed to a file while its block runs. May be entered again."""

        __module__ = "contextlib"

        def __init__(self, new_target: Any) -> None:
            self._target = new_target
            self._before: list[Any] = []

        def __enter__(self) -> Any:
            self._before.append(getattr(sys, stream))
            setattr(sys, stream, self._target)
            return self._target

        def __exit__(self, *_: object) -> None:
            setattr(sys, stream, self._before.pop())

    Redirection.__name__ = Redirection.__qualname__ = f"redirect_{stream}"
    return Redirection


SUBSTITUTES: dict[str, dict[str, Any]] = {
    "concurrent.futures": {"ThreadPoolExecutor": pool.ThreadPoolExecutor},
    "contextlib": {f"redirect_{stream}": _redirection(stream) for stream in ("stdout", "stderr")},
    "functools": {
        "cached_property": cached_property,
        "singledispatch": singledispatch,
        "singledispatchmethod": singledispatchmethod,
        "update_wrapper": update_wrapper,
        "wraps": wraps,
    },
    "operator": {"attrgetter": attrgetter, "methodcaller": methodcaller},
    "warnings": {"catch_warnings": catch_warnings},
    "queue": {"SimpleQueue": waits.SimpleQueue},
    "time": {"sleep": waits.sleep},
    "timeit": {"timeit": time_function, "repeat": time_repeatedly},
}
"""What stands for the real ones, by module and name."""
