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


def of_type(expected: Any) -> AnswerCheck:
    """A check that the answer is of a type: `int`, `list[str]`, `dict[str, float] | None`.

    It is strict: a number in a string is not a number, but an int is a float.

    Raises:
        TypeError: pydantic cannot judge such a type.
    """
    from pydantic import TypeAdapter, ValidationError
    from pydantic.errors import PydanticUserError

    try:
        adapter = TypeAdapter[Any](expected)
    except PydanticUserError as exc:
        why = str(exc).partition("\n")[0]
        raise TypeError(f"an answer cannot be checked to be {expected!r}: {why}") from exc

    def has_the_right_type(answer: Any) -> str | None:
        try:
            adapter.validate_python(answer, strict=True)
        except ValidationError as exc:
            first = exc.errors()[0]
            place = "".join(f"[{part!r}]" for part in first["loc"])
            found = type(answer).__name__
            return f"it must be {annotation(expected)}, not {found}: answer{place}: {first['msg']}"
        return None

    return has_the_right_type


def annotation(expected: Any) -> str:
    """A type as it is written in a signature."""
    if isinstance(expected, str):
        return expected
    return (
        expected.__name__
        if isinstance(expected, type) and not hasattr(expected, "__args__")
        else str(expected).replace("typing.", "")
    )
