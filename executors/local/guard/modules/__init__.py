"""The modules of the standard library that any cell may import, as data."""

from __future__ import annotations

from executors.local.guard.modules import calculation, language, system, text

MODULES = {
    name: exports
    for part in (calculation.EXPORTS, text.EXPORTS, language.EXPORTS, system.EXPORTS)
    for name, exports in sorted(part.items())
}
"""Each by the name that it is imported by."""

DETERMINISTIC = frozenset(
    {
        *("array", "bisect", "cmath", "collections", "collections.abc", "colorsys", "copy", "csv"),
        *("decimal", "fractions", "functools", "graphlib", "heapq", "itertools", "json", "math"),
        *("numbers", "operator", "re", "string", "struct", "textwrap", "typing", "unicodedata"),
        *("base64", "binascii", "difflib", "fnmatch", "hashlib"),
        *("keyword", "pprint", "urllib.parse", "zlib"),
    }
)
"""Those that know no clock, no chance, no file and no thread, and make no classes: on the same
state, what is called of them does the same again. A module that is not named counts as another."""
