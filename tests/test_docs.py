"""Every Python block of the pages for programmers runs, in order, as a reader would run it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent import CodeAgent

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDED = {"docs/from-smolagents.md": "smolagents"}


def program(text: str) -> str:
    """The blocks of a page as one program, each line at the number that it has in the page."""
    lines = [""] * (text.count("\n") + 1)
    for block in BLOCK.finditer(text):
        start = text.count("\n", 0, block.start(1))
        for number, line in enumerate(block[1].splitlines(), start):
            lines[number] = line
    return "\n".join(lines)


def run(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "page.py"
    script.write_text(source, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", str(script)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=250,
    )


@pytest.mark.parametrize("page", ["docs/agent.md", "docs/from-smolagents.md"])
def test_the_examples_run(page: str, tmp_path: Path) -> None:
    if library := NEEDED.get(page):
        reason = f"{library} is not installed: pip install -e '.[bench]'"
        pytest.importorskip(library, reason=reason)
    source = program((ROOT / page).read_text(encoding="utf-8"))
    assert "assert " in source
    done = run(source, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]


def test_an_example_that_is_wrong_is_found(tmp_path: Path) -> None:
    page = "Text\n```python\nx = '''```python\n'''\n```\nmore\n```python\nassert x == 1\n```\nend"
    source = program(page)
    assert source.splitlines()[2] == "x = '''```python"
    done = run(source, tmp_path)
    assert done.returncode == 1
    assert "line 8" in done.stderr


def test_the_page_names_every_keyword_of_both_sides() -> None:
    smolagents = pytest.importorskip(
        "smolagents", reason="smolagents is not installed: pip install -e '.[bench]'"
    )
    page = (ROOT / "docs/from-smolagents.md").read_text(encoding="utf-8")
    theirs = (smolagents.CodeAgent, smolagents.MultiStepAgent)
    known = {name for one in (CodeAgent, *theirs) for name in parameters(one.__init__)}
    known |= parameters(smolagents.MultiStepAgent.run) | parameters(CodeAgent.run)
    assert {name for name in known if f"`{name}" not in page} == set()


def test_what_the_page_calls_the_same_is_there() -> None:
    page = (ROOT / "docs/from-smolagents.md").read_text(encoding="utf-8")
    for part, function in (("CodeAgent(…)", CodeAgent.__init__), ("agent.run(…)", CodeAgent.run)):
        table = page.split(f"## `{part}`")[1].split("## ")[0]
        same = re.findall(r"^\| (.*?) \| the same", table, re.MULTILINE)
        named = {name for row in same for name in re.findall(r"`(\w+)`", row)}
        assert named
        assert named <= parameters(function)


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters) - {"self", "kwargs"}
