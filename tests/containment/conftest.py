"""Each attack of a module's `ATTACKS` becomes a test and, in an open process, its control."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from executors.local import lockdown
from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import CANARY, ROOT, Attack, factories

IN_FULL = sys.platform == "linux" and not lockdown.supported()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attack" in metafunc.fixturenames:
        attacks: dict[str, Attack] = metafunc.module.ATTACKS
        in_vain = pytest.mark.skipif(os.geteuid() != 0, reason="only root gets there at all")
        metafunc.parametrize(
            "attack",
            [
                pytest.param(attack, id=name, marks=[in_vain] if attack.root else [])
                for name, attack in attacks.items()
            ],
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.path.is_relative_to(os.path.dirname(__file__)):
            continue
        if "both" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
            if not IN_FULL:
                item.add_marker(pytest.mark.skip("this kernel cannot confine a process in full"))


@pytest.fixture
def key_bearing_host(tmp_path: Path) -> Callable[[str], Awaitable[str]]:
    """Runs a host of its own whose environment holds a key, and has a worker look for it."""

    async def start(walls: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.containment.key_bearing_host", walls),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={"HF_TOKEN": CANARY, "TMPDIR": str(tmp_path)},
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        return out.decode().strip()

    return start


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both() -> AsyncIterator[tuple[LocalExecutorFactory, LocalExecutorFactory]]:
    async with factories() as made:
        yield made
