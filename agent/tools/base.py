"""A tool is a typed function that the agent's code calls and the host runs."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, overload

from agent.errors import ConfigurationError
from agent.tools.arguments import check_arguments
from agent.tools.handed import Handed, Tell, telling
from agent.tools.results import deliver
from agent.tools.schema import handed_hints, signature, spec_of
from executors.base import FINAL_ANSWER, Parameter, ToolSpec, Workspace

__all__ = [
    "FINAL_ANSWER_SPEC",
    "Approval",
    "FunctionTool",
    "Tell",
    "Tool",
    "check_names",
    "signature",
    "spec_of",
    "tool",
]

FINAL_ANSWER_SPEC = ToolSpec(
    name=FINAL_ANSWER,
    description="Gives the answer to the person and ends the task.",
    parameters=(Parameter(name="answer", annotation="Any"),),
    returns="None",
)
"""The function that ends a run. Every executor provides it; prompts describe it with this."""


Approval = Literal["never", "always"]
"""When a person must agree to a call."""


class Tool:
    """Base of all tools. A subclass sets `name` and writes a typed, documented `forward`.

    The schema is read from `forward`: its annotations, its defaults, and its Google-style docstring
    (summary, then `Args:`). `forward` may be async; a sync one runs in a thread. What it raises is
    raised in the agent's code, with its type and message.

    A parameter annotated `Tell` shows progress, and one annotated `Workspace` reaches the files of
    the conversation: the host fills them in, and the code does not see them. A `pathlib.Path` or a
    `File` that it returns is copied into the workspace; the code gets its path there.
    """

    name: str = ""
    description: str = ""
    """What the model reads. Empty means: the docstring of `forward`."""
    inputs: Mapping[str, Mapping[str, Any]] = {}
    """Types and texts by parameter, as `{"type": "string", "description": …}`, where `forward` is
    not annotated."""
    output_type: str = ""
    """The JSON Schema type of the result, where `forward` is not annotated."""
    timeout: float | None = None
    """Seconds that one call may take; None means as long as it takes."""
    cost: float = 0.0
    """What one call costs, in whatever unit the agent's budget is in."""
    general: bool = False
    """Whether it is there for any task, so that a task may well do without it."""
    approval: Approval = "never"
    """Whether a person is asked before each call."""

    forward: Callable[..., Any]

    @property
    def spec(self) -> ToolSpec:
        """The tool as the code sees it. Only `forward` is read, so what `self` holds stays here.

        Raises:
            ConfigurationError: the tool cannot be described; the message says what to change.
        """
        if not hasattr(self, "forward"):
            raise ConfigurationError(
                f"{type(self).__name__} has no forward(): write one, typed and with a docstring."
            )
        return spec_of(
            self.forward,
            name=self.name,
            description=self.description,
            inputs=self.inputs,
            output_type=self.output_type,
        )

    async def call(
        self,
        arguments: dict[str, Any],
        tell: Tell | None = None,
        workspace: Workspace | None = None,
    ) -> Any:
        """Run the tool with arguments by name, in a thread where it is not async.

        A call that is cancelled or over its time returns at once; a sync `forward` then ends by
        itself in its thread, so one that may take long needs a time limit of its own as well.

        Args:
            arguments: what the code gave, by parameter.
            tell: shows a line of progress; called in this event loop.
            workspace: the files of the conversation.

        Raises:
            TypeError: an argument is missing, unknown or of another type; the message says what
                was expected.
            TimeoutError: it took longer than `timeout`.
        """
        spec = self.spec
        check_arguments(spec, arguments)
        wanted = handed_hints(self.forward, name=self.name)
        limit = asyncio.timeout(self.timeout)
        try:
            with telling(tell) as shown:
                handed = Handed(shown, workspace).arguments(wanted, spec.name)
                async with limit:
                    return await deliver(await self._run({**arguments, **handed}), workspace)
        except TimeoutError as exc:
            if not limit.expired():
                raise
            raise TimeoutError(
                f"{spec.name}() took longer than {self.timeout:g} seconds: ask for less at once."
            ) from exc
        except asyncio.CancelledError as exc:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            # The tool itself gave up. Nobody would answer the code if this went on.
            raise RuntimeError(f"{spec.name}() was cancelled from within") from exc
        except SystemExit as exc:
            raise RuntimeError(f"{spec.name}() tried to exit the program: {exc}") from exc

    async def _run(self, arguments: dict[str, Any]) -> Any:
        if inspect.iscoroutinefunction(self.forward):
            return await self.forward(**arguments)
        result = await asyncio.to_thread(_contained, self.forward, arguments)
        return await result if inspect.isawaitable(result) else result

    @staticmethod
    def from_space(
        space: str,
        name: str,
        description: str = "",
        api_name: str | None = None,
        token: str | None = None,
    ) -> Tool:
        """A function of a Hugging Face Space as a tool; see `agent.tools.space.SpaceTool`.

        Raises:
            ConnectionError: the Space cannot be reached, or is not running.
            ConfigurationError: it has no such endpoint, or a name is no Python name.
        """
        from agent.tools.space import SpaceTool  # it is a tool itself

        return SpaceTool(space, name=name, description=description, api_name=api_name, token=token)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call `forward` directly, as in a script without an agent."""
        return self.forward(*args, **kwargs)


def _contained(forward: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call `forward`; a future cannot carry StopIteration, and one that did would never end."""
    try:
        return forward(**arguments)
    except StopIteration as exc:
        raise RuntimeError("the tool raised StopIteration: next() found no more items") from exc


class FunctionTool(Tool):
    """A tool made from a function by `@tool`."""

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str,
        description: str,
        timeout: float | None = None,
        cost: float = 0.0,
        approval: Approval = "never",
    ) -> None:
        self.name, self.description, self.forward = name, description, function
        self.timeout, self.cost, self.approval = timeout, cost, approval
        self.__doc__ = function.__doc__
        _ = self.spec  # a function that cannot be described fails here, not in the middle of a run


@overload
def tool(function: Callable[..., Any], /) -> FunctionTool: ...
@overload
def tool(
    *,
    name: str = ...,
    description: str = ...,
    timeout: float | None = ...,
    cost: float = ...,
    approval: Approval = ...,
) -> Callable[[Callable[..., Any]], FunctionTool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str = "",
    description: str = "",
    timeout: float | None = None,
    cost: float = 0.0,
    approval: Approval = "never",
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """Make a tool from a typed function with a docstring, as `@tool` or `@tool(timeout=…)`.

    Args:
        function: where it is used without parentheses.
        name: what the code calls; empty means the function's name.
        description: what the model reads; empty means the docstring.
        timeout: seconds that one call may take; None means as long as it takes.
        cost: what one call costs.
        approval: whether a person is asked before each call.

    Raises:
        ConfigurationError: the function has no docstring, a parameter has no type, or it takes
            `*args` or `**kwargs`.
    """

    def make(inner: Callable[..., Any]) -> FunctionTool:
        return FunctionTool(
            inner,
            name=name or getattr(inner, "__name__", ""),
            description=description,
            timeout=timeout,
            cost=cost,
            approval=approval,
        )

    return make if function is None else make(function)


def check_names(specs: Iterable[ToolSpec]) -> None:
    """Raise `ConfigurationError` where two tools share a name, or one takes `final_answer`.

    `FINAL_ANSWER_SPEC` itself may be among them, once or more: it describes what the executor
    provides in any case.
    """
    seen: set[str] = set()
    for spec in specs:
        if spec == FINAL_ANSWER_SPEC:
            continue
        if spec.name == FINAL_ANSWER:
            raise ConfigurationError(
                f"The name {FINAL_ANSWER!r} is taken by the function that ends every run: "
                "rename your tool."
            )
        if spec.name in seen:
            raise ConfigurationError(
                f"There are two tools named {spec.name!r}: rename one of them."
            )
        seen.add(spec.name)
