"""Blocks to HTML fragments. All text in them is escaped or sanitised here; the page trusts them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import assert_never

from agent.text import well_formed
from executors.base import CodeError, Display, FileInfo
from executors.values import Image, decode, preview
from ui.blocks import (
    Activity,
    Agent,
    Answer,
    Code,
    Content,
    Ending,
    Failure,
    Files,
    Preparing,
    Printed,
    Prose,
    Remark,
    Shown,
    Step,
    ToolUse,
    User,
    Value,
)
from ui.icons import icon
from ui.markup import highlight, markdown, plain, table

MAX_IMAGE_CHARS = 8_000_000
"""Larger images (base64 or SVG text) are described instead of shown."""
MAX_ARGUMENT_CHARS = 300
MAX_TASK_CHARS = 2_000
"""Of the task of an agent that the code has called."""
MAX_ANSWER_CHARS = 100_000

_IMAGE_MIMES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\n]*")
_LIMITS = {
    "TimeLimit": "This took too long",
    "OperationLimit": "This did too much work",
    "MemoryLimit": "This needed too much memory",
    "WorkerDied": "The code's process ended",
    "NotAllowed": "This is not allowed here",
}
_ACTIVITY = {
    "preparing": "Getting ready",
    "thinking": "Thinking",
    "writing": "Writing code",
    "running": "Running",
    "done": "",
    "failed": "Error",
    "stopped": "Stopped",
}
_WORKING: Mapping[Activity, str] = {
    "idle": "",
    "starting": "Starting",
    "preparing": "Getting the model ready",
    "planning": "Planning",
    "thinking": "Thinking",
    "writing": "Writing code",
    "running": "Running code",
}
_READ = {
    "": "",
    "waiting": "Will be read before the next step",
    "read": "Read",
    "late": "The work ended before this was read; the agent is told with your next message",
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A block as the page shows it."""

    html: str
    state: str = ""
    """What the style sheet tells apart: a status, `live`, `stderr`, `failed`, `warning`."""
    running: tuple[int, int] | None = None
    """First and last line that the page marks."""


def render(content: Content) -> Fragment:  # noqa: C901, PLR0912 - one arm a kind of content
    """The fragment of a block."""
    match content:
        case User():
            return Fragment(_user(content), content.state)
        case Step():
            return Fragment(_step(content), content.status)
        case Preparing():
            return Fragment(_preparing(content))
        case Prose(kind="reasoning"):
            return Fragment(_reasoning(content), "live" if content.live else "")
        case Prose(kind="plan"):
            return Fragment(_plan(content), "live" if content.live else "")
        case Prose():
            return Fragment(_prose(content), "live" if content.live else "")
        case Code():
            return Fragment(_code(content), "live" if content.live else "", content.running)
        case Printed():
            return Fragment(_printed(content), content.stream)
        case Value(text=text):
            return Fragment(f"<pre>{escape(plain(text))}</pre>")
        case ToolUse():
            return Fragment(_tool(content), content.status)
        case Agent():
            return Fragment(_agent(content), content.status)
        case Shown(display=display):
            return Fragment(_display(display))
        case Failure():
            return Fragment(_failure(content))
        case Remark():
            return Fragment(f"{icon('info')}<p>{escape(plain(content.text))}</p>", content.level)
        case Files():
            return Fragment(_files(content))
        case Answer():
            return Fragment(_answer(content))
        case Ending():
            return Fragment(_ending(content), "failed" if content.failed else "")
        case _:
            assert_never(content)


def unshowable() -> Fragment:
    """What stands for a block that could not be rendered."""
    return Fragment(f"{icon('info')}<p>This part could not be shown.</p>", "warning")


def skipped(count: int) -> str:
    """The line that stands for printed text that is not shown."""
    return f"… {count:,} characters are not shown …" if count else ""


def _user(user: User) -> str:
    mark = f'<p class="mark">{_READ[user.state]}</p>' if user.state else ""
    return f'{_attached(user.files)}<div class="bubble">{escape(user.text)}</div>{mark}'


def _step(step: Step) -> str:
    facts = "" if step.seconds is None else f"{step.seconds:.1f} s"
    return _fold(f"Step {step.number}", facts, _ACTIVITY[step.status], step.gist)


def _agent(agent: Agent) -> str:
    facts, doing = "", {"failed": "Error", "stopped": "Stopped"}.get(agent.status, "")
    if agent.status == "running":
        number = f"Step {agent.steps} · " if agent.steps else ""
        doing = number + _WORKING[agent.activity]
    else:
        seconds = "" if agent.seconds is None else f"{agent.seconds:.1f} s"
        facts = " · ".join(filter(None, [_steps(agent.steps), seconds]))
    task = agent.task[:MAX_TASK_CHARS] + "…" * (len(agent.task) > MAX_TASK_CHARS)
    return (
        _fold(agent.name, facts, doing, agent.gist)
        + f'<p class="task" tabindex="0">{escape(plain(task))}</p>'
    )


def _steps(count: int) -> str:
    """How many steps, in words; empty where there are none."""
    return "" if not count else "1 step" if count == 1 else f"{count} steps"


def _fold(name: str, facts: str, doing: str, line: str) -> str:
    """The head of what can be folded to this one line."""
    time = f'<span class="time">{facts}</span>' if facts else ""
    return (
        '<button type="button" class="fold" aria-expanded="true">'
        f'<i class="status"></i><span class="name">{escape(plain(name))}</span>{time}'
        f'<span class="doing">{doing}</span><span class="gist">{escape(plain(line))}</span>'
        f"{icon('chevron')}</button>"
    )


def _preparing(shown: Preparing) -> str:
    value = "" if shown.fraction is None else f' value="{min(max(shown.fraction, 0), 1):.3f}"'
    text = escape(plain(shown.text))
    return f'<p>{text}</p><progress max="1"{value} aria-label="{text}"></progress>'


def _prose(prose: Prose) -> str:
    if prose.live:
        return f'<div class="md live" data-text>{escape(plain(prose.text))}</div>'
    return f'<div class="md">{markdown(prose.text)}</div>'


def _reasoning(prose: Prose) -> str:
    name = "Reasoning…" if prose.live else "Reasoning"
    return f'<details data-fold="reasoning"><summary>{name}</summary>{_prose(prose)}</details>'


def _plan(plan: Prose) -> str:
    return f'<details data-fold="plan" open><summary>Plan</summary>{_prose(plan)}</details>'


def _code(code: Code) -> str:
    text = escape(code.text) if code.live else highlight(code.text)
    return (
        '<div class="bar"><span>Python</span>'
        '<button type="button" class="copy" data-copy="code" aria-label="Copy code">Copy</button>'
        f'</div><pre tabindex="0" aria-label="Code"><code data-text>{text}</code></pre>'
    )


def _printed(printed: Printed) -> str:
    return (
        f'<div class="skipped">{skipped(printed.skipped)}</div>'
        f'<pre tabindex="0" aria-label="Output" data-text>{escape(plain(printed.text))}</pre>'
    )


def _tool(tool: ToolUse) -> str:
    pairs = ", ".join(
        f"{name}={preview(value, MAX_ARGUMENT_CHARS)!r}"
        if isinstance(value, str)
        else f"{name}={preview(value, MAX_ARGUMENT_CHARS)}"
        for name, value in tool.arguments.items()
    )
    seconds = "" if tool.seconds is None else f'<span class="time">{tool.seconds:.1f} s</span>'
    call = f"<code>{escape(tool.name)}({escape(plain(pairs))})</code>"
    head = f'<i class="status"></i>{call}{seconds}'
    if not tool.preview:
        told = tool.progress if tool.status == "running" else ""
        line = f'<p class="progress">{escape(plain(told))}</p>' if told else ""
        return f'<div class="call">{head}</div>{line}'
    return (
        f'<details data-fold="tool"><summary class="call">{head}</summary>'
        f"<pre>{escape(plain(tool.preview))}</pre></details>"
    )


def _display(display: Display) -> str:
    alt = escape(plain(display.alt), quote=True)
    shown = _display_data(display, alt)
    # What cannot be shown has its description instead: nothing that was displayed just vanishes.
    return shown if shown is not None else f'<pre class="alt">{alt}</pre>'


def _display_data(display: Display, alt: str) -> str | None:
    match display.mime:
        case "text/html":
            cleaned = table(display.data)
            return None if cleaned is None else f'<div class="table" tabindex="0">{cleaned}</div>'
        case "text/markdown":
            return f'<div class="md">{markdown(display.data)}</div>'
        case "image/svg+xml" if len(display.data) <= MAX_IMAGE_CHARS:
            # As the source of an <img> it can neither run scripts nor load anything.
            data = base64.b64encode(well_formed(display.data).encode()).decode()
            return f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}">'
        case mime if (
            mime in _IMAGE_MIMES
            and len(display.data) <= MAX_IMAGE_CHARS
            and _BASE64.fullmatch(display.data)
        ):
            data = display.data.replace("\n", "")
            return f'<img src="data:{mime};base64,{data}" alt="{alt}">'
        case _:
            return None


def _failure(failure: Failure) -> str:
    error = failure.error
    parts = [f"{icon('alert')}<div><p>{_error_title(error)}</p>"]
    if error.hint:
        parts.append(f'<p class="hint">{escape(plain(error.hint))}</p>')
    if not failure.state_kept:
        parts.append('<p class="hint">Variables of earlier steps are gone.</p>')
    if error.traceback:
        parts.append(
            '<details data-fold="traceback"><summary>Traceback</summary>'
            f"<pre>{escape(plain(error.traceback))}</pre></details>"
        )
    return "".join(parts) + "</div>"


def _error_title(error: CodeError) -> str:
    name = escape(plain(_LIMITS.get(error.name, error.name)))
    message = escape(plain(error.message))
    line = "" if error.line is None else f' <span class="line">line {error.line}</span>'
    return f"<b>{name}</b> <span>{message}</span>{line}"


def _files(files: Files) -> str:
    return "".join(
        f'<button type="button" class="file" data-path="{escape(file.path, quote=True)}">'
        f"{icon('download')}<span>{escape(file.path)}</span>"
        f'<span class="size">{_size(file.size)}</span></button>'
        for file in files.files
    )


def _attached(files: Sequence[FileInfo]) -> str:
    chips = "".join(
        f'<span class="attached"><span>{escape(file.path)}</span>'
        f'<span class="size">{_size(file.size)}</span></span>'
        for file in files
    )
    return f'<div class="with">{chips}</div>' if chips else ""


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _answer(answer: Answer) -> str:
    source, html = _answer_body(answer)
    tokens = f"{answer.tokens:,} tokens" if answer.tokens else ""
    facts = filter(
        None, [_steps(answer.steps), f"{answer.seconds:.1f} s", tokens, _dollars(answer.cost)]
    )
    return (
        f'<div class="md">{html}</div><pre hidden data-source>{escape(source)}</pre>'
        f'<footer><span>{" · ".join(facts)}</span><button type="button" class="copy"'
        ' data-copy="source" aria-label="Copy answer">Copy</button></footer>'
    )


def _dollars(cost: float | None) -> str:
    """An amount with two digits that say something; a free run says nothing."""
    if not cost:
        return ""
    return f"${cost:.2f}" if cost >= 0.1 else f"${cost:.2g}" if cost >= 0.0001 else "&lt; $0.0001"


def _answer_body(answer: Answer) -> tuple[str, str]:
    """The answer's text for the clipboard, and its HTML."""
    value = answer.value
    if isinstance(value, str):
        return value, markdown(value[:MAX_ANSWER_CHARS])
    if isinstance(value, dict) and value.get("$type"):
        rich = _rich(value)
        if isinstance(rich, Image):
            data = base64.b64encode(rich.data).decode()
            display = Display(mime=rich.mime, data=data, alt=f"An image ({rich.mime})")
            return display.alt, _display(display)
    text = preview(value, MAX_ANSWER_CHARS)
    return text, f'<pre class="plain">{escape(plain(text))}</pre>'


def _rich(value: object) -> object:
    try:
        return decode(value)
    except ValueError:  # made up by hostile code; its preview says so
        return None


def _ending(ending: Ending) -> str:
    retry = (
        f'<button type="button" class="retry" data-ask="{escape(ending.task, quote=True)}">'
        f"{icon('retry')}Try again</button>"
        if ending.task
        else ""
    )
    return f"{icon('alert' if ending.failed else 'stop')}<p>{escape(ending.text)}</p>{retry}"
