"""What the person says while the agent works: waiting, then read, or too late."""

from __future__ import annotations

from agent.events import Event, RunEnded, Steered, StepStarted, TextDelta
from tests.ui.logs import acting, answered, started
from ui.blocks import User
from ui.render import render
from ui.transcript import Transcript, fold


def said(transcript: Transcript) -> list[tuple[str, str]]:
    messages = [b.content for b in transcript.blocks.values() if isinstance(b.content, User)]
    return [(message.text, message.state) for message in messages[1:]]


def kinds(transcript: Transcript) -> list[str]:
    return [b.content.kind for b in transcript.blocks.values() if not b.parent]


def working() -> Transcript:
    return fold([*started(), StepStarted(step=1, max_steps=5), TextDelta(step=1, text="I")])


def test_a_message_waits_until_the_agent_has_read_it() -> None:
    transcript = working()
    transcript.steer("Use metres.")
    transcript.steer("Use metres.")
    assert said(transcript) == [("Use metres.", "waiting")] * 2
    events: list[Event] = [
        *acting(1, "I count.", "print(1)")[1:],
        StepStarted(step=2, max_steps=5),
        Steered(step=2, text="Use metres."),
    ]
    for event in events:
        transcript.feed(event)
    assert said(transcript) == [("Use metres.", "read"), ("Use metres.", "waiting")]
    assert kinds(transcript) == ["user", "step", "user", "user", "step"]


def test_what_was_not_read_says_so_until_the_next_run_has_been_told() -> None:
    transcript = working()
    transcript.steer("Stop at 7.")
    transcript.feed(RunEnded(outcome="stopped"))
    assert said(transcript) == [("Stop at 7.", "late")]
    late = render(User(text="Stop at 7.", state="late")).html
    assert "told with your next message" in late
    for event in [*started("Go on"), *answered(1, "Yes.")]:
        transcript.feed(event)
    assert said(transcript) == [("Stop at 7.", ""), ("Go on", "")]


def test_one_that_the_next_run_reads_first_is_not_shown_twice() -> None:
    transcript = working()
    transcript.steer("Stop at 7.")
    transcript.feed(RunEnded(outcome="stopped"))
    for event in [
        *started("Go on"),
        StepStarted(step=1, max_steps=5),
        Steered(step=1, text="Stop at 7."),
    ]:
        transcript.feed(event)
    assert said(transcript) == [("Stop at 7.", "read"), ("Go on", "")]


def test_a_message_from_elsewhere_stands_before_the_step_that_reads_it() -> None:
    transcript = fold(
        [
            *started(),
            *acting(1, "t", "c"),
            StepStarted(step=2, max_steps=5),
            Steered(step=2, text="From a script."),
            TextDelta(step=2, text="I see."),
        ]
    )
    assert kinds(transcript) == ["user", "step", "user", "step"]
    assert said(transcript) == [("From a script.", "read")]


def test_half_characters_are_read_as_well() -> None:
    transcript = working()
    transcript.steer("half \ud83d")
    transcript.feed(Steered(step=2, text="half \ufffd"))
    assert [state for _, state in said(transcript)] == ["read"]
