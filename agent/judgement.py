"""Whether an answer may end the run: its type, what can be seen to be wrong with it, the checks."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.checks import objection
from agent.doubts import Doubts
from agent.spec import AgentSpec
from executors.base import JSON, Workspace
from executors.errors import ExecutorError
from executors.values import decode

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of an answer."""

    answer: JSON
    """As the type has it that was asked for."""
    problem: str = ""
    """Why it goes back; empty if it does not."""
    doubted: bool = False
    """Whether that is only a doubt: given again, it is believed."""
    begin_anew: bool = False
    """Whether the code that gave it is better forgotten."""


async def judge(
    answer: JSON, *, spec: AgentSpec, doubts: Doubts, workspace: Workspace, again: bool
) -> Judgement:
    """Judge an answer.

    Args:
        answer: as typed JSON.
        spec: says which type it must have, and who checks it.
        doubts: of the run.
        workspace: where the files are that were asked for.
        again: whether there is a step left to mend it; without one nothing is only doubted.
    """
    try:
        answer, value = _typed(answer, spec)
    except ValueError as exc:
        return Judgement(answer=answer, problem=str(exc))
    if again and (doubt := doubts.of_answer(value, await _files(doubts, workspace))):
        anew = doubts.begin_anew
        return Judgement(answer=answer, problem=doubt, doubted=True, begin_anew=anew)
    return Judgement(answer=answer, problem=await objection(spec.answer_checks, value))


def as_reply(text: str, spec: AgentSpec) -> JSON:
    """What the model has said, for whoever asked.

    Code gets a number where it is nothing else and loses nothing by it, unless it wants a type.
    """
    if not spec.called or spec.answer_type is not None or not _NUMBER.fullmatch(text):
        return text
    number = float(text) if "." in text else int(text)
    return number if str(number) == text else text


async def _files(doubts: Doubts, workspace: Workspace) -> Sequence[str] | None:
    """Those of the workspace, where that matters; None where it is gone."""
    if not doubts.look_for_files:
        return None
    try:
        return [file.path for file in await workspace.list()]
    except (ExecutorError, OSError) as exc:
        log.info("the files cannot be looked at: %s", exc)
        return None


def _typed(answer: JSON, spec: AgentSpec) -> tuple[JSON, Any]:
    """The answer, and its value, as the type has them that was asked for."""
    value, expected = decode(answer), spec.answer_type
    if expected is None:
        return answer, value
    value = expected.read(value)
    return expected.write(value), value
