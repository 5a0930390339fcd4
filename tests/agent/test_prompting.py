"""What the model reads before it writes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from agent import prompting
from agent.examples import action, examples
from agent.models.profile import PROFILES
from agent.parsing import Action, ReplyParser
from executors.base import ExecutorInfo, Limits, Parameter, ToolSpec

INFO = ExecutorInfo(
    kind="local",
    python="3.13",
    imports=("math", "numpy"),
    limits=Limits(),
    network=False,
    files="open() reads and writes files in the working folder only.",
)
SEARCH = ToolSpec(
    name="search",
    description="Searches\n  the web.",
    parameters=(Parameter(name="query", annotation="str", description="what to look for"),),
    returns="list[dict]",
)


def test_the_prompt_says_what_exists_and_nothing_else() -> None:
    prompt = prompting.system_prompt(INFO, [SEARCH], "Be brief.")
    assert "Only these can be imported: math, numpy." in prompt
    assert "def search(query: str) -> list[dict]:  # Searches the web." in prompt
    assert "# query: what to look for" in prompt
    assert "def final_answer(answer: Any) -> None" in prompt
    assert "no internet" in prompt
    assert "Be brief." in prompt
    assert not re.search(r"\$\w", prompt)


def test_the_prompt_is_a_stable_prefix() -> None:
    assert prompting.system_prompt(INFO, [SEARCH]) == prompting.system_prompt(INFO, [SEARCH])


def test_dollars_in_a_tool_are_text() -> None:
    spec = ToolSpec(name="price", description="Costs $files or $5.")
    assert "Costs $files or $5." in prompting.system_prompt(INFO, [spec])


def test_a_profile_chooses_the_wording_and_the_marks_of_code() -> None:
    tagged = replace(PROFILES["reasoning"], opening="<code>", closing="</code>")
    prompt = prompting.system_prompt(INFO, [SEARCH], profile=tagged)
    assert "starts with <code> and ends with </code>" in prompt
    assert "restate" not in prompt
    assert "```" not in prompt + str(examples(tagged))
    usual = prompting.system_prompt(INFO, [SEARCH], profile=PROFILES["small"])
    assert "one to three sentences that restate what is asked" in usual
    assert "starts with ```python and ends with ```." in usual


@pytest.mark.parametrize("opening", ["```python", "<code>"])
def test_an_action_reads_back_as_it_was(opening: str) -> None:
    closing = "</code>" if opening == "<code>" else "```"
    profile = replace(PROFILES["large"], opening=opening, closing=closing)
    parser = ReplyParser()
    parser.feed(action("I print.", "print('`')\n", profile))
    assert parser.finish() == Action(thought="I print.", code="print('`')\n")


def test_the_last_steps_are_announced() -> None:
    assert prompting.step_note(3, 10) == ""
    assert "2 steps left" in prompting.step_note(9, 10)
    assert "last step" in prompting.step_note(10, 10)


def test_text_files_show_how_they_begin_and_others_only_their_size() -> None:
    files = {
        "trees.csv": b"species,height\noak,18.5\n",
        "long.txt": ("é" * 3_000).encode(),
        "many.txt": b"a\nb\nc\nd\ne\nf\n",
        "photo.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "empty.txt": b"",
        "odd.txt": b"bell \x07",
    }
    begin = "Look.\n\nFiles that I have put into the current folder:\n"
    shown = {
        "trees.csv": "- 'trees.csv' (24 bytes) begins:\n  species,height\n  oak,18.5",
        "long.txt": f"- 'long.txt' (6,000 bytes) begins:\n  {'é' * 120}\n  …",
        "many.txt": "- 'many.txt' (12 bytes) begins:\n  a\n  b\n  c\n  d\n  …",
        "photo.png": "- 'photo.png' (208 bytes)",
        "empty.txt": "- 'empty.txt' (0 bytes)",
        "odd.txt": "- 'odd.txt' (6 bytes)",
    }
    for name, expected in shown.items():
        text = prompting.task_text("Look.", {name: files[name]}, [], PROFILES["large"])
        assert text == begin + expected
    together = prompting.task_text("Look.", files, [], PROFILES["large"])
    assert together == begin + "\n".join(shown.values())


def test_many_files_are_named_and_more_are_counted() -> None:
    files = {f"f{n}.txt": b"one line" for n in range(45)}
    text = prompting.task_text("Look.", files, [], PROFILES["large"])
    assert text.count("one line") == 3
    assert text.count("bytes") == 20
    assert text.endswith("- and 25 more")


def test_a_model_that_guesses_is_told_last_what_its_code_can_call() -> None:
    spec = ToolSpec(name="depth", description="Deep.", parameters=(Parameter(name="lake"),))
    text = prompting.task_text("How deep?", {}, [spec], PROFILES["small"])
    assert text.startswith("How deep?\n\n(Your code can call: depth(")
    assert text.endswith(PROFILES["small"].reminder)
    assert prompting.task_text("How deep?", {}, [spec], PROFILES["large"]) == "How deep?"
