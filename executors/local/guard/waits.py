"""What waits in C, where a thread would not hear that its cell is over, made of what does hear."""

from __future__ import annotations

import queue
import threading
import time
from typing import Any

from executors.local.threads import THREADS, Waiter

_PythonQueue: Any = getattr(queue, "_PySimpleQueue")  # noqa: B009 it is not in the stubs


class SimpleQueue(_PythonQueue):
    """`queue.SimpleQueue`."""

    __module__ = "queue"


def sleep(seconds: Any) -> None:
    """`time.sleep`, which in a thread ends with the cell.

    Raises:
        Ended: the cell is over.
    """
    if threading.get_ident() == THREADS.main or type(seconds) not in (int, float) or seconds <= 0:
        time.sleep(seconds)
        return
    lock = Waiter()
    lock.acquire()
    lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX))
