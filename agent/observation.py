"""A finished cell becomes the text that the model reads."""

from __future__ import annotations

from collections.abc import Iterable

from executors.base import Display, ExecutionEvent, FilesChanged, Finished, Notice, Output
from executors.values import preview

PRINTED_CHARS = 4_000
VALUE_CHARS = 2_000
ERROR_CHARS = 2_000


def observe(events: Iterable[ExecutionEvent]) -> str:
    """The observation of one cell, from all its events.

    Prints come first, then what was shown, the last value, the error with its hint, new files, and
    what was lost. Long parts are cut in the middle, with the count of what is missing.
    """
    printed: list[str] = []
    parts: list[str] = []
    finished: Finished | None = None
    for event in events:
        match event:
            case Output(text=text):
                printed.append(text)
            case Display(alt=alt, mime=mime):
                parts.append(f"Shown ({mime}): {cut(alt, 300)}")
            case Notice(text=text, level="warning"):
                parts.append(f"Note: {text}")
            case FilesChanged(files=files):
                parts.append("Files written: " + ", ".join(f.path for f in files[:20]))
            case Finished():
                finished = event
            case _:
                pass
    if text := "".join(printed).rstrip():
        parts.insert(0, cut(text, PRINTED_CHARS))
    if finished is not None:
        parts += _ending(finished)
    return "Observation:\n" + ("\n".join(parts) or "(The code ran and printed nothing.)")


def _ending(finished: Finished) -> list[str]:
    parts: list[str] = []
    if finished.value is not None:
        parts.append(f"Value of the last line: {cut(finished.value, VALUE_CHARS)}")
    if finished.is_answer:
        parts.append(f"The answer was given: {preview(finished.answer, VALUE_CHARS)}")
    if error := finished.error:
        tail = error.traceback.strip() or f"{error.name}: {error.message}"
        parts.append(f"The code failed.\n{cut(tail, ERROR_CHARS)}")
        if error.hint:
            parts.append(f"Hint: {error.hint}")
    if not finished.state_kept:
        parts.append("The interpreter was restarted: variables of earlier actions are gone.")
    return parts


def cut(text: str, limit: int) -> str:
    """`text` in about `limit` characters: head, tail, and how much is missing between them."""
    if len(text) <= limit:
        return text
    head, tail = limit * 2 // 3, limit // 3
    missing = len(text) - head - tail
    return f"{text[:head]}\n… {missing} characters cut …\n{text[-tail:]}"
