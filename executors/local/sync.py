"""The local executor for scripts and tests that know no asyncio: call it with code.

    with LocalPythonExecutor() as executor:
        executor.send_variables({"prices": [3, 4, 5]})
        executor("sum(prices)").output  # '12'

Same worker, walls, limits and variables between cells as behind the page.
"""

from __future__ import annotations

import asyncio
import inspect
import keyword
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Self, cast

from executors import values
from executors.base import (
    FINAL_ANSWER,
    CodeError,
    ExecutorSpec,
    Finished,
    Limits,
    Output,
    Parameter,
    ToolSpec,
)
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from executors.loop_thread import LoopThread

_RECEIVE = ToolSpec(
    name="_receive_variable",
    description="Gives a variable that the host has sent.",
    parameters=(Parameter(name="name", annotation="str"),),
)
"""How variables get in: the code asks for their data, so no text of theirs is ever run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOutput:
    """What came of one cell."""

    output: Any
    """The text of the last expression's value, None without one; or the final answer itself."""
    logs: str
    """What was printed; where that was too much, head and tail with the count between them."""
    is_final_answer: bool
    error: CodeError | None
    """Why the cell did not end well: the code's own exception, a refusal, a limit, a crash."""


class LocalPythonExecutor:
    """Runs cells one after the other in a confined worker process; variables persist.

    The worker starts with the first cell and ends with `close`, with this object, or with the
    interpreter. Calls from several threads wait for each other.

    Args:
        additional_authorized_imports: modules that cells may import besides the defaults.
        max_print_outputs_length: printed characters that are passed on; None: as `limits` say.
        limits: what one cell may use.
    """

    def __init__(
        self,
        additional_authorized_imports: Sequence[str] = (),
        *,
        max_print_outputs_length: int | None = None,
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        if max_print_outputs_length is not None:
            limits = replace(limits, output_chars=max_print_outputs_length)
        self._engine = _Engine(tuple(additional_authorized_imports), limits)
        self._thread: LoopThread | None = None
        self._closed = False

    def __call__(self, code: str) -> CodeOutput:
        """Run one cell.

        Raises:
            RuntimeError: the executor is closed.
            ExecutorUnavailable: no worker can be started.
            ProtocolError: the worker broke the protocol; the next cell gets a new one.
        """
        if self._closed:
            raise RuntimeError("the executor is closed: make a new one")
        if self._thread is None:
            self._thread = LoopThread(on_exit=self._engine.aclose)
        return self._thread.run(self._engine.run(code))

    def send_variables(self, variables: Mapping[str, Any]) -> None:
        """Set variables before the next cell. They are copied now, as data.

        Raises:
            ValueError: a name cannot be a variable's, or a value is too large.
            TypeError: a value has no form as data (a connection, an object of your own class).
        """
        limit = self._engine.limits.call_bytes
        for name in variables:
            _check_name(name)
        self._engine.pending |= {
            name: _encoded(name, value, limit) for name, value in variables.items()
        }

    def send_tools(self, tools: Mapping[str, Callable[..., Any]]) -> None:
        """Let cells call these functions, which run here, in threads where they are not async.

        All before the first cell: a worker knows its functions from its start. Sending the same
        ones again later is allowed and changes nothing.

        Raises:
            ValueError: a name cannot be a function's, or is `final_answer`.
            TypeError: a signature has `*args`, `**kwargs` or positional-only parameters, or a
                default that has no form as data.
            RuntimeError: a cell has run already.
        """
        new = {name: tool for name, tool in tools.items() if self._engine.tools.get(name) != tool}
        if new and self._thread is not None:
            raise RuntimeError(
                f"the functions {sorted(new)} come too late: send them before the first cell, "
                "or make a new executor"
            )
        specs = {name: _spec(name, tool) for name, tool in new.items()}
        self._engine.specs |= specs
        self._engine.tools |= new

    def close(self) -> None:
        """End the worker and remove its files. Idempotent."""
        self._closed = True
        if self._thread is not None:
            self._thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class _Engine:
    """What lives in the loop. It does not know its owner, so that the owner can be dropped."""

    def __init__(self, imports: tuple[str, ...], limits: Limits) -> None:
        self.limits = limits
        self.pending: dict[str, values.JSON] = {}
        """Variables that are not in the worker yet, encoded."""
        self.tools: dict[str, Callable[..., Any]] = {}
        self.specs: dict[str, ToolSpec] = {}
        self._imports = imports
        self._factory = LocalExecutorFactory()
        self._executor: LocalExecutor | None = None
        self._lock = asyncio.Lock()

    async def run(self, code: str) -> CodeOutput:
        """Deliver what was sent, then run the cell."""
        async with self._lock:
            executor = await self._started()
            if sent := dict(self.pending):
                lines = [f"{name} = {_RECEIVE.name}({name!r})" for name in sent]
                delivery = await _collect(executor, "\n".join(lines))
                if delivery.error is not None:
                    return delivery
                for name, value in sent.items():
                    if self.pending.get(name) is value:  # else it has been sent anew
                        del self.pending[name]
            return await _collect(executor, code)

    async def aclose(self) -> None:
        await self._factory.aclose()

    async def _started(self) -> LocalExecutor:
        if self._executor is None:
            spec = ExecutorSpec(
                tools=(*self.specs.values(), _RECEIVE),
                call_tool=self._call,
                additional_authorized_imports=self._imports,
                limits=self.limits,
            )
            executor = self._factory(spec)
            await executor.__aenter__()
            self._executor = executor
        return self._executor

    async def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        if name == _RECEIVE.name:
            return values.decode(self.pending[arguments["name"]])
        tool = self.tools[name]
        try:
            if inspect.iscoroutinefunction(tool):
                return await tool(**arguments)
            result = await asyncio.to_thread(_contained, tool, arguments)
            return await result if inspect.isawaitable(result) else result
        except SystemExit as exc:
            raise RuntimeError(f"{name}() tried to exit the program: {exc}") from exc


async def _collect(executor: LocalExecutor, code: str) -> CodeOutput:
    printed: list[str] = []
    finished: Finished | None = None
    async with aclosing(executor.run(code)) as events:
        async for event in events:
            if isinstance(event, Output):
                printed.append(event.text)
            elif isinstance(event, Finished):
                finished = event
    if finished is None:
        raise AssertionError("every run ends with Finished")
    return CodeOutput(
        output=values.decode(finished.answer) if finished.is_answer else finished.value,
        logs="".join(printed),
        is_final_answer=finished.is_answer,
        error=finished.error,
    )


def _contained(tool: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call the function; a future cannot carry StopIteration, and one that did would never end."""
    try:
        return tool(**arguments)
    except StopIteration as exc:
        raise RuntimeError("the function raised StopIteration") from exc


def _spec(name: str, tool: Callable[..., Any]) -> ToolSpec:
    """How the code sees the function. An object that has a `ToolSpec` as its `spec` knows best."""
    _check_name(name)
    if name in (FINAL_ANSWER, _RECEIVE.name):
        raise ValueError(f"the name {name!r} is taken: give the function another one")
    known: object = getattr(tool, "spec", None)
    if isinstance(known, ToolSpec):
        return replace(known, name=name)
    signature = inspect.signature(tool)
    return ToolSpec(
        name=name,
        description=inspect.getdoc(tool) or "",
        parameters=tuple(_parameter(name, one) for one in signature.parameters.values()),
        returns=_annotation(signature.return_annotation),
    )


def _parameter(tool: str, parameter: inspect.Parameter) -> Parameter:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise TypeError(
            f"{tool}() has the parameter {str(parameter)!r}: arguments are passed by name, so each "
            "needs one"
        )
    required = parameter.default is parameter.empty
    default = None if required else _encoded(parameter.name, parameter.default, values.MAX_BYTES)
    return Parameter(
        name=parameter.name,
        annotation=_annotation(parameter.annotation),
        required=required,
        default=default,
    )


def _annotation(annotation: Any) -> str:
    if annotation is inspect.Parameter.empty:
        return "Any"
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _check_name(name: str) -> None:
    special = name.startswith("__") and name.endswith("__")
    if not name.isidentifier() or keyword.iskeyword(name) or special:
        raise ValueError(f"{name!r} cannot be a name in the code")


def _encoded(name: str, value: Any, limit: int) -> values.JSON:
    try:
        encoded = values.encode(value, max_bytes=limit)
    except ValueError as exc:
        raise ValueError(f"{name!r} cannot be sent: {exc}") from exc
    if _is_opaque(encoded):
        raise TypeError(
            f"{name!r} cannot be sent: a {type(value).__name__}, or something in it, has no form "
            "as data. Send what the code needs of it as numbers, text, lists, dicts or tables."
        )
    return encoded


def _is_opaque(encoded: values.JSON) -> bool:
    """Whether a part of the value is only its `repr`."""
    match encoded:
        case list():
            return any(map(_is_opaque, cast("list[values.JSON]", encoded)))
        case dict():
            parts = cast("dict[str, values.JSON]", encoded)
            return parts.get(values.TAG) == "opaque" or any(map(_is_opaque, parts.values()))
        case _:
            return False
