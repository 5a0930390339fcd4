"""The filter's verdicts on both machines, by running its program as the kernel would."""

from __future__ import annotations

import errno
import os
import platform
import re
from pathlib import Path

import pytest

from executors.local import seccomp, syscalls
from executors.local.seccomp import ALLOW, ASK, DENIED, KILL, refuse

MACHINES = sorted(syscalls.NUMBERS)
HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}


def verdict(machine: str, name: str | int, *arguments: int, arch: int | None = None) -> int:
    number = name if isinstance(name, int) else syscalls.NUMBERS[machine][name]
    given = [*arguments, *[0] * (6 - len(arguments))]
    words = {0: number, 4: syscalls.AUDIT_ARCH[machine] if arch is None else arch}
    for position, argument in enumerate(given):
        words[16 + 8 * position] = argument & 0xFFFFFFFF
        words[20 + 8 * position] = argument >> 32 & 0xFFFFFFFF
    program = seccomp.program(machine, asking=True)
    accumulator = at = 0
    while True:
        code, if_true, if_false, value = program[at]
        match code:
            case 0x20:
                accumulator, jump = words[value], 0
            case 0x54:
                accumulator, jump = accumulator & value, 0
            case 0x15:
                jump = if_true if accumulator == value else if_false
            case 0x35:
                jump = if_true if accumulator >= value else if_false
            case 0x45:
                jump = if_true if accumulator & value else if_false
            case 0x06:
                return value
            case _:
                raise AssertionError(code)
        at += 1 + jump


CASES: list[tuple[int, str, tuple[int, ...]]] = [
    (ALLOW, "read", (0, 1, 2)),
    (ALLOW, "openat", (0, 0, os.O_RDONLY)),
    (ALLOW, "openat", (0, 0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)),
    (ALLOW, "openat", (0, 0, os.O_RDWR | os.O_TRUNC)),
    (DENIED, "openat", (0, 0, os.O_RDONLY | os.O_TRUNC)),
    (DENIED, "openat", (0, 0, 3 | os.O_TRUNC)),
    (ASK, "clone", (0x01200011,)),
    (ASK, "clone", (17,)),
    (DENIED, "clone", (0x01200011 | 0x10000000,)),
    (DENIED, "clone", (0x00010F00,)),
    (ASK, "clone", (0x003D0F00,)),
    (ASK, "clone", (0x007D0F00,)),
    (DENIED, "clone", (0x003D0F00 & ~0x00010000,)),
    (DENIED, "clone", (0x003D0F00 | 0x20000000,)),
    (ALLOW, "unshare", (0x00010000,)),
    (KILL, "unshare", (0x10000000,)),
    (KILL, "unshare", (0x00010000 | 0x00020000,)),
    (refuse(errno.ENOSYS), "clone3", ()),
    (ALLOW, "kill", (0, 9)),
    (DENIED, "kill", (1, 9)),
    (DENIED, "kill", (2**32 - 1, 9)),
    (ALLOW, "prlimit64", (0, 7, 0, 4096)),
    (DENIED, "prlimit64", (0, 7, 4096, 0)),
    (DENIED, "prlimit64", (0, 7, 1 << 40, 0)),
    (DENIED, "prlimit64", (77, 7, 0, 4096)),
    (ALLOW, "socketpair", (1, 1 | 0x80000)),
    (DENIED, "socketpair", (1, 2)),
    (DENIED, "socketpair", (1, 5)),
    (DENIED, "socketpair", (2, 1)),
    (ALLOW, "sendto", (3, 1, 1, 0, 0, 0)),
    (DENIED, "sendto", (3, 1, 1, 0, 4096, 16)),
    (DENIED, "sendto", (3, 1, 1, 0, 1 << 40, 16)),
    (ALLOW, "ioctl", (1, 0x5401)),
    (DENIED, "ioctl", (1, 0x5412)),
    (ALLOW, "fcntl", (1, 3)),
    (DENIED, "fcntl", (1, 8)),
    (DENIED, "prctl", (4, 1)),
    (refuse(0), "fchmod", (3, 0o777)),
    (refuse(errno.EOPNOTSUPP), "fsetxattr", (3,)),
    (DENIED, "landlock_restrict_self", (3,)),
    *[(KILL, name, ()) for name in seccomp.DEADLY],
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("wanted", "name", "arguments"), CASES)
def test_verdicts(machine: str, wanted: int, name: str, arguments: tuple[int, ...]) -> None:
    assert verdict(machine, name, *arguments) == wanted


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_not_named_is_refused(machine: str) -> None:
    named = {syscalls.NUMBERS[machine][n] for n in syscalls.NUMBERS[machine]}
    for number in set(range(500)) - named:
        assert verdict(machine, number) == DENIED


@pytest.mark.parametrize("machine", MACHINES)
def test_the_calls_of_another_machine_are_the_end(machine: str) -> None:
    other = syscalls.AUDIT_ARCH[next(name for name in MACHINES if name != machine)]
    assert verdict(machine, "read", arch=other) == KILL
    assert verdict(machine, "read", arch=0x40000003) == KILL


def test_the_short_numbers_of_x86_are_the_end() -> None:
    assert verdict("x86_64", 0x40000000) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_rules_can_be_jumped_over(machine: str) -> None:
    steps = seccomp.program(machine, asking=True)
    assert len(steps) < 4096
    assert all(step.if_true < 256 and step.if_false < 256 for step in steps)
    assert {name for rule in (seccomp.FREE, seccomp.DEADLY) for name in rule} <= {
        name for table in syscalls.NUMBERS.values() for name in table
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_the_kernel(machine: str) -> None:
    found = [Path(path) for path in HEADERS[machine] if Path(path).exists()]
    if not found:
        pytest.skip("no headers of this machine here")
    numbers = {
        name: int(number)
        for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", found[0].read_text())
    }
    numbers.setdefault("fchmodat2", 452)
    if machine == "aarch64":
        numbers["newfstatat"] = numbers["fstatat"]
    table = syscalls.NUMBERS[machine]
    assert table == {name: numbers[name] for name in table}
    assert platform.machine() not in MACHINES or syscalls.machine() == platform.machine()
