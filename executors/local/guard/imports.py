"""What `import` gives: filtered copies of the standard library, other packages as they are."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, NoReturn

from executors.local.guard import policy
from executors.local.guard.rewrite import NotAllowed
from executors.local.guard.runtime import guarded_getattr


class Importer:
    """Hands out the modules that a conversation is authorised for."""

    def __init__(self, additional: Iterable[str], loaded: Callable[[str], None]) -> None:
        self.authorized = frozenset(policy.DEFAULT_IMPORTS) | frozenset(additional)
        self._loaded = loaded
        self._copies: dict[str, ModuleType] = {}

    def names(self) -> dict[str, Any]:
        """The functions that import statements are rewritten to, but for `$import_all`."""
        return {"$import": self.import_module, "$import_from": self.import_from}

    def import_module(self, name: str, whole: bool) -> ModuleType:
        """What `import a.b as c` binds, or without `whole` what `import a.b` binds: `a`."""
        module = self.load(name)
        return module if whole else self.load(name.partition(".")[0], parent_of=name)

    def import_from(self, name: str, member: str) -> Any:
        """What `from name import member` binds."""
        if self.grants(full := f"{name}.{member}") and self.is_module(full):
            return self.load(full)
        module = self.load(name)
        try:
            return guarded_getattr(module, member)
        except AttributeError:
            raise ImportError(f"cannot import name {member!r} from {name!r}", name=name) from None

    def import_all(self, name: str) -> dict[str, Any]:
        """What `from name import *` binds."""
        module = self.load(name)
        names = getattr(module, "__all__", None) or [n for n in dir(module) if n[0] != "_"]
        return {member: guarded_getattr(module, member) for member in names}

    def grants(self, name: str) -> bool:
        """Whether the module may be imported: it, or a package it belongs to, is authorised."""
        if name in self.authorized or "*" in self.authorized:
            return True
        parts = name.split(".")
        parents = [".".join(parts[:i]) for i in range(1, len(parts) + 1)]
        wide = any(f"{parent}.*" in self.authorized for parent in parents)
        return wide or (not _is_standard(name) and any(p in self.authorized for p in parents))

    def is_module(self, name: str) -> bool:
        """Whether there is a module of that name."""
        if name in sys.modules:
            return True
        try:
            return importlib.util.find_spec(name) is not None
        except ModuleNotFoundError:
            return False

    def load(self, name: str, parent_of: str = "") -> ModuleType:
        """The module as the code sees it."""
        if not (self.grants(name) or (parent_of and self.grants(parent_of))):
            self.refuse(name)
        real = importlib.import_module(name)
        self._loaded(name)
        return self.copy(name, real) if _is_standard(name) else real

    def copy(self, name: str, real: ModuleType) -> ModuleType:
        """A copy with the public names of `real`, and those of its modules that are authorised."""
        if (found := self._copies.get(name)) is None:
            found = self._copies[name] = ModuleType(name, real.__doc__)
            if self.grants(name):
                vars(found).update(exports(name, real))
        for other in self.authorized:
            parent, _, child = other.rpartition(".")
            if parent == name and other in sys.modules:
                vars(found)[child] = self.copy(other, sys.modules[other])
        return found

    def refuse(self, name: str) -> NoReturn:
        """Say what may be imported instead."""
        top = sorted({n for n in self.authorized if "." not in n.removesuffix(".*")})
        raise ImportNotAllowed(
            f"import of {name!r} is not allowed here",
            hint=f"These may be imported: {', '.join(n.removesuffix('.*') for n in top)}.",
        )


class ImportNotAllowed(NotAllowed, ImportError):
    """An import that is not authorised; `except ImportError` catches it."""

    __module__ = "builtins"


def exports(name: str, real: ModuleType) -> dict[str, Any]:
    """The public names of a module of the standard library, without other modules."""
    hidden = policy.HIDDEN_EXPORTS.get(name, frozenset())
    public: Iterable[str] = getattr(real, "__all__", None) or vars(real)
    found = {
        key: value
        for key in public
        if not key.startswith("_") and key not in hidden
        if not isinstance(value := getattr(real, key), ModuleType)
    }
    if name == "asyncio":
        found["TaskGroup"] = vars(real)["TaskGroup"]  # the `__all__` of 3.11 forgets it
    if name == "operator":
        found |= {"attrgetter": _attrgetter, "methodcaller": _methodcaller}
    return found


def _attrgetter(*names: str) -> Callable[[Any], Any]:
    """`operator.attrgetter` within the policy."""

    def get(value: Any, path: str) -> Any:
        for name in path.split("."):
            value = guarded_getattr(value, name)
        return value

    if len(names) == 1:
        return lambda value: get(value, names[0])
    return lambda value: tuple(get(value, path) for path in names)


def _methodcaller(name: str, /, *arguments: Any, **named: Any) -> Callable[[Any], Any]:
    """`operator.methodcaller` within the policy."""
    return lambda value: guarded_getattr(value, name)(*arguments, **named)


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names
