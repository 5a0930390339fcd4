"""A page that applies the patches, in whatever batches, sees what a fresh page sees."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.events import (
    AgentEvent,
    Event,
    ModelPreparing,
    PlanDelta,
    PlanReady,
    RunEnded,
    Steered,
    StepRejected,
    StepStarted,
    TextDelta,
    ToolProgress,
)
from executors.base import Display, Finished, ToolCalled, ToolReturned
from tests.ui.logs import acting, answered, cell, printed, started
from ui.board import ROLL_CHARS
from ui.cell import HEAD_CHARS
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
    StepStarted(step=1, max_steps=5),
    PlanDelta(step=1, text="1. Ask"),
    PlanReady(step=1, plan="1. Ask *two*"),
    *acting(1, "Two at once.", "both()", ToolCalled(id=1, name="a", arguments={}))[:-1],
    *cell(1, ToolCalled(id=2, name="b", arguments={})),
    *(
        AgentEvent(step=1, call=call, path=(name,), event=event)
        for events in zip(*[[*started(), *acting(1, "t", "c"), *answered(2, "x")]] * 2, strict=True)
        for event, (call, name) in zip(events, [(1, "a#1"), (2, "b#1")], strict=True)
    ),
    ToolProgress(step=1, call=1, name="a", text="late"),
    *cell(1, ToolReturned(id=1, name="a", ok=True, preview="x", duration=1.0)),
    Steered(step=2, text="Also this."),
    RunEnded(outcome="stopped"),
    *started("Third"),
    *answered(1, "Again."),
]


class Page:
    """Applies batches as the script of the page does, on a dictionary."""

    def __init__(self) -> None:
        self.seq = 0
        self.blocks: dict[str, tuple[str, str, str]] = {}

    def receive(self, json_batch: str) -> None:
        batch = json.loads(json_batch)
        if batch["seq"] <= self.seq or batch["base"] > self.seq:
            return
        if batch["base"] == 0:
            self.blocks.clear()
        self.apply(batch)

    def apply(self, batch: dict[str, Any]) -> None:
        for patch in batch["patches"]:
            match patch:
                case {"op": "put"}:
                    assert not patch["parent"] or patch["parent"] in self.blocks
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
@given(st.lists(st.integers(1, 6), min_size=1), st.sets(st.integers(0, 60)), st.integers(0, 50_000))
def test_any_batching_and_any_loss_end_in_the_same_page(
    sizes: list[int], lost: set[int], kept: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.view.RECENT_CHARS", kept)
        view, page = View(chat=1), Page()
        rest, turn = list(LOG), 0
        while rest:
            size = sizes[turn % len(sizes)]
            batch = view.feed(rest[:size])
            rest = rest[size:]
            if turn not in lost:
                page.receive(batch)
            turn += 1
        for batch in view.after(page.seq):
            page.receive(batch)
            page.receive(batch)  # a repetition changes nothing
    fresh = Page()
    fresh.receive(view.whole())
    assert settled(page.blocks) == settled(fresh.blocks)
    assert page.seq == fresh.seq == turn
    assert view.after(page.seq) == []


@pytest.mark.parametrize("seq", [-1, 0, 7, 10**30])
def test_a_number_that_was_never_given_gets_the_whole_conversation(seq: int) -> None:
    view = View(chat=1)
    view.feed(LOG)
    view.feed(LOG)
    assert view.after(seq) == [view.whole()]


def test_a_page_that_is_a_little_behind_gets_what_it_missed_as_it_was() -> None:
    view = View(chat=1)
    batches = [view.feed([event]) for event in LOG]
    assert view.after(len(batches) - 3) == batches[-3:]


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
    view.feed([*started(), *acting(1, "t", "c", printed("x" * HEAD_CHARS))[:-1]])
    view.feed(cell(1, printed("y" * ROLL_CHARS)))
    (patch,) = json.loads(view.feed(cell(1, printed("z" * 50))))["patches"]
    assert patch["op"] == "append"
    assert patch["text"] == "z" * 50
    assert patch["keep"] == ROLL_CHARS
    assert patch["skipped"] == "… 50 characters are not shown …"


def test_a_block_is_rendered_once_however_often_the_page_is_reloaded() -> None:
    view = View(chat=1)
    view.feed(LOG)
    whole = view.whole()
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("ui.view.render")
        assert view.whole() == whole


def test_what_cannot_be_shown_is_logged_and_the_rest_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken: Any = None  # no description at all
    display = Display(mime="text/plain", data="", alt=broken)
    view = View(chat=1)
    with caplog.at_level(logging.ERROR):
        view.feed(
            [*started(), *acting(1, "t", "c", display, printed("1\n"), Finished(outcome="ok"))]
        )
    page = Page()
    page.receive(view.whole())
    shown = {kind: html for _, kind, html in page.blocks.values()}
    assert "This part could not be shown." in shown["display"]
    assert "1" in shown["output"]
    assert "'display' could not be rendered" in caplog.text


def test_half_characters_stop_nothing() -> None:
    half = "half \ud83d"
    svg = Display(mime="image/svg+xml", data=f"<svg>{half}</svg>", alt=half)
    html = Display(mime="text/html", data=half, alt=half)
    view = View(chat=1)
    view.feed([*started(half), *acting(1, half, half, svg, html), *answered(2, half)])
    view.whole().encode()
    assert "could not be shown" not in view.whole()
