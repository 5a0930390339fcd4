"""One visitor's transcript as a numbered series of patches that a page applies by block id.

A batch is a JSON text: `chat` counts up with each new conversation, `seq` numbers its batches,
`base` is the number that a page must have reached to apply it (0 means: on an empty page),
`patches` are what changed, and `activity` is what the agent does now.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Literal, assert_never

from agent.events import Event, RunEnded
from executors.base import FileInfo
from ui.blocks import Append, Block, Change, Content, Drop, Printed, Put
from ui.board import ROLL_CHARS
from ui.markup import plain
from ui.render import Fragment, render, skipped, unshowable
from ui.transcript import Transcript

log = logging.getLogger(__name__)

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
        self._rendered: dict[str, tuple[Content, str]] = {}

    def feed(self, events: Iterable[Event]) -> str:
        """Take in events and return the batch that shows them.

        An event that cannot be shown is logged, and those after it are shown all the same.
        """
        changes: list[Change] = []
        for event in events:
            try:
                changes += self._transcript.feed(event)
            except Exception:
                log.exception("an event of type %r could not be shown", event.type)
        return self._batch(changes)

    def ask(self, task: str, *, files: Sequence[FileInfo] = ()) -> str:
        """The batch that shows the person's message, with the files added to it, at once."""
        return self._batch(self._transcript.ask(task, files=files))

    def steer(self, text: str) -> str:
        """The batch that shows what the person says while the agent works."""
        return self._batch(self._transcript.steer(text))

    def remark(self, text: str, *, level: Literal["info", "warning"] = "info") -> str:
        """The batch that adds a sentence of the page itself."""
        return self._batch(self._transcript.remark(text, level=level))

    def abandon(self, text: str) -> str:
        """The batch that ends what was going on, with a sentence on why."""
        return self._batch(self._transcript.abandon(text))

    def halt(self) -> str:
        """The batch that ends what was going on because the person stopped it."""
        return self._batch(self._transcript.feed(RunEnded(outcome="stopped")))

    def whole(self) -> str:
        """A batch that is the whole conversation."""
        return self._encode(
            [self._put(block) for block in self._transcript.blocks.values()], base=0
        )

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
        gone = [_drop(name) for name, at in self._dropped.items() if at > seq]
        changed = (
            block
            for name, block in self._transcript.blocks.items()
            if self._touched.get(name, 0) > seq
        )
        return self._encode(gone + [self._put(block) for block in changed], base=seq)

    def _batch(self, changes: Iterable[Change]) -> str:
        self.seq += 1
        patches: list[str] = []
        for change in _merged(changes):
            match change:
                case Drop(name):
                    self._touched.pop(name, None)
                    self._rendered.pop(name, None)
                    self._dropped[name] = self.seq
                    patches.append(_drop(name))
                case Put(name):
                    self._touched[name] = self.seq
                    patches.append(self._put(self._transcript.blocks[name]))
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

    def _put(self, block: Block) -> str:
        """The patch that shows the block; rendered once for each content that it has."""
        content, patch = self._rendered.get(block.id, (None, ""))
        if content is not block.content:
            patch = _put(block, _fragment(block.content))
            self._rendered[block.id] = (block.content, patch)
        return patch

    def _encode(self, patches: list[str], *, base: int) -> str:
        head = {
            "chat": self.chat,
            "base": base,
            "seq": self.seq,
            "activity": self._transcript.activity,
        }
        return f'{_json(head)[:-1]},"patches":[{",".join(patches)}]}}'


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


def _fragment(content: Content) -> Fragment:
    try:
        return render(content)
    except Exception:
        # What one block is made of must not take the rest of the conversation off the page.
        log.exception("a block of kind %r could not be rendered", content.kind)
        return unshowable()


def _put(block: Block, fragment: Fragment) -> str:
    patch: dict[str, Any] = {
        "op": "put",
        "id": block.id,
        "parent": block.parent,
        "kind": block.content.kind,
        "state": fragment.state,
        "html": fragment.html,
    }
    if fragment.running is not None:
        patch["running"] = fragment.running
    return _json(patch)


def _append(block: Block, text: str) -> str:
    patch: dict[str, Any] = {"op": "append", "id": block.id, "text": plain(text)}
    if isinstance(block.content, Printed) and block.content.skipped:
        patch |= {"keep": ROLL_CHARS, "skipped": skipped(block.content.skipped)}
        patch["text"] = patch["text"][-ROLL_CHARS:]
    return _json(patch)


def _drop(name: str) -> str:
    return _json({"op": "drop", "id": name})


def _json(value: dict[str, Any]) -> str:
    # No markup in the JSON text itself, wherever it is put on its way.
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
