"""`steps` in the code: what earlier steps of the conversation thought, ran and gave, in full.

Runs where the code runs, in workers and in sandboxes: standard library only. Nothing of it is kept
there: what is asked for comes from the host at that moment, so it is the same before and after the
interpreter goes back, starts anew or moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, overload

STEPS = "steps"
"""What the code calls them."""
RECALL = "_recall_steps"
"""The host's function behind them, for `start` and `stop`; an executor that has it has `steps`. It
gives `total`, the number of steps, and `steps`: the first few from `start` on, but for `stop`."""


class Step(NamedTuple):
    """One step of the conversation."""

    number: int
    thought: str
    code: str
    output: str
    """All that it printed, showed and gave as its last value."""
    error: str
    """Its traceback; empty where it did not fail."""

    def __repr__(self) -> str:
        said = f"{len(self.output):,} characters of output" + (", failed" if self.error else "")
        return f"<steps[{self.number}]: .thought, .code, .output, .error; {said}>"


class Steps:
    """Numbered from 1, as the conversation shows them: `steps[2].output`."""

    def __init__(self, recall: Callable[[int, int], dict[str, Any]]) -> None:
        self._recall = recall

    def __len__(self) -> int:
        return self._recall(0, 0)["total"]

    def __iter__(self) -> Iterator[Step]:
        return self._between(1, len(self) + 1)

    @overload
    def __getitem__(self, number: int) -> Step: ...
    @overload
    def __getitem__(self, number: slice) -> list[Step]: ...
    def __getitem__(self, number: int | slice) -> Step | list[Step]:
        total = len(self)
        if isinstance(number, slice):
            wanted = range(total + 1)[number]
            return [self[one] for one in wanted if one]
        wanted = number + total + 1 if number < 0 else number
        if not 1 <= wanted <= total:
            raise IndexError(
                f"there is no steps[{number}]: they go from steps[1] to steps[{total}]"
            )
        return next(self._between(wanted, wanted + 1))

    def __repr__(self) -> str:
        total = len(self)
        return f"<steps[1] to steps[{total}], each with .thought, .code, .output and .error>"

    def _between(self, start: int, stop: int) -> Iterator[Step]:
        while start < stop:
            found = [Step(**one) for one in self._recall(start, stop)["steps"]]
            if not found:
                return
            yield from found
            start = found[-1].number + 1
