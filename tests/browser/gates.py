"""Gates: the scripted app waits at one until the test has seen what there is to see before it.

So no test has to be quick enough. A gate is a file in a folder that the app and the test know; the
test makes it, and who was waiting takes it away.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

FOLDER = "TEST_GATES"
"""The variable of the app's environment that names the folder."""
PATIENT = "patient"
"""While this one is open the app keeps for long what a page has left."""


def is_open(name: str) -> bool:
    return (Path(os.environ[FOLDER]) / name).exists()


def take(name: str) -> bool:
    """Go through, if it is open; it is closed behind who does."""
    if not is_open(name):
        return False
    (Path(os.environ[FOLDER]) / name).unlink()
    return True


async def passed(name: str) -> None:
    """Wait until one can go through."""
    while not take(name):
        await asyncio.sleep(0.02)
