"""How a module of the standard library is listed: what it hands out, what it keeps, and why."""

from __future__ import annotations

from collections.abc import Mapping


class Exports:
    """The public names of one module that code gets.

    Args:
        what: what the module is for, and what makes it harmless.
        names: what is handed out; a name that this Python lacks is skipped, one that only a later
            Python has waits until it is listed.
        without: why the other public names are not: names → what they do.
        rest: what all that is not named does, where only a few names are handed out.
    """

    def __init__(
        self, what: str, names: str, without: Mapping[str, str] | None = None, rest: str = ""
    ) -> None:
        self.what = what
        self.names = frozenset(names.split())
        self.without = {one: why for some, why in (without or {}).items() for one in some.split()}
        self.rest = rest
