"""What a cell prints and shows, and the files that it leaves."""

from __future__ import annotations

from contextlib import aclosing

from executors.base import (
    LEFT_OUT,
    Display,
    ExecutorFactory,
    FilesChanged,
    Finished,
    Notice,
    Output,
)
from tests.cells import events_of, printed
from tests.conformance.harness import case, opened


@case
async def prints_arrive_while_the_cell_runs(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        seen: list[str] = []
        async with aclosing(executor.run(_WAITS_FOR_ITS_READER)) as events:
            async for event in events:
                if isinstance(event, Output):
                    seen.append(event.text)
                    await executor.workspace.write("seen.txt", b"")
                elif isinstance(event, Finished):
                    assert event.outcome == "ok", "it waits for ever where prints come late"
        assert "".join(seen) == "early\nlate\n"


_WAITS_FOR_ITS_READER = """
import os, time
print('early')
while not os.path.exists('seen.txt'):
    time.sleep(0.01)
print('late')
"""


@case
async def streams_are_told_apart(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        events = await events_of(executor, _TO_STDERR)
        assert printed(events) == "out\n"
        assert "careful" in printed(events, "stderr")


_TO_STDERR = "print('out')\nimport warnings\nwarnings.warn('careful')"


@case
async def a_flood_of_output_is_cut_and_counted(factory: ExecutorFactory) -> None:
    async with opened(factory, output_chars=10_000) as executor:
        events = await events_of(executor, "for i in range(200_000):\n    print('line', i)")
        text = printed(events)
        assert len(text) < 12_000
        assert text.startswith("line 0\n")
        assert "line 199999\n" in text
        assert "cut" in text


@case
async def a_display_has_a_text_beside_it(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        code = "class Table:\n    def _repr_html_(self):\n        return '<b>1</b>'\n"
        events = await events_of(
            executor, code + "    def __repr__(self):\n        return 'T'\nTable()"
        )
        shown = [e for e in events if isinstance(e, Display)]
        assert [(e.mime, e.data) for e in shown] == [("text/html", "<b>1</b>")]
        assert shown[0].alt == "T"
        assert isinstance(events[-1], Finished)
        assert events[-1].value == "T"


@case
async def what_a_cell_shows_is_bounded(factory: ExecutorFactory) -> None:
    async with opened(factory, display_chars=50_000) as executor:
        code = "class Big:\n    def _repr_html_(self):\n        return 'x' * 20_000\n"
        events = await events_of(executor, code + "for _ in range(9):\n    display(Big())")
        shown = [e for e in events if isinstance(e, Display)]
        assert [len(e.data) for e in shown] == [20_000, 20_000]
        told = [e.text for e in events if isinstance(e, Notice) and e.level == "warning"]
        assert told == [LEFT_OUT]
        assert isinstance(events[-1], Finished)
        assert events[-1].outcome == "ok"


@case
async def files_go_in_and_out(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await executor.workspace.write("data/in.txt", b"21")
        code = (
            "n = int(open('data/in.txt').read())\n"
            "with open('out.txt', 'w') as f:\n    f.write(str(2 * n))"
        )
        events = await events_of(executor, code)
        changed = [file for e in events if isinstance(e, FilesChanged) for file in e.files]
        assert [(file.path, file.size) for file in changed] == [("out.txt", 2)]
        assert await executor.workspace.read("out.txt") == b"42"
        names = [file.path for file in await executor.workspace.list()]
        assert names == ["data/in.txt", "out.txt"]
        await executor.workspace.delete("out.txt")
        assert [file.path for file in await executor.workspace.list()] == ["data/in.txt"]


@case
async def files_outside_the_workspace_are_refused(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        for path in ("../x", "/etc/hostname", "a/../../x", ""):
            for ask in (
                executor.workspace.read,
                lambda path: executor.workspace.write(path, b""),
                executor.workspace.delete,
            ):
                refused = False
                try:
                    await ask(path)
                except ValueError:
                    refused = True
                assert refused, path
        missing = False
        try:
            await executor.workspace.read("none.txt")
        except FileNotFoundError:
            missing = True
        assert missing
