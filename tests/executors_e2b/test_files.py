"""Files of the sandbox, packages, and what must never enter it."""

from __future__ import annotations

import os
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from executors.base import FileInfo, FilesChanged, Limits, Notice
from executors.e2b.packages import packages_for
from executors.e2b.workspace import Root
from tests.cells import events_of, printed, value_of
from tests.e2b_stand_in.server import Server
from tests.executors_e2b.conftest import Make, call_tool


def changes(found: list[Any]) -> list[FileInfo]:
    return [file for event in found if isinstance(event, FilesChanged) for file in event.files]


async def test_files_cross_both_ways(make: Make) -> None:
    executor = make()
    workspace = executor.workspace
    assert await workspace.list() == []
    await workspace.write("data/in.csv", b"a,b\n1,2\n")
    assert await value_of(executor, "open('data/in.csv').read()") == "'a,b\\n1,2\\n'"
    found = await events_of(executor, "open('out.bin', 'wb').write(bytes(range(256)))\nNone")
    assert changes(found) == [FileInfo(path="out.bin", size=256)]
    assert await workspace.read("out.bin") == bytes(range(256))
    assert await workspace.list() == [
        FileInfo(path="data/in.csv", size=8),
        FileInfo(path="out.bin", size=256),
    ]
    await workspace.delete("out.bin")
    assert [file.path for file in await workspace.list()] == ["data/in.csv"]


async def test_a_changed_file_is_told_and_an_untouched_one_is_not(make: Make) -> None:
    executor = make()
    write = "open({!r}, 'w').write({!r})\nNone"
    await events_of(executor, write.format("a.txt", "1"))
    assert changes(await events_of(executor, "1 + 1")) == []
    found = await events_of(executor, write.format("a.txt", "2"))
    assert changes(found) == [FileInfo(path="a.txt", size=1)]
    await executor.workspace.write("b.txt", b"from the person")
    assert changes(await events_of(executor, "open('b.txt').read()")) == []


async def test_hidden_files_stay_hidden(make: Make) -> None:
    executor = make()
    code = (
        "import os\nos.makedirs('.cache')\nopen('.cache/x', 'w').close()\nopen('.y', 'w').close()"
    )
    assert changes(await events_of(executor, code)) == []
    assert await executor.workspace.list() == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "", "a\\b", "a\0b"])
async def test_a_path_that_leaves_the_workspace_is_refused(make: Make, path: str) -> None:
    workspace = make().workspace
    for attempt in (workspace.read(path), workspace.write(path, b""), workspace.delete(path)):
        with pytest.raises(ValueError, match="is not a path inside the workspace"):
            await attempt


async def test_a_missing_file_is_not_found(make: Make) -> None:
    executor = make()
    for _ in range(2):  # first without a sandbox, then with one
        with pytest.raises(FileNotFoundError):
            await executor.workspace.read("nope.txt")
        with pytest.raises(FileNotFoundError):
            await executor.workspace.delete("nope.txt")
        await value_of(executor, "1")


async def test_a_file_over_the_limit_is_refused(make: Make) -> None:
    executor = make(limits=Limits(file_bytes=1 << 20))
    with pytest.raises(ValueError, match="larger than 1 MB"):
        await executor.workspace.write("big", bytes(2 << 20))
    await value_of(executor, "open('big', 'wb').write(bytes(2 << 20))")
    with pytest.raises(ValueError, match="larger than 1 MB"):
        await executor.workspace.read("big")


async def test_the_workspace_may_be_removed(make: Make) -> None:
    executor = make()
    await value_of(executor, "open('a.txt', 'w').close()")
    assert await value_of(executor, "import os, shutil\nshutil.rmtree(os.getcwd())\n1") == "1"
    assert await executor.workspace.list() == []
    await executor.workspace.write("b.txt", b"b")
    assert [file.path for file in await executor.workspace.list()] == ["b.txt"]
    found = await events_of(executor, "open('b.txt').read(), open('c.txt', 'w').write('c')")
    assert found[-1].value == "('b', 1)"
    assert changes(found) == [FileInfo(path="c.txt", size=1)]


async def test_a_path_that_a_sandbox_made_up_is_left_out() -> None:
    class MadeUp:
        async def list(self, path: str, depth: int, *, user: str) -> list[Any]:
            kind, moment = SimpleNamespace(value="file"), datetime.now()
            return [
                SimpleNamespace(
                    path=one, size=1, type=kind, modified_time=moment, symlink_target=None
                )
                for one in ("/etc/passwd", "b", "", "/home/user/workspace/a.txt")
            ]

    files: Any = MadeUp()
    assert list(await Root(files, "/home/user/workspace").scan()) == ["a.txt"]


async def test_what_a_start_has_to_say_before_the_first_cell_is_told_with_it(make: Make) -> None:
    executor = make(additional_authorized_imports=("no_such_package_here",))
    await executor.workspace.write("a.txt", b"a")
    starting, installing, finished = await events_of(executor, "1")
    assert starting == Notice(text="Starting an E2B sandbox…")
    assert installing == Notice(text="Installing no_such_package_here…")
    assert finished.error
    assert finished.error.name == "PackageNotInstalled"
    assert len(await events_of(executor, "1")) == 1


def test_packages_have_names_of_their_own() -> None:
    imports = ("numpy.*", "numpy.linalg", "PIL", "sklearn", "json", "os.path", "*")
    assert packages_for(imports) == {
        "numpy": "numpy",
        "PIL": "pillow",
        "sklearn": "scikit-learn",
    }
    for hostile in ("--index-url=x", "a b", "numpy; rm", "", "-r x"):
        with pytest.raises(ValueError, match="not the name of a Python module"):
            packages_for([hostile])


async def test_a_package_that_cannot_be_installed_is_named_once(make: Make) -> None:
    executor = make(additional_authorized_imports=("numpy", "no_such_package_here"))
    starting, installing, finished = await events_of(executor, "1")
    assert starting == Notice(text="Starting an E2B sandbox…")
    assert installing == Notice(text="Installing no_such_package_here…")
    assert finished.error
    assert (finished.outcome, finished.error.name) == ("error", "PackageNotInstalled")
    assert "no_such_package_here" in finished.error.message
    assert "No matching distribution found" in finished.error.traceback
    assert await value_of(executor, "import numpy\nint(numpy.arange(3).sum())") == "3"


async def test_no_secret_of_the_host_ever_enters_a_sandbox(
    stand_in: Server, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "canary-5e1f0c"
    monkeypatch.setenv("A_SECRET", canary)

    async def with_secret(name: str, arguments: dict[str, Any]) -> Any:
        assert os.environ["A_SECRET"] == canary  # the tool can use it, the code cannot see it
        return await call_tool(name, arguments)

    executor = make(call_tool=with_secret, additional_authorized_imports=("numpy",))
    await executor.workspace.write("a.txt", b"data")
    found = await events_of(executor, "import os\nprint(dict(os.environ))\npair(1)")
    assert "PATH" in printed(found)  # the environment was really printed
    received = stand_in.record.read_text()
    assert "pair(1)" in received  # what the cells brought was really recorded
    for text in (received, printed(found)):
        assert canary not in text
    assert stand_in.key not in printed(found)
    inside = [line for line in received.splitlines() if "e2b-sandbox-port" in line.lower()]
    assert inside
    assert not [line for line in inside if stand_in.key in line]
