"""Ending tasks."""

from __future__ import annotations

import asyncio
from typing import Any


async def end(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel the tasks and wait until they have ended, however they do."""
    found = [task for task in tasks if task]
    for task in found:
        task.cancel()
    await asyncio.gather(*found, return_exceptions=True)
