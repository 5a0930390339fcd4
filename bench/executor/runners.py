"""Who runs the workloads: plain Python, the local executor, and its peers where installed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from executors.base import ExecutorSpec, Finished, Limits
from executors.local.executor import LocalExecutor, LocalExecutorFactory

MODULES = ("bisect", "csv", "dataclasses", "datetime", "heapq", "io", "json", "math", "numpy", "re")
"""What the workloads import."""
_RESULT = "bench_result"


class WorkloadFailed(Exception):
    """The workload did not run to its end."""


class Runner(Protocol):
    """Runs the cells of one workload, one after the other."""

    name: str
    slow: bool
    """Whether it gets fewer repetitions of each workload, so that the comparison ends today."""

    async def fresh(self) -> None:
        """Forget the variables of earlier workloads; this is not timed."""
        ...

    async def run(self, cells: Sequence[str]) -> str:
        """The `repr` of the last cell's value.

        Raises:
            WorkloadFailed: the code is refused or fails.
        """
        ...


class Plain:
    """`compile` and `exec` in this process: what all others are compared with."""

    name = "plain exec"
    slow = False

    async def fresh(self) -> None:
        self._names: dict[str, Any] = {"__name__": "__main__"}

    async def run(self, cells: Sequence[str]) -> str:
        for cell in cells:
            exec(compile(_with_result(cell), "<cell>", "exec"), self._names)
        return repr(self._names[_RESULT])


class Sandglass:
    """The whole stack: zygote, both walls, operation cap, checkpoints, frames.

    Each workload is a new conversation, on the worker that is kept ready for it, as in the app.
    """

    name = "Sandglass"
    slow = False

    def __init__(self, factory: LocalExecutorFactory, stack: AsyncExitStack) -> None:
        self._factory, self._stack = factory, stack

    async def fresh(self) -> None:
        await self._stack.aclose()
        spares = self._factory.spares
        if not spares.ready:
            spares.want(_SPEC)
            await spares.filled()
        self._executor: LocalExecutor = await self._stack.enter_async_context(self._factory(_SPEC))
        await spares.filled()  # with the next one, which would otherwise start while this one runs

    async def run(self, cells: Sequence[str]) -> str:
        last = Finished(outcome="ok")
        for cell in cells:
            last = await finished(self._executor, cell)
            if last.error is not None:
                raise WorkloadFailed(f"{last.error.name}: {last.error.message}")
        return last.value or ""


async def _no_tool(name: str, arguments: dict[str, Any]) -> Any:
    raise LookupError(f"the workloads call no tools, not even {name}{arguments}")


_SPEC = ExecutorSpec(
    call_tool=_no_tool,
    additional_authorized_imports=MODULES,
    limits=Limits(operations=1_000_000_000),
)


class Smolagents:
    """`smolagents.LocalPythonExecutor`: walks the syntax tree."""

    name = "smolagents"
    slow = True

    async def fresh(self) -> None:
        module = import_module("smolagents.local_python_executor")
        self._run = module.LocalPythonExecutor(list(MODULES))
        self._run.send_tools({})

    async def run(self, cells: Sequence[str]) -> str:
        return _foreign(lambda: [self._run(cell).output for cell in cells][-1])


class Monty:
    """Pydantic's interpreter, written in Rust, in its worker process."""

    name = "Monty"
    slow = False

    def __init__(self, pool: Any, stack: AsyncExitStack) -> None:
        self._pool, self._stack = pool, stack

    async def fresh(self) -> None:
        await self._stack.aclose()
        self._session = self._stack.enter_context(self._pool.checkout())

    async def run(self, cells: Sequence[str]) -> str:
        return _foreign(lambda: [self._session.feed_run(cell) for cell in cells][-1])


class Restricted:
    """RestrictedPython with its own guards, as its manual puts them together."""

    name = "RestrictedPython"
    slow = False

    async def fresh(self) -> None:
        warnings.filterwarnings("ignore", module="RestrictedPython")  # it then refuses as well
        package = import_module("RestrictedPython")
        guards = import_module("RestrictedPython.Guards")
        eval_guards = import_module("RestrictedPython.Eval")
        self._compile = package.compile_restricted
        self._names: dict[str, Any] = {
            "__builtins__": {
                **package.safe_builtins,
                **package.utility_builtins,
                **{f.__name__: f for f in (all, any, dict, enumerate, iter, list, map, max)},
                **{f.__name__: f for f in (min, next, property, range, reversed, set, sorted, sum)},
                "__import__": _limited_import,
            },
            "__name__": "__main__",
            "__metaclass__": type,
            "_getattr_": guards.safer_getattr,
            "_getitem_": eval_guards.default_guarded_getitem,
            "_getiter_": eval_guards.default_guarded_getiter,
            "_iter_unpack_sequence_": guards.guarded_iter_unpack_sequence,
            "_unpack_sequence_": guards.guarded_unpack_sequence,
            "_write_": guards.full_write_guard,
            "_inplacevar_": _in_place,
        }

    async def run(self, cells: Sequence[str]) -> str:
        def all_cells() -> Any:
            for cell in cells:
                exec(self._compile(_with_result(cell), "<cell>", "exec"), self._names)
            return self._names[_RESULT]

        return _foreign(all_cells)


@asynccontextmanager
async def runners(quick: bool) -> AsyncGenerator[tuple[list[Runner], list[str]], None]:
    """Those that can run here, and a sentence for each that cannot."""
    missing: list[str] = []
    async with AsyncExitStack() as stack:
        factory = LocalExecutorFactory(preload=("numpy",), spares=1)
        stack.push_async_callback(factory.aclose)
        worker = await stack.enter_async_context(AsyncExitStack())
        found: list[Runner] = [Plain(), Sandglass(factory, worker)]
        if quick:
            missing.append("Peers were left out: this was a quick run.")
        for module, peer in () if quick else _PEERS:
            if find_spec(module) is None:
                missing.append(f"{peer} is not installed here, so it was left out.")
            elif peer == Monty.name:
                pool = stack.enter_context(import_module(module).Monty())
                session = await stack.enter_async_context(AsyncExitStack())
                found.append(Monty(pool, session))
            else:
                found.append(Smolagents() if peer == Smolagents.name else Restricted())
        yield found, missing


_PEERS = (
    ("smolagents", Smolagents.name),
    ("pydantic_monty", Monty.name),
    ("RestrictedPython", Restricted.name),
)


async def finished(executor: LocalExecutor, code: str) -> Finished:
    """Run one cell to its end."""
    last: Finished | None = None
    async for event in executor.run(code):
        if isinstance(event, Finished):
            last = event
    if last is None:
        raise AssertionError("every run ends with Finished")
    return last


def _foreign(run: Callable[[], Any]) -> str:
    try:
        return repr(run())
    except (Exception, SystemExit) as exc:  # each peer has exceptions of its own
        raise WorkloadFailed(f"{type(exc).__name__}: {exc}") from exc


def _with_result(cell: str) -> ast.Module:
    """The cell, its last expression's value bound to a name."""
    tree = ast.parse(cell)
    if isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = ast.Assign([ast.Name(_RESULT, ast.Store())], last.value)
    return ast.fix_missing_locations(tree)


def _limited_import(name: str, *rest: Any) -> Any:
    if name not in MODULES:
        raise ImportError(f"{name!r} is not granted")
    return __import__(name, *rest)


def _in_place(operator: str, value: Any, operand: Any) -> Any:
    match operator:
        case "+=":
            value += operand
        case "//=":
            value //= operand
        case "|=":
            value |= operand
        case _:
            raise ValueError(f"no workload uses {operator}")
    return value
