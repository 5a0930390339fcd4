"""Fragments of single blocks."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from executors.base import CodeError, Display, FileInfo
from executors.values import encode
from ui.blocks import (
    Agent,
    Answer,
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
from ui.render import render

EVIL = '<img src=x onerror="alert(1)">'


class Active(HTMLParser):
    """Collects what would run or load something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "iframe", "form", "object") else []
        for name, value in attrs:
            if name.startswith("on") or (name == "src" and not (value or "").startswith("data:")):
                self.found.append(f"{tag} {name}")


@pytest.mark.parametrize(
    "content",
    [
        User(text=EVIL, state="waiting"),
        Step(number=1, gist=EVIL),
        Preparing(text=EVIL, fraction=0.5),
        Prose(kind="thought", text=EVIL, live=True),
        Prose(kind="reasoning", text=EVIL, live=False),
        Printed(stream="stdout", text=EVIL),
        Value(text=EVIL),
        Prose(kind="plan", text=EVIL, live=False),
        ToolUse(name=EVIL, arguments={EVIL: EVIL}, preview=EVIL),
        ToolUse(name=EVIL, arguments={}, progress=EVIL),
        Agent(name=EVIL, task=EVIL, gist=EVIL),
        Agent(name=EVIL, status="ok", task=EVIL, gist=EVIL),
        Shown(display=Display(mime="text/html", data=EVIL, alt=EVIL)),
        Shown(display=Display(mime="image/png", data=EVIL, alt=EVIL)),
        Shown(display=Display(mime="text/x-evil", data=EVIL, alt=EVIL)),
        Shown(display=Display(mime="image/svg+xml", data=f"<svg>{EVIL}</svg>", alt=EVIL)),
        Failure(
            error=CodeError(name=EVIL, message=EVIL, traceback=EVIL, hint=EVIL),
            outcome="error",
            state_kept=False,
        ),
        Remark(text=EVIL),
        Files(files=(FileInfo(path=EVIL, size=1),)),
        Answer(value=EVIL, steps=1, seconds=1, tokens=1),
        Answer(value=[EVIL], steps=1, seconds=1, tokens=1),
        Ending(text=EVIL, failed=True, task=EVIL),
    ],
    ids=lambda content: type(content).__name__,
)
def test_markup_in_any_field_is_text(content: Content) -> None:
    assert Active(render(content).html).found == []


def test_the_check_itself_finds_what_is_wrong() -> None:
    assert Active(EVIL).found == ["img src", "img onerror"]


def test_the_head_of_an_agent_says_what_it_does_and_then_what_it_took() -> None:
    def words(agent: Agent) -> str:
        return re.sub(r"<svg.*?</svg>|<[^>]*>", "|", render(agent).html, flags=re.DOTALL)

    working = Agent(name="researcher", task="Look.", activity="writing", steps=2)
    assert "|researcher||Step 2 · Writing code|" in words(working)
    done = Agent(name="researcher", task="Look.", status="ok", steps=1, seconds=3.21, gist="42")
    assert "|researcher||1 step · 3.2 s||||42|" in words(done)
    assert len(words(Agent(name="a", task="x" * 1_000_000))) < 3_000


def test_images_are_shown_from_data_only() -> None:
    png = Display(mime="image/png", data="aGVsbG8=", alt="A plot")
    assert render(Shown(display=png)).html == (
        '<img src="data:image/png;base64,aGVsbG8=" alt="A plot">'
    )
    svg = Display(mime="image/svg+xml", data="<svg/>", alt="A drawing")
    data = base64.b64encode(b"<svg/>").decode()
    assert f'src="data:image/svg+xml;base64,{data}"' in render(Shown(display=svg)).html


def test_an_error_says_what_happened_and_what_is_lost() -> None:
    error = CodeError(name="TimeLimit", message="It ran for 30 s.", line=3, hint="Do less.")
    html = render(Failure(error=error, outcome="timeout", state_kept=False)).html
    for text in ("This took too long", "It ran for 30 s.", "line 3", "Do less.", "are gone"):
        assert text in html


def test_answers_of_any_type_are_readable() -> None:
    def shown(value: object) -> str:
        return render(Answer(value=encode(value), steps=2, seconds=1.5, tokens=1234)).html

    assert "76127" in shown(76127)
    assert "2 steps · 1.5 s · 1,234 tokens<" in shown(1)
    for cost, text in ((1.234, "$1.23"), (0.0123, "$0.012"), (0.00002, "&lt; $0.0001")):
        priced = Answer(value=1, steps=2, seconds=1.5, tokens=1234, cost=cost)
        assert f"1,234 tokens · {text}<" in render(priced).html
    assert "$" not in render(Answer(value=1, steps=1, seconds=1, tokens=9, cost=0.0)).html
    assert "{1, 2}" in shown({1, 2})
    assert "<strong>x</strong>" in shown("**x**")
    assert (
        "malformed" in render(Answer(value={"$type": "made-up"}, steps=1, seconds=1, tokens=0)).html
    )
