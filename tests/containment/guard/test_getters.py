"""Getters driven by strings: functions that read an attribute whose name is a value."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

DENIED = "'__globals__' may not be used"
LIAR = """
class Name(str):
    def startswith(self, *a): return False
    def endswith(self, *a): return False
    def __eq__(self, other): return str.__eq__(self, other)
    __hash__ = str.__hash__
"""

ATTACKS = {
    "getattr": Escape("prize(getattr(plain, '__globals__'))", DENIED),
    "getattr of a name that is put together": Escape(
        "prize(getattr(plain, '_' * 2 + 'slabolg'[::-1] + '_' * 2))", DENIED
    ),
    "getattr with a default": Escape("prize(getattr(plain, '__globals__', None))", DENIED),
    "getattr of a name that lies": Escape(
        LIAR + "prize(getattr(plain, Name('__globals__')))", "attribute name must be string"
    ),
    "getattr through map": Escape("prize(next(map(getattr, [plain], ['__globals__'])))", DENIED),
    "getattr through starmap": Escape(
        "import itertools\nprize(next(itertools.starmap(getattr, [(plain, '__globals__')])))",
        DENIED,
    ),
    "getattr through reduce": Escape(
        "import functools\nprize(functools.reduce(getattr, ['gi_frame', 'f_globals'], steps()))",
        "'gi_frame' may not be used",
    ),
    "getattr through partial": Escape(
        "import functools\nprize(functools.partial(getattr, plain)('__globals__'))", DENIED
    ),
    "getattr through operator.call": Escape(
        "import operator\nprize(operator.call(getattr, plain, '__globals__'))", DENIED
    ),
    "getattr as a sort key": Escape(
        "import functools\nsorted(['__globals__'], key=functools.partial(getattr, plain)) == "
        "['__globals__']",
        DENIED,
    ),
    "getattr as a factory": Escape(
        "from collections import defaultdict\nimport functools\n"
        "prize(defaultdict(functools.partial(getattr, plain, '__globals__'))['x'])",
        DENIED,
    ),
    "getattr as a callback of re": Escape(
        "import re\nfound = []\n"
        "re.sub('.+', lambda m: found.append(getattr(plain, m[0])) or '', '__globals__')\n"
        "prize(found[0])",
        DENIED,
    ),
    "getattr as a hook of json": Escape(
        "import json\nprize(json.loads('{\"a\": 1}', object_hook=lambda d: "
        "getattr(plain, '__globals__')))",
        DENIED,
    ),
    "getattr as a sentinel's function": Escape(
        "prize(next(iter(lambda: getattr(plain, '__globals__'), None)))", DENIED
    ),
    "hasattr": Escape("hasattr(plain, '__globals__')"),
    "setattr": Escape(
        "setattr(plain, '__kwdefaults__', {})\nTrue", "'__kwdefaults__' may not be used"
    ),
    "setattr of a name that lies": Escape(
        LIAR + "setattr(plain, Name('__kwdefaults__'), {})\nTrue", "attribute name must be string"
    ),
    "delattr": Escape("delattr(plain, '__kwdefaults__')\nTrue", "'__kwdefaults__' may not be used"),
    "attrgetter": Escape(
        "from operator import attrgetter\nprize(attrgetter('__globals__')(plain))", DENIED
    ),
    "attrgetter of a path": Escape(
        "from operator import attrgetter\nclass A:\n    f = plain\n"
        "prize(attrgetter('f.__globals__')(A()))",
        DENIED,
    ),
    "attrgetter of several names": Escape(
        "from operator import attrgetter\nprize(attrgetter('__name__', '__globals__')(plain)[1])",
        DENIED,
    ),
    "attrgetter of a name that lies": Escape(
        LIAR + "from operator import attrgetter\nprize(attrgetter(Name('__globals__'))(plain))",
        "attribute name must be",
    ),
    "attrgetter's own class": Escape(
        "import operator\nkind = type(operator.attrgetter('x'))\nprize(kind('__globals__')(plain))",
        "TypeError",
    ),
    "methodcaller": Escape(
        "from operator import methodcaller\n"
        "prize(methodcaller('__getattribute__', '__globals__')(plain))",
        DENIED,
    ),
    "methodcaller of subclasses": Escape(
        "from operator import methodcaller\nlen(methodcaller('__subclasses__')(int)) > 0",
        "'__subclasses__' may not be used",
    ),
    "a key function of max": Escape(
        "from operator import attrgetter\nmax([plain], key=attrgetter('__globals__')) is plain",
        DENIED,
    ),
    "groupby": Escape(
        "import itertools, operator\n"
        "prize(next(itertools.groupby([plain], operator.attrgetter('__globals__')))[0])",
        DENIED,
    ),
    "a partial inside a partial": Escape(
        "from functools import partial\nprize(partial(partial, getattr, plain)('__globals__')())",
        DENIED,
    ),
    "total_ordering": Escape(
        "import functools\nclass A:\n    def __lt__(self, other): return other.__globals__\n"
        "A = functools.total_ordering(A)\nprize(A() < plain)",
        DENIED,
    ),
    "the fields of a dataclass": Escape(
        "import dataclasses, queue\n@dataclasses.dataclass(init=False)\n"
        "class A(queue.Queue): x: int\nfound = []\n"
        "class B(A):\n    def __init__(self, **given):\n"
        "        found.append(given)\n        super().__init__()\n"
        "A.__dataclass_fields__['x'].name = '_init'\ndataclasses.replace(B())\n"
        "callable(found[1]['_init'])",
        "'_init'",
    ),
    "a copy that sets what it likes": Escape(
        "import copy, json\nclass A:\n    def __reduce_ex__(self, n):\n"
        "        return (lambda: json.JSONEncoder, (), (None, {'__module__': '__main__'}))\n"
        "A = type('A', (), {'__reduce_ex__': lambda self, n: "
        "(lambda: json.JSONEncoder, (), (None, {'__module__': '__main__'}))})\n"
        "copy.copy(A())\njson.JSONEncoder.__module__ == '__main__'",
        "may not",
    ),
    "a field of a dataclass whose name lies": Escape(
        "from dataclasses import asdict, dataclass, fields\nclass Name(str):\n"
        "    def startswith(self, *_): return False\n"
        "@dataclass(init=False, repr=False, eq=False)\nclass Meta(type):\n    x: int\n"
        "class A(type, metaclass=Meta): pass\nfields(Meta)[0].name = Name('__subclasses__')\n"
        "subclasses = asdict(A, dict_factory=list)[0][1]\n"
        "len(subclasses(object)) > 100",
        "'__subclasses__' may not be used",
    ),
    "a copy that a library makes": Escape(
        "import json, weakref\nclass Key: pass\nclass A:\n    def __reduce__(self):\n"
        "        return (lambda: json.JSONEncoder, (), (None, {'__module__': '__main__'}))\n"
        "key = Key()\nkept = weakref.WeakKeyDictionary()\nkept[key] = A()\n"
        "kept.__deepcopy__({})\njson.JSONEncoder.__module__ == '__main__'",
        "'__module__' may not be set",
    ),
    "a copy that sets a name which lies": Escape(
        "import copy, json\nclass Name(str):\n"
        "    def startswith(self, *_): return False\nclass A:\n    def __reduce__(self):\n"
        "        return (lambda: json.JSONEncoder, (), (None, {Name('__module__'): '__main__'}))\n"
        "copy.copy(A())\njson.JSONEncoder.__module__ == '__main__'",
        "'__module__' may not be set",
    ),
    "a copy that sets what a class keeps": Escape(
        "import copy, json\nclass A:\n    def __reduce__(self):\n"
        "        return (lambda: json.JSONEncoder, (), (None, {'_hidden': 5}))\n"
        "copy.copy(A())\nvars(json.JSONEncoder)['_hidden'] == 5",
        "'_hidden' may not be set",
    ),
    "a setter that json calls": Escape(
        "import json\n"
        "json.loads('{\"__kwdefaults__\": {}}', object_pairs_hook=lambda pairs: "
        "[setattr(plain, k, None) for k, v in pairs])\nTrue",
        "'__kwdefaults__' may not be used",
    ),
    "a property of SimpleNamespace": Escape(
        "import types\nn = types.SimpleNamespace(f=plain)\nprize(getattr(n.f, '__globals__'))",
        "may not be used",
    ),
}
