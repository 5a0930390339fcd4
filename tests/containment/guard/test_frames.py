"""Frames of generators, coroutines and tracebacks, and the code objects behind them."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

TRACE = """
class Trap:
    def __enter__(self): return self
    def __exit__(self, kind, error, trace):
        self.trace = trace
        return True
with Trap() as trap:
    1 / 0
"""
CAUGHT = "try:\n    1 / 0\nexcept ZeroDivisionError as exc:\n    error = exc\n"

ATTACKS = {
    "the frame of a generator": Escape(
        "prize(steps().gi_frame.f_globals)", "'gi_frame' may not be used"
    ),
    "the frame of a generator expression": Escape(
        "(i for i in ()).gi_frame.f_builtins['__import__']('os').getpid() > 0",
        "'gi_frame' may not be used",
    ),
    "the frame of a generator that waits": Escape(
        "g = steps()\nnext(g)\nlen(g.gi_frame.f_locals) == 0", "'gi_frame' may not be used"
    ),
    "the caller of a running generator": Escape(
        "def climb():\n    yield g.gi_frame.f_back.f_back is not None\ng = climb()\nnext(g)",
        "'gi_frame' may not be used",
    ),
    "the code of a generator": Escape(
        "steps().gi_code.co_name == 'steps'", "'gi_code' may not be used"
    ),
    "what a generator waits for": Escape(
        "def outer():\n    yield from steps()\ng = outer()\nnext(g)\ng.gi_yieldfrom is not None",
        "'gi_yieldfrom' may not be used",
    ),
    "a frame by its name": Escape(
        "prize(getattr(getattr(steps(), 'gi_fr' + 'ame'), 'f_glo' + 'bals'))",
        "'gi_frame' may not be used",
    ),
    "a frame by attrgetter": Escape(
        "import operator\nprize(operator.attrgetter('gi_frame.f_globals')(steps()))",
        "'gi_frame' may not be used",
    ),
    "the frame of a coroutine": Escape(
        "async def f(): pass\nc = f()\nfound = prize(c.cr_frame.f_globals)\nc.close()\nfound",
        "may not be used",
    ),
    "the code of a coroutine": Escape(
        "async def f(): pass\nc = f()\nfound = c.cr_code.co_name == 'f'\nc.close()\nfound",
        "'cr_code' may not be used",
    ),
    "the frame of an asynchronous generator": Escape(
        "async def f(): yield 1\nprize(f().ag_frame.f_globals)", "may not be used"
    ),
    "the code of an asynchronous generator": Escape(
        "async def f(): yield 1\nf().ag_code.co_name == 'f'", "'ag_code' may not be used"
    ),
    "the traceback of an exception": Escape(
        CAUGHT + "prize(error.__traceback__.tb_frame.f_globals)", "may not be used"
    ),
    "the traceback by its name": Escape(
        CAUGHT + "prize(getattr(error, '__trace' + 'back__').tb_frame.f_globals)",
        "may not be used",
    ),
    "the traceback that __exit__ gets": Escape(
        TRACE + "prize(trap.trace.tb_frame.f_globals)", "may not be used"
    ),
    "the next of a traceback": Escape(
        TRACE + "trap.trace.tb_next is None", "'tb_next' may not be used"
    ),
    "a traceback in a pattern": Escape(
        TRACE + "match trap.trace:\n    case object(tb_frame=frame): pass\nprize(frame.f_globals)",
        "may not",
    ),
    "a traceback out of an exit stack": Escape(
        "from contextlib import ExitStack\nseen = []\n"
        "def leave(kind, error, trace):\n    seen.append(trace)\n    return True\n"
        "with ExitStack() as stack:\n    stack.push(leave)\n    1 / 0\n"
        "prize(seen[0].tb_frame.f_globals)",
        "may not be used",
    ),
    "the traceback of a library's frame": Escape(
        "import json\n"
        + TRACE.replace("1 / 0", "json.loads('{')")
        + "frame = trap.trace.tb_next.tb_frame\nprize(frame.f_globals)",
        "may not be used",
    ),
    "a traceback made anew": Escape(
        TRACE + "again = type(trap.trace)(None, trap.trace.tb_frame, 0, 1)\n"
        "prize(again.tb_frame.f_globals)",
        "may not be used",
    ),
    "the frame of a context manager's generator": Escape(
        "from contextlib import contextmanager\n@contextmanager\ndef f(): yield\n"
        "prize(f().gen.gi_frame.f_globals)",
        "may not be used",
    ),
    "the code of a function": Escape(
        "plain.__code__.co_filename.startswith('<cell')", "'__code__' may not be used"
    ),
    "code in place of other code": Escape(
        "def f(): return 1\ndef g(): return 2\nf.__code__ = g.__code__\nf() == 2",
        "'__code__' may not be used",
    ),
    "code that is changed": Escape(
        "plain.__code__.replace(co_name='x').co_name == 'x'", "'__code__' may not be used"
    ),
    "a frame in a format string": Escape(
        "'f_globals' != '{0.gi_frame.f_globals}'.format(steps())", "'gi_frame' may not be used"
    ),
}
