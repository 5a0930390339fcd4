"""What `import` gives: filtered copies of the standard library, other packages as they are.

A conversation may import the modules of `modules.MODULES`, and what its operator has authorised:

    pkg      the package and all that belongs to it; of the standard library the one module
    pkg.sub  the one module, in an otherwise empty `pkg`
    pkg.*    the package and all that belongs to it

Of the standard library it gets copies: no other modules are in them, and what it changes there,
nobody else sees.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from types import ModuleType
from typing import Any, NoReturn

from executors.local.guard import functions, judged, workspace
from executors.local.guard.errors import NotAllowed
from executors.local.guard.hints import INSTEAD
from executors.local.guard.modules import DETERMINISTIC, MODULES
from executors.local.guard.runtime import guarded_getattr


class Importer:
    """Hands out the modules that a conversation is authorised for."""

    def __init__(self, additional: Iterable[str], loaded: Callable[[str], None]) -> None:
        self._additional = frozenset(additional)
        if "os" in self._additional:
            self._additional |= {"os.path"}  # they are one, and no package says so
        self.authorized = frozenset(MODULES) | self._additional
        self._loaded = loaded
        self._copies: dict[str, ModuleType] = {}
        self._substitutes = functions.SUBSTITUTES | judged.SUBSTITUTES | workspace.substitutes()

    def names(self) -> dict[str, Any]:
        """The functions that import statements are rewritten to, but for `$import_all`."""
        return {"$import": self.import_module, "$import_from": self.import_from}

    def is_deterministic(self, name: str) -> bool:
        """Whether the module, as it is handed out, does the same again on the same state."""
        return name in DETERMINISTIC and not self._is_whole(name)

    def import_module(self, name: str, whole: bool) -> ModuleType:
        """What `import a.b as c` binds, or without `whole` what `import a.b` binds: `a`."""
        module = self.load(name)
        top = name.partition(".")[0]
        return module if whole or top == name else self._parent(top)

    def import_from(self, name: str, member: str) -> Any:
        """What `from name import member` binds."""
        full = f"{name}.{member}"
        refused: BaseException | None = None
        if self.grants(name) or not self.grants(full):
            try:
                return guarded_getattr(self.load(name), member)
            except AttributeError as exc:
                refused = self.explained(exc)
        if self.grants(full) and _is_module(full):
            return self.load(full)
        if isinstance(refused, NotAllowed):
            raise ImportNotAllowed(str(refused), hint=refused.hint) from None
        raise ImportError(f"cannot import name {member!r} from {name!r}", name=name) from None

    def import_all(self, name: str) -> dict[str, Any]:
        """What `from name import *` binds."""
        module = self.load(name)
        names = getattr(module, "__all__", None) or [n for n in dir(module) if n[0] != "_"]
        return {member: guarded_getattr(module, member) for member in names}

    def explained(self, error: BaseException) -> BaseException:
        """`error`, or what says more where a module does not hand out all that it has.

        A `__getattr__` in the copies could say it at once, but Python reads a module that has one
        five times as slowly.
        """
        if type(error) is not AttributeError or type(error.name) is not str:
            return error  # nothing of the code's own is asked
        name = next((name for name, copy in self._copies.items() if copy is error.obj), "")
        listed, wanted = MODULES.get(name), error.name
        if listed is None or wanted.startswith("_") or not hasattr(sys.modules.get(name), wanted):
            return error
        why = listed.without.get(wanted, listed.rest) or "have not been reviewed yet"
        text = f"module {name!r} has no attribute {wanted!r} here"
        found = NameNotAllowed(text, hint=f"Left out are names that {why}.")
        found.__cause__, found.__context__ = error.__cause__, error.__context__
        found.__suppress_context__ = error.__suppress_context__
        return found.with_traceback(error.__traceback__)

    def grants(self, name: str) -> bool:
        """Whether the module may be imported: it, or a package it belongs to, is authorised."""
        if name in self.authorized or self._is_additional(name):
            return True
        parents = _with_parents(name)[1:]
        return not _is_standard(name) and any(one in self.authorized for one in parents)

    def load(self, name: str) -> ModuleType:
        """The module as the code sees it."""
        if not self.grants(name):
            self._refuse(name)
        real = importlib.import_module(name)
        self._loaded(name)
        module = self._copy(name, real) if _is_standard(name) else real
        parent, _, child = name.rpartition(".")
        if parent and (_is_standard(name) or not self.grants(parent)):
            vars(self._parent(parent))[child] = module
        return module

    def _is_additional(self, name: str) -> bool:
        """Whether the operator has authorised it, whatever is authorised by default."""
        if name in self._additional or "*" in self._additional:
            return True
        return any(f"{one}.*" in self._additional for one in _with_parents(name))

    def _is_whole(self, name: str) -> bool:
        """Whether the operator has authorised what is left out by default as well."""
        return MODULES[name].rest != "" and self._is_additional(name)

    def _parent(self, name: str) -> ModuleType:
        """What a dotted import binds: the package where it may be imported, else a shell of it."""
        if self.grants(name):
            return self.load(name)
        if name not in self._copies:
            shell = self._copies.setdefault(name, ModuleType(name))
            above, _, child = name.rpartition(".")
            if above:
                vars(self._parent(above))[child] = shell
        return self._copies[name]

    def _copy(self, name: str, real: ModuleType) -> ModuleType:
        """A copy with the names that are handed out, and the authorised modules among them."""
        if (found := self._copies.get(name)) is not None:
            return found
        kind = _System if real is sys else ModuleType
        found = kind(name, real.__doc__)
        names = vars(found)
        names |= {k: v for k, v in self._exports(name, real).items() if not hasattr(kind, k)}
        for child, value in list(vars(real).items()):
            full = f"{name}.{child}"
            is_part = isinstance(value, ModuleType) and sys.modules.get(full) is value
            if is_part and self.grants(full):
                self._loaded(full)
                names[child] = self._copy(full, value)
        if (listed := getattr(real, "__all__", None)) is not None:
            names["__all__"] = [one for one in listed if one in names]
        return self._copies.setdefault(name, found)  # whole, and the same one for all threads

    def _exports(self, name: str, real: ModuleType) -> dict[str, Any]:
        """What the copy of a module holds besides modules."""
        listed = MODULES.get(name)
        if listed is None or self._is_whole(name):
            public: Iterable[str] = getattr(real, "__all__", None) or vars(real)
            names = [key for key in public if not key.startswith("_")]
            changed = {}
        else:
            names, changed = listed.names, self._substitutes.get(name, {})
        found = {key: getattr(real, key) for key in names if hasattr(real, key)} | changed
        return {key: value for key, value in found.items() if not isinstance(value, ModuleType)}

    def _refuse(self, name: str) -> NoReturn:
        """Say what may be imported instead."""
        raise ImportNotAllowed(f"import of {name!r} is not allowed here", hint=self._instead(name))

    def _instead(self, name: str) -> str:
        top = name.partition(".")[0]
        known = sorted(one.removesuffix(".*") for one in self.authorized)
        if top not in sys.stdlib_module_names and (close := get_close_matches(name, known, n=1)):
            return f"Did you mean {close[0]!r}?"
        return INSTEAD.get(top) or f"These may be imported: {', '.join(known)}."


class ImportNotAllowed(NotAllowed, ImportError):
    """An import that is not authorised; `except ImportError` catches it."""

    __module__ = "builtins"


class NameNotAllowed(NotAllowed, AttributeError):
    """A name that a module does not hand out; `except AttributeError` catches it."""

    __module__ = "builtins"


class _System(ModuleType):
    """`sys`, whose streams are the real ones also when they are exchanged."""

    stdout = property(lambda _: sys.stdout, lambda _, new: setattr(sys, "stdout", new))
    stderr = property(lambda _: sys.stderr, lambda _, new: setattr(sys, "stderr", new))


def _with_parents(name: str) -> list[str]:
    """`a.b.c`, `a.b`, `a`."""
    parts = name.split(".")
    return [".".join(parts[:i]) for i in range(len(parts), 0, -1)]


def _is_module(name: str) -> bool:
    if name in sys.modules:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names
