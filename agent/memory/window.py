"""What one model is asked, kept inside its window.

Room is made in big steps: nothing changes until the window is nearly full, and then half of it is
freed. So between two compactions each request begins with the one before it, and the server finds
that in its cache. What changes all the time stands at the very end.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from agent.events import Event
from agent.memory.compaction import compact, size, squeeze
from agent.memory.summary import Summary
from agent.memory.tokens import estimate_all
from agent.messages import Memory
from agent.models.base import Message, Model, Usage
from agent.observation import PRINTED_CHARS

log = logging.getLogger(__name__)

FULL, SQUEEZED, FREED = 0.85, 0.7, 0.5
"""Parts of the window: beyond the first room is made, down to the last. Where that cannot be done
with lines in place of older steps, what is new may take up as much as the second."""
_PRINTED = 0.3
"""Characters of an observation for each token of the window: about a tenth of it."""


class Window:
    """The requests to one model, from the conversation in `memory`."""

    def __init__(self, memory: Memory, model: Model) -> None:
        self._memory, self._model = memory, model
        self._spent = Usage()

    @property
    def printed_chars(self) -> int:
        """How much of what a cell printed an observation may hold."""
        room = self._room
        return PRINTED_CHARS if room is None else min(PRINTED_CHARS, int(room * _PRINTED))

    def request(self, system: Message, note: str = "") -> Sequence[Message]:
        """All messages of a call. `note`, and the variables there are, stand in the last one only.

        The variables are told where the code that made them is not seen any more.
        """
        *before, last = (system, *self._memory.turns)
        return (*before, replace(last, content=last.content + self._tail(note)))

    async def fit(self, system: Message, step: int, note: str = "") -> AsyncGenerator[Event, None]:
        """Make room, if there is too little; a summary may take a call of the model."""
        room = self._room
        if room is None or estimate_all(self.request(system, note)) <= FULL * room:
            return
        memory, fixed = self._memory, self._fixed(system, note)
        target = int(FREED * room) - fixed
        memory.parts = compact(memory.parts, memory.records, target)
        digests = [i for i, turn in enumerate(memory.parts) if turn.kind == "digest"]
        # A small model adds to its summary what never was; for it only lines are left out.
        if digests and size(memory.parts) > target and not self._model.profile.guesses:
            summary = Summary(self._model, step, memory.parts[digests[-1]])
            async with aclosing(summary.stream()) as events:
                async for event in events:
                    yield event
            self._spent += summary.usage
            memory.parts[digests[-1]] = summary.turn
        memory.parts = squeeze(memory.parts, memory.records, int(SQUEEZED * room) - fixed)
        log.info("the conversation was shortened to about %d tokens", size(memory.parts))

    def overflowed(self, system: Message, note: str = "") -> bool:
        """The model has refused the request because of its length: make room.

        Returns:
            Whether there is less to send now.
        """
        request, memory = self.request(system, note), self._memory
        memory.meter.overflowed(self._model.name, request)
        target = int(FREED * estimate_all(request)) - self._fixed(system, note)
        before = size(memory.parts)
        memory.parts = compact(memory.parts, memory.records, target)
        memory.parts = squeeze(memory.parts, memory.records, target)
        return size(memory.parts) < before

    def learn(self, request: Sequence[Message], reported: Usage) -> None:
        """The server has counted the tokens of this request."""
        self._memory.meter.learn(self._model.name, request, reported)

    def spent(self) -> Usage:
        """What summaries have cost since this was asked last."""
        spent, self._spent = self._spent, Usage()
        return spent

    @property
    def _room(self) -> int | None:
        return self._memory.meter.room(self._model.name, self._model.profile)

    def _fixed(self, system: Message, note: str) -> int:
        """What of a request cannot become shorter, as an estimate."""
        return estimate_all(self.request(system, note)) - size(self._memory.parts)

    def _tail(self, note: str) -> str:
        table = self._memory.variables.text() if self._memory.compacted else ""
        return (f"\n\nVariables now:\n{table}" if table else "") + note
