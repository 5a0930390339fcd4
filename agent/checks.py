"""Whether an answer is good enough to end a run with."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from typing import Any

log = logging.getLogger(__name__)

AnswerCheck = Callable[[Any], Any]
"""Gets the answer as a Python value. True or None accept it; False, a sentence that says what is
wrong, or an exception refuse it. May be async."""


async def objection(checks: Sequence[AnswerCheck], answer: Any) -> str:
    """What the first check that refuses the answer says, as a sentence; empty where none does."""
    for check in checks:
        try:
            verdict = check(answer)
            if inspect.isawaitable(verdict):
                verdict = await verdict
        except Exception as exc:  # noqa: BLE001 a check refuses by raising, as assertions do
            log.info("a check refused an answer: %s", exc)
            verdict = str(exc) or type(exc).__name__
        if verdict is None or (not isinstance(verdict, str) and bool(verdict)):
            continue  # a comparison of arrays gives a truth that is not `True` itself
        name = getattr(check, "__name__", type(check).__name__)
        return verdict if isinstance(verdict, str) else f"the check {name} did not accept it"
    return ""
