"""Monkeypatching: what is changed in one conversation is changed nowhere else."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ATTACKS = {
    "the guard's words": Escape(
        "import executors.local.guard.policy as p\np.NODES = ()\np.NODES == ()",
        "is not allowed here",
    ),
    "a builtin of everybody": Escape(
        "import builtins\nbuiltins.hex = lambda x: 5\nbuiltins.hex(0) == 5",
        "is not allowed here",
    ),
    "a library's own view of a module": Escape(
        "import math, statistics\nmath.fsum = lambda *a: 5\nmath.floor = lambda *a: 5\n"
        "import fractions\nfractions.math.floor(1) == 5",
        "no attribute 'math'",
    ),
    "a module that a library uses": Escape(
        "import random\nrandom._log = lambda x: 0 / 0 if False else 5\nrandom._log(1) == 5",
        "the private attribute '_log'",
    ),
    "a hook of the interpreter": Escape(
        "import sys\nfound = []\nsys.excepthook = lambda *a: found.append(1)\n"
        "sys.excepthook()\nfound == [1] and 'excepthook' in vars(sys)",
        "not",
    ),
    "a class of C": Escape(
        "try:\n    int.x = 1\nexcept TypeError:\n    pass\n"
        "import builtins\nbuiltins.oct = str\nbuiltins.oct is str",
        "is not allowed here",
    ),
    "the code of a library function": Escape(
        "import random\ndef f(*a): return 4\nrandom.choice.__func__.__code__ = f.__code__\n"
        "random.choice([1]) == 4",
        "'__code__' may not be used",
    ),
    "the defaults of a library function": Escape(
        "import json\njson.dumps.__kwdefaults__['sort_keys'] = True\n"
        "json.dumps({'b': 1, 'a': 2}) == '{\"a\": 2, \"b\": 1}'",
        "'__kwdefaults__' may not be used",
    ),
    "the defaults of the guard": Escape(
        "def f(): pass\n[f, getattr][0].__kwdefaults__ = {'writing': True}\nTrue",
        "'__kwdefaults__' may not be used",
    ),
    "an operator of a library class": Escape(
        "import fractions\nfractions.Fraction.__add__ = lambda a, b: 5\n"
        "fractions.Fraction(1) + 1 == 5",
        "'__add__' may not be used",
    ),
    "a constructor of a library class": Escape(
        "import json\njson.JSONDecoder.__init__ = lambda self, **k: 0 / 0\n"
        "json.JSONDecoder.__init__ is not None",
        "'__init__' may not be used",
    ),
    "the check of instances of an abstract class": Escape(
        "import collections.abc as c\nc.Sized.__subclasshook__ = lambda k: True\nTrue",
        "'__subclasshook__' may not be used",
    ),
}
