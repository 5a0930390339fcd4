"""A folder workspace reads and writes its own files only, whatever the code inside has placed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from executors.base import FileInfo
from executors.workspace import MAX_ENTRIES, MAX_FILES, FolderWorkspace


@pytest.fixture
def workspace(tmp_path: Path) -> FolderWorkspace:
    (tmp_path / "outside.txt").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    return FolderWorkspace(root)


async def test_files_come_back(workspace: FolderWorkspace) -> None:
    await workspace.write("a/b/c.bin", b"\0\1")
    await workspace.write("a/b/c.bin", b"\2")
    assert await workspace.read("a/b/c.bin") == b"\2"
    assert await workspace.list() == [FileInfo(path="a/b/c.bin", size=1)]
    await workspace.delete("a/b/c.bin")
    assert await workspace.list() == []
    for ask in (workspace.read, workspace.delete):
        with pytest.raises(FileNotFoundError):
            await ask("a/b/c.bin")
        with pytest.raises(FileNotFoundError):
            await ask("no/folder")


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "../outside.txt", "a/../../x", "a\0b"])
async def test_paths_that_leave_are_refused(workspace: FolderWorkspace, path: str) -> None:
    for ask in (workspace.read, workspace.delete, lambda p: workspace.write(p, b"")):
        with pytest.raises(ValueError, match="not a path inside the workspace"):
            await ask(path)


async def test_links_are_not_followed(workspace: FolderWorkspace, tmp_path: Path) -> None:
    (workspace.root / "file").symlink_to(tmp_path / "outside.txt")
    (workspace.root / "folder").symlink_to(tmp_path)
    with pytest.raises(FileNotFoundError):
        await workspace.read("file")
    with pytest.raises(ValueError, match="not a path inside"):
        await workspace.read("folder/outside.txt")
    with pytest.raises(ValueError, match="not a path inside"):
        await workspace.write("folder/new.txt", b"")
    with pytest.raises(FileNotFoundError):
        await workspace.delete("file")
    assert await workspace.list() == []
    await workspace.write("file", b"mine")  # replaces the link, not what it points to
    assert (tmp_path / "outside.txt").read_text() == "secret"
    assert await workspace.read("file") == b"mine"


async def test_pipes_do_not_block(workspace: FolderWorkspace) -> None:
    os.mkfifo(workspace.root / "pipe")
    with pytest.raises(FileNotFoundError):
        await workspace.read("pipe")
    assert await workspace.list() == []


async def test_listing_is_bounded(workspace: FolderWorkspace) -> None:
    for i in range(MAX_FILES + 50):
        (workspace.root / str(i)).touch()
    assert len(await workspace.list()) == MAX_FILES


async def test_folders_are_looked_at_up_to_a_bound(workspace: FolderWorkspace) -> None:
    for i in range(MAX_ENTRIES):
        (workspace.root / str(i)).mkdir()
        (workspace.root / str(i) / "deep.txt").touch()
    assert await workspace.list() == [], "the folders themselves are as many as are looked at"


async def test_a_folder_that_cannot_be_opened_is_passed_over(workspace: FolderWorkspace) -> None:
    await workspace.write("shut/in.txt", b"1")
    await workspace.write("open.txt", b"2")
    (workspace.root / "shut").chmod(0)
    names = [file.path for file in await workspace.list()]
    assert names == (["open.txt", "shut/in.txt"] if os.geteuid() == 0 else ["open.txt"])
    (workspace.root / "shut").chmod(0o700)
