"""seccomp: the system calls that a worker may make. What is not named here is refused (EPERM).

A rule is a list of instructions that judges one system call and always ends with a verdict. The
kernel runs the rules one after the other; most calls are allowed whatever their arguments are,
which the kernel notes once, so that they cost nothing.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import struct
from typing import NamedTuple

from executors.local import syscalls

ALLOW, KILL, ASK = 0x7FFF0000, 0x80000000, 0x7FC00000
"""Verdicts: go on; end the process; have whoever holds the listener decide."""
_REFUSE = 0x00050000


def refuse(error: int) -> int:
    """The verdict that makes a call fail with `error`; with 0 it seems to succeed."""
    return _REFUSE | error


DENIED = refuse(errno.EPERM)


def _names(text: str) -> list[str]:
    return text.split()


FREE = _names("""
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range lseek
fstat stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat
renameat2 ftruncate fsync fdatasync flock fadvise64 sendfile copy_file_range statfs fstatfs umask
dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait
epoll_pwait epoll_pwait2 eventfd2 timerfd_create timerfd_settime timerfd_gettime
mmap munmap mremap mprotect madvise brk msync membarrier futex
wait4 waitid exit exit_group restart_syscall set_robust_list rseq set_tid_address
getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid
getgroups getrusage times sysinfo uname getrlimit getpriority getcpu
sched_yield sched_getaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
pause alarm setitimer getitimer clock_gettime gettimeofday time nanosleep clock_nanosleep
clock_getres getrandom
recvfrom recvmsg sendmsg shutdown getsockopt getsockname getpeername
""")
"""Allowed with any arguments. Landlock judges the paths; sockets are pairs of the worker's own."""

PRETENDED = _names("chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat")
"""Seem to succeed: copying a file needs them, and Landlock would let them change any file."""

ANSWERED = {
    errno.ENOSYS: ["clone3", "openat2"],  # their arguments are in memory, beyond judging
    errno.EOPNOTSUPP: [
        "fallocate",  # could take up space that no file size shows
        *_names("getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr"),
        *_names("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"),
    ],
}
"""Refused with an error that makes libraries do without."""

DEADLY = _names("""
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd bpf userfaultfd perf_event_open
io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key
mount umount2 pivot_root chroot setns move_mount open_tree fsopen fsconfig fsmount fspick
mount_setattr init_module finit_module delete_module kexec_load kexec_file_load open_by_handle_at
""")
"""No data analysis ever makes these: whoever does is ended."""

_FORKS = (0x01200011, 17)
"""Flags of `clone` as glibc's and musl's fork pass them: no thread, no namespace, no sharing."""
THREADS = (0x003D0F00, 0x007D0F00)
"""The same as their threads are made: all is shared, the filter and the limits too."""
ALONE = 0x00010000
"""Flag of `unshare` that changes nothing, and fails in a process with other threads."""
_UNIX, _STREAM, _KIND_OF_SOCKET = 1, 1, 0xF
_IOCTLS = (0x5421, 0x5451, 0x5450, 0x541B, 0x5401, 0x5413)
"""Blocking or not, close on exec, bytes to read, is it a terminal, and how large."""
_FCNTLS = (*range(8), 36, 37, 38, 1030, 1032, 1034)
"""Duplicates, flags, locks, and sizes; not who gets signals."""
_PRCTLS = (3, 15, 16, 39, 0x53564D41)
"""Names of threads and memory, and reading whether it is dumpable and without new privileges."""
_ACCESS_MODE, _WRITING, _TRUNCATING = 0o3, (0o1, 0o2), 0o1000


class Instruction(NamedTuple):
    """One step of the kernel's filter machine; the jumps count from the next instruction."""

    code: int
    if_true: int
    if_false: int
    value: int


_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16


def _load(argument: int, *, high: bool = False) -> Instruction:
    return Instruction(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument + 4 * high)


def _end(verdict: int) -> Instruction:
    return Instruction(_RETURN, 0, 0, verdict)


def _among(
    argument: int, values: tuple[int, ...], verdict: int = ALLOW, otherwise: int = DENIED
) -> list[Instruction]:
    """`verdict` if the (32-bit) argument is one of `values`."""
    body = [_load(argument)]
    for value in values:
        body += [Instruction(_EQUAL, 0, 1, value), _end(verdict)]
    return [*body, _end(otherwise)]


def _unless_null(argument: int) -> list[Instruction]:
    """Refuse where the pointer is not null; else go on."""
    return [
        instruction
        for high in (False, True)
        for instruction in (
            _load(argument, high=high),
            Instruction(_EQUAL, 1, 0, 0),
            _end(DENIED),
        )
    ]


def _opening(flags: int) -> list[Instruction]:
    """Opening may truncate only what is opened for writing: older Landlocks judge only that."""
    return [
        _load(flags),
        Instruction(_ANY_BIT, 0, 4, _TRUNCATING),
        Instruction(_AND, 0, 0, _ACCESS_MODE),
        Instruction(_EQUAL, 2, 0, _WRITING[0]),
        Instruction(_EQUAL, 1, 0, _WRITING[1]),
        _end(DENIED),
        _end(ALLOW),
    ]


def _judged(starts: int) -> dict[str, list[Instruction]]:
    """The calls that depend on their arguments."""
    return {
        "open": _opening(1),
        "openat": _opening(2),
        "clone": _among(0, (*_FORKS, *THREADS), starts),
        "unshare": _among(0, (ALONE,), otherwise=KILL),
        # 0 is the worker's own group, which it cannot leave; a process by its number is refused.
        "kill": _among(0, (0,)),
        "prlimit64": [*_unless_null(2), *_among(0, (0,))],
        # A pair of datagram sockets could still send to any address.
        "socketpair": [
            *(_load(0), Instruction(_EQUAL, 1, 0, _UNIX), _end(DENIED)),
            *(_load(1), Instruction(_AND, 0, 0, _KIND_OF_SOCKET)),
            *(Instruction(_EQUAL, 0, 1, _STREAM), _end(ALLOW), _end(DENIED)),
        ],
        "sendto": [*_unless_null(4), _end(ALLOW)],
        "ioctl": _among(1, _IOCTLS),
        "fcntl": _among(1, _FCNTLS),
        "prctl": _among(0, _PRCTLS),
    }


@functools.cache
def program(machine: str, *, asking: bool) -> tuple[Instruction, ...]:
    """The whole filter for a machine. With `asking`, the listener decides on forks and threads."""
    numbers = syscalls.NUMBERS[machine]
    built = [
        Instruction(_LOAD, 0, 0, _ARCH_AT),
        Instruction(_EQUAL, 1, 0, syscalls.AUDIT_ARCH[machine]),
        _end(KILL),
        Instruction(_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":  # the numbers of its 32-bit sibling
        built += [Instruction(_AT_LEAST, 0, 1, 0x40000000), _end(KILL)]
    rules = {name: [_end(ALLOW)] for name in FREE}
    rules |= {name: [_end(refuse(0))] for name in PRETENDED}
    for error, names in ANSWERED.items():
        rules |= {name: [_end(refuse(error))] for name in names}
    rules |= _judged(ASK if asking else ALLOW)
    rules |= {name: [_end(KILL)] for name in DEADLY}
    for name, body in rules.items():
        if name in numbers:
            built += [Instruction(_EQUAL, 0, len(body), numbers[name]), *body]
    return (*built, _end(DENIED))


_STEP = struct.Struct("=HBBI")


@functools.cache
def packed(machine: str, *, asking: bool) -> bytes:
    """The filter as the kernel reads it."""
    return b"".join(_STEP.pack(*step) for step in program(machine, asking=asking))


_SET_MODE_FILTER, _ACTION_AVAILABLE = 1, 2
_NEW_LISTENER, _SINCE_5_7 = 1 << 3, 1 << 4
"""The second only makes kernels refuse whose listeners cannot let a call go on."""


def available() -> bool:
    """Whether this kernel has filters, and this machine is known."""
    verdict = ctypes.c_uint32(KILL)
    try:
        syscalls.call(
            *("seccomp", ctypes.c_uint(_ACTION_AVAILABLE), ctypes.c_uint(0)), ctypes.byref(verdict)
        )
    except OSError:
        return False
    return True


def install(*, asking: bool) -> int | None:
    """Put this process and its forks under the filter, for good. With `asking`: the listener.

    `no_new_privs` must be set before.

    Raises:
        OSError: the kernel refuses, or this machine is not known.
    """
    machine = syscalls.machine()
    if machine is None:
        raise OSError(errno.ENOSYS, "system calls of this machine are not known")
    steps = packed(machine, asking=asking)
    buffer = ctypes.create_string_buffer(steps, len(steps))
    described = struct.pack("@HP", len(steps) // _STEP.size, ctypes.addressof(buffer))
    flags = _NEW_LISTENER | _SINCE_5_7 if asking else 0
    result = syscalls.call(
        "seccomp", ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(flags), described
    )
    return result if asking else None
