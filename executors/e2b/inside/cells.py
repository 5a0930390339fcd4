"""How the kernel treats a cell: text at once, values short, and an end that nothing swallows."""

from __future__ import annotations

import ast
import asyncio
import builtins
import io
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from executors.e2b.inside.bridge import Bridge, FinalAnswer
from executors.variables import measured

FLUSHES_A_SECOND = 400
VALUE_MIME = "application/vnd.sandglass.value"
_GUARD = "__sandglass_let_pass__"


def show_shortly(shell: Any, value_chars: int) -> None:
    """Send each value's `repr`, cut to `value_chars`; send no table row by row."""

    def text_of(value: object) -> str:
        try:
            text = repr(value)
        except Exception as exc:  # noqa: BLE001 (the code's own broken __repr__)
            return f"<{type(value).__name__} whose repr() raised {type(exc).__name__}>"
        extra = len(text) - value_chars
        cut = text if extra <= 0 else f"{text[:value_chars]}… ({extra} more characters)"
        return measured(value, cut)

    def write(value: object, printer: Any, _cycle: bool) -> None:
        printer.text(text_of(value))

    formatters = shell.display_formatter.formatters
    for heavy in ("e2b/data", "e2b/chart"):
        formatters.pop(heavy, None)
    formatters[VALUE_MIME] = type(formatters["text/html"])()  # any plain formatter will do
    formatters[VALUE_MIME].for_type(object, text_of)
    for kind in (str, bytes, bytearray):  # all others are cut by the kernel itself
        formatters["text/plain"].for_type(kind, write)


def print_at_once(bridge: Bridge) -> None:
    """Let prints leave as they come, in batches of a blink.

    The service drops what comes in more than a thousand messages a second, so code that flushes
    after each line gets batches too.
    """
    builtins.print = print_whole
    for stream in (sys.stdout, sys.stderr):
        stream.flush_interval = 0.02  # type: ignore[attr-defined]
        stream.flush = gentle(stream.flush, bridge)  # type: ignore[method-assign]


def print_whole(
    *values: object,
    sep: str | None = None,
    end: str | None = None,
    file: Any = None,
    flush: bool = False,
) -> None:
    """`print` in one piece, which no other thread can write into."""
    whole = io.StringIO()
    _print(*values, sep=sep, end=end, file=whole)
    target = sys.stdout if file is None else file
    if target is not None:
        target.write(whole.getvalue())
        if flush:
            target.flush()


_print = print


def gentle(flush: Callable[[], None], bridge: Bridge) -> Callable[[], None]:
    """`flush`, but not too often while a cell runs: the rest leaves by itself in a blink."""
    second, in_second = 0.0, 0

    def flush_gently() -> None:
        nonlocal second, in_second
        if (now := time.monotonic()) - second > 1:
            second, in_second = now, 0
        in_second += 1
        if in_second <= FLUSHES_A_SECOND or not bridge.running:
            flush()

    return flush_gently


def keep_lines(shell: Any) -> None:
    """Keep a cell's leading empty lines, so that errors count its lines as the person does."""
    cleanups = shell.input_transformer_manager.cleanup_transforms
    cleanups[:] = [one for one in cleanups if getattr(one, "__name__", "") != "leading_empty_lines"]


def keep_endings(shell: Any) -> None:
    """Let no `except` that catches everything hold back an answer or a stop."""
    setattr(builtins, _GUARD, let_pass)
    shell.ast_transformers.append(LetPass())


def let_pass() -> None:
    """Raise again what no handler of a cell may swallow."""
    error = sys.exc_info()[1]
    if isinstance(error, FinalAnswer | KeyboardInterrupt):
        raise error


class LetPass(ast.NodeTransformer):
    """Puts `let_pass` first in each handler that catches everything."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        """Rewrite one handler, and those inside it."""
        self.generic_visit(node)
        if node.type is None or "'BaseException'" in ast.dump(node.type):
            call = ast.parse(f"{_GUARD}()").body[0]
            for part in ast.walk(call):
                ast.copy_location(part, node)
            node.body.insert(0, call)
        return node


def allow_asyncio_run() -> None:
    """Let `asyncio.run` work in a cell, where the kernel's own loop is running already."""
    original = asyncio.run

    def run(main: Any, **options: Any) -> Any:
        try:
            outer = asyncio.get_running_loop()
        except RuntimeError:  # in a thread of the code's own there is none
            return original(main, **options)
        aside: Any = asyncio.events._set_running_loop  # made for this: nested loops
        aside(None)
        try:
            return original(main, **options)
        finally:
            aside(outer)
            asyncio.set_event_loop(outer)

    asyncio.run = run


def limit_memory(wanted: int) -> None:
    """Make a cell that asks for too much fail with MemoryError, before the system kills it."""
    import resource  # not on every platform that reads this file

    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min(wanted, physical * 8 // 10), hard))
