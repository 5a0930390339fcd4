"""What the guard raises in place of what the code asked for."""

from __future__ import annotations


class NotAllowed(Exception):
    """The code asks for something that the policy does not grant. `line` is 1-based, 0 unknown."""

    __module__ = "builtins"  # in tracebacks it looks like an exception of the language

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint
