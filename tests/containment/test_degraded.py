"""Where the kernel lacks something, the executor says so, and may be told to refuse."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest

from executors.local.walls import ALWAYS
from tests.containment.conftest import IN_FULL
from tests.containment.scene import ROOT

pytestmark = pytest.mark.skipif(not IN_FULL, reason="the lack is not real here: it is there")

FILES = (
    "The kernel lets it read only Python's own files and write only to its workspace.",
    "Not on this machine: the kernel does not keep it from your files.",
)
CALLS = (
    "The kernel refuses it the network, other programs and other processes.",
    "Not on this machine: the kernel does not keep it from the network or from programs.",
)
FORKS = (
    "The kernel lets it start no processes of its own.",
    "Not on this machine: the kernel does not keep it from starting processes.",
)


async def host(*arguments: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.containment.degraded_host", *arguments),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(out)


@pytest.mark.parametrize(
    ("lack", "protections", "open_for"),
    [
        ("nothing", [FILES[0], CALLS[0], FORKS[0]], set()),
        ("landlock", [CALLS[0], FORKS[0], FILES[1]], {"files"}),
        ("landlock, refused", [CALLS[0], FORKS[0], FILES[1]], {"files"}),
        ("listeners", [FILES[0], CALLS[0], FORKS[1]], {"forks"}),
        ("seccomp", [FILES[0], CALLS[1], FORKS[1]], {"calls", "forks"}),
    ],
)
async def test_it_says_what_it_lacks(lack: str, protections: list[str], open_for: set[str]) -> None:
    told = await host(lack)
    assert told["protections"] == [
        [text, not text.startswith("Not on this machine")] for text in (*ALWAYS, *protections)
    ]
    assert {name for name in ("files", "calls", "forks") if told[name] == "True"} == open_for
    assert (told["kept"], told["stopped"]) == ("2", True)


async def test_it_may_be_told_to_refuse() -> None:
    told = await host("landlock", "required")
    assert told == {
        "refused": "Code cannot be confined well enough on this machine."
        " Not on this machine: the kernel does not keep it from your files. Run it in E2B instead."
    }
    assert "refused" not in await host("nothing", "required")
