"""Many lines about older steps become a few sentences, by a call of the model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from agent.errors import ModelError
from agent.events import Event, ModelPreparing
from agent.memory.compaction import IN_SHORT, KEPT_LINES, digest_of, lines_of
from agent.memory.tokens import counted
from agent.messages import Turn
from agent.models.base import Done, Message, Model, Text, Usage
from agent.text import well_formed

_MOST_CHARS = 2_000
_TELLING = "Summing up the earlier steps…"
_SYSTEM = "You keep the notes of an assistant that solves tasks by running Python code."
_ASKED = (
    "Sum up these older steps in at most 120 words, for the assistant that goes on from here: what "
    "was found out, with its figures, and which variables and files hold it. No code.\n\n"
)


class Summary:
    """Stream it, then read `turn` and `usage`."""

    def __init__(self, model: Model, step: int, digest: Turn) -> None:
        self._model, self._step = model, step
        self.turn = digest
        """The digest with the summary in it; as it was where none could be had."""
        self.usage = Usage()

    async def stream(self) -> AsyncGenerator[Event, None]:
        """Ask for the summary. A model that fails leaves the lines as they are."""
        lines = lines_of(self.turn)
        old, new = lines[:-KEPT_LINES], lines[-KEPT_LINES:]
        if len(old) < KEPT_LINES:
            return
        yield ModelPreparing(step=self._step, text=_TELLING)
        try:
            text = await self._text(old)
        except ModelError:  # the next call of the model meets it again, and it is told there
            return
        if text:
            self.turn = digest_of([IN_SHORT + text, *new])

    async def _text(self, lines: Sequence[str]) -> str:
        messages = (Message("system", _SYSTEM), Message("user", _ASKED + "\n".join(lines)))
        written, pieces, reported = "", 0, Usage()
        async with aclosing(self._model.stream(messages)) as deltas:
            async for delta in deltas:
                match delta:
                    case Text(text=text):
                        written, pieces = written + text, pieces + 1
                    case Done(usage=usage):
                        reported = usage
                    case _:
                        pass
                if len(written) > _MOST_CHARS:
                    break
        self.usage = counted(reported, messages, pieces)
        return " ".join(well_formed(written)[:_MOST_CHARS].split())
