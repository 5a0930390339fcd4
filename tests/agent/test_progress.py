"""Models that repeat themselves, guess, or only announce are asked again, but not for ever."""

from __future__ import annotations

import pytest

from agent import ScriptedModel
from agent.events import (
    StepRejected,
)
from agent.examples import examples
from agent.models.profile import PROFILES
from agent.prompting import COMPUTE, DO_IT, ECHO
from tests.agent.running import MakeAgent, act, collect, ended


async def test_the_same_code_twice_gets_a_nudge(make: MakeAgent) -> None:
    agent = make(act("print(1)"), act("print(1)"), act("final_answer(1)"))
    await collect(agent)
    assert "twice in a row" not in agent.model.asked[1][-1].content
    assert "twice in a row" in agent.model.asked[2][-1].content
    said = [m.content for m in agent.model.asked[2] if m.role == "assistant"]
    assert not any("print(1)" in text for text in said)  # it would only be repeated again


async def test_a_model_that_keeps_repeating_itself_keeps_its_task(make: MakeAgent) -> None:
    same = act("print(missing)")
    agent = make(act("kept = 41"), same, same, same, same, act("final_answer(kept + 1)"))
    assert ended(await collect(agent, "the one task")).answer == 42
    assert isinstance(agent.model, ScriptedModel)
    for messages in agent.model.asked:
        assert any("the one task" in message.content for message in messages)
    said = [message.content for message in agent.model.asked[-1]]
    assert any("kept = 41" in text for text in said)
    assert not any("print(missing)" in text and "```" in text for text in said)


async def test_the_same_error_twice_is_taken_out_of_the_conversation(make: MakeAgent) -> None:
    agent = make(act("import gc\nprint(1)"), act("import gc\nprint(2)"), act("final_answer(1)"))
    await collect(agent, "the task")
    said = "".join(m.content for m in agent.model.asked[2] if m.role == "assistant")
    assert "import gc" not in said
    last = agent.model.asked[2][-1].content
    assert "the task" in last
    assert "'gc'" in last
    assert "twice in a row" in last


async def test_a_model_that_guesses_is_asked_once_to_compute(make: MakeAgent) -> None:
    model = ScriptedModel("It is 832040.", act("final_answer(832040)"), "There are 7 days.", "7.")
    model.profile = PROFILES["small"]
    agent = make(model=model)
    events = await collect(agent, "The 30th Fibonacci number?")
    assert ended(events).answer == 832040
    assert sum(isinstance(e, StepRejected) for e in events) == 1
    assert ended(await collect(agent, "Days of a week?")).answer == "7."
    assert model.asked[0][-1].content.endswith(f"number?\n\n{model.profile.reminder}")


@pytest.mark.parametrize(
    "reply",
    [
        "I look for the kilocalories of pasta.",
        "To answer this question, I need to call the dietician.",
        "First, we sort the names by their ages, from the youngest on.",
        "I'll read the file and count its lines.",
    ],
)
async def test_a_small_model_that_only_says_what_it_will_do_is_asked_once_to_do_it(
    make: MakeAgent, reply: str
) -> None:
    for profile, rejected in (("small", [DO_IT]), ("medium", [])):
        model = ScriptedModel(reply, act("final_answer('done')"))
        model.profile = PROFILES[profile]
        events = await collect(make(model=model), "How many kilocalories has pasta?")
        assert [e.reason for e in events if isinstance(e, StepRejected)] == rejected
        assert not any(e.well_formed for e in events if isinstance(e, StepRejected))
        assert ended(events).answer == ("done" if rejected else reply)
    insisting = ScriptedModel(reply, reply)
    insisting.profile = PROFILES["small"]
    assert ended(await collect(make(model=insisting), "What do you do?")).answer == reply


async def test_a_reply_that_repeats_an_example_is_neither_taken_nor_remembered(
    make: MakeAgent,
) -> None:
    asked, acted, *_ = (turn.content for turn in examples())
    agent = make(acted, "The 8th  term is 257.", act("final_answer(2)"), acted)
    events = await collect(agent, "1 + 1?")
    assert ended(events).answer == 2
    assert [e.reason for e in events if isinstance(e, StepRejected)] == [ECHO, ECHO]
    said = "".join(turn.content for turn in agent.model.asked[2][len(examples()) :])
    assert acted not in said
    assert "8th  term" not in said
    events = await collect(agent, f"{asked} Please.")
    assert not any(isinstance(e, StepRejected) for e in events)


async def test_an_example_is_not_the_answer_to_a_question_that_was_not_asked(
    make: MakeAgent,
) -> None:
    _, echo, *_ = (turn.content for turn in examples())
    model = ScriptedModel(echo, "It is 832040.", act("final_answer(832040)"))
    model.profile = PROFILES["small"]
    events = await collect(make(model=model), "The 30th Fibonacci number?")
    assert [e.reason for e in events if isinstance(e, StepRejected)] == [ECHO, COMPUTE]
    assert all(e.well_formed for e in events if isinstance(e, StepRejected))
    assert ended(events).answer == 832040


async def test_an_example_that_breaks_off_is_not_well_formed(make: MakeAgent) -> None:
    _, echo, *_ = (turn.content for turn in examples())
    broken = echo.rpartition("```")[0].rpartition("(")[0]
    events = await collect(make(broken, echo, act("final_answer(2)")), "1 + 1?")
    rejected = [event for event in events if isinstance(event, StepRejected)]
    assert [event.reason for event in rejected] == [ECHO, ECHO]
    assert [event.well_formed for event in rejected] == [False, True]


async def test_who_insists_on_an_example_is_let_go_on(make: MakeAgent) -> None:
    _, _, _, reply, *_ = (turn.content for turn in examples())
    events = await collect(make(reply, reply, reply), "Say something about sevens.")
    assert ended(events).answer == reply


async def test_talk_and_figures_of_the_person_are_not_questioned(make: MakeAgent) -> None:
    model = ScriptedModel("Yes, 42 is nice.", "Hello!")
    model.profile = PROFILES["small"]
    agent = make(model=model)
    for task in ("Do you like 42?", "Hello"):
        assert not any(isinstance(e, StepRejected) for e in await collect(agent, task))


async def test_what_came_of_dropped_actions_does_not_pile_up(make: MakeAgent) -> None:
    agent = make(*[act(f"print(missing, {n})") for n in range(4)], act("final_answer(1)"))
    await collect(agent, "the task")
    assert isinstance(agent.model, ScriptedModel)
    asked = "".join(message.content for message in agent.model.asked[4])
    assert asked.count("twice in a row") == 1
    assert asked.count("NameError: name 'missing'") == 1


async def test_an_error_shows_what_the_variables_were(make: MakeAgent) -> None:
    agent = make(
        act("times = ['7h', 'off']"), act("print(sum(map(int, times)))"), act("final_answer(0)")
    )
    await collect(agent)
    assert isinstance(agent.model, ScriptedModel)
    told = agent.model.asked[2][-1].content
    assert "Where the code failed it had times: list of 2 = ['7h', 'off']\nThe code failed" in told
