"""What an executor makes of programs, told like what CPython makes of them."""

from __future__ import annotations

import base64
from contextlib import aclosing

from executors.base import Display, Executor, Finished, Output
from tests.programs.program import Outcome, Result, fingerprint


async def run(executor: Executor, cells: list[str]) -> Outcome:
    results = [await run_cell(executor, cell) for cell in cells]
    files = [file.path for file in await executor.workspace.list()]
    return Outcome(results, {p: fingerprint(await executor.workspace.read(p)) for p in files})


async def run_cell(executor: Executor, code: str) -> Result:
    printed, pictures = "", []
    async with aclosing(executor.run(code)) as events:
        async for event in events:
            match event:
                case Output(stream="stdout", text=text):
                    printed += text
                case Display(mime="image/png", data=data):
                    pictures.append(fingerprint(base64.b64decode(data)))
                case Finished(value=value, error=error):
                    said = None if error is None else f"{error.name}: {error.message}"
                    line = None if error is None else error.line
                case _:
                    pass
    return Result(printed, value, said, line, tuple(pictures))
