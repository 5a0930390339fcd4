"""A page that applies the patches, in whatever batches, sees what a fresh page sees."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.events import Event, ModelPreparing, StepRejected, StepStarted, TextDelta
from executors.base import Finished
from tests.ui.logs import acting, answered, printed, started
from ui.board import ROLL_CHARS
from ui.view import View

LOG: list[Event] = [
    *started("First"),
    StepStarted(step=1, max_steps=5),
    ModelPreparing(step=1, text="Loading", fraction=0.5),
    TextDelta(step=1, text="no"),
    StepRejected(step=1, reason="No."),
    *acting(1, "I <b>count</b>.", "print(1)"),
    *acting(2, "More.", "x", *[printed("y" * 3000) for _ in range(12)], Finished(outcome="ok")),
    *answered(3, "Done & dusted."),
    *started("Second"),
    *answered(1, "Again."),
]


class Page:
    """Applies patches as the script of the page does, on a dictionary."""

    def __init__(self) -> None:
        self.seq = 0
        self.blocks: dict[str, tuple[str, str, str]] = {}

    def apply(self, batch: dict[str, Any]) -> None:
        for patch in batch["patches"]:
            match patch:
                case {"op": "put"}:
                    self.blocks[patch["id"]] = (patch["parent"], patch["kind"], patch["html"])
                case {"op": "append"}:
                    assert patch["id"] in self.blocks
                case {"op": "drop"}:
                    self.blocks.pop(patch["id"], None)
                case _:
                    raise AssertionError(patch)
        self.seq = batch["seq"]


def settled(blocks: dict[str, tuple[str, str, str]]) -> dict[str, tuple[str, str, str]]:
    """Without output, whose text arrives by appends that this page does not draw."""
    return {name: block for name, block in blocks.items() if block[1] != "output"}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 6), min_size=1), st.sets(st.integers(0, 60)))
def test_any_batching_and_any_loss_end_in_the_same_page(sizes: list[int], lost: set[int]) -> None:
    view, page = View(chat=1), Page()
    rest, turn = list(LOG), 0
    while rest:
        size = sizes[turn % len(sizes)]
        batch = json.loads(view.feed(rest[:size]))
        rest = rest[size:]
        if turn not in lost or not rest:
            if batch["seq"] == page.seq + 1:
                page.apply(batch)
            else:
                page.apply(json.loads(view.since(page.seq)))
        turn += 1
    fresh = Page()
    fresh.apply(json.loads(view.since(0)))
    assert settled(page.blocks) == settled(fresh.blocks)
    assert page.seq == fresh.seq == turn


def test_a_batch_grows_with_what_is_new_not_with_the_conversation() -> None:
    view = View(chat=1)
    for _ in range(100):
        view.feed(LOG)
    view.feed([*started("Next"), StepStarted(step=1, max_steps=5), TextDelta(step=1, text="a")])
    assert len(view.feed([TextDelta(step=1, text="word ")])) < 300


def test_a_batch_holds_no_markup_of_its_own() -> None:
    assert "<" not in View(chat=1).feed([*started("<script>"), *acting(1, "<b>", "a < b")])


def test_appends_to_a_full_output_say_what_is_cut() -> None:
    view = View(chat=1)
    view.feed([*started(), *acting(1, "t", "c", printed("x" * 13_000))[:-1]])
    from tests.ui.logs import cell

    view.feed(cell(1, printed("y" * ROLL_CHARS)))
    (patch,) = json.loads(view.feed(cell(1, printed("z" * 50))))["patches"]
    assert patch["op"] == "append"
    assert patch["text"] == "z" * 50
    assert patch["keep"] == ROLL_CHARS
    assert patch["skipped"] == "… 50 characters are not shown …"


def test_tokens_differ_and_chats_count_up() -> None:
    assert View(chat=1).token != View(chat=1).token
