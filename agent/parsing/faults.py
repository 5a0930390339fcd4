"""Why a reply cannot be used, as sentences for the model that wrote it."""

from __future__ import annotations

import re

from agent.parsing.fences import is_shell

UNFINISHED = (
    "Your code block breaks off in the middle. Write the whole block again, shorter if need be."
)
EMPTY_BLOCK = "Your code block was empty. Put the code between ```python and ```."
BAD_CALL = (
    "Your tool call could not be read. Write Python code in a block that starts with ```python and "
    "ends with ```, and call the tools as functions in it."
)
ONLY_THINKING = (
    "Your reply ended while you were still thinking. Think less, then write an action or a reply."
)
INVENTED = "Observations come from running code. Write an action or a reply."
SHELL = (
    "Shell commands do not run here. To act, write Python in a block that starts with ```python; "
    "to show the commands to the person, put a sentence before them."
)
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*(\w*)")


def only_shell(text: str) -> bool:
    """Whether a reply is one block of shell commands and not a word more."""
    if not (fence := _FENCE.match(text)) or not is_shell(fence[2].lower()):
        return False
    return not any(line.lstrip().startswith(fence[1]) for line in text.splitlines()[1:-1])
