"""One visitor's transcript as a numbered series of patches that a page applies by block id.

A batch is a JSON text: `chat` counts up with each new conversation, `seq` numbers its batches,
`base` is the number that a page must have reached to apply it (0 means: on an empty page),
`patches` are what changed, and `activity` is what the agent does now.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from typing import Any, Literal, assert_never

from agent.events import Event
from ui.blocks import Append, Block, Change, Drop, Printed, Put
from ui.board import ROLL_CHARS
from ui.markup import plain
from ui.render import render, skipped
from ui.transcript import Transcript

Patch = dict[str, Any]

RECENT_CHARS = 1_000_000
"""Characters of the newest batches that are kept for pages that are a little behind."""


class View:
    """The transcript of one conversation and what a page needs to follow it."""

    def __init__(self, chat: int) -> None:
        self.chat = chat
        self.seq = 0
        self._recent: deque[str] = deque()
        self._recent_chars = 0
        self._transcript = Transcript()
        self._touched: dict[str, int] = {}
        self._dropped: dict[str, int] = {}

    def feed(self, events: Iterable[Event]) -> str:
        """Take in events and return the batch that shows them."""
        changes: list[Change] = []
        for event in events:
            changes += self._transcript.feed(event)
        return self._batch(changes)

    def ask(self, task: str) -> str:
        """The batch that shows the person's message at once."""
        return self._batch(self._transcript.ask(task))

    def remark(self, text: str, *, level: Literal["info", "warning"] = "info") -> str:
        """The batch that adds a sentence of the page itself."""
        return self._batch(self._transcript.remark(text, level=level))

    def abandon(self, text: str) -> str:
        """The batch that ends what was going on, with a sentence on why."""
        return self._batch(self._transcript.abandon(text))

    def whole(self) -> str:
        """A batch that is the whole conversation."""
        return self._encode([_put(block) for block in self._transcript.blocks.values()], base=0)

    def after(self, seq: int) -> list[str]:
        """The batches that bring a page from `seq` to now, oldest first; empty if it is there."""
        missed = self.seq - seq
        if missed == 0:
            return []
        if not 0 < missed <= self.seq or seq == 0:
            return [self.whole()]
        if missed <= len(self._recent):
            return list(self._recent)[-missed:]
        return [self._since(seq)]

    def _since(self, seq: int) -> str:
        """One batch that stands for all after `seq`: every block that changed, afresh."""
        gone: list[Patch] = [
            {"op": "drop", "id": name} for name, at in self._dropped.items() if at > seq
        ]
        changed = (
            block
            for name, block in self._transcript.blocks.items()
            if self._touched.get(name, 0) > seq
        )
        return self._encode(gone + [_put(block) for block in changed], base=seq)

    def _batch(self, changes: Iterable[Change]) -> str:
        self.seq += 1
        patches: list[Patch] = []
        for change in _merged(changes):
            match change:
                case Drop(name):
                    self._touched.pop(name, None)
                    self._dropped[name] = self.seq
                    patches.append({"op": "drop", "id": name})
                case Put(name):
                    self._touched[name] = self.seq
                    patches.append(_put(self._transcript.blocks[name]))
                case Append(name, text):
                    self._touched[name] = self.seq
                    patches.append(_append(self._transcript.blocks[name], text))
                case _:
                    assert_never(change)
        batch = self._encode(patches, base=self.seq - 1)
        self._keep(batch)
        return batch

    def _keep(self, batch: str) -> None:
        self._recent.append(batch)
        self._recent_chars += len(batch)
        while self._recent_chars > RECENT_CHARS:
            self._recent_chars -= len(self._recent.popleft())

    def _encode(self, patches: list[Patch], *, base: int) -> str:
        batch = {
            "chat": self.chat,
            "base": base,
            "seq": self.seq,
            "activity": self._transcript.activity,
            "patches": patches,
        }
        # No markup in the JSON text itself, wherever it is put on its way.
        return json.dumps(batch, separators=(",", ":")).replace("<", "\\u003c")


def _merged(changes: Iterable[Change]) -> Iterable[Change]:
    """At most one change for each block, in the order in which they were first touched."""
    merged: dict[str, Change] = {}
    for change in changes:
        match merged.get(change.id), change:
            case Append(_, before), Append(name, text):
                merged[name] = Append(name, before + text)
            case Put(), Append():
                pass  # a block that is shown afresh has the new text already
            case _:
                merged[change.id] = change
    return merged.values()


def _put(block: Block) -> Patch:
    fragment = render(block.content)
    return {
        "op": "put",
        "id": block.id,
        "parent": block.parent,
        "kind": block.content.kind,
        "state": fragment.state,
        "html": fragment.html,
    }


def _append(block: Block, text: str) -> Patch:
    patch: Patch = {"op": "append", "id": block.id, "text": plain(text)}
    if isinstance(block.content, Printed) and block.content.skipped:
        patch |= {"keep": ROLL_CHARS, "skipped": skipped(block.content.skipped)}
        patch["text"] = patch["text"][-ROLL_CHARS:]
    return patch
