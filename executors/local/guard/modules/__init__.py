"""The modules of the standard library that any cell may import, as data."""

from __future__ import annotations

from executors.local.guard.modules import calculation, language, system, text

MODULES = {
    name: exports
    for part in (calculation.EXPORTS, text.EXPORTS, language.EXPORTS, system.EXPORTS)
    for name, exports in sorted(part.items())
}
"""Each by the name that it is imported by."""
