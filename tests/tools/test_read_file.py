"""Files of the workspace as text; hostile ones cost little and are refused with a reason."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.tools.base import signature
from agent.tools.read_file import ReadFileTool
from agent.tools.reading import process
from agent.tools.reading.table import markdown_table
from executors.base import ExecutorFactory
from executors.workspace import FolderWorkspace
from tests.tools.documents import bomb, changed, pdf, word, workbook
from tests.tools.running import answer_of

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 30) for n in range(9))
    + b"]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    b"<w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)


async def read(folder: Path, name: str, data: bytes, **options: Any) -> str:
    (folder / name).write_bytes(data)
    reader = ReadFileTool(**options)
    return await reader.call({"path": name}, workspace=FolderWorkspace(folder))


async def test_code_reads_documents_on_both_executors(factory: ExecutorFactory) -> None:
    code = "final_answer([read_file('a.pdf'), read_file(path='b.csv')])"
    files = {"a.pdf": pdf("Hello there"), "b.csv": b"a,b\n1,2\n"}
    answer = await answer_of(code, [ReadFileTool()], factory, files)
    assert answer == ["## Page 1\n\nHello there", "a,b\n1,2\n"]


def test_the_workspace_is_not_part_of_the_signature() -> None:
    spec = ReadFileTool().spec
    assert signature(spec) == "read_file(path: str, part: int = 1) -> str"


async def test_pdf(tmp_path: Path) -> None:
    text = await read(tmp_path, "a.PDF", pdf("One", "", "Three"))
    assert text == "## Page 1\n\nOne\n\n## Page 2\n\n(no text)\n\n## Page 3\n\nThree"
    assert await read(tmp_path, "no_ending", pdf("Known by its start")) == (
        "## Page 1\n\nKnown by its start"
    )


async def test_word(tmp_path: Path) -> None:
    assert await read(tmp_path, "a.docx", word()) == (
        "# Report\n\n## Numbers\n\nBefore the table.\n\n"
        "| city | size |\n| --- | --- |\n| Bonn | 3\\|4 |\n\n- After it."
    )


async def test_excel(tmp_path: Path) -> None:
    assert await read(tmp_path, "a.xlsx", workbook()) == (
        "## Sheet: Sales\n\n| day | sum |\n| --- | --- |\n| 2024-02-29 | 3 |\n| a b | 1.25 |\n\n"
        "## Sheet: Empty\n\n(empty)"
    )


async def test_pages_and_text(tmp_path: Path) -> None:
    assert await read(tmp_path, "a.html", b"<h1>T</h1><script>x</script><p>Hi") == "# T\n\nHi"
    assert await read(tmp_path, "a.txt", "grün".encode()) == "grün"
    assert await read(tmp_path, "b.txt", "\ufeffgrün".encode("utf-16-le")) == "grün"
    assert await read(tmp_path, "empty.md", b"") == ""


async def test_a_long_text_comes_in_parts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("abcdefgh")
    reader, files = ReadFileTool(part_chars=3, most_chars=7), FolderWorkspace(tmp_path)
    parts = [await reader.call({"path": "a.txt", "part": n}, workspace=files) for n in (1, 2, 3)]
    assert parts == [
        "abc\n\n[This is part 1 of 3. read_file('a.txt', part=2) goes on.]",
        "def\n\n[This is part 2 of 3. read_file('a.txt', part=3) goes on.]",
        "g\n\n[The rest is too long to be read.]",
    ]
    with pytest.raises(ValueError, match=r"a\.txt has 3 parts, not a part 4\."):
        await reader.call({"path": "a.txt", "part": 4}, workspace=files)


async def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(FileNotFoundError, match=r"There is no file 'b\.txt'.*There are: a\.txt\."):
        await ReadFileTool().call({"path": "b.txt"}, workspace=FolderWorkspace(tmp_path))
    with pytest.raises(ValueError, match="is not a path inside the workspace"):
        await ReadFileTool().call({"path": "/etc/passwd"}, workspace=FolderWorkspace(tmp_path))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", bomb(1000, declared=300 << 20), "it unpacks to more than 200 MB"),
        ("a.xlsx", bomb(1000, declared=300 << 20), "it unpacks to more than 200 MB"),
        ("a.docx", bomb(50 << 20, declared=100), "it is damaged"),
        ("a.xlsx", bomb(50 << 20, declared=100), "it is damaged"),
        ("a.docx", workbook(), "it is (damaged|not a Word)|not a Word file"),
        ("a.docx", b"no archive", "it is damaged, or not what its name says"),
        ("a.pdf", b"%PDF-1.4 and nothing", "it is damaged"),
        ("a.pdf", pdf("", ""), "it holds no text, only pictures of pages"),
        ("a.doc", b"old", r"this tool reads no \.doc files; a \.docx would do"),
        ("a.png", b"\x89PNG\0", "it is not text; open it in the code"),
        ("a.bin", b"x" * 2000, "larger than 0 MB"),
    ],
)
async def test_what_cannot_be_read(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    limit = 1000 if name == "a.bin" else 32 << 20
    with pytest.raises(ValueError, match=rf"{name}.*{message}"):
        await read(tmp_path, name, data, most_bytes=limit)


@pytest.mark.parametrize(
    ("name", "document", "part"),
    [("a.docx", word(), "word/document.xml"), ("a.xlsx", workbook(), "xl/workbook.xml")],
)
async def test_entities_that_multiply_are_refused(
    tmp_path: Path, name: str, document: bytes, part: str
) -> None:
    with pytest.raises(ValueError, match="it is damaged"):
        await read(tmp_path, name, changed(document, part, LAUGHS))


async def test_time_and_memory_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"it takes longer than 0\.01 seconds to read"):
        await read(tmp_path, "a.pdf", pdf("x"), seconds=0.01)
    monkeypatch.setattr(process, "_MEMORY_BYTES", 20 << 20)
    with pytest.raises(ValueError, match=r"memory|damaged"):
        await read(tmp_path, "a.pdf", pdf("x"))


async def test_a_stopped_call_leaves_no_process(tmp_path: Path) -> None:
    rows = workbook()
    call = asyncio.create_task(read(tmp_path, "a.xlsx", rows))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    listed = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "reading.child"], stdout=-1)
    assert listed.stdout == b""


async def test_the_reader_knows_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert set(process._environment()) <= {"OPENBLAS_NUM_THREADS", "SYSTEMROOT"}


def test_tables() -> None:
    assert markdown_table([["a", None, ""], [1.0, 2.5], []]) == (
        "| a |  |\n| --- | --- |\n| 1 | 2.5 |"
    )
    assert markdown_table([[None], []]) == ""
