"""Files: a worker opens only Python's own and its workspace's, and changes only the latter."""

from __future__ import annotations

from tests.containment.scene import Attack, changed, created
from tests.containment.trial import test_the_wall_holds as test_the_wall_holds

ATTACKS = {
    "read the app's .env": Attack(code="T['canary'] in open(T['outside'] + '/.env').read()"),
    "read the app's source": Attack(code="'import' in open(T['app'] + '/app.py').read()"),
    "read the users": Attack(code="'root' in open('/etc/passwd').read()"),
    "read the hosts": Attack(code="len(open('/etc/hosts').read()) > 0"),
    "read another conversation's file": Attack(
        code="open(T['other_folder'] + '/secret.txt').read() == 'of the other'"
    ),
    "list the root": Attack(code="len(os.listdir('/')) > 3"),
    "list a folder": Attack(code="'.env' in os.listdir(T['outside'])"),
    "list the processes": Attack(code="str(T['victim']) in os.listdir('/proc')"),
    "walk up": Attack(
        code="""
up = '/'.join(['..'] * 20)
T['canary'] in open(up + T['outside'] + '/.env').read()"""
    ),
    "go there first": Attack(
        code="""
os.chdir(T['outside'])
T['canary'] in open('.env').read()"""
    ),
    "through a folder's descriptor": Attack(
        code="""
folder = os.open(T['outside'], os.O_PATH | os.O_DIRECTORY)
T['canary'] in os.fdopen(os.open('.env', os.O_RDONLY, dir_fd=folder)).read()"""
    ),
    "through a symbolic link": Attack(
        code="""
os.symlink(T['outside'] + '/.env', 'link')
T['canary'] in open('link').read()"""
    ),
    "a symbolic link that the host might follow": Attack(
        code="""
os.symlink('/etc/passwd', 'report.txt')
os.path.islink('report.txt')"""
    ),
    "a pipe that the host might open": Attack(code="os.mkfifo('data.csv') is None"),
    "through a hard link": Attack(
        code="""
os.link(T['outside'] + '/.env', 'mine')
T['canary'] in open('mine').read()"""
    ),
    "take it over by renaming": Attack(
        code="""
os.rename(T['outside'] + '/note.txt', 'mine')
open('mine').read() == 'untouched'""",
        effect=changed(),
    ),
    "replace it by renaming": Attack(
        code="""
open('mine', 'w').write('evil')
os.replace('mine', T['outside'] + '/note.txt') is None""",
        effect=changed(),
    ),
    "by its handle": Attack(
        code="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer(b'\\x80\\0\\0\\0' + bytes(140))
mount = ctypes.c_int()
path = (T['outside'] + '/.env').encode()
assert libc.name_to_handle_at(-100, path, handle, ctypes.byref(mount), 0) == 0
root = os.open('/', os.O_RDONLY)
found = libc.open_by_handle_at(root, handle, os.O_RDONLY)
found >= 0 and T['canary'] in os.fdopen(found).read()""",
        root=True,
    ),
    "write": Attack(
        code="open(T['outside'] + '/note.txt', 'w').write('evil') > 0", effect=changed()
    ),
    "append": Attack(
        code="open(T['outside'] + '/note.txt', 'a').write('evil') > 0", effect=changed()
    ),
    "truncate while reading": Attack(
        code="""
flags = os.O_RDONLY | os.O_TRUNC
os.close(os.open(T['outside'] + '/note.txt', flags)) is None""",
        effect=changed(),
    ),
    "truncate": Attack(code="os.truncate(T['outside'] + '/note.txt', 0) is None", effect=changed()),
    "create": Attack(
        code="open(T['outside'] + '/new', 'x').close() is None", effect=created("new")
    ),
    "create in /tmp": Attack(
        code="""
name = f'/tmp/sandglass-test-{os.getpid()}'
open(name, 'x').close()
os.unlink(name) is None"""
    ),
    "make a folder": Attack(code="os.mkdir(T['outside'] + '/new') is None", effect=created("new")),
    "delete": Attack(code="os.unlink(T['outside'] + '/note.txt') is None", effect=changed()),
    "change a library": Attack(
        code="""
import json
open(json.__file__, 'a').close() is None"""
    ),
    "change the mode": Attack(
        code="""
os.chmod(T['outside'] + '/note.txt', 0o777)
os.stat(T['outside'] + '/note.txt').st_mode & 0o777 == 0o777""",
        effect=lambda aims: (aims.outside / "note.txt").stat().st_mode & 0o777 != 0o600,
    ),
    "change the mode of an open library file": Attack(
        code="""
import json
file = open(json.__file__)
before = os.fstat(file.fileno()).st_mode
os.fchmod(file.fileno(), before ^ 0o1)
after = os.fstat(file.fileno()).st_mode
os.fchmod(file.fileno(), before)
before != after"""
    ),
    "change the owner": Attack(
        code="""
os.chown(T['outside'] + '/note.txt', 4242, 4242)
os.stat(T['outside'] + '/note.txt').st_uid == 4242""",
        effect=lambda aims: (aims.outside / "note.txt").stat().st_uid == 4242,
        root=True,
    ),
    "change the time": Attack(
        code="""
os.utime(T['outside'] + '/note.txt', (1, 1))
os.stat(T['outside'] + '/note.txt').st_mtime == 1""",
        effect=lambda aims: (aims.outside / "note.txt").stat().st_mtime == 1,
    ),
    "make a device": Attack(
        code="""
import stat
os.mknod('disk', 0o600 | stat.S_IFCHR, os.makedev(1, 3))
stat.S_ISCHR(os.stat('disk').st_mode)""",
        root=True,
    ),
    "through /proc/self/root": Attack(
        code="T['canary'] in open('/proc/self/root' + T['outside'] + '/.env').read()"
    ),
    "lie in wait for events": Attack(
        code="""
import ctypes
libc = ctypes.CDLL(None)
watch = libc.inotify_init1(0)
libc.inotify_add_watch(watch, T['outside'].encode(), 0xfff) >= 0"""
    ),
}
