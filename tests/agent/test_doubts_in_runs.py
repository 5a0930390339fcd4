"""What becomes of a run whose code or answer is doubted: it goes on, and comes to an end."""

from __future__ import annotations

from typing import Any

import pytest

from agent import CodeAgent, ScriptedModel, tool
from agent.events import AgentEvent, AnswerRefused, CellEvent, StepFinished, StepRejected
from agent.models.profile import PROFILES
from agent.prompting import COMPUTE
from executors.base import ToolCalled
from tests.agent.running import MakeAgent, act, collect, ended


@tool
def size_of(room: str) -> float:
    """Tells the size of a room.

    Args:
        room: Its number.
    """
    return 12.5 * len(room)


async def test_a_stand_in_does_not_run_and_is_not_remembered(make: MakeAgent) -> None:
    stand_in = act("size_of = lambda room: 10\nfinal_answer(size_of('1'))")
    agent = make(stand_in, act("final_answer(size_of('1'))"), tools=[size_of])
    events = await collect(agent)
    assert ended(events).answer == 12.5
    [rejected] = [event for event in events if isinstance(event, StepRejected)]
    assert "defines size_of anew" in rejected.reason
    assert rejected.well_formed
    assert isinstance(agent.model, ScriptedModel)
    asked = agent.model.asked[1]
    assert rejected.reason in asked[-1].content
    assert not any("lambda" in message.content for message in asked)


async def test_invented_values_are_refused_once(make: MakeAgent) -> None:
    invented = act("sizes = {'a': 14, 'b': 30}\nfinal_answer(sum(sizes.values()))")
    model = ScriptedModel(invented, act("final_answer(size_of('a') + size_of('b'))"))
    model.profile = PROFILES["small"]
    events = await collect(make(model=model, tools=[size_of]), "How large are a and b together?")
    assert ended(events).answer == 25.0
    assert "nobody has told you" in model.asked[1][-1].content
    [refused] = [event for event in events if isinstance(event, AnswerRefused)]
    assert refused.step == 1
    assert refused.reason in model.asked[1][-1].content
    assert isinstance(events[events.index(refused) - 1], StepFinished)
    assert any(
        isinstance(event, CellEvent) and isinstance(event.event, ToolCalled) for event in events
    )
    insisting = ScriptedModel(invented, invented)
    insisting.profile = PROFILES["small"]
    events = await collect(make(model=insisting, tools=[size_of]), "How large are a and b?")
    assert ended(events).answer == 44


async def test_a_file_that_was_forgotten_is_asked_for(make: MakeAgent) -> None:
    model = ScriptedModel(
        act("print(open('in.txt').read())"),
        "It is written.",
        act("open('out.txt', 'w').write('7')\nfinal_answer('Now it is.')"),
    )
    model.profile = PROFILES["small"]
    agent = make(model=model)
    events = [e async for e in agent.stream("Copy in.txt to out.txt.", {"in.txt": b"7"})]
    assert ended(events).answer == "Now it is."
    assert "the task names out.txt, and there is no such file" in model.asked[2][-1].content


async def test_who_insists_is_believed_and_stays_in_the_conversation(make: MakeAgent) -> None:
    none = act("final_answer([])")
    model = ScriptedModel(none, none, "You are welcome.")
    model.profile = PROFILES["small"]
    agent = make(model=model)
    assert ended(await collect(agent, "Which of them?")).answer == []
    assert not any("twice in a row" in message.content for message in model.asked[-1])
    await collect(agent, "Thanks.")
    said = [message.content for message in model.asked[2] if message.role == "assistant"]
    assert sum("final_answer([])" in text for text in said) == 2


COUNT = "How often is the letter s, small or capital, in 'Sassafras'?"


async def test_code_that_dropped_a_condition_is_forgotten_and_the_condition_is_told(
    make: MakeAgent,
) -> None:
    """A small model that sees its code writes it again."""
    wrong = act("final_answer('Sassafras'.count('s'))")
    right = act("final_answer('Sassafras'.lower().count('s'))")
    model = ScriptedModel(act("print('Sassafras')"), wrong, right)
    model.profile = PROFILES["small"]
    events = await collect(make(model=model), COUNT)
    assert ended(events).answer == 4
    [refused] = [event for event in events if isinstance(event, AnswerRefused)]
    asked = model.asked[2]
    assert f"An earlier answer was not accepted: {refused.reason}" in asked[-1].content
    assert not any(".count('s')" in message.content for message in asked)
    assert any("print('Sassafras')" in message.content for message in asked)


async def test_an_answer_in_words_is_not_forgotten(make: MakeAgent) -> None:
    model = ScriptedModel(act("print('Sassafras'.count('s'))"), "There are 3.", "There are 4.")
    model.profile = PROFILES["small"]
    events = await collect(make(model=model), COUNT)
    assert ended(events).answer == "There are 4."
    said = [message.content for message in model.asked[2]]
    assert "The answer was not accepted: " in said[-1]
    assert "There are 3." in said[-2]
    assert any(".count('s')" in text for text in said)


async def test_code_that_called_something_is_not_forgotten(make: MakeAgent) -> None:
    """It would call it once more."""
    called = act("size = size_of('1')\nfinal_answer('Sassafras'.count('s'))")
    right = act("final_answer('Sassafras'.lower().count('s'))")
    model = ScriptedModel(called, right)
    model.profile = PROFILES["small"]
    assert ended(await collect(make(model=model, tools=[size_of]), COUNT)).answer == 4
    assert any("size_of('1')" in message.content for message in model.asked[1])
    assert "The answer was not accepted: " in model.asked[1][-1].content


async def test_the_last_word_knows_of_an_answer_that_was_doubted(make: MakeAgent) -> None:
    wrong = act("final_answer('Sassafras'.count('s'))")
    model = ScriptedModel(wrong, act("print('?')"), "It is 3.")
    model.profile = PROFILES["small"]
    events = await collect(make(model=model, max_steps=2), COUNT)
    assert ended(events).outcome == "max_steps"
    assert any(".count('s')" in message.content for message in model.asked[2])


async def test_the_same_answer_after_its_code_was_forgotten_is_believed(make: MakeAgent) -> None:
    wrong = act("final_answer('Sassafras'.count('s'))")
    model = ScriptedModel(wrong, wrong)
    model.profile = PROFILES["small"]
    assert ended(await collect(make(model=model), COUNT)).answer == 3


async def test_the_last_step_is_believed(make: MakeAgent) -> None:
    model = ScriptedModel(act("final_answer([])"))
    model.profile = PROFILES["small"]
    assert ended(await collect(make(model=model, max_steps=1))).answer == []


async def test_a_further_try_is_no_stand_in_either(make: MakeAgent) -> None:
    model = ScriptedModel(
        act("final_answer(missing)"),
        act("size_of = lambda room: 10\nfinal_answer(size_of('1'))"),
        act("final_answer(size_of('1'))"),
    )
    agent = make(model=model, tools=[size_of], second_tries=2)
    assert ended(await collect(agent)).answer == 12.5


async def test_a_stand_in_is_no_answer_to_a_later_question(make: MakeAgent) -> None:
    model = ScriptedModel(
        act("size_of = lambda room: 10"), "It is 44.", act("final_answer(size_of('1'))")
    )
    model.profile = PROFILES["small"]
    events = await collect(make(model=model, tools=[size_of]), "How large is it?")
    assert ended(events).answer == 12.5
    assert [COMPUTE in e.reason for e in events if isinstance(e, StepRejected)] == [False, True]


async def test_a_stand_in_is_told_again_after_another_action(make: MakeAgent) -> None:
    boom, stand_in = act("boom"), act("size_of = lambda room: 10\nfinal_answer(size_of('1'))")
    agent = make(boom, stand_in, boom, stand_in, act("final_answer(size_of('1'))"), tools=[size_of])
    assert ended(await collect(agent)).answer == 12.5


async def test_who_never_stops_standing_in_comes_to_an_end(make: MakeAgent) -> None:
    stand_in = act("size_of = lambda room: 10\nprint(size_of('1'))")
    events = await collect(make(*[stand_in] * 30, tools=[size_of], max_steps=4))
    assert ended(events).outcome == "max_steps"


@pytest.mark.parametrize(
    ("answer_type", "expected"),
    [(None, [12, -3.5, "12 m", "007"]), (str, ["12", "-3.5", "12 m", "007"])],
)
async def test_a_reply_that_is_a_number_goes_to_code_as_one(
    make: MakeAgent, answer_type: Any, expected: list[object]
) -> None:
    code = "final_answer([one(name) for name in 'abcd'])"
    model = ScriptedModel(act(code), "12", "-3.5", "12 m", "007")
    helper = CodeAgent(
        [], model, name="one", description="Knows one.", answer_type=answer_type, max_steps=1
    )
    assert ended(await collect(make(model=model, managed_agents=[helper]))).answer == expected


async def test_values_of_every_kind_are_answers(make: MakeAgent) -> None:
    for value in ("{'a': 1}", "np.array([1, 2])", "pd.DataFrame({'a': [1]})"):
        code = f"import numpy as np\nimport pandas as pd\nfinal_answer({value})"
        model = ScriptedModel(act(code))
        model.profile = PROFILES["small"]
        agent = make(model=model, additional_authorized_imports=["numpy", "pandas"])
        assert ended(await collect(agent)).outcome == "answer"


async def test_an_agent_that_code_calls_answers_with_values(make: MakeAgent) -> None:
    replies = [
        act("final_answer(sizer('Room 1?') + sizer('Room 25?'))"),
        act("final_answer(size_of('1'))"),
        act("final_answer(size_of('25'))"),
    ]
    model = ScriptedModel(*replies)
    helper = CodeAgent([size_of], model, name="sizer", description="Knows rooms.")
    agent = make(model=model, managed_agents=[helper])
    events = await collect(agent, "How large are rooms 1 and 25?")
    assert ended(events).answer == 37.5
    assert any(isinstance(event, AgentEvent) for event in events)
    manager, called = model.asked[0], model.asked[1]
    assert "a full sentence" in manager[0].content
    assert "bare value" not in manager[0].content
    assert "the bare value that was asked for" in called[0].content
    assert "a full sentence" not in called[0].content
    shown = [message.content for message in called if message.role == "assistant"]
    assert "final_answer(terms[7])" in shown[-1]
    assert len(shown) == len([message for message in manager if message.role == "assistant"])
