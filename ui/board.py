"""The blocks of a page in order, and the changes since they were last taken."""

from __future__ import annotations

from dataclasses import replace

from ui.blocks import Append, Block, Change, Code, Content, Drop, Printed, Prose, Put

ROLL_CHARS = 12_000
"""Characters that a rolling block keeps from its end."""


class Board:
    """Blocks by id. New ones go to the end of their parent; ids are never used twice."""

    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self._made = 0
        self._changes: list[Change] = []

    def add(self, content: Content, parent: str = "") -> str:
        """Add a block and return its id."""
        self._made += 1
        block_id = f"b{self._made}"
        self.blocks[block_id] = Block(block_id, parent, content)
        self._changes.append(Put(block_id))
        return block_id

    def show(self, block_id: str, content: Content, parent: str = "") -> str:
        """Replace the block's content, or add a block where there is none; return its id."""
        if block_id not in self.blocks:
            return self.add(content, parent)
        self._set(block_id, content)
        self._changes.append(Put(block_id))
        return block_id

    def content(self, block_id: str) -> Content | None:
        """The block's content, or None where there is no such block."""
        block = self.blocks.get(block_id)
        return None if block is None else block.content

    def grow(self, block_id: str, text: str) -> None:
        """Append to the text of a prose, code or output block."""
        match self.content(block_id):
            case Prose() | Code() | Printed() as shown:
                self._set(block_id, replace(shown, text=shown.text + text))
                self._grown(block_id, text)
            case other:
                raise TypeError(f"block {block_id!r} has no text to grow: {other!r}")

    def roll(self, block_id: str, text: str) -> None:
        """Append to an output block of which only the last `ROLL_CHARS` characters are kept."""
        match self.content(block_id):
            case Printed() as shown:
                whole = shown.text + text
                skipped = shown.skipped + max(0, len(whole) - ROLL_CHARS)
                self._set(block_id, replace(shown, text=whole[-ROLL_CHARS:], skipped=skipped))
                self._grown(block_id, text)
            case other:
                raise TypeError(f"block {block_id!r} does not roll: {other!r}")

    def drop(self, block_id: str) -> None:
        """Remove the block, if it is there."""
        if self.blocks.pop(block_id, None) is not None:
            self._changes.append(Drop(block_id))

    def children(self, block_id: str) -> list[Block]:
        """The blocks directly inside this one, in order."""
        return [block for block in self.blocks.values() if block.parent == block_id]

    def take(self) -> list[Change]:
        """The changes since the last call."""
        taken, self._changes = self._changes, []
        return taken

    def _set(self, block_id: str, content: Content) -> None:
        self.blocks[block_id] = replace(self.blocks[block_id], content=content)

    def _grown(self, block_id: str, text: str) -> None:
        # A carriage return draws over what is there (progress bars), so the block is shown afresh.
        self._changes.append(Put(block_id) if "\r" in text else Append(block_id, text))
