"""The fold from events to blocks."""

from __future__ import annotations

from typing import TypeVar

import pytest

from agent.events import (
    ActionReady,
    AnswerRefused,
    CodeDelta,
    Event,
    ModelPreparing,
    ModelSwitched,
    ReasoningDelta,
    RunEnded,
    StepFinished,
    StepRejected,
    StepStarted,
    TextDelta,
    TryChosen,
    TryStarted,
)
from executors.base import (
    CodeError,
    Display,
    FileInfo,
    FilesChanged,
    Finished,
    Notice,
    Outcome,
    StatementRunning,
    ToolCalled,
    ToolReturned,
)
from tests.ui.logs import acting, answered, cell, printed, started
from ui.blocks import Answer, Append, Code, Ending, Printed, Prose, Put, Remark, Step, ToolUse
from ui.cell import HEAD_CHARS
from ui.transcript import Transcript, fold

T = TypeVar("T")


def at(step: int, line: int, end_line: int) -> Event:
    (event,) = cell(step, StatementRunning(line=line, end_line=end_line, seconds=1.0))
    return event


def kinds(transcript: Transcript) -> list[str]:
    return [block.content.kind for block in transcript.blocks.values()]


def only(transcript: Transcript, kind: type[T]) -> T:
    found = [b.content for b in transcript.blocks.values() if isinstance(b.content, kind)]
    assert len(found) == 1, found
    return found[0]


def test_a_run_becomes_its_steps_in_order_and_the_answer() -> None:
    transcript = fold([*started(), *acting(1, "I count.", "print(1)"), *answered(2, "It is 1.")])
    assert kinds(transcript) == ["user", "step", "thought", "code", "output", "answer"]
    step = only(transcript, Step)
    assert (step.status, step.seconds, step.gist) == ("done", 1.25, "I count.")
    assert only(transcript, Answer) == Answer(value="It is 1.", steps=1, seconds=3.0, tokens=0)
    assert transcript.activity == "idle"


def test_the_statement_that_runs_is_marked_until_the_cell_ends() -> None:
    events = acting(1, "I wait.", "a = 1\nb = 2\nc = 3")
    transcript = fold([*started(), *events[:6]])
    assert only(transcript, Code).running is None
    for lines in ((1, 1), (2, 3)):
        transcript.feed(at(1, *lines))
        assert only(transcript, Code).running == lines
    assert transcript.feed(at(1, 2, 3)) == []
    transcript.feed(*cell(1, Finished(outcome="ok")))
    assert only(transcript, Code).running is None


def test_no_statement_stays_marked_in_a_run_that_broke_off() -> None:
    events = acting(1, "I wait.", "a = 1\nb = 2")
    transcript = fold([*started(), *events[:6], at(1, 2, 2), RunEnded(outcome="stopped")])
    assert only(transcript, Code).running is None


def test_a_growing_text_is_one_block_and_says_only_what_is_new() -> None:
    transcript = fold([*started(), StepStarted(step=1, max_steps=5)])
    (first,) = transcript.feed(TextDelta(step=1, text="I "))
    (second,) = transcript.feed(TextDelta(step=1, text="think"))
    assert isinstance(first, Put)
    assert second == Append(first.id, "think")
    assert transcript.blocks[first.id].content == Prose(kind="thought", text="I think", live=True)


def test_the_complete_reply_supersedes_what_was_streamed() -> None:
    transcript = fold(
        [
            *started(),
            StepStarted(step=1, max_steps=5),
            TextDelta(step=1, text="I thi"),
            CodeDelta(step=1, text="pri"),
            ActionReady(step=1, thought="I think.", code="print(1)"),
        ]
    )
    assert only(transcript, Prose) == Prose(kind="thought", text="I think.", live=False)
    assert only(transcript, Code) == Code(text="print(1)", live=False)
    assert only(transcript, Step).status == "running"


def test_a_thought_that_was_not_streamed_still_stands_before_the_code() -> None:
    transcript = fold(
        [
            *started(),
            StepStarted(step=1, max_steps=5),
            CodeDelta(step=1, text="x"),
            ActionReady(step=1, thought="Late.", code="x = 1", reasoning="Because."),
        ]
    )
    assert kinds(transcript) == ["user", "step", "reasoning", "thought", "code"]


def test_a_rejected_reply_is_taken_back_and_its_step_tried_again() -> None:
    transcript = fold(
        [
            *started(),
            StepStarted(step=1, max_steps=5),
            TextDelta(step=1, text="bad"),
            CodeDelta(step=1, text="bad"),
            StepRejected(step=1, reason="There were two blocks."),
            StepStarted(step=1, max_steps=5),
            TextDelta(step=1, text="better"),
        ]
    )
    assert kinds(transcript) == ["user", "step", "notice", "thought"]
    assert "There were two blocks." in only(transcript, Remark).text
    assert only(transcript, Prose).text == "better"


def test_an_answer_that_goes_back_stays_with_the_reason_below_it() -> None:
    transcript = fold(
        [
            *started(),
            *acting(1, "I count.", "final_answer([])", Finished(outcome="ok", is_answer=True)),
            StepFinished(step=1, duration=1.0),
            AnswerRefused(step=1, reason="it holds nothing."),
            StepStarted(step=2, max_steps=5),
            TextDelta(step=2, text="better"),
        ]
    )
    assert kinds(transcript) == ["user", "step", "thought", "code", "notice", "step", "thought"]
    remark = only(transcript, Remark).text
    assert remark == "That answer does not count yet, so the agent goes on: it holds nothing."
    assert transcript.activity == "thinking"


def test_a_model_that_prepares_shows_one_line_until_the_first_word() -> None:
    events: list[Event] = [*started(), StepStarted(step=1, max_steps=5)]
    events += [ModelPreparing(step=1, text=f"{n} %", fraction=n / 100) for n in (10, 50)]
    transcript = fold(events)
    assert kinds(transcript) == ["user", "step", "preparing"]
    assert transcript.activity == "preparing"
    transcript.feed(ReasoningDelta(step=1, text="Hm"))
    assert kinds(transcript) == ["user", "step", "reasoning"]


def test_another_model_is_named_for_good() -> None:
    transcript = fold(
        [
            *started(),
            StepStarted(step=1, max_steps=5),
            ModelPreparing(step=1, text="A is busy; trying again…"),
            ModelSwitched(step=1, model="B", reason="A is too busy."),
            TextDelta(step=1, text="Hello."),
            StepFinished(step=1, duration=1.0),
            RunEnded(outcome="answer", answer="Hello."),
        ]
    )
    assert kinds(transcript) == ["user", "step", "notice", "answer"]
    assert only(transcript, Remark) == Remark(
        text="A is too busy. B is asked instead.", level="warning"
    )


def test_what_a_cell_does_stays_in_order() -> None:
    transcript = fold(
        [
            *started(),
            *acting(
                1,
                "I look.",
                "look()",
                printed("a\n"),
                printed("b\n"),
                printed("warn\n", "stderr"),
                ToolCalled(id=1, name="search", arguments={"query": "q"}),
                ToolReturned(id=1, name="search", ok=True, preview="found", duration=0.5),
                printed("c\n"),
                Display(mime="image/png", data="aGk=", alt="A plot"),
                Notice(text="Slow."),
                FilesChanged(files=(FileInfo(path="a.txt", size=3),)),
                Finished(outcome="ok", value="7"),
            ),
        ]
    )
    assert kinds(transcript)[4:] == [
        *("output", "output", "tool", "output", "display", "notice", "files", "value")
    ]
    texts = [b.content.text for b in transcript.blocks.values() if isinstance(b.content, Printed)]
    assert texts == ["a\nb\n", "warn\n", "c\n"]
    assert only(transcript, ToolUse).preview == "found"


@pytest.mark.parametrize("together", [1, 7, 200, 1000])
def test_a_flood_of_output_keeps_head_and_tail_and_counts_the_rest(together: int) -> None:
    lines = [f"{n:06} {'.' * 90}\n" for n in range(1000)]
    starts = range(0, 1000, together)
    pieces = [printed("".join(lines[start : start + together])) for start in starts]
    transcript = fold([*started(), *acting(1, "t", "c", *pieces, Finished(outcome="ok"))])
    head, tail = [b.content for b in transcript.blocks.values() if isinstance(b.content, Printed)]
    assert head.text.startswith("000000")
    assert head.text.endswith(".\n")
    assert tail.text.endswith(lines[-1])
    assert len(head.text) + len(tail.text) <= 2 * HEAD_CHARS
    assert len(head.text) + len(tail.text) + tail.skipped == 98 * 1000


def test_an_error_marks_the_step_and_a_stop_does_not_look_like_one() -> None:
    error = CodeError(name="ValueError", message="no")
    failed = fold([*started(), *acting(1, "t", "c", Finished(outcome="error", error=error))])
    assert kinds(failed)[-1] == "error"
    assert only(failed, Step).status == "failed"
    stop = CodeError(name="Stopped", message="stopped")
    stopped = fold([*started(), *acting(1, "t", "c", Finished(outcome="stopped", error=stop))])
    assert "error" not in kinds(stopped)
    assert only(stopped, Step).status == "stopped"


@pytest.mark.parametrize("outcome", ["stopped", "failed", "max_steps", "over_budget"])
def test_nothing_looks_alive_after_the_end(outcome: str) -> None:
    live: list[Event] = [
        *started("Task"),
        StepStarted(step=1, max_steps=5),
        ReasoningDelta(step=1, text="hm"),
        TextDelta(step=1, text="I thi"),
        CodeDelta(step=1, text="pri"),
        *cell(1, ToolCalled(id=1, name="search", arguments={})),
    ]
    transcript = fold([*live, RunEnded(outcome=outcome, error="No luck.")])  # type: ignore[arg-type]
    assert only(transcript, Step).status == "stopped"
    assert only(transcript, ToolUse).status == "stopped"
    assert not any(getattr(b.content, "live", False) for b in transcript.blocks.values())
    assert only(transcript, Ending).task == "Task"
    assert transcript.activity == "idle"


def test_a_stop_says_that_variables_are_kept_only_where_it_is_known() -> None:
    def ending(*events: Event) -> str:
        return only(fold([*started(), *events, RunEnded(outcome="stopped")]), Ending).text

    known = "Stopped. Variables of finished steps are kept."
    unknown = "Stopped. The conversation is kept: send a message to go on from it."
    done = acting(1, "t", "c")
    cut = ActionReady(step=2, thought="t", code="c")
    lost = acting(2, "t", "c", Finished(outcome="crashed", state_kept=False))
    assert ending(*done) == known
    assert ending(*done, StepStarted(step=2, max_steps=5)) == known
    assert ending() == unknown
    assert ending(*done, cut) == unknown
    assert ending(*done, *lost) == unknown
    assert ending(*done, *started("More")) == unknown


def test_a_last_word_after_too_many_steps_is_an_answer_with_an_ending() -> None:
    transcript = fold(
        [
            *started(),
            *acting(1, "t", "c"),
            StepStarted(step=2, max_steps=1),
            TextDelta(step=2, text="So far 1."),
            StepFinished(step=2, duration=0.1),
            RunEnded(outcome="max_steps", answer="So far 1."),
        ]
    )
    assert kinds(transcript)[-2:] == ["answer", "ending"]
    assert kinds(transcript).count("thought") == 1


def test_further_tries_stand_below_the_first_and_the_one_that_counts_is_named() -> None:
    def tried(outcome: Outcome) -> list[Event]:
        (*replied, _) = acting(1, "t", "x", printed(outcome), Finished(outcome=outcome))
        return replied[1:]

    transcript = fold([*started(), *tried("ok"), TryStarted(step=1, number=2), *tried("error")])
    (step,) = [b.content for b in transcript.blocks.values() if isinstance(b.content, Step)]
    assert step.status == "failed"
    transcript.feed(TryChosen(step=1, number=1, agreed=False))
    transcript.feed(StepFinished(step=1, duration=1.0))
    one = ["thought", "code", "output"]
    assert kinds(transcript) == ["user", "step", *one, "notice", *one, "notice"]
    assert only(transcript, Step).status == "done"
    remarks = [b.content.text for b in transcript.blocks.values() if isinstance(b.content, Remark)]
    assert remarks == ["Computed again, to be sure: try 2.", "The tries differ. Try 1 counts."]


def test_an_answer_from_code_keeps_the_thought_of_its_step() -> None:
    step = acting(1, "I am done.", "final_answer(7)", Finished(outcome="ok", is_answer=True))
    transcript = fold([*started(), *step, RunEnded(outcome="answer", answer=7)])
    assert kinds(transcript) == ["user", "step", "thought", "code", "answer"]


def test_a_message_shown_at_once_is_not_repeated_by_its_run() -> None:
    transcript = Transcript()
    transcript.ask("Add them up")
    for event in started("Add them up"):
        transcript.feed(event)
    assert kinds(transcript) == ["user"]
    transcript.abandon("It broke.")
    assert kinds(transcript) == ["user", "ending"]
    for event in [*started("Again"), *answered(1, "Yes.")]:
        transcript.feed(event)
    assert kinds(transcript) == ["user", "ending", "user", "answer"]
