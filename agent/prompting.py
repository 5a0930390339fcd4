"""The system prompt, from the live executor and the tools; and the words around each model call.

The prompt is a stable prefix, so that servers can cache it. What changes from step to step goes
into the newest message.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from agent.models.base import Message
from agent.tools.base import signature
from executors.base import ExecutorInfo, Parameter, ToolSpec

FINAL_ANSWER_SPEC = ToolSpec(
    name="final_answer",
    description="Gives the answer to the person and ends the task.",
    parameters=(Parameter(name="answer", annotation="Any"),),
    returns="None",
)


@cache
def _template() -> Template:
    return Template((Path(__file__).parent / "prompts" / "system.md").read_text(encoding="utf-8"))


def system_prompt(info: ExecutorInfo, tools: Sequence[ToolSpec], instructions: str = "") -> str:
    """The system message for an agent with `tools` whose code runs where `info` says."""
    return _template().substitute(
        imports=_imports(info),
        files=info.files,
        network=(
            "The code can reach the internet."
            if info.network
            else "The code has no internet of its own."
        ),
        instructions=f"{instructions.strip()}\n" if instructions.strip() else "",
        tools="\n".join(_card(spec) for spec in (*tools, FINAL_ANSWER_SPEC)),
    )


def _imports(info: ExecutorInfo) -> str:
    if "*" in info.imports:
        return f"Python {info.python}; any installed package can be imported."
    return f"Python {info.python}. Only these can be imported: {', '.join(info.imports)}."


def _card(spec: ToolSpec) -> str:
    lines = [f"def {signature(spec)}:  # {' '.join(spec.description.split())}"]
    lines += [f"    # {p.name}: {p.description}" for p in spec.parameters if p.description]
    return "\n".join(lines)


_TERM = "The 8th term is 257."
_EXAMPLES = (
    Message(
        "user",
        "A sequence starts with 3; each next term is twice the last one minus 1. Its 8th term?",
    ),
    Message(
        "assistant",
        "The first term is 3, and each next term is twice the last one minus 1. I build the list "
        "from its first term until it has 8 terms; the 8th is the last one.\n```python\n"
        "terms = [3]\nwhile len(terms) < 8:\n    terms.append(2 * terms[-1] - 1)\n"
        'final_answer(f"The 8th term is {terms[-1]}.")\n```',
    ),
    Message("user", f"Observation:\nThe answer was given: {_TERM}"),
    Message("assistant", _TERM),
    Message("user", "Which weekday was 1 January 2000, and how many days were in that year?"),
    Message(
        "assistant",
        "I need the weekday of 1 January 2000 and the number of days of the year 2000. I look at "
        "both first.\n```python\nfrom datetime import date\n\n"
        "first = date(2000, 1, 1)\ndays = (date(2001, 1, 1) - first).days\n"
        'print(first.strftime("%A"), days)\n```',
    ),
    Message("user", "Observation:\nSaturday 366"),
    Message("assistant", "1 January 2000 was a Saturday, and that year had 366 days."),
)


def examples() -> Sequence[Message]:
    """Two worked tasks as real chat turns; they call nothing that does not exist."""
    return _EXAMPLES


def step_note(step: int, max_steps: int) -> str:
    """The volatile line at the end of an observation; empty while there is plenty of room."""
    left = max_steps - step
    if left <= 0:
        return "\n(This is the last step: answer now with what you know.)"
    return f"\n({left + 1} steps left.)" if left <= 2 else ""


LAST_WORD = (
    "There are no steps left. Reply to the person now, without any code: what was found out, "
    "and what is missing."
)

REPEATED = "You ran exactly this code before, with the same result. Try something different."
