"""What attacks aim at: files, servers and processes of this machine that a worker must not reach.

Standard library only, so that `python -m tests.containment` runs under any interpreter and user.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executors.base import ExecutorSpec, Finished, Limits
from executors.errors import ProtocolError
from executors.local import syscalls
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from executors.local.walls import Walls

CANARY = "hf_canary_3141592653"
LOCKED = Walls(guard=False, kernel=True)
OPEN = Walls(guard=False, kernel=False)
LIMITS = Limits(seconds=60, memory_bytes=256 << 20, file_bytes=1 << 20)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`targets` is what the code knows as `T`."""

    outside: Path
    victim: subprocess.Popen[bytes]
    datagrams: tuple[socket.socket, ...]
    targets: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """Code whose value is `True` where it reached what it aimed at.

    It runs twice: in an open process it must get through, in a locked one it must not.
    """

    code: str
    effect: Callable[[Scene], bool] | None = None
    """Looks from outside whether it got through."""
    root: bool = False
    """Whether only root gets through in an open process."""
    limits: dict[str, Any] = field(default_factory=dict)


@asynccontextmanager
async def factories() -> AsyncGenerator[tuple[LocalExecutorFactory, LocalExecutorFactory], None]:
    """Of locked and of open workers, both without the guard."""
    locked, unlocked = (LocalExecutorFactory(_walls=walls) for walls in (LOCKED, OPEN))
    yield locked, unlocked
    await locked.aclose()
    await unlocked.aclose()


@contextmanager
def scene(folder: Path) -> Generator[Scene, None, None]:
    """Targets that are fresh: an attack in an open process really changes them."""
    outside = folder / "outside"
    outside.mkdir()
    (outside / ".env").write_text(f"HF_TOKEN={CANARY}\n")
    (outside / "note.txt").write_text("untouched")
    (outside / "note.txt").chmod(0o600)
    victim = subprocess.Popen(["sleep", "600", "0.5"], env={"HF_TOKEN": CANARY, "PATH": "/bin"})
    sockets = {
        "tcp": _bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "tcp6": _bound(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
        "udp": _bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "unix": _bound(socket.AF_UNIX, socket.SOCK_STREAM, str(outside / "s")),
        "unix_datagram": _bound(socket.AF_UNIX, socket.SOCK_DGRAM, str(outside / "d")),
        "abstract": _bound(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{outside}/a"),
        "abstract_datagram": _bound(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{outside}/b"),
    }
    targets: dict[str, Any] = {name: _address(one) for name, one in sockets.items()}
    targets |= {
        "outside": str(outside),
        "victim": victim.pid,
        "host": os.getpid(),
        "canary": CANARY,
        "app": str(ROOT),
        "numbers": syscalls.NUMBERS[syscalls.machine() or "x86_64"],
    }
    datagrams = tuple(one for one in sockets.values() if one.type == socket.SOCK_DGRAM)
    try:
        yield Scene(outside=outside, victim=victim, datagrams=datagrams, targets=targets)
    finally:
        victim.kill()
        victim.wait()
        for one in sockets.values():
            one.close()


@asynccontextmanager
async def neighbours(
    factory: LocalExecutorFactory, attack: Attack
) -> AsyncGenerator[tuple[LocalExecutor, dict[str, Any]], None]:
    """The attacker, and targets that belong to another conversation beside it."""
    limits = {name: getattr(LIMITS, name) for name in LIMITS.__slots__} | attack.limits
    spec = ExecutorSpec(call_tool=_no_tool, limits=Limits(**limits))
    async with factory(spec) as other, factory(spec) as attacker:
        await run(other, "secret = 'of the other'\nopen('secret.txt', 'w').write(secret)")
        pid = await run(other, "import os\nos.getpid()")
        yield (
            attacker,
            {
                "other": int(pid.value or 0),
                "other_folder": str(other.workspace.root),
                "other_group": os.getpgid(int(pid.value or 0)),
                "zygote": factory.nursery.pid,
                "open": not factory.walls.kernel,
            },
        )
        assert (await run(other, "secret")).value == "'of the other'"


async def run(executor: LocalExecutor, code: str) -> Finished:
    """Run a cell to its end."""
    end: Finished | None = None
    async for event in executor.run(code):
        if isinstance(event, Finished):
            end = event
    assert end is not None
    return end


async def gets_through(attack: Attack, factory: LocalExecutorFactory, folder: Path) -> str:
    """Attack once: what shows that it got through, or nothing. The host must stand afterwards."""
    with scene(folder) as aims:
        async with neighbours(factory, attack) as (attacker, more):
            code = f"T = {aims.targets | more!r}\nimport os, socket, sys\n{attack.code}"
            try:
                end = await run(attacker, code)
                shown = "its own word" if end.value == "True" else ""
            except ProtocolError:
                shown = ""
            if attack.effect is not None and attack.effect(aims):
                shown += " and the effect" if shown else "the effect"
            assert (await run(attacker, "1 + 1")).value == "2", "the conversation goes on"
    return shown


def expected(attack: Attack) -> str:
    """What shows that it got through an open process."""
    return "its own word" + (" and the effect" if attack.effect is not None else "")


def running(pid: int) -> bool:
    """Whether there is such a process, and not only its remains."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def changed(name: str = "note.txt") -> Callable[[Scene], bool]:
    """Whether a file outside is not what it was."""

    def look(aims: Scene) -> bool:
        path = aims.outside / name
        return not path.exists() or path.read_text() != "untouched"

    return look


def created(name: str) -> Callable[[Scene], bool]:
    """Whether there is something new outside."""
    return lambda aims: (aims.outside / name).exists()


def killed(aims: Scene) -> bool:
    """Whether the victim is dead, or the signal that ends it is on its way."""
    try:
        aims.victim.wait(0.3)
    except subprocess.TimeoutExpired:
        status = Path(f"/proc/{aims.victim.pid}/status").read_text()
        pending = re.findall(r"^S(?:ig|hd)Pnd:\s*(\w+)", status, re.MULTILINE)
        return any(int(signals, 16) for signals in pending)
    return True


def arrived(aims: Scene) -> bool:
    """Whether a datagram has come out."""
    for one in aims.datagrams:
        try:
            if one.recv(100):
                return True
        except BlockingIOError:
            continue
    return False


def _bound(family: int, kind: int, address: Any) -> socket.socket:
    made = socket.socket(family, kind)
    made.bind(address)
    made.setblocking(False)
    if kind == socket.SOCK_STREAM:
        made.listen(8)
    return made


def _address(one: socket.socket) -> Any:
    name = one.getsockname()
    if isinstance(name, bytes):
        return name.decode()
    return name[:2] if isinstance(name, tuple) else name


async def _no_tool(name: str, arguments: dict[str, Any]) -> Any:
    raise LookupError(name)
