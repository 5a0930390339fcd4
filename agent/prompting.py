"""The system prompt, from the live executor and the tools; and the words around each model call.

The prompt is a stable prefix, so that servers can cache it. What changes from step to step goes
into the newest message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Template

from agent.glance import listed
from agent.models.profile import PROFILES, Profile
from agent.tools.base import FINAL_ANSWER_SPEC, signature
from executors.base import ExecutorInfo, Parameter, ToolSpec


@cache
def _template() -> Template:
    return Template((Path(__file__).parent / "prompts" / "system.md").read_text(encoding="utf-8"))


def system_prompt(
    info: ExecutorInfo,
    tools: Sequence[ToolSpec],
    instructions: str = "",
    *,
    profile: Profile = PROFILES["medium"],
    called: bool = False,
    answer: str = "Any",
) -> str:
    """The system message for an agent with `tools` whose code runs where `info` says.

    `answer` is the type that answers must have, as an annotation; where the agent is `called` by
    code, they are values.
    """
    ending = replace(FINAL_ANSWER_SPEC, parameters=(Parameter(name="answer", annotation=answer),))
    return _template().substitute(
        ending=_VALUE if called else _SENTENCE,
        thought=_RESTATED if profile.think else _BRIEF,
        opening=profile.opening,
        closing=profile.closing,
        imports=_imports(info),
        files=info.files,
        network=(
            "The code can reach the internet."
            if info.network
            else "The code has no internet of its own."
        ),
        instructions=f"{instructions.strip()}\n" if instructions.strip() else "",
        tools="\n".join(_card(spec) for spec in (*tools, ending)),
    )


def _imports(info: ExecutorInfo) -> str:
    if "*" in info.imports:
        return f"Python {info.python}; any installed package can be imported."
    return f"Python {info.python}. Only these can be imported: {', '.join(info.imports)}."


def _card(spec: ToolSpec) -> str:
    lines = [f"def {signature(spec)}:  # {' '.join(spec.description.split())}"]
    lines += [f"    # {p.name}: {p.description}" for p in spec.parameters if p.description]
    return "\n".join(lines)


_RESTATED = (
    "one to three sentences that restate what is asked, with every condition, and say what the "
    "code will do"
)
_SENTENCE = "a full sentence with its figures, or Markdown, in the language of the person"
_VALUE = (
    "the bare value that was asked for, such as a number, a name or a list, and words around it "
    "only where a text was asked for: it goes to the code that has asked you"
)
_BRIEF = "a sentence that says what the code will do"


def task_text(
    task: str, files: Mapping[str, bytes], tools: Sequence[ToolSpec], profile: Profile
) -> str:
    """The task as the model reads it: with its files, and with what this model needs to hear.

    Args:
        task: what the person wrote.
        files: what came with it, by name.
        tools: what the code can call besides Python.
        profile: of the model.
    """
    parts = [task]
    if files:
        parts.append(f"Files that I have put into the current folder:\n{listed(files)}")
    if profile.guesses and tools:
        calls = "; ".join(signature(spec) for spec in tools)
        look = _LOOK if any(spec.returns not in _PLAIN for spec in tools) else ""
        parts.append(f"(Your code can call: {calls}. What they return is not known before{look}.)")
    return "\n\n".join((*parts, profile.reminder) if profile.reminder else parts)


_PLAIN = ("int", "float", "bool", "None")
"""Types whose values hold no surprise."""
_LOOK = ": print it and look at it, and only then work with it"


def tail(step: int, max_steps: int, profile: Profile) -> str:
    """What ends the newest message, and only that: where the run stands."""
    if step == 1:
        return ""
    plain = "" if profile.guesses else f"\n(Step {step} of {max_steps}.)"
    return step_note(step, max_steps) or plain


def step_note(step: int, max_steps: int) -> str:
    """That there are few steps left; empty while there are many."""
    left = max_steps - step
    if left <= 0:
        return "\n(This is the last step: answer now with what you know.)"
    return f"\n({left + 1} steps left.)" if left <= 2 else ""


def last_word(spent: str) -> str:
    """Asks for what is known where the run must end; `spent` names what of the budget is gone."""
    return (
        f"There are no {spent or 'steps'} left. Reply to the person now, without any code: what "
        "was found out, and what is missing."
    )


OUT_OF_TIME = "(The time for this task is over: the work broke off here.)"


def steered(text: str) -> str:
    """What the person wrote while the work was going on."""
    return f"(The person has just written:)\n{text}"


def vetoed(reason: str) -> str:
    """Why an action was not run."""
    return f"Your code was not run: {reason}\nChoose another way."


def refused(problem: str, *, forgotten: bool) -> str:
    """Why an answer was not accepted, which may be `forgotten`: not seen any more."""
    if forgotten:
        return f"An earlier answer was not accepted: {problem}"
    return f"The answer was not accepted: {problem}\nMend it and answer again."


PLAN = (
    "Before you begin: write a short numbered plan for this task, without code. Name what is "
    "known, what has to be found out, and how the result will be checked."
)
PLAN_AGAIN = (
    "Take stock, without code: what has been found out so far, then a short numbered plan for what "
    "is left."
)
FOLLOW_PLAN = "Now go on with your plan, one action at a time."

REPEATED = (
    "This happened twice in a row: that way does not work here. Write different code, without it."
)

NOT_BACK = (
    "The code was run again to have its variables back, and did not come out the same: look which "
    "there are before you use them."
)

ECHO = "The model repeated a worked example in place of the task, so it is asked again."
"""For the person: the model does not see its reply again, nor this."""

DO_IT = (
    "You have said what you do, but there was no code block, so nothing was done. Write the action "
    "now, with its code; if you only meant to talk, write the same reply again."
)

COMPUTE = (
    "You have not run any code yet. If your reply holds a figure that can be computed, compute it "
    "with an action; otherwise write the same reply again."
)
