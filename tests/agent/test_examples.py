"""The worked examples: they keep the contract, and show what our own agent would show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.examples import Example, action, example, examples, is_echo, names
from agent.models.profile import PROFILES
from agent.observation import observe
from agent.parsing import Action, ReplyParser
from executors.base import ExecutorSpec
from executors.local.executor import LocalExecutorFactory
from tests.host_tools import Tools


@pytest.mark.parametrize("name", names())
async def test_an_example_shows_what_its_code_does(name: str) -> None:
    shown = example(name)
    factory = LocalExecutorFactory()
    async with factory(ExecutorSpec(call_tool=Tools())) as executor:
        for step in shown.steps:
            cell = [event async for event in executor.run(step.code)]
            assert observe(cell).strip() == f"Observation:\n{step.observation}"
    await factory.aclose()


@pytest.mark.parametrize("name", PROFILES)
def test_the_examples_keep_the_contract(name: str) -> None:
    turns = examples(PROFILES[name])
    assert [t.role for t in turns] == ["user", "assistant"] * (len(turns) // 2) + ["user"]
    assert "Observation:\nThe answer was given" in turns[-1].content
    parsed = [_parsed(turn.content) for turn in turns if turn.role == "assistant"]
    shown = [step.code for chosen in PROFILES[name].examples for step in example(chosen).steps]
    assert [part.code.rstrip() for part in parsed if isinstance(part, Action)] == shown


def _parsed(text: str) -> object:
    parser = ReplyParser()
    parser.feed(text)
    return parser.finish()


def test_a_profile_chooses_its_examples() -> None:
    assert examples(replace(PROFILES["small"], examples=())) == []
    [asked, *_] = examples(replace(PROFILES["small"], examples=("terms",)))
    assert asked.content == example("terms").asked
    with pytest.raises(KeyError, match="no_such"):
        examples(replace(PROFILES["small"], examples=("no_such",)))


@pytest.mark.parametrize("name", names())
def test_an_echo_is_known_however_it_is_laid_out(name: str) -> None:
    shown: Example = example(name)
    for step in shown.steps:
        if len(step.code) < 20:  # anybody might write that
            assert not is_echo(action(step.thought, step.code, PROFILES["small"]), "1 + 1")
            continue
        assert is_echo(f"Well: {step.thought} ", "How are you?")
        assert is_echo(action("So.", step.code.replace(" = ", "  =  "), PROFILES["small"]), "1 + 1")
        assert not is_echo(step.thought, f"{shown.asked} Please.")
    assert not is_echo("The sum is 112, and the term is 257.", "What is it?")
