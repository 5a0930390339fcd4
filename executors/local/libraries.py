"""What libraries need in a process without threads, programs and `/proc/self`."""

from __future__ import annotations

import sys
from typing import Any, cast


def settle_in() -> None:
    """Have what has been imported find its way. Idempotent.

    threadpoolctl, which scikit-learn asks, reads the list of loaded libraries from `/proc/self`,
    which nobody may open here; it knows another way, for systems that have no such folder.
    """
    control = cast("Any", sys.modules.get("threadpoolctl"))
    if getattr(control, "_HAS_PROCFS", False):
        control._HAS_PROCFS = False
