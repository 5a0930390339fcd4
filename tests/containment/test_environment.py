"""Secrets: the app's keys are nowhere that a worker can look."""

from __future__ import annotations

from tests.containment.scene import Attack
from tests.containment.trial import test_the_wall_holds as test_the_wall_holds

ATTACKS = {
    "the environment of a process that holds a key": Attack(
        code="T['canary'] in open(f\"/proc/{T['victim']}/environ\").read()"
    ),
    "the environment of every process": Attack(
        code="""
import glob
found = False
for path in glob.glob('/proc/[0-9]*/environ'):
    try:
        found = found or T['canary'] in open(path).read()
    except OSError:
        pass
found"""
    ),
    "the memory of a process that holds a key": Attack(
        code="""
def holds(pid):
    memory = os.open(f'/proc/{pid}/mem', os.O_RDONLY)
    for line in open(f'/proc/{pid}/maps'):
        if '[stack]' in line:
            start, _, end = line.split()[0].partition('-')
            data = os.pread(memory, int(end, 16) - int(start, 16), int(start, 16))
            return T['canary'].encode() in data

holds(T['victim'])"""
    ),
    "the memory of another conversation": Attack(
        code="os.open(f\"/proc/{T['other']}/mem\", os.O_RDONLY) >= 0"
    ),
    "the command lines of processes": Attack(
        code="'sleep' in open(f\"/proc/{T['victim']}/cmdline\").read()"
    ),
    "the descriptors of the app": Attack(code="len(os.listdir(f\"/proc/{T['host']}/fd\")) > 0"),
    "the folder of the app": Attack(code="os.readlink(f\"/proc/{T['host']}/cwd\")[0] == '/'"),
    "the home folder": Attack(
        code="""
import pwd
len(os.listdir(pwd.getpwuid(os.getuid()).pw_dir)) >= 0"""
    ),
    "the kernel's log": Attack(
        code="""
import ctypes
ctypes.CDLL(None).klogctl(10, None, 0) > 0""",
        root=True,
    ),
}


async def test_a_key_in_the_environment_of_the_app_is_not_in_a_worker(key_bearing_host) -> None:
    """The app itself holds the key here, as it does in life; the control finds it."""
    assert await key_bearing_host("open") == "True"
    assert await key_bearing_host("locked") != "True"
