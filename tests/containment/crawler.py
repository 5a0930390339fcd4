"""Walks all that code can read, breadth first, and names each path to what it must not have.

It reads as code does: each name goes through the rewriter and the run-time guard. Of classes it
makes subclasses and, where it can, instances, because code does so to get at private names.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import gc
import importlib.machinery
import io
import keyword
import os
import socket
import subprocess
import sys
import time
import types
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from executors.local.guard import files, functions
from executors.local.guard.compiler import Compiler
from executors.local.guard.errors import NotAllowed
from executors.local.guard.imports import _System
from executors.local.guard.modules import MODULES
from executors.local.guard.ownership import MAIN, is_class, lineage, namespace
from executors.local.guard.runtime import guarded_builtins, set_budget
from executors.local.output import _Sink

Read = Callable[[Any, str], Any]

DANGEROUS = """
    _ctypes _frozen_importlib _frozen_importlib_external _imp _pickle _posixsubprocess _signal
    _socket ctypes executors fcntl gc importlib inspect linecache logging marshal mmap
    multiprocessing os pathlib pickle posix resource runpy select selectors shutil signal socket
    ssl subprocess sys tempfile tokenize
"""
"""Modules whose functions, classes and objects code must not get, but for what is listed."""
with os.scandir() as _entries:
    _SCAN = type(_entries)
HARMLESS_CLASSES = (
    _SCAN,
    _Sink,
    _System,
    files.WorkspaceFile,
    *(one for group in functions.SUBSTITUTES.values() for one in group.values() if is_class(one)),
    os.DirEntry,
    os.PathLike,
    os.stat_result,
)


def guarded_reader() -> Read:
    """Reads a name as the code of a cell would, in whichever way is granted."""
    builtins = guarded_builtins(print)
    names: dict[str, Any] = {"__builtins__": builtins, "__name__": MAIN}
    compiler = Compiler(names, builtins)
    set_budget(builtins, 1 << 60)
    known: dict[str, Callable[[Any], Any] | None] = {}

    def compiled(name: str) -> Callable[[Any], Any] | None:
        if not name.isidentifier() or keyword.iskeyword(name):
            return None
        try:
            return compiler.compile(f"lambda value: value.{name}", "<cell 1>").run(names)
        except NotAllowed:
            return None

    def read(value: Any, name: str) -> Any:
        if name not in known:
            known[name] = compiled(name)
        if (by_name := known[name]) is not None:
            with contextlib.suppress(NotAllowed):
                return by_name(value)
        return builtins["getattr"](value, name)

    return read


def breaches(seeds: Mapping[str, Any], read: Read, allowed: Iterable[Any] = ()) -> dict[str, str]:
    """Path → what is at its end and must not be. Every object is looked at once.

    Args:
        seeds: name → what the code starts from.
        read: reads an attribute by name, or raises.
        allowed: objects that may be reached although they look forbidden.
    """
    found: dict[str, str] = {}
    permitted = {id(one) for one in allowed}
    seen: dict[object, Any] = {}  # also keeps them alive, so that numbers stay theirs
    looked_at: Counter[type] = Counter()
    queue = deque((path, value) for path, value in seeds.items())
    while queue:
        path, value = queue.popleft()
        key = _identity(value)
        if key in seen or isinstance(value, str | bytes | int | float | complex):
            continue
        seen[key] = value
        kind = type if is_class(value) else type(value)
        looked_at[kind] += 1
        if looked_at[kind] > _ENOUGH.get(kind, _MANY):
            continue
        if id(value) not in permitted and (why := forbidden(value)):
            found[path] = why
            continue
        queue.extend((path + step, child) for step, child in _children(value, read))
    return found


_MANY = 25
"""How many objects of one class are looked at: some make new ones without end."""
_ENOUGH = dict.fromkeys(
    (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, dict,
     list, tuple, property, types.MethodDescriptorType, types.MappingProxyType), 10_000
)  # fmt: skip


def _identity(value: Any) -> object:
    """The same for objects that are made anew whenever they are read, such as bound methods."""
    match value:
        case types.MethodType():
            return "method", id(value.__func__), type(value.__self__)
        case types.BuiltinFunctionType() | types.MethodWrapperType():
            owner = value.__self__
            return "builtin", value.__name__, id(owner if is_class(owner) else type(owner))
        case _:
            return id(value)


def forbidden(value: Any) -> str:
    """Why code must not have it; empty where it may."""
    kind = type(value)
    if any(one in lineage(kind) for one in _INNER_KINDS) or value is types.CodeType:
        return f"a {kind.__name__}"
    if id(value) in _INNER_FUNCTIONS and not _is_listed(value):
        return f"{value.__name__}()"
    if getattr(value, "__name__", None) == "__subclasses__":
        return "__subclasses__()"
    if str(name := getattr(value, "__qualname__", "")).startswith(_LOOP_METHODS + _INNER_METHODS):
        return name
    home = _home(value)
    if home.partition(".")[0] in DANGEROUS.split() and not _is_listed(value):
        return f"{kind.__name__} {getattr(value, '__qualname__', '')} of {home}"
    return ""


_INNER_KINDS = (
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    importlib.machinery.ModuleSpec,
    importlib.machinery.SourceFileLoader,
    socket.socket,
    subprocess.Popen,
    io.FileIO,
    types.ModuleType,
)
_INNER_FUNCTIONS = {
    id(one)
    for one in (
        *(builtins.eval, builtins.exec, builtins.compile, builtins.open, builtins.__import__),
        *(builtins.input, builtins.globals, builtins.locals, builtins.vars, builtins.getattr),
        *(one for module in (os, gc, subprocess, socket) for one in vars(module).values()
          if isinstance(one, types.FunctionType | types.BuiltinFunctionType)),
    )
}  # fmt: skip
_INNER_METHODS = (
    "ForwardRef._evaluate",
    "EnumType._convert_",
    "Enum._convert_",
    "_LoopBoundMixin._get_loop",
)
"""They run text, read any module, or give the loop."""
_LOOP_METHODS = tuple(
    f"{kind}.{name}"
    for kind in ("BaseEventLoop", "BaseSelectorEventLoop", "_UnixSelectorEventLoop")
    for name in ("subprocess_", "create_", "connect_", "add_", "sock_")
    if (kind, name) != ("BaseEventLoop", "create_")
)


def _home(value: Any) -> str:
    """The module that a function or class, or else the class of an object, is from."""
    if isinstance(value, types.MethodType):
        return _home(value.__func__)
    if isinstance(value, types.FunctionType):
        return str(value.__globals__.get("__name__"))
    if isinstance(value, types.BuiltinFunctionType):
        owner = value.__self__
        is_real = isinstance(owner, types.ModuleType) and sys.modules.get(owner.__name__) is owner
        return owner.__name__ if is_real else _home(type(owner))
    kind = value if is_class(value) else type(value)
    return str(namespace(kind).get("__module__"))


def _is_listed(value: Any) -> bool:
    """Whether it is handed out on purpose, or a method of something that is."""
    listed = {"os": os, "os.path": os.path, "sys": sys, "time": time}
    if any(
        value is getattr(module, one, None)
        for name, module in listed.items()
        for one in MODULES[name].names
    ):
        return True
    if isinstance(value, types.FunctionType):
        return _home(value).startswith("executors.local.guard.")  # without state of its own
    bound = isinstance(value, types.BuiltinFunctionType | types.MethodType)
    owner = value.__self__ if bound else value
    classes = lineage(owner if is_class(owner) else type(owner))
    return any(one in (*HARMLESS_CLASSES, BaseException) for one in classes)


def _children(value: Any, read: Read) -> Iterator[tuple[str, Any]]:
    yield "|type", type(value)
    yield from _members(value, read, _names(value))
    if isinstance(value, dict | types.MappingProxyType):
        yield from ((f"[{key!r:.40}]", one) for key, one in list(value.items()))
        yield from ((f"|key {key!r:.40}", key) for key in list(value))
    elif isinstance(value, list | tuple | set | frozenset | deque):
        yield from ((f"[{i}]", one) for i, one in enumerate(list(value)))
    if is_class(value) and namespace(value).get("__module__") != MAIN:
        yield from _inherited(value, read)


def _names(value: Any) -> set[str]:
    kinds = lineage(type(value)) + (lineage(value) if is_class(value) else ())
    names = {name for kind in kinds for name in namespace(kind)}
    with contextlib.suppress(Exception):
        names |= set(object.__getattribute__(value, "__dict__"))
    with contextlib.suppress(Exception):
        names |= set(dir(value))
    return {name for name in names if isinstance(name, str)}


def _members(value: Any, read: Read, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for name in sorted(names):
        try:
            yield f".{name}", read(value, name)
        except Exception:
            continue


def _inherited(base: type, read: Read) -> Iterator[tuple[str, Any]]:
    """What the code's own subclass of a class, and an instance of that, give besides."""
    for options in ({}, {"_root": True}):
        try:
            own = types.new_class("Own", (base,), options, lambda ns: ns.update(__module__=MAIN))
            break
        except Exception:
            continue
    else:
        return
    private = {name for name in _names(own) if name.startswith("_")}
    yield from ((f"|Own{step}", one) for step, one in _members(own, read, private))
    if issubclass(base, asyncio.AbstractEventLoop | BaseException):
        return  # the first opens sockets, the others are many and alike
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = own()
    except BaseException:
        return
    private = {name for name in _names(made) if name.startswith("_")}
    yield from ((f"|Own(){step}", one) for step, one in _members(made, read, private))
