"""Where other code has a say in a run: before an action runs, before a plan is followed, and after.

Hooks may be plain functions or async ones; a plain one is called on the loop, so it must be quick.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from agent.events import StepFinished
from agent.models.base import Usage
from executors.base import CodeError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedAction:
    """What the model wants to run."""

    step: int
    thought: str
    code: str


@dataclass(frozen=True, slots=True)
class Veto:
    """The action must not run. The model reads why and writes another one."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedCall:
    """A call of a tool whose `approval` is `always`."""

    name: str
    arguments: Mapping[str, Any]
    """By parameter, as Python values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedStep:
    """A step that is over."""

    step: int
    thought: str = ""
    code: str = ""
    """Empty where the model replied to the person."""
    observation: str = ""
    error: CodeError | None = None
    duration: float = 0.0
    """Seconds."""
    usage: Usage = field(default_factory=Usage)

    @classmethod
    def of(
        cls,
        finished: StepFinished,
        *,
        thought: str = "",
        code: str = "",
        observation: str = "",
        error: CodeError | None = None,
    ) -> FinishedStep:
        """What the event says, and what it was about."""
        return cls(
            step=finished.step,
            thought=thought,
            code=code,
            observation=observation,
            error=error,
            duration=finished.duration,
            usage=finished.usage,
        )


ActionHook = Callable[[ProposedAction], "str | Veto | Awaitable[str | Veto | None] | None"]
"""Sees an action before it runs: None lets it run, a str runs instead, a `Veto` stops it."""
PlanHook = Callable[[str], "str | Awaitable[str | None] | None"]
"""Sees a plan before it is followed; a str replaces it."""
ApprovalHook = Callable[["RequestedCall"], "bool | str | Awaitable[bool | str]"]
"""Is asked about a call of a tool that wants approval: True lets it run, False or a reason not."""
StepCallback = Callable[[FinishedStep], "Awaitable[None] | None"]
"""Is told of each step that ran an action or gave an answer."""


async def decide(hooks: Sequence[ActionHook], action: ProposedAction) -> ProposedAction | Veto:
    """The action as all hooks leave it, or the first veto. Each sees what the one before made."""
    for hook in hooks:
        match await _settled(hook(action)):
            case Veto() as veto:
                return veto
            case str() as code:
                action = replace(action, code=code)
            case None:
                pass
    return action


async def revise(hooks: Sequence[PlanHook], plan: str) -> str:
    """The plan as all hooks leave it."""
    for hook in hooks:
        changed = await _settled(hook(plan))
        plan = plan if changed is None else changed
    return plan


async def approved(hook: ApprovalHook | None, call: RequestedCall) -> None:
    """Return if the call may run.

    Raises:
        PermissionError: it may not; the code reads why.
    """
    if hook is None:
        raise PermissionError(f"{call.name}() needs a person's approval, and nobody can be asked")
    verdict = await _settled(hook(call))
    if verdict is not True:
        reason = f": {verdict}" if isinstance(verdict, str) else ""
        raise PermissionError(f"the person did not allow this call of {call.name}(){reason}")


async def tell(callbacks: Sequence[StepCallback], step: FinishedStep) -> None:
    """Tell every callback, in order."""
    for callback in callbacks:
        await _settled(callback(step))


async def _settled(value: T | Awaitable[T]) -> T:
    return await cast("Awaitable[T]", value) if inspect.isawaitable(value) else cast("T", value)
