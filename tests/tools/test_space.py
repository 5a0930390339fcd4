"""A Space as a tool: a real Gradio app in a process of its own."""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from agent.errors import ConfigurationError
from agent.tools.base import Tool, signature
from executors.base import ExecutorFactory
from executors.values import Image
from executors.workspace import FolderWorkspace
from tests.tools.running import answer_of

APP = Path(__file__).with_name("space_app.py")
BUFFER = io.BytesIO()
PIL.Image.new("RGB", (3, 2), "red").save(BUFFER, "png")


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(APP)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        process.kill()


def space(app: str, name: str) -> Tool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Tool.from_space(app, name=name, api_name=name)


async def test_code_uses_a_space_on_both_executors(factory: ExecutorFactory, app: str) -> None:
    code = "final_answer([greet('ab'), greet(name='c', times=3)])"
    assert await answer_of(code, [space(app, "greet")], factory) == ["abab", "ccc"]


def test_the_signature_is_the_apps(app: str) -> None:
    assert signature(space(app, "greet").spec) == "greet(name: str, times: float = 2) -> str"
    described = space(app, "describe").spec
    assert signature(described) == "describe(file: str | Image) -> tuple[str, str]"
    assert "a path in the workspace" in described.parameters[0].description
    assert signature(space(app, "same").spec) == "same(picture: str | Image) -> Image"


async def test_files_go_from_the_workspace_and_come_into_it(app: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("four")
    files = FolderWorkspace(tmp_path)
    got = await space(app, "describe").call({"file": "notes.txt"}, workspace=files)
    assert got == ("4 bytes", "made.txt")
    assert (tmp_path / "made.txt").read_text() == "made of four"


async def test_pictures_go_and_come(app: str) -> None:
    red = Image("image/png", BUFFER.getvalue())
    got = await space(app, "same").call({"picture": red})
    assert got.mime == "image/png"
    assert PIL.Image.open(io.BytesIO(got.data)).size == (3, 2)


@pytest.mark.parametrize(
    "given",
    [
        "/etc/passwd",
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
        [{"deep": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}],
    ],
)
async def test_no_file_of_this_machine_gets_out(app: str, tmp_path: Path, given: Any) -> None:
    files = FolderWorkspace(tmp_path)
    name = "describe" if isinstance(given, str) else "anything"
    parameter = space(app, name).spec.parameters[0].name
    with pytest.raises(ValueError, match="is not a path inside the workspace"):
        await space(app, name).call({parameter: given}, workspace=files)


async def test_progress_is_told(app: str) -> None:
    lines: list[str] = []
    assert await space(app, "slow").call({"parts": 4}, lines.append) == "done"
    assert set(lines) & {
        f"working {number} of 4" for number in range(1, 5)
    }  # as often as one looks


async def test_a_job_over_its_time(app: str) -> None:
    slow = space(app, "slow")
    slow.timeout = 0.3
    with pytest.raises(TimeoutError, match=r"slow\(\) took longer than 0\.3 seconds"):
        await slow.call({"parts": 20})


async def test_what_the_space_says_is_raised(app: str) -> None:
    with pytest.raises(RuntimeError, match="there is nobody"):
        await space(app, "greet").call({"name": "nobody"})
    with pytest.raises(TypeError, match="needs 'times' to be float, not str"):
        await space(app, "greet").call({"name": "x", "times": "two"})


def test_an_endpoint_that_is_not_there(app: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"has no endpoint nope\. It has: /greet, /describe"
    ):
        space(app, "nope")


def test_a_space_that_is_not_there() -> None:
    with pytest.raises(ConnectionError, match=r"The Space http://127\.0\.0\.1:9 cannot be used"):
        space("http://127.0.0.1:9", "greet")
