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
        *("abc", "array", "bisect", "cmath", "collections", "collections.abc", "colorsys", "copy"),
        *("csv", "dataclasses", "decimal", "enum", "fractions", "functools", "graphlib", "heapq"),
        *("itertools", "json", "math", "numbers", "operator", "re", "string", "struct", "textwrap"),
        *("base64", "binascii", "difflib", "fnmatch", "hashlib", "html", "html.entities", "pprint"),
        *("html.parser", "keyword", "typing", "unicodedata", "urllib.parse", "zlib"),
    }
)
"""Those that know no clock, no chance, no file and no thread: on the same state, what is called of
them does the same again. A module that is not named here counts as one that does not."""
