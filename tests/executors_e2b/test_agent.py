"""An agent whose code runs in a sandbox: from package names to the answer, and again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import CodeAgent, ScriptedModel, VisitWebpageTool
from executors.e2b.factory import E2BExecutorFactory
from tests.e2b_stand_in.server import Server, running
from tests.needs import skip_unless
from tests.tools.conftest import PAGE, Answer, WebServer
from tests.tools.conftest import web as web

PACKAGES = ["requests", "markdownify"]


def action(code: str) -> str:
    return f"I run code.\n```python\n{code}\n```"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of the example, as a sandbox would fetch them."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "-d", str(folder), *PACKAGES]
    done = subprocess.run(command, capture_output=True, text=True)
    reason = "this test is skipped: no package index can be reached"
    skip_unless(reason if done.returncode else "")
    return folder


@pytest.fixture
def service(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A stand-in that the environment names, as it would name E2B."""
    with running(tmp_path, wheels=wheels) as server:
        monkeypatch.setenv("E2B_API_KEY", server.key)
        monkeypatch.setenv("E2B_API_URL", server.url)
        monkeypatch.setenv("E2B_SANDBOX_URL", server.url)
        yield server
        assert server.sandboxes() == []


def test_from_the_names_of_packages_to_the_answer(service: Server, web: WebServer) -> None:
    web.pages["/"] = Answer(200, PAGE)
    model = ScriptedModel(
        action(
            f"import requests, markdownify\n"
            f"page = visit_webpage(url={web.url!r})\n"
            "again = markdownify.markdownify('<h1>Heading</h1>', heading_style='ATX').strip()\n"
            "print(requests.__version__, again)\n"
            "final_answer([again in page, 'snake_case' in page])"
        )
    )
    agent = CodeAgent(
        tools=[VisitWebpageTool(allow_private=True, ports=[web.port])],
        model=model,
        additional_authorized_imports=PACKAGES,
        executor_type="e2b",
    )
    try:
        assert agent.run("Read the page.") == [True, True]
    finally:
        agent.close()


def test_the_second_and_third_run_find_the_variables_of_the_first(stand_in: Server) -> None:
    factory = E2BExecutorFactory(
        api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
    )
    model = ScriptedModel(
        action("seen = [1]\nfinal_answer(len(seen))"),
        action("seen.append(2)\nfinal_answer(len(seen))"),
        action("seen.append(3)\nfinal_answer(seen)"),
    )
    agent = CodeAgent([], model, executor_type=factory)
    try:
        assert [agent.run("go") for _ in range(3)] == [1, 2, [1, 2, 3]]
    finally:
        agent.close()
    assert stand_in.sandboxes() == []
