"""The kernel's surface: calls that no analysis needs never get into the kernel's own code.

The control makes each call with arguments that the kernel refuses for a reason of its own, which
shows that its code has looked at them; the filter's answers are EPERM, ENOSYS, or the end.
"""

from __future__ import annotations

from tests.containment.scene import Attack
from tests.containment.trial import test_the_wall_holds as test_the_wall_holds

EPERM, ENOSYS = 1, 38


def reaches(name: str, *arguments: str, root: bool = False) -> Attack:
    """A call by its number; whether the kernel's own code has answered it."""
    given = ", ".join(f"ctypes.c_long({argument})" for argument in arguments)
    code = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
numbers = T['numbers']
space = ctypes.create_string_buffer(256)
result = libc.syscall(ctypes.c_long(numbers[{name!r}]), {given})
result >= 0 or ctypes.get_errno() not in ({EPERM}, {ENOSYS})"""
    return Attack(code=code, root=root)


ATTACKS = {
    "bpf": reaches("bpf", "0", "ctypes.addressof(space)", "256", root=True),
    "io_uring_setup": reaches("io_uring_setup", "4", "ctypes.addressof(space)"),
    "io_uring_enter": reaches("io_uring_enter", "999", "1", "0", "0", "0", "0"),
    "io_uring_register": reaches("io_uring_register", "999", "0", "0", "0"),
    "userfaultfd": reaches("userfaultfd", "1"),
    "perf_event_open": reaches(
        "perf_event_open", "ctypes.addressof(space)", "0", "-1", "-1", "0", root=True
    ),
    "keyctl": reaches("keyctl", "0", "-3", "0"),
    "add_key": reaches("add_key", "0", "0", "0", "0", "0"),
    "request_key": reaches("request_key", "0", "0", "0", "0"),
    "mount": reaches("mount", "0", "0", "0", "0", "0"),
    "umount2": reaches("umount2", "0", "0"),
    "pivot_root": reaches("pivot_root", "0", "0", root=True),
    "fsopen": reaches("fsopen", "0", "0", root=True),
    "open_tree": reaches("open_tree", "-1", "0", "0"),
    "unshare": reaches("unshare", "0"),
    "setns": reaches("setns", "-1", "0"),
    "chroot": reaches("chroot", "0"),
    "process_vm_readv": reaches("process_vm_readv", "T['victim']", "0", "0", "0", "0", "99"),
    "process_vm_writev": reaches("process_vm_writev", "T['victim']", "0", "0", "0", "0", "99"),
    "pidfd_getfd": reaches("pidfd_getfd", "-1", "0", "0"),
    "seccomp": reaches("seccomp", "99", "0", "0"),
    "landlock_create_ruleset": reaches("landlock_create_ruleset", "0", "0", "1"),
    "openat2": reaches("openat2", "-100", "0", "0", "0"),
    "clone3": reaches("clone3", "0", "0"),
    "personality": Attack(
        code="""
import ctypes
ctypes.CDLL(None).personality(0x0040000) >= 0"""
    ),
    "becoming dumpable again": Attack(
        code="""
import ctypes
libc = ctypes.CDLL(None)
libc.prctl(4, 1, 0, 0, 0) == 0"""
    ),
    "calls of the other instruction set": Attack(
        code="""
import ctypes, mmap, platform
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
if platform.machine() == 'x86_64':
    code.write(bytes.fromhex('53b814000000cd805bc3'))  # getpid of 32-bit programs
    function = ctypes.CFUNCTYPE(ctypes.c_long)
    found = function(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    answered = found == os.getpid() or found == -38
else:
    answered = True
answered"""
    ),
}
