"""Signals by their numbers, as the kernel has them.

The functions of `signal` make enums of all that goes in and out. In a process that has just been
forked that touches fifty pages, each of which the kernel then copies.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

_raw: Any = import_module("_signal")


def block(number: int) -> None:
    """Have that signal wait."""
    _raw.pthread_sigmask(signal.SIG_BLOCK, (number,))


def unblock(number: int) -> None:
    """Let that signal come, now if it has waited."""
    _raw.pthread_sigmask(signal.SIG_UNBLOCK, (number,))


def discard(number: int) -> None:
    """Forget such a signal if one waits, and have the next one do what it does by default."""
    ignore(number)
    restore(number)


def ignore(number: int) -> None:
    """Have that signal do nothing."""
    _raw.signal(number, _raw.SIG_IGN)


def restore(number: int) -> None:
    """Have that signal do what it does by default."""
    _raw.signal(number, _raw.SIG_DFL)


def handle(number: int, handler: Callable[[int, FrameType | None], None]) -> None:
    """Call `handler` when that signal comes."""
    _raw.signal(number, handler)
