"""Chains of attributes: from any value to its class, its base, its globals, its module."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ATTACKS = {
    "subclasses of object": Escape(
        "any(c.__name__ == 'Popen' or True for c in ().__class__.__base__.__subclasses__())",
        "the attribute '__base__' may not be used",
    ),
    "subclasses by the mro": Escape(
        "len(int.__mro__[-1].__subclasses__()) > 0", "'__subclasses__' may not be used"
    ),
    "subclasses through type": Escape(
        "len(type.__subclasses__(object)) > 0", "'__subclasses__' may not be used"
    ),
    "subclasses in the dict of type": Escape(
        "len(type.__dict__['__subclasses__'](object)) > 0", "'__dict__' may not be used"
    ),
    "subclasses in vars of type": Escape(
        "len(vars(type)['__subclasses__'](object)) > 0", "'__dict__' may not be used"
    ),
    "the getter of object": Escape(
        "prize(object.__getattribute__(plain, '__globals__'))", "'__globals__' may not"
    ),
    "the getter in the dict of object": Escape(
        "prize(vars(object)['__getattribute__'](plain, '__globals__'))", "'__dict__' may not"
    ),
    "the getter of super": Escape(
        "class A:\n    def f(self):\n"
        "        return super().__getattribute__('__reduce_ex__')(2) is not None\nA().f()",
        "'__reduce_ex__' may not be used",
    ),
    "a private name of a module": Escape(
        "import random\nrandom._os.getpid() > 0", "the private attribute '_os'"
    ),
    "a private name after an alias": Escape(
        "import random as r\nm = [r]\nm[0]._os.getpid() > 0", "the private attribute '_os'"
    ),
    "a full-width name": Escape(
        "plain.__ｇlobals__ is not None and prize(plain.__globals__)", "'__globals__' may not"
    ),
    "a full-width letter after an underscore": Escape(
        "import random\nrandom._ｏs.getpid() > 0", "the private attribute '_os'"
    ),
    "the dict of a module": Escape(
        "import random\nrandom.__dict__['_os'].getpid() > 0", "'__dict__' may not be used here"
    ),
    "vars of a module": Escape(
        "import random\nvars(random)['_os'].getpid() > 0", "'__dict__' may not be used here"
    ),
    "a class that is given another module": Escape(
        "import json\njson.JSONEncoder.__module__ = '__main__'\n"
        "json.JSONEncoder.__module__ == '__main__'",
        "'__module__' may not be used",
    ),
    "an instance that is given another class": Escape(
        "import random\nclass A(random.Random): pass\n"
        "r = random.Random(1)\nr.__class__ = A\ntype(r) is A",
        "'__class__' may not be used",
    ),
    "another class by the setter of object": Escape(
        "import random\nclass A(random.Random): pass\n"
        "r = random.Random(1)\nobject.__setattr__(r, '__class__', A)\ntype(r) is A",
        "'__class__' may not be used",
    ),
    "another class by the setter of super": Escape(
        "class B: pass\nclass A:\n    def turn(self):\n"
        "        super().__setattr__('__class__', B)\na = A()\na.turn()\ntype(a) is B",
        "'__class__' may not be used",
    ),
    "the library's own private name, in the class of that name": Escape(
        "import random\nclass Random(random.Random):\n"
        "    def f(self): return self._randbelow(1) == 0\nRandom().f()",
        "'_randbelow' of 'Random' may not be used",
    ),
    "the getter of an instance that says it is a class": Escape(
        "import asyncio\nclass A(asyncio.Queue):\n    __class__ = type\nasync def f():\n"
        "    return A().__getattribute__('_get_loop')()._selector is not None\nasyncio.run(f())",
        "'_get_loop' of 'A' may not be used",
    ),
    "the dict by the getter of object": Escape(
        "import asyncio\nloop = asyncio.new_event_loop()\nloop.close()\n"
        "'_selector' in object.__getattribute__(loop, '__dict__')"
    ),
    "the setter of type in a variable": Escape(
        "import json\nput = type.__setattr__\nput(json.JSONEncoder, '__module__', '__main__')\n"
        "json.JSONEncoder.__module__ == '__main__'",
        "'__module__' may not be used",
    ),
    "the setter of type from its dict": Escape(
        "import json\nput = type.__dict__['__setattr__']\n"
        "put(json.JSONEncoder, '__module__', '__main__')\n"
        "json.JSONEncoder.__module__ == '__main__'",
        "'__dict__' may not be used",
    ),
    "a deleted attribute": Escape(
        "def f(a=1): pass\ndel f.__defaults__\nTrue", "'__defaults__' may not be used"
    ),
    "a generic alias over a function": Escape(
        "alias = type(list[int])(plain, int)\nprize(alias.__globals__)", "'__globals__' may not"
    ),
    "the private part of a library class, inherited": Escape(
        "import random\nclass A(random.Random):\n    def f(self):\n"
        "        return self._randbelow_with_getrandbits.__globals__['_os'].getpid() > 0\nA().f()",
        "may not be used",
    ),
    "a private method, inherited": Escape(
        "import asyncio\nclass A(asyncio.Queue):\n    async def f(self):\n"
        "        return self._get_loop()._selector is not None\nasyncio.run(A().f())",
        "'_get_loop' of 'A' may not be used",
    ),
    "a private method, inherited, by name": Escape(
        "import asyncio\nclass A(asyncio.Queue):\n    async def f(self):\n"
        "        return getattr(self, '_get' + '_loop')() is not None\nasyncio.run(A().f())",
        "'_get_loop' of 'A' may not be used",
    ),
    "a private method that fills an enumeration from a module": Escape(
        "import enum\nclass E(enum.Enum): pass\n"
        "found = E._convert_('F', 'os', lambda name: name == 'getpid')\nfound is not None",
        "'_convert_' of 'E' may not be used",
    ),
    "the instance dict of a library object": Escape(
        "import asyncio\nloop = asyncio.new_event_loop()\nloop.close()\n'_selector' in vars(loop)"
    ),
    "an augmented assignment": Escape(
        "plain.__kwdefaults__ = {}\nplain.__kwdefaults__ |= {'a': 1}\nTrue",
        "'__kwdefaults__' may not be used",
    ),
    "an attribute as the target of a loop": Escape(
        "class A: pass\nclass B: pass\na = A()\nfor a.__class__ in [B]: pass\ntype(a) is B",
        "'__class__' may not be used",
    ),
    "an attribute as the target of with": Escape(
        "class A: pass\nclass B: pass\na = A()\nfrom contextlib import nullcontext\n"
        "with nullcontext(B) as a.__class__: pass\ntype(a) is B",
        "'__class__' may not be used",
    ),
    "an attribute in a starred target": Escape(
        "class A: pass\nclass B: pass\na = A()\n(a.__class__, *_) = [B]\ntype(a) is B",
        "'__class__' may not be used",
    ),
}
