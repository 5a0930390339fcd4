"""The variables of the code as its model knows them: a table that follows what executors tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from executors.base import ExecutionEvent, Finished, Variable, VariablesChanged

TABLE_CHARS = 1_200
_LINE_CHARS = 100


class VariableTable:
    """What there is, the latest change last."""

    def __init__(self) -> None:
        self._known: dict[str, Variable] = {}

    def take(self, events: Iterable[ExecutionEvent]) -> None:
        """Follow a cell, from its events."""
        new: dict[str, Variable] = {}
        for event in events:
            match event:
                case VariablesChanged(changed=changed, gone=gone):
                    new |= {variable.name: variable for variable in changed}
                    for name in gone:
                        self._known.pop(name, None)
                case Finished(state_kept=False):
                    self._known.clear()
                case _:
                    pass
        for name, variable in new.items():
            self._known.pop(name, None)
            self._known[name] = variable

    @property
    def known(self) -> Mapping[str, Variable]:
        """All of them, by name."""
        return MappingProxyType(self._known)

    def clear(self) -> None:
        """There are none any more."""
        self._known.clear()

    def text(self, chars: int = TABLE_CHARS) -> str:
        """One line for each, the ones that changed last; empty where there is none."""
        lines: list[str] = []
        for variable in reversed(self._known.values()):
            line = described(variable)
            chars -= len(line) + 1
            if chars < 0:
                lines.append(f"… and {len(self._known) - len(lines)} older ones")
                break
            lines.append(line)
        return "\n".join(reversed(lines))


def described(variable: Variable, chars: int = _LINE_CHARS) -> str:
    """A variable in one line: `prices: list of 3 = [1, 2, 3]`."""
    size = f" of {' × '.join(f'{n:,}' for n in variable.shape)}" if variable.shape else ""
    shown = f" = {variable.preview}" if variable.preview else ""
    line = " ".join(f"{variable.name}: {variable.kind}{size}{shown}".split())
    return line if len(line) <= chars else f"{line[: chars - 1]}…"
