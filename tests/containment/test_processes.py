"""Processes: a worker starts none, signals only itself, and changes no other."""

from __future__ import annotations

from tests.containment.scene import Attack, killed
from tests.containment.trial import test_the_wall_holds as test_the_wall_holds

C = """
import ctypes, signal
libc = ctypes.CDLL(None, use_errno=True)
"""

ATTACKS = {
    "kill": Attack(code="os.kill(T['victim'], 9) is None", effect=killed),
    "signal the app": Attack(code="os.kill(T['host'], 0) is None"),
    "signal the zygote": Attack(code="os.kill(T['zygote'], 0) is None"),
    "signal another conversation": Attack(code="os.kill(T['other'], 0) is None"),
    "signal another conversation's group": Attack(code="os.killpg(T['other_group'], 0) is None"),
    "signal everybody": Attack(code="os.kill(-1, 0) is None"),
    "kill by thread": Attack(
        code=C + "libc.tgkill(T['victim'], T['victim'], 9) == 0", effect=killed
    ),
    "kill by descriptor": Attack(
        code="""
import signal
signal.pidfd_send_signal(os.pidfd_open(T['victim']), 9) is None""",
        effect=killed,
    ),
    "kill with a value": Attack(
        code=C
        + """
libc.sigqueue(T['victim'], 9, ctypes.c_void_p()) == 0""",
        effect=killed,
    ),
    "have the kernel send it": Attack(
        code="""
import fcntl, time
a, b = socket.socketpair()
fcntl.fcntl(a, fcntl.F_SETOWN, T['victim'])
fcntl.fcntl(a, 10, 9)
fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)
b.send(b'x') == 1""",
        effect=killed,
    ),
    "trace": Attack(
        code=C
        + """
reached = libc.ptrace(16, T['victim'], 0, 0) == 0
if reached:
    os.waitpid(T['victim'], 0x40000000)
    libc.ptrace(17, T['victim'], 0, 0)
reached""",
        root=True,
    ),
    "starve": Attack(
        code="""
import resource
resource.prlimit(T['victim'], resource.RLIMIT_NOFILE, (3, 3)) is not None"""
    ),
    "read the limits of the app": Attack(
        code="""
import resource
resource.prlimit(T['host'], resource.RLIMIT_NOFILE)[0] > 0"""
    ),
    "lift its own limits": Attack(
        code="""
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0)) is None"""
    ),
    "slow down another": Attack(code="os.setpriority(os.PRIO_PROCESS, T['victim'], 19) is None"),
    "move another to one CPU": Attack(code="os.sched_setaffinity(T['victim'], [0]) is None"),
    "run a program": Attack(
        code="""
import subprocess
subprocess.run(['/bin/sh', '-c', 'exit 7']).returncode == 7"""
    ),
    "run a program through the shell": Attack(code="os.system('exit 7') == 7 << 8"),
    "become a program": Attack(
        code="""
reading, writing = os.pipe()
os.set_inheritable(writing, True)
child = os.fork() if T['open'] else 0
if not child:
    os.execv('/bin/sh', ['sh', '-c', f'echo reached >&{writing}'])
os.read(reading, 7) == b'reached'"""
    ),
    "spawn a program": Attack(
        code="os.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', 'exit 7'], {}), 0)[1] == 7 << 8"
    ),
    "run a program from memory": Attack(
        code="""
memory = os.memfd_create('program')
os.write(memory, b'#!/bin/sh\\nexit 7\\n') > 0"""
    ),
    "fork": Attack(
        code="""
child = os.fork()
if not child:
    os._exit(7)
os.waitpid(child, 0)[1] == 7 << 8"""
    ),
    "a fork bomb": Attack(
        code="""
import time
count = 0
for _ in range(30):
    try:
        if not os.fork():
            time.sleep(0.5)
            os._exit(0)
        count += 1
    except OSError:
        pass
count > 0"""
    ),
    "a fork in a namespace of its own": Attack(
        code=C
        + """
child = libc.syscall(T['numbers']['clone'], 0x10000000 | 17, 0, 0, 0, 0)
if child == 0:
    os._exit(7)
child > 0 and os.waitpid(child, 0)[1] == 7 << 8""",
        root=True,
    ),
    "a thread bomb": Attack(
        code="""
import _thread, time
_thread.stack_size(64 << 10)
count = 0
while count < 400:
    try:
        _thread.start_new_thread(time.sleep, (2,))
        count += 1
    except RuntimeError:
        break
time.sleep(2.5)
count == 400"""
    ),
    "a process that shares memory": Attack(
        code=C
        + """
stack = ctypes.create_string_buffer(1 << 16)
end = (ctypes.addressof(stack) + (1 << 16)) & ~15
leave = ctypes.cast(libc._exit, ctypes.c_void_p)
child = libc.clone(leave, ctypes.c_void_p(end), 0x100 | 17, ctypes.c_void_p(7))
child > 0 and os.waitpid(child, 0)[1] == 7 << 8""",
    ),
    "leave the group": Attack(code="os.setpgid(0, 0) is None"),
    "join another group": Attack(code="os.setpgid(0, os.getpgid(os.getppid())) is None"),
    "become another user": Attack(code="os.setuid(65534) is None", root=True),
    "get capabilities": Attack(
        code=C
        + """
import struct
data = ctypes.create_string_buffer(24)
libc.capget(struct.pack('Ii', 0x20080522, 0), data)
any(data.raw)""",
        root=True,
    ),
}
