"""The system prompt, from the live executor and the tools; and the words around each model call.

The prompt is a stable prefix, so that servers can cache it. What changes from step to step goes
into the newest message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from string import Template

from agent.models.base import Message
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
    answer: str = "Any",
) -> str:
    """The system message for an agent with `tools` whose code runs where `info` says.

    `answer` is the type that answers must have, as an annotation.
    """
    ending = replace(FINAL_ANSWER_SPEC, parameters=(Parameter(name="answer", annotation=answer),))
    return _template().substitute(
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
_BRIEF = "a sentence that says what the code will do"


def action(thought: str, code: str, profile: Profile) -> str:
    """An action as the model should write it."""
    return f"{thought}\n{profile.opening}\n{code.rstrip()}\n{profile.closing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Example:
    """A worked task."""

    asked: str
    thought: str
    code: str
    observed: str
    """What the code printed, or the answer that it gave."""
    reply: str = ""
    """What was said to the person after that; empty where the code has given the answer."""

    def turns(self, profile: Profile) -> Sequence[Message]:
        """The task as a chat. Where the code answers, the person's turn at its end stays open."""
        given = "" if self.reply else "The answer was given: "
        chat = (
            Message("user", self.asked),
            Message("assistant", action(self.thought, self.code, profile)),
            Message("user", f"Observation:\n{given}{self.observed}"),
        )
        return (*chat, Message("assistant", self.reply)) if self.reply else chat

    def is_in(self, text: str) -> bool:
        """Whether `text` repeats what was thought, done or answered here."""
        answer = self.reply or self.observed
        return any(_flat(part) in text for part in (self.thought, self.code, answer))


def _flat(text: str) -> str:
    return " ".join(text.split())


_EXAMPLES = (
    _Example(
        asked="Which of the numbers from 1 to 50 are divisible by 7 but not by 2? Their sum?",
        thought=(
            "I look for the numbers from 1 to 50, both included, that are divisible by 7 and not "
            "divisible by 2, and add them up."
        ),
        code=(
            "numbers = [n for n in range(1, 51) if n % 7 == 0 and n % 2 != 0]\n"
            "print(numbers, sum(numbers))"
        ),
        observed="[7, 21, 35, 49] 112",
        reply="The numbers are 7, 21, 35 and 49; their sum is 112.",
    ),
    _Example(
        asked=(
            "A sequence starts with 3; each next term is twice the last one minus 1. Its 8th term?"
        ),
        thought=(
            "The 1st term is 3, and each next term is twice the last one minus 1. I write the "
            "terms in a list until it has 8 of them; the 8th is terms[7]."
        ),
        code=(
            "terms = [3]\nfor position in range(2, 9):\n    terms.append(2 * terms[-1] - 1)\n"
            'final_answer(f"The 8th term is {terms[7]}.")'
        ),
        observed="The 8th term is 257.",
    ),
)


def examples(profile: Profile = PROFILES["medium"]) -> Sequence[Message]:
    """Worked tasks as real chat turns, as many as `profile` wants; they call only what exists.

    They end with an open user turn, which the first task continues: the last thing that the model
    sees itself do is an action.
    """
    chosen = _EXAMPLES[max(0, len(_EXAMPLES) - profile.examples) :]
    return [turn for example in chosen for turn in example.turns(profile)]


def is_echo(text: str, task: str) -> bool:
    """Whether `text` is about a worked example, which small models repeat where they are at a loss.

    Args:
        text: what the model wrote.
        task: what it was asked, which may be the same.
    """
    told = _flat(text)
    return any(
        example.is_in(told) and _flat(example.asked) not in _flat(task) for example in _EXAMPLES
    )


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
        parts.append(f"Files that I have put into the current folder:\n{_list(files)}")
    if profile.guesses and tools:
        calls = "; ".join(signature(spec) for spec in tools)
        parts.append(f"(Your code can call: {calls}. What they return is not known before.)")
    return "\n\n".join((*parts, profile.reminder) if profile.reminder else parts)


def _list(files: Mapping[str, bytes]) -> str:
    """The files, the first few of them with how they begin."""
    glances = [_glance(name, data) for name, data in list(files.items())[:_GLANCES]]
    named = [_size(name, data) for name, data in list(files.items())[_GLANCES:_NAMES]]
    more = len(files) - _NAMES
    return "\n".join([*glances, *named, *([f"- and {more} more"] if more > 0 else [])])


def _size(name: str, data: bytes) -> str:
    return f"- {name!r} ({len(data):,} bytes)"


def _glance(name: str, data: bytes) -> str:
    """One file: its size and, where it is text, how it begins."""
    listed = _size(name, data)
    try:
        lines = data[:_GLANCE_BYTES].decode(errors="strict").splitlines()
    except UnicodeDecodeError as exc:
        if not (data[:_GLANCE_BYTES] and exc.start > _GLANCE_BYTES - 4):  # cut inside a character
            return listed
        lines = data[: exc.start].decode().splitlines()
    begins = [line[:_GLANCE_CHARS] for line in lines[:_GLANCE_LINES]]
    if not begins or not all(line.replace("\t", " ").isprintable() for line in begins):
        return listed
    more = len(lines) > _GLANCE_LINES or len(data) > _GLANCE_BYTES
    return "\n  ".join([f"{listed} begins:", *begins, *(["…"] if more else [])])


_GLANCES = 3
"""Files whose beginning is shown."""
_NAMES = 20
"""Files that are named; more are counted."""
_GLANCE_BYTES = 2_000
_GLANCE_LINES = 4
_GLANCE_CHARS = 120
"""Of a text file's beginning: bytes that are looked at, lines, and characters of a line."""


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


def refused(problem: str) -> str:
    """Why an answer was not accepted."""
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

ECHO = "That was the example, not the task. Solve the task."

DO_IT = (
    "You have said what you do, but there was no code block, so nothing was done. Write the action "
    "now, with its code; if you only meant to talk, write the same reply again."
)

COMPUTE = (
    "You have not run any code yet. If your reply holds a figure that can be computed, compute it "
    "with an action; otherwise write the same reply again."
)
