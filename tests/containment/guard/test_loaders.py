"""Loaders and imports: modules by other names, by other forms, and by those that load them."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

NOT_ALLOWED = "is not allowed here"

ATTACKS = {
    "import": Escape("import subprocess\nsubprocess.Popen is not None", NOT_ALLOWED),
    "import under another name": Escape(
        "import subprocess as math\nmath.Popen is not None", NOT_ALLOWED
    ),
    "import of a part": Escape("import importlib.util\nimportlib.util is not None", NOT_ALLOWED),
    "import from": Escape("from subprocess import Popen\nPopen is not None", NOT_ALLOWED),
    "import of everything": Escape("from subprocess import *\nPopen is not None", NOT_ALLOWED),
    "import in a function": Escape(
        "def f():\n    import subprocess\n    return subprocess.Popen is not None\nf()", NOT_ALLOWED
    ),
    "import in a class": Escape(
        "class A:\n    import subprocess\nA.subprocess.Popen is not None", NOT_ALLOWED
    ),
    "import in a handler": Escape(
        "try:\n    import no_such_module\nexcept ImportError:\n    import subprocess\n"
        "subprocess.Popen is not None",
        NOT_ALLOWED,
    ),
    "the import system": Escape(
        "import importlib\nimportlib.import_module('os').getpid() > 0", NOT_ALLOWED
    ),
    "the module of system names": Escape("import posix\nposix.getpid() > 0", NOT_ALLOWED),
    "imp by its private name": Escape("import _imp\n_imp.is_builtin('sys') != 0", NOT_ALLOWED),
    "the private half of a module": Escape("import _io\n_io.FileIO is not None", NOT_ALLOWED),
    "the private half of operator": Escape(
        "import _operator\nprize(_operator.attrgetter('__globals__')(plain))", NOT_ALLOWED
    ),
    "the Python half of io": Escape("import _pyio\n_pyio.os.getpid() > 0", NOT_ALLOWED),
    "ctypes": Escape("import ctypes\nctypes.pythonapi is not None", NOT_ALLOWED),
    "the garbage collector": Escape("import gc\nlen(gc.get_objects()) > 0", NOT_ALLOWED),
    "inspect": Escape("import inspect\nprize(inspect.currentframe().f_globals)", "not"),
    "code": Escape("import code\ncode.InteractiveInterpreter is not None", NOT_ALLOWED),
    "codecs": Escape("import codecs\nlen(codecs.open('/etc/passwd').read()) > 0", NOT_ALLOWED),
    "linecache": Escape(
        "import linecache\nlen(linecache.getlines('/etc/passwd')) > 0", NOT_ALLOWED
    ),
    "fileinput": Escape(
        "import fileinput\nlen(list(fileinput.input('/etc/passwd'))) > 0", NOT_ALLOWED
    ),
    "pickle": Escape(
        "import pickle\nclass A:\n    def __reduce__(self): return (len, ('ab',))\n"
        "pickle.loads(pickle.dumps(A())) == 2",
        "not allowed here",
    ),
    "marshal": Escape("import marshal\nmarshal.loads(marshal.dumps(5)) == 5", NOT_ALLOWED),
    "tracing of threads": Escape(
        "import threading\nthreading.settrace(None) is None", "no attribute 'settrace'"
    ),
    "low threads": Escape("import _thread\n_thread.get_ident() > 0", NOT_ALLOWED),
    "signals": Escape("import signal\nsignal.SIGKILL > 0", NOT_ALLOWED),
    "sockets": Escape("import socket\nsocket.socket().close() is None", NOT_ALLOWED),
    "exit handlers": Escape("import atexit\natexit.register(plain) is plain", NOT_ALLOWED),
    "the main module": Escape("import __main__\nprize(vars(__main__))", "not"),
    "the guard itself": Escape(
        "import executors.local.guard.policy as p\nlen(p.NODES) > 0", NOT_ALLOWED
    ),
    "the loader of a module": Escape(
        "import random\nrandom.__loader__.load_module('random') is not None",
        "'__loader__' may not be used",
    ),
    "the spec of a module": Escape(
        "import random\nrandom.__spec__.loader is not None", "'__spec__' may not be used"
    ),
    "the spec by its name": Escape(
        "import random\ngetattr(random, '__sp' + 'ec__').loader is not None",
        "'__spec__' may not be used",
    ),
    "the path of a package": Escape(
        "import json\nlen(json.__path__) == 1", "'__path__' may not be used"
    ),
    "a part that is imported along": Escape(
        "import json\njson.decoder.scanner.re is not None", "no attribute 'decoder'"
    ),
    "another module in a module": Escape(
        "import collections.abc\ncollections._sys.modules is not None", "'_sys'"
    ),
    "another module in a public name": Escape(
        "import statistics\nstatistics.random is not None or statistics.sys is not None",
        "no attribute",
    ),
    "a private name from a module": Escape(
        "from random import _os\n_os.getpid() > 0", "the private name '_os' may not be imported"
    ),
    "a private name under a full-width one": Escape(
        "from random import _ｏs as f\nf.getpid() > 0", "the private name '_os' may not"
    ),
    "an import as the builtins": Escape(
        "import math as __builtins__\n__builtins__.pi > 3", "the name '__builtins__' may not"
    ),
    "a relative import": Escape(
        "try:\n    from . import x\nexcept ImportError as exc:\n    found = True\nfound",
        "a relative import has no package to start from",
    ),
    "a star import of names that begin with underscores": Escape(
        "import os\nfrom os import *\n'_exit' in vars(os)", "not"
    ),
    "a module made anew": Escape(
        "import math\nmodule = type(math)('m')\nmodule.__dict__['__builtins__'] = 5\n"
        "'__builtins__' in module.__dict__",
        "'__dict__' may not be used here",
    ),
}
