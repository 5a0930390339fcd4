"""What tools give besides text: pictures, tables and files arrive in code as what it can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import PIL.Image
import pytest

from agent.code_agent import CodeAgent
from agent.events import CellEvent
from agent.models.scripted import ScriptedModel
from agent.tools.base import Tool, signature, tool
from agent.tools.results import MOST_BYTES, File, deliver, file_name
from executors.base import Display, ExecutorFactory, FilesChanged
from executors.workspace import FolderWorkspace
from tests.tools.running import answer_of, events_of


@tool
def paint(color: str) -> PIL.Image.Image:
    """Paint a picture."""
    return PIL.Image.new("RGB", (4, 3), color)


@tool
def prices() -> pd.DataFrame:
    """List the prices."""
    return pd.DataFrame({"item": ["tea", "milk"], "price": [3.5, 1.0]})


@tool
def export(name: str) -> dict[str, File]:
    """Make a file."""
    return {"file": File(name, b"made here")}


def test_files_are_paths_in_the_signature() -> None:
    assert signature(export.spec) == "export(name: str) -> dict[str, str]"
    assert signature(paint.spec) == "paint(color: str) -> Image"


async def test_a_table_is_a_table(factory: ExecutorFactory) -> None:
    code = "t = prices()\nfinal_answer([t['price'].sum(), list(t.columns), type(t).__name__])"
    assert await answer_of(code, [prices], factory) == [4.5, ["item", "price"], "DataFrame"]


async def test_a_picture_is_shown_and_goes_on_as_data(factory: ExecutorFactory) -> None:
    tools = [paint, *_measuring()]
    answer = await answer_of("p = paint('red')\nfinal_answer([measure(p), p])", tools, factory)
    assert answer[0] == [4, 3]
    assert answer[1].mime == "image/png"
    events = await events_of("paint('red')", [paint], factory)
    shown = [e.event for e in events if isinstance(e, CellEvent) and isinstance(e.event, Display)]
    assert [one.mime for one in shown] == ["image/png"]


async def test_a_picture_is_pillows_where_code_may_use_that(factory: ExecutorFactory) -> None:
    code = "p = [paint('red')]\nfinal_answer([p[0].size, p[0].resize((2, 1)).getpixel((0, 0))])"
    model = ScriptedModel(f"Go.\n```python\n{code}\n```")
    agent = CodeAgent([paint], model, executor_type=factory, additional_authorized_imports=["PIL"])
    try:
        events = [event async for event in agent.stream("go")]
    finally:
        await agent.aclose()
    assert '"items": [255, 0, 0]' in str(events[-1].answer).replace("'", '"')  # type: ignore[union-attr]


async def test_a_picture_without_pillow_is_its_file() -> None:
    code = "p = paint('red')\nfinal_answer([p.mime, p.data[:4], repr(p)])"
    mime, start, text = await answer_of(code, [paint], "local")
    assert (mime, start) == ("image/png", b"\x89PNG")
    assert text.startswith("<picture image/png, ")


async def test_a_file_is_in_the_workspace(factory: ExecutorFactory) -> None:
    code = (
        "open('a.txt', 'w').write('mine')\npath = export('/etc/a.txt')['file']\n"
        "final_answer([path, open(path).read(), open('a.txt').read()])"
    )
    events = await events_of(code, [export], factory)
    assert events[-1].answer == ["a-2.txt", "made here", "mine"]  # type: ignore[union-attr]
    changed = [e.event for e in events if isinstance(e, CellEvent)]
    files = [f.path for e in changed if isinstance(e, FilesChanged) for f in e.files]
    assert "a-2.txt" in files


async def test_a_path_of_this_machine_is_copied(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "made" / "b.txt").write_text("content")
    files = FolderWorkspace(tmp_path / "here")
    made = tmp_path / "made" / "b.txt"
    assert await deliver([made, ("x", made)], files) == ["b.txt", ("x", "b-2.txt")]
    assert (tmp_path / "here" / "b-2.txt").read_text() == "content"
    assert await deliver(made, None) == made
    with pytest.raises(ValueError, match="more than 64 MB"):
        await deliver(File("big", b"x" * (MOST_BYTES + 1)), files)
    with pytest.raises(FileNotFoundError):
        await deliver(tmp_path / "nowhere", files)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a b.txt", "a b.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.csv", "y.csv"),
        (".hidden", "hidden"),
        ("a\0b\n<c>.txt", "a_b_c_.txt"),
        ("x" * 300 + ".txt", "x" * 96 + ".txt"),
        ("..", "file"),
        ("", "file"),
        ("größe.txt", "größe.txt"),
    ],
)
def test_names_of_files(name: str, expected: str) -> None:
    assert file_name(name) == expected


def _measuring() -> list[Tool]:
    import io

    @tool
    def measure(picture: Any) -> list[int]:
        """Measure a picture."""
        return [*PIL.Image.open(io.BytesIO(picture.data)).size]

    return [measure]
