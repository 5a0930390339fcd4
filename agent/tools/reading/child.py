"""Reads one document in a process that may use little, and writes its text to stdout.

It gets the document on stdin, and ends with one line of JSON: `text` and `more`, or `error`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator

from agent.tools.reading.pdf import read_pdf
from agent.tools.reading.sheets import read_sheets
from agent.tools.reading.word import read_word

READERS: dict[str, Callable[[bytes], Generator[str, None, None]]] = {
    ".pdf": read_pdf,
    ".docx": read_word,
    ".xlsx": read_sheets,
    ".xlsm": read_sheets,
}


def main(kind: str, most_chars: int, seconds: int, memory_bytes: int) -> None:
    """Read the document on stdin as `kind`, within the limits."""
    _limit(seconds, memory_bytes)
    answer = _read(kind, sys.stdin.buffer.read(), most_chars)
    sys.stdout.write(json.dumps(answer))


def _limit(seconds: int, memory_bytes: int) -> None:
    if sys.platform == "win32":  # it has no such limits; the host's clock still ends this
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(kind: str, data: bytes, most_chars: int) -> dict[str, str | bool]:
    parts: list[str] = []
    size = 0
    try:
        for part in READERS[kind](data):
            parts.append(part)
            size += len(part)
            if size > most_chars:
                break
    except ValueError as exc:
        return {"error": str(exc)}
    except MemoryError:
        return {"error": "it needs too much memory"}
    except Exception as exc:  # noqa: BLE001 - the libraries raise whatever a damaged file brings up
        return {"error": f"it is damaged, or not what its name says ({type(exc).__name__})"}
    return {"text": "\n\n".join(parts)[:most_chars], "more": size > most_chars}
