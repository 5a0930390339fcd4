"""Exception objects: what they were raised on, by and from."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ATTACKS = {
    "the object of an AttributeError": Escape(
        "class Holder:\n    def __getattr__(self, name): return self.inner.missing\n"
        "class Inner: kept = plain\n"
        "h = Holder()\nvars(h)['inner'] = Inner\n"
        "try:\n    h.anything\nexcept AttributeError as exc:\n    found = exc.obj\nfound is Inner",
        "'obj' of 'AttributeError' may not be used",
    ),
    "the object by its name": Escape(
        "try:\n    plain.missing\nexcept AttributeError as exc:\n"
        "    found = getattr(exc, 'o' + 'bj')\nfound is plain",
        "'obj' of 'AttributeError' may not be used",
    ),
    "the object by attrgetter": Escape(
        "from operator import attrgetter\ntry:\n    plain.missing\n"
        "except AttributeError as exc:\n    found = attrgetter('obj')(exc)\nfound is plain",
        "'obj' of 'AttributeError' may not be used",
    ),
    "the object in a pattern": Escape(
        "try:\n    plain.missing\nexcept AttributeError as exc:\n    error = exc\n"
        "match error:\n    case AttributeError(obj=found): pass\nfound is plain",
        "a pattern may not read the attribute 'obj'",
    ),
    "the object by the class's descriptor": Escape(
        "try:\n    plain.missing\nexcept AttributeError as exc:\n    error = exc\n"
        "AttributeError.obj.__get__(error) is plain",
        "'obj' of 'AttributeError' may not be used",
    ),
    "the object of a subclass": Escape(
        "class E(AttributeError):\n    def look(self): return super().obj\n"
        "E('x', obj=plain).look() is plain",
        "may not be used",
    ),
    "the object in a format string": Escape(
        "try:\n    plain.missing\nexcept AttributeError as exc:\n"
        "    found = '{0.obj}'.format(exc)\n'plain' in found",
        "may not be used",
    ),
    "the traceback of a NameError": Escape(
        "try:\n    missing\nexcept NameError as exc:\n    trace = exc.__traceback__\n"
        "prize(trace.tb_frame.f_globals)",
        "may not be used",
    ),
    "the traceback of an exception's context": Escape(
        "try:\n    try:\n        1 / 0\n    finally:\n        missing\n"
        "except NameError as exc:\n    trace = exc.__context__.__traceback__\n"
        "prize(trace.tb_frame.f_globals)",
        "may not be used",
    ),
    "the value of a StopIteration": Escape(
        "def f():\n    return f.__globals__\n    yield\n"
        "try:\n    next(f())\nexcept StopIteration as exc:\n    found = exc.value\nprize(found)",
        "'__globals__' may not be used",
    ),
    "a traceback that is set": Escape(
        "e = ValueError()\ne.__traceback__ = None\nTrue", "'__traceback__' may not be used"
    ),
    "a traceback by the state of an exception": Escape(
        "e = ValueError()\ne.__setstate__({'x': 1})\ne.x == 1", "'__setstate__' may not be used"
    ),
    "the module behind an ImportError": Escape(
        "try:\n    from random import no_such\nexcept ImportError as exc:\n    error = exc\n"
        "found = error.__context__\n"
        "(error if found is None else found.obj) is not None and error.path is not None",
    ),
    "the cause of a refusal": Escape(
        "try:\n    getattr(plain, '__globals__').missing\nexcept Exception as exc:\n"
        "    found = exc\nprize(found.obj)",
        "'obj' of 'NotAllowed' may not be used",
    ),
    "an exception group": Escape(
        "try:\n    raise ExceptionGroup('g', [ValueError()])\nexcept ExceptionGroup as exc:\n"
        "    found = exc.exceptions[0].__traceback__ is None and exc.__traceback__\n"
        "prize(found.tb_frame.f_globals)",
        "may not be used",
    ),
    "except*": Escape(
        "try:\n    raise ValueError()\nexcept* ValueError as group:\n"
        "    found = group.__traceback__\nfound is not None or True",
        "`except*` may not be used",
    ),
    "a handler that is a name with underscores": Escape(
        "try:\n    1 / 0\nexcept ZeroDivisionError as __builtins__:\n    pass\nTrue",
        "the name '__builtins__' may not be used here",
    ),
    "the exception in flight": Escape(
        "import sys\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n"
        "    found = sys.exc_info()[2]\nprize(found.tb_frame.f_globals)",
        "not",
    ),
    "the traceback module": Escape(
        "import traceback\nlen(list(traceback.walk_stack(None))) > 0", "'traceback'"
    ),
    "a group that is split": Escape(
        "found = []\ndef look(error):\n    found.append(error.__traceback__)\n    return True\n"
        "ExceptionGroup('g', [ValueError()]).split(look)\nfound == [None]",
        "'__traceback__' may not be used",
    ),
    "a throw with somebody's traceback": Escape(
        "class Trap:\n    def __enter__(self): return self\n"
        "    def __exit__(self, kind, error, trace):\n"
        "        self.found = error.with_traceback(trace).__traceback__\n        return True\n"
        "with Trap() as trap:\n    1 / 0\nprize(trap.found.tb_frame.f_globals)",
        "may not be used",
    ),
}
