"""Builtins and globals: what is refused by name, fetched by other ways."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ATTACKS = {
    "the import function": Escape(
        "__import__('os').getpid() > 0", "the name '__import__' may not be used here"
    ),
    "the builtins": Escape(
        "__builtins__['__import__']('os').getpid() > 0", "the name '__builtins__' may not be used"
    ),
    "the builtins as an argument": Escape(
        "(lambda b=__builtins__: b['__import__']('os').getpid() > 0)()",
        "the name '__builtins__' may not be used",
    ),
    "the builtins as a global": Escape(
        "def f():\n    global __builtins__\n    return __builtins__['len']('ab') == 2\nf()",
        "the name '__builtins__' may not be used",
    ),
    "the builtins under another name": Escape(
        "import builtins\nbuiltins.eval('1 + 1') == 2", "import of 'builtins' is not allowed here"
    ),
    "the builtins by a function": Escape(
        "plain.__builtins__['len']('ab') == 2", "'__builtins__' may not be used"
    ),
    "globals()": Escape("prize(globals())", "globals() may not be used"),
    "locals()": Escape("prize(locals())", "locals() may not be used"),
    "vars()": Escape("prize(vars())", "vars() without an argument may not be used"),
    "vars through map": Escape(
        "import random\nnext(map(vars, [random]))['_os'].getpid() > 0",
        "'__dict__' may not be used here",
    ),
    "globals through a default": Escape(
        "def f(find=globals): return prize(find())\nf()", "globals() may not be used"
    ),
    "globals through a comprehension": Escape(
        "[prize(find()) for find in [globals]][0]", "globals() may not be used"
    ),
    "globals of a lambda": Escape(
        "prize((lambda: 0).__globals__)", "'__globals__' may not be used"
    ),
    "globals of a library function": Escape(
        "import json\nprize(json.dumps.__globals__)", "'__globals__' may not be used"
    ),
    "globals of a tool": Escape("prize(give.__globals__)", "'__globals__' may not be used"),
    "globals of final_answer": Escape(
        "prize(final_answer.__globals__)", "'__globals__' may not be used"
    ),
    "globals of display": Escape("len(display.__func__.__globals__) > 0", "may not be used"),
    "the closure of a function": Escape(
        "def f():\n    x = 5\n    return lambda: x\nf().__closure__[0].cell_contents == 5",
        "'__closure__' may not be used",
    ),
    "the closure of a tool": Escape("len(give.__closure__) > 0", "'__closure__' may not be used"),
    "the defaults of a function": Escape(
        "def f(a=1): pass\nf.__defaults__ = (2,)\nf.__defaults__ == (2,)",
        "'__defaults__' may not be used",
    ),
    "open outside": Escape(
        "len(open('/etc/passwd').read()) > 0", "'/etc/passwd' is outside the workspace"
    ),
    "open above": Escape(
        "len(open('../' * 20 + 'etc/passwd').read()) > 0", "is outside the workspace"
    ),
    "open in bytes": Escape("len(open(b'/etc/passwd').read()) > 0", "is outside the workspace"),
    "open a descriptor": Escape("open(0).fileno() == 0", "0 is outside the workspace"),
    "open by an opener": Escape(
        "import io\nopen('x', 'w', opener=lambda path, flags: 0).fileno() == 0",
        "open() takes no opener",
    ),
    "open a path that lies": Escape(
        "Path = type('Path', (), {'__fspath__': lambda self: names.pop()})\n"
        "names = ['/etc/passwd', 'fine', 'fine'][:2]\nopen('fine', 'w').close()\n"
        "open(Path()).close()\nlen(open(Path()).read()) > 0",
        "outside the workspace",
    ),
    "open a text that lies": Escape(
        "class Name(str):\n    def __str__(self): return 'fine'\n"
        "    def __eq__(self, other): return True\n    def startswith(self, *a): return False\n"
        "    __hash__ = str.__hash__\nlen(open(Name('/etc/passwd')).read()) > 0",
        "outside the workspace",
    ),
    "open through io": Escape(
        "import io\nlen(io.open('/etc/passwd').read()) > 0", "is outside the workspace"
    ),
    "open_code through io": Escape(
        "import io\nlen(io.open_code('/etc/passwd').read()) > 0", "no attribute 'open_code'"
    ),
    "the raw class of a file": Escape(
        "raw = open('x', 'w').buffer.raw\nlen(type(raw)('/etc/passwd').read()) > 0",
        "outside the workspace",
    ),
    "the raw class of an unbuffered file": Escape(
        "raw = open('x', 'wb', 0)\nlen(type(raw)('/etc/passwd').read()) > 0",
        "outside the workspace",
    ),
    "a raw file that is opened anew": Escape(
        "raw = open('x', 'w').buffer.raw\nraw.__init__('/etc/passwd')\nlen(raw.read()) > 0",
        "outside the workspace",
    ),
    "a raw file's own file": Escape(
        "raw = open('x', 'w').buffer.raw\ninner = getattr(raw, '_file', raw)\n"
        "len(type(inner)('/etc/passwd').read()) > 0",
        "the private attribute '_file'",
    ),
    "a raw file that is taken off": Escape(
        "raw = open('x', 'w').detach().detach()\nlen(type(raw)('/etc/passwd').read()) > 0",
        "outside the workspace",
    ),
    "a raw file over a descriptor": Escape(
        "raw = open('x', 'wb', 0)\ntype(raw)(0).fileno() == 0", "0 is outside the workspace"
    ),
    "a raw class by the mro": Escape(
        "raw = open('x', 'wb', 0)\n"
        "found = [c for c in type(raw).__mro__ if c.__name__ == 'FileIO']\n"
        "len(found[0]('/etc/passwd').read()) > 0",
        "IndexError",
    ),
    "a path in a keyword that lies": Escape(
        "class Name(str):\n    def __eq__(self, other): return False\n"
        "    def endswith(self, *a): return False\n    __hash__ = str.__hash__\n"
        "import os\nos.stat(**{Name('path'): '/etc/passwd'}).st_size > 0",
        "outside the workspace",
    ),
    "a folder in a keyword": Escape(
        "import os\nlen(os.listdir(path='/')) > 0", "outside the workspace"
    ),
    "a folder above": Escape(
        "import glob\nlen(glob.glob('[.][.]/*') + glob.glob('/etc/pass*')) > 0",
        "outside the workspace",
    ),
    "a folder that is walked": Escape(
        "import os\nnext(os.walk('/'))[0] == '/'", "outside the workspace"
    ),
    "a line of any file in a frame's summary": Escape(
        "import asyncio\nfound = []\nasync def f():\n    loop = asyncio.get_running_loop()\n"
        "    loop.set_debug(True)\n    loop.set_exception_handler(lambda l, c: found.append(c))\n"
        "    loop.call_soon(lambda: 1 / 0)\n    await asyncio.sleep(0.01)\nasyncio.run(f())\n"
        "summary = type(found[0]['source_traceback'][0])\n"
        "'root' in summary('/etc/passwd', 1, 'x').line",
    ),
    "FileIO through io": Escape(
        "import io\nlen(io.FileIO('/etc/passwd').read()) > 0", "no attribute 'FileIO'"
    ),
    "a file of a library that prints a line of it": Escape(
        "import warnings\n'root' in warnings.formatwarning('x', UserWarning, '/etc/passwd', 1)",
        "'formatwarning'",
    ),
    "breakpoint": Escape(
        "found = callable(breakpoint) and breakpoint.__self__ is not None\nfound",
        "'__self__' may not be used",
    ),
    "exit": Escape(
        "try:\n    exit(3)\nexcept SystemExit as exc:\n    found = exc.code == 3\nfound",
        "exit() may not be used",
    ),
    "input": Escape(
        "try:\n    input()\nexcept EOFError:\n    found = True\nfound", "input() may not be used"
    ),
    "a shadowed guard": Escape(
        "def hasattr(*a): return True\ndel hasattr\nprize(getattr(plain, '__globals__'))",
        "'__globals__' may not be used",
    ),
    "a name that only the guard knows": Escape(
        "getattr.__name__ == 'getattr' and prize(getattr(plain, '__globals__'))", ""
    ),
}
