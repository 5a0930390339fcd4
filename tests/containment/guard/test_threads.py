"""Threads against the guard: what one changes while another is judged, and limits in threads."""

from __future__ import annotations

import ast
from itertools import count
from pathlib import Path

import pytest

from executors.local.guard.errors import NotAllowed
from executors.local.guard.files import inside
from executors.local.guard.rewrite import rewrite
from tests.containment.guard.trial import Duel, Escape, conversation
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds
from tests.containment.scene import run

ATTACKS = {
    "a tracer": Escape(
        "import threading\nseen = []\nthreading.settrace(lambda f, *a: seen.append(f))\n"
        "t = threading.Thread(target=plain)\nt.start()\nt.join()\nlen(seen) > 0",
        "no attribute 'settrace'",
    ),
    "the thread's own function": Escape(
        "import threading\nt = threading.Thread(target=plain)\nt._target is plain",
        "'_target' of 'Thread'",
    ),
    "the inside of a pool": Escape(
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(1) as pool:\n"
        "    pool.submit(plain).result()\n    found = len(pool._threads)\nfound == 1",
        "'_threads' of 'ThreadPoolExecutor'",
    ),
    "a hook for errors": Escape(
        "import threading\ncaught = []\nthreading.excepthook = caught.append\n"
        "def f(): 1 / 0\nt = threading.Thread(target=f)\nt.start()\nt.join()\n"
        "len(caught) == 1"
    ),
    "a process of a pool": Escape(
        "from concurrent.futures import ProcessPoolExecutor\n"
        "with ProcessPoolExecutor(1) as pool: found = pool.submit(len, 'ab').result()\nfound == 2",
        "no attribute 'ProcessPoolExecutor'",
    ),
}

SWAPPED = {
    "a variable": "value._x",
    "a variable in a function": "def f():\n    return value._x",
    "one that is declared": "def f():\n    global v\n    v = 1\n    return v._x",
    "a function's, bound by another": (
        "def f(v):\n    def g():\n        nonlocal v\n        v = 1\n    return v._x"
    ),
    "a receiver, bound by another": (
        "class A:\n    def f(self):\n        def g():\n            nonlocal self\n"
        "            self = 1\n        return self._x + self._x"
    ),
    "one of the function around that goes on": (
        "def f():\n    for v in (1, 2):\n        yield lambda: v._x"
    ),
    "a parameter of the function around that is bound anew": (
        "def f(v):\n    yield lambda: v._x\n    v = 2"
    ),
}
KEPT = {
    "a parameter": "def f(v):\n    return v._x",
    "a local variable": "def f():\n    v = 1\n    return v._x",
    "a parameter of the function around": "def f(v):\n    return lambda: v._x",
    "of a comprehension": "[v._x for v in ()]",
    "a receiver": "class A:\n    def f(self):\n        return self._x + self._x",
    "a receiver in a comprehension": (
        "class A:\n    def f(self):\n        return [self._x for _ in (1, 2)]"
    ),
}
"""The control: what no other thread can bind is looked at twice, which is quicker."""


@pytest.mark.parametrize("name", [*SWAPPED, *KEPT])
def test_a_name_that_another_thread_may_bind_is_looked_at_once(name: str) -> None:
    caches = (f"$seen_{n}" for n in count())
    text = ast.unparse(rewrite((SWAPPED | KEPT)[name], "<cell 1>", caches).tree)
    assert ("$seen" in text) == (name in KEPT), text
    assert "._x" in text


def test_no_class_pattern_is_kept_where_all_threads_see_it() -> None:
    match = "match value:\n{0}    case Point(x):\n{0}        pass"
    inside = "def f():\n    class A:\n        " + match.format("        ")
    with pytest.raises(NotAllowed, match="a class inside a function"):
        rewrite(inside, "<cell 1>", iter(()))
    function = "def f():\n    " + match.format("    ")
    rewrite(function, "<cell 1>", iter(()))


COUNTED = {
    "a thread that swallows it": (
        "def f():\n    while True:\n        try:\n            [0 for _ in iter(int, 1)]\n"
        "        except BaseException:\n            pass\n"
        "t = threading.Thread(target=f)\nt.start()\nt.join(60)"
    ),
    "a future whose exception nobody looks at": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(1) as pool:\n    pool.submit(lambda: [0 for _ in iter(int, 1)])"
    ),
    "a daemon that nobody waits for": (
        "def f(): [0 for _ in iter(int, 1)]\n"
        "threading.Thread(target=f, daemon=True).start()\nimport time\ntime.sleep(0.5)"
    ),
}


@pytest.mark.parametrize("name", COUNTED)
async def test_the_limit_of_operations_is_met_in_threads(name: str, walls: Duel) -> None:
    async with conversation(walls[0], operations=2_000) as executor:
        await run(executor, "import threading\nx = 1")
        control = COUNTED[name].replace("iter(int, 1)", "range(9)").replace("while True", "if True")
        assert (await run(executor, control + "\n'went on'")).value == "'went on'"
        end = await run(executor, COUNTED[name] + "\n'went on'")
        assert end.error is not None, f"the limit was swallowed: {end.value}"
        assert (end.error.name, end.state_kept) == ("OperationLimit", True)
        assert (await run(executor, "x, threading.active_count()")).value == "(1, 1)"


async def test_threads_that_start_threads_end_with_their_cell(walls: Duel) -> None:
    code = (
        "def f():\n    while True:\n        threading.Thread(target=f).start()\n"
        "threading.Thread(target=f).start()\n1 / 0"
    )
    async with conversation(walls[0], operations=10_000_000) as executor:
        await run(executor, "import threading\nx = 1")
        assert (await run(executor, code)).state_kept
        assert (await run(executor, "x, threading.active_count()")).value == "(1, 1)"


async def test_no_thread_goes_on_after_its_cell(walls: Duel) -> None:
    """What it would do is not done, and it is done where the cell goes on for long enough."""
    code = (
        "import threading, time\ndone = []\ndef f():\n    while True:\n"
        "        time.sleep(0.01)\n        done.append(1)\n"
        "t = threading.Thread(target=f, daemon=True)\nt.start()\n"
    )
    async with conversation(walls[0]) as executor:
        await run(executor, code)
        look = "before = len(done)\ntime.sleep(0.2)\nlen(done) == before, t.is_alive()"
        assert (await run(executor, look)).value == "(True, False)"
        end = await run(executor, code + "while len(done) < 3: time.sleep(0.01)\nt.is_alive()")
        assert end.value == "True"
        assert (await run(executor, look)).value == "(True, False)"


def test_no_path_goes_up_where_a_folder_may_be_moved_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder that a thread moves to the top while the kernel is in it, `..` leads out.

    The control is what stays as it was given.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert inside("a/b/../../c") == "c"
    assert inside(tmp_path / "a" / "b" / "..") == "a"
    assert inside("a/b/../..") == "."
    assert [inside(name) for name in ("./a/b", "a..b", str(tmp_path))] == [
        *("./a/b", "a..b", str(tmp_path))
    ]
