"""How files that a cell wrote begin is shown to the model, where they are small and still there."""

from __future__ import annotations

from pathlib import Path

from agent.glance import written
from executors.base import FileInfo, FilesChanged, Finished, Output
from executors.workspace import FolderWorkspace
from tests.agent.running import MakeAgent, act, collect


def changed(*files: tuple[str, int]) -> FilesChanged:
    return FilesChanged(files=tuple(FileInfo(path=path, size=size) for path, size in files))


async def test_only_a_few_small_files_that_are_there_are_read(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / name).write_text(name)
    workspace = FolderWorkspace(tmp_path)
    end = Finished(outcome="ok")
    assert await written(workspace, [changed(("a", 1), ("b", 1)), end]) == {"a": b"a", "b": b"b"}
    assert await written(workspace, [changed(("a", 200_000)), end]) == {}
    assert await written(workspace, [changed(("gone", 1), ("../a", 1), ("c", 1))]) == {"c": b"c"}
    assert len(await written(workspace, [changed(*((name, 1) for name in "abcd"))])) == 3
    assert await written(workspace, [Output(stream="stdout", text="x"), end]) == {}


async def test_the_model_sees_what_its_code_has_written(make: MakeAgent) -> None:
    code = "with open('both.csv', 'w') as file:\n    file.write('Bea,Hove\\n')"
    agent = make(act(code), "It is written.")
    await collect(agent, "Write both.csv.")
    seen = agent.model.asked[1][-1].content
    assert "Files written: both.csv\n- 'both.csv' (9 bytes) begins:\n  Bea,Hove" in seen
