"""Format strings: templates that read attributes and items when they are filled in."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

GLOBALS = "'{0.__globals__}'"
SEEN = "'__builtins__' in "
DENIED = "'__globals__' may not be used"

ATTACKS = {
    "str.format": Escape(f"{SEEN}{GLOBALS}.format(plain)", DENIED),
    "a field in a field": Escape(
        "'plain' in '{0:{1.__globals__}}'.format(type('A', (), {'__format__': "
        "lambda self, spec: spec})(), plain)",
        DENIED,
    ),
    "a named field": Escape(f"{SEEN}'{{f.__globals__}}'.format(f=plain)", DENIED),
    "a chain of fields": Escape(f"{SEEN}'{{0[0].__globals__}}'.format([plain])", DENIED),
    "a chain that begins harmlessly": Escape(
        "import random\n'getpid' in '{0.Random.seed.__globals__[_os].getpid}'.format(random)",
        DENIED,
    ),
    "a conversion": Escape(f"{SEEN}'{{0.__globals__!s}}'.format(plain)", DENIED),
    "a template in a variable": Escape(f"t = {GLOBALS}\n{SEEN}t.format(plain)", DENIED),
    "a method in a variable": Escape(f"put = {GLOBALS}.format\n{SEEN}put(plain)", DENIED),
    "a template that is put together": Escape(
        f"{SEEN}('{{0.__glo' + 'bals__}}').format(plain)", DENIED
    ),
    "an f-string that makes a template": Escape(
        f"n = '__globals__'\n{SEEN}f'{{{{0.{{n}}}}}}'.format(plain)", DENIED
    ),
    "format_map": Escape(f"{SEEN}'{{f.__globals__}}'.format_map({{'f': plain}})", DENIED),
    "format of the class": Escape(f"{SEEN}str.format({GLOBALS}, plain)", DENIED),
    "format_map of the class": Escape(
        f"{SEEN}str.format_map('{{f.__globals__}}', {{'f': plain}})", DENIED
    ),
    "format by getattr": Escape(f"{SEEN}getattr({GLOBALS}, 'format')(plain)", DENIED),
    "format by methodcaller": Escape(
        f"from operator import methodcaller\n{SEEN}methodcaller('format', plain)({GLOBALS})",
        DENIED,
    ),
    "format by attrgetter": Escape(
        f"from operator import attrgetter\n{SEEN}attrgetter('format')({GLOBALS})(plain)", DENIED
    ),
    "format by map": Escape(f"{SEEN}next(map(str.format, [{GLOBALS}], [plain]))", DENIED),
    "format by partial": Escape(
        f"from functools import partial\n{SEEN}partial({GLOBALS}.format, plain)()", DENIED
    ),
    "format as a sort key": Escape(
        f"seen = []\nclass S(str):\n    def __lt__(s, o): seen.append(str(s)); return True\n"
        f"sorted([plain, plain], key=lambda f: S({GLOBALS}.format(f)))\n{SEEN}seen[0]",
        DENIED,
    ),
    "format of a subclass": Escape(f"class S(str): pass\n{SEEN}S.format({GLOBALS}, plain)", DENIED),
    "format of an instance of a subclass": Escape(
        f"class S(str): pass\n{SEEN}S({GLOBALS}).format(plain)", DENIED
    ),
    "format_map of a subclass": Escape(
        f"class S(str): pass\n{SEEN}S.format_map('{{f.__globals__}}', {{'f': plain}})", DENIED
    ),
    "format of super": Escape(
        f"class S(str):\n    def put(self, *a): return super().format(*a)\n"
        f"{SEEN}S({GLOBALS}).put(plain)",
        DENIED,
    ),
    "format of an unbound super": Escape(
        f"class S(str): pass\n{SEEN}super(S, S({GLOBALS})).format(plain)", DENIED
    ),
    "format of a class that says it is no str": Escape(
        f"class S(str):\n    __class__ = int\n{SEEN}S({GLOBALS}).format(plain)", DENIED
    ),
    "format of a metaclass's class": Escape(
        f"S = type('S', (str,), {{}})\n{SEEN}S.format({GLOBALS}, plain)", DENIED
    ),
    "format out of the dict of str": Escape(
        f"{SEEN}str.__dict__['format']({GLOBALS}, plain)", "'__dict__' may not be used"
    ),
    "format through a generic alias": Escape(
        f"alias = type(list[int])(str, int)\n{SEEN}alias.format({GLOBALS}, plain)", DENIED
    ),
    "string.Formatter": Escape(
        f"import string\n{SEEN}string.Formatter().format({GLOBALS}, plain)",
        "no attribute 'Formatter'",
    ),
    "string.Formatter by name": Escape(
        f"from string import Formatter\n{SEEN}Formatter().format({GLOBALS}, plain)",
        "module 'string' has no attribute 'Formatter' here",
    ),
    "the formatter of the string module": Escape(
        "import string\nlen(list(string._string.formatter_parser('{a}'))) > 0",
        "the private attribute '_string'",
    ),
    "a class pattern": Escape(
        f"match {GLOBALS}:\n    case str(format=put): pass\n{SEEN}put(plain)",
        "a pattern may not read the attribute 'format'",
    ),
}
