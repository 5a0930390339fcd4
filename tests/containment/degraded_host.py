"""A host on a kernel that lacks something; prints what its executor says of itself, as JSON.

The lack is real: before anything else this process puts itself under a filter that answers the
calls in question as an older kernel, or a container's own filter, would.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import json
import struct
import sys
from typing import Any

from executors.base import ExecutorSpec
from executors.errors import ExecutorUnavailable
from executors.local import syscalls
from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import LOCKED, run

LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")


def lose(names: tuple[str, ...], error: int, *, listeners_only: bool = False) -> None:
    """From now on those calls fail; or only a `seccomp` that asks for a listener."""
    numbers = syscalls.NUMBERS[syscalls.machine() or ""]
    steps = [(0x20, 0, 0, 0)]
    for name in names:
        steps.append((0x15, 0, 3 if listeners_only else 1, numbers[name]))
        if listeners_only:
            steps += [(0x20, 0, 0, 24), (0x45, 0, 1, 1 << 3)]
        steps.append((0x06, 0, 0, 0x50000 | error))
    steps.append((0x06, 0, 0, 0x7FFF0000))
    packed = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    described = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    syscalls.prctl(38, 1)
    syscalls.call("seccomp", ctypes.c_uint(1), ctypes.c_uint(0), described)


async def main(lack: str, required: bool) -> dict[str, Any]:
    match lack:
        case "landlock":
            lose(LANDLOCK, errno.ENOSYS)
        case "landlock, refused":
            lose(LANDLOCK, errno.EPERM)
        case "seccomp":
            lose(("seccomp",), errno.ENOSYS)
        case "listeners":
            lose(("seccomp",), errno.EINVAL, listeners_only=True)
        case "nothing":
            pass
        case _:
            raise ValueError(lack)
    factory = LocalExecutorFactory(require_lockdown=required, _walls=LOCKED)
    executor = factory(ExecutorSpec(call_tool=print))
    try:
        async with executor:
            found = {
                "protections": [(one.text, one.holds) for one in executor.info.protections],
                "files": (await run(executor, "len(open('/etc/passwd').read()) > 0")).value,
                "calls": (await run(executor, "import socket\nbool(socket.socket())")).value,
                "forks": (await run(executor, FORK)).value,
                "kept": (await run(executor, "1 + 1")).value,
            }
            stopping = asyncio.create_task(run(executor, "while True: pass"))
            await asyncio.sleep(0.2)
            await executor.interrupt()
            found["stopped"] = (await stopping).state_kept
            return found
    except ExecutorUnavailable as exc:
        return {"refused": str(exc)}
    finally:
        await factory.aclose()


FORK = """
import os
child = os.fork()
if not child:
    os._exit(7)
os.waitpid(child, 0)[1] == 7 << 8"""

if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], "required" in sys.argv))))
