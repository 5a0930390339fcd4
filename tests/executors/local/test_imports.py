"""What `import` gives: listed names, authorised modules, copies for one conversation only."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import importlib
import json
import math
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from executors.local import libraries
from executors.local.guard import policy
from executors.local.guard.errors import NotAllowed
from executors.local.guard.hints import INSTEAD
from executors.local.guard.imports import Importer
from executors.local.guard.modules import MODULES
from executors.local.guard.runtime import guarded_builtins
from tests.cells import end_of, events_of, printed, value_of
from tests.executors.local.helpers import local
from tests.executors.local.test_guard import run

REVIEWED = (3, 11), (3, 13)
"""The Pythons whose modules have been read: all public names are listed, or left out by name."""


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_listed_or_left_out_with_a_reason(name: str) -> None:
    real, exports = importlib.import_module(name), MODULES[name]
    assert exports.what
    assert not exports.names & exports.without.keys()
    if exports.rest or not REVIEWED[0] <= sys.version_info[:2] <= REVIEWED[1]:
        return
    listed = getattr(real, "__all__", None)
    public = {
        key
        for key in (vars(real) if listed is None else listed)
        if not key.startswith("_") and not isinstance(getattr(real, key), ModuleType)
    }
    assert public - exports.names - exports.without.keys() == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_copy_holds_what_is_listed_and_authorised_modules(name: str) -> None:
    copy = Importer((), lambda name: None).load(name)
    for key, value in vars(copy).items():
        if isinstance(value, ModuleType):
            assert f"{name}.{key}" in MODULES
        else:
            assert key in MODULES[name].names or key.startswith("__")
    for key in MODULES[name].names:
        assert hasattr(copy, key) == hasattr(importlib.import_module(name), key)


@pytest.mark.skipif(sys.version_info[:2] != REVIEWED[1], reason="older Pythons lack more names")
def test_no_name_is_listed_that_no_reviewed_python_has() -> None:
    """A slip of the pen would go unnoticed otherwise."""
    missing = {
        f"{name}.{one}"
        for name, exports in MODULES.items()
        for one in exports.names
        if not hasattr(importlib.import_module(name), one)
    }
    assert missing == {"re.template"}  # which only the older ones have


def test_all_syntax_is_reviewed_or_refused_in_words() -> None:
    classes = [(n, k) for n, k in vars(ast).items() if isinstance(k, type) and k is not ast.AST]
    kinds = {name for name, kind in classes if issubclass(kind, ast.AST)}
    abstract = {kind.__name__ for kind in ast.AST.__subclasses__()}
    assert {one for one in kinds if not one.startswith("_ast_")} - abstract <= (
        policy.NODES | policy.REFUSED_NODES.keys() | policy.UNUSED_NODES
    ), "this Python has syntax that nobody has looked at: name it in the policy"
    assert not policy.NODES & policy.REFUSED_NODES.keys()


def test_every_builtin_is_open_guarded_or_refused() -> None:
    groups = (
        set(policy.BUILTINS),
        set(policy.GUARDED_BUILTINS),
        set(policy.REFUSED_BUILTINS),
        {n for n, v in vars(builtins).items()
         if isinstance(v, type) and issubclass(v, BaseException)},
        {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "_"},
        {"copyright", "credits", "license"},  # `site` adds them for people at a prompt
    )  # fmt: skip
    for name in vars(builtins):
        assert sum(name in group for group in groups) == 1, name
    given = guarded_builtins(print)
    for name in policy.GUARDED_BUILTINS - {"__import__", "True", "False", "None"}:
        assert given[name] is not getattr(builtins, name)


REFUSED = {
    "import subprocess": "No programs can be started",
    "import requests": "There is no network here",
    "from urllib.request import urlopen": "There is no network here",
    "import pathlib": "os, os.path and glob",
    "import concurrent": "ThreadPoolExecutor",
    "import multiprocessing": "concurrent.futures",
    "import maths": "Did you mean 'math'?",
    "import qzx": "These may be imported: ",
    "import collection": "Did you mean 'collections'?",
    "from string import Formatter": "read attributes by names in a text",
}
LEFT_OUT = {
    "import asyncio\nasyncio.start_server": "are for connections",
    "import threading\nthreading.settrace": "hand out frames",
    "import concurrent.futures as f\nf.ProcessPoolExecutor": "ThreadPoolExecutor has the same",
    "import os\nos.system('ls')": "reach other files, processes",
    "import sys\nsys.modules": "the inside of the interpreter",
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_says_what_to_do_instead(code: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        run(code)
    assert REFUSED[code] in caught.value.hint


async def test_a_cell_that_fails_for_a_name_that_is_left_out_says_why() -> None:
    async with local() as (executor, _):
        for code, why in LEFT_OUT.items():
            end = await end_of(executor, code)
            assert end.error is not None
            assert why in end.error.hint


def test_hints_are_for_modules_that_are_not_authorised() -> None:
    assert not INSTEAD.keys() & MODULES.keys()
    for hint in INSTEAD.values():
        assert hint.endswith(".")


def test_a_name_that_is_left_out_is_an_attribute_error_and_an_import_error() -> None:
    caught = "try: uuid.uuid1\nexcept AttributeError: found = 1\n"
    assert run(f"import uuid\n{caught}found") == 1
    assert run("try:\n  from uuid import uuid1\nexcept ImportError: found = 2\nfound") == 2
    assert run("import uuid\nhasattr(uuid, 'uuid1'), hasattr(uuid, 'uuid4')") == (False, True)


def package(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("top = 1\n")
    for child in ("one", "two"):
        (folder / name / f"{child}.py").write_text(f"found = {child!r}\n")


ADDITIONAL = {
    "a package": ("parcel", "import parcel\nparcel.top", 1),
    "what belongs to it": ("parcel", "import parcel.one\nparcel.one.found, parcel.top", ("one", 1)),
    "from it": ("parcel", "from parcel import one, top\none.found, top", ("one", 1)),
    "a module": ("parcel.one", "import parcel.one\nparcel.one.found", "one"),
    "a module from its package": ("parcel.one", "from parcel import one\none.found", "one"),
    "a module by another name": ("parcel.one", "import parcel.one as o\no.found", "one"),
    "all of it": ("parcel.*", "import parcel.two\nparcel.two.found, parcel.top", ("two", 1)),
    "standard": ("xml.etree.ElementTree",
                 "import xml.etree.ElementTree as E\nE.fromstring('<a/>').tag", "a"),
    "standard, dotted": ("xml.*", "import xml.etree.ElementTree\n"
                                  "xml.etree.ElementTree.fromstring('<a/>').tag", "a"),
    "os in full": ("os", "import os\nos.getpid() > 0 and os.path.expanduser('a')", "a"),
    "os.path in full": ("os", "from os.path import expanduser\nexpanduser('a')", "a"),
    "everything": ("*", "import pathlib, parcel.two\npathlib.PurePath('a').name, parcel.top",
                   ("a", 1)),
}  # fmt: skip
NOT_ADDITIONAL = {
    "a sibling": ("parcel.one", "import parcel.two"),
    "the package of a module": ("parcel.one", "import parcel"),
    "a sibling from the package": ("parcel.one", "from parcel import two"),
    "what the package of a module has": ("parcel.one", "from parcel import top"),
    "a name that begins the same": ("par", "import parcel"),
    "a part of a standard package": ("xml", "import xml.dom"),
    "a module inside a standard module": ("glob", "import glob\nglob.os"),
    "the path of nobody": ("shutil", "import shutil\nshutil.os"),
}


@pytest.fixture
def parcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, "parcel")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "parcel"]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("case", ADDITIONAL)
@pytest.mark.usefixtures("parcel")
def test_what_the_operator_authorises_can_be_imported(case: str) -> None:
    authorised, code, expected = ADDITIONAL[case]
    assert run(code, authorised) == expected


@pytest.mark.parametrize("case", NOT_ADDITIONAL)
@pytest.mark.usefixtures("parcel")
def test_and_nothing_beside_it(case: str) -> None:
    authorised, code = NOT_ADDITIONAL[case]
    with pytest.raises((NotAllowed, AttributeError, ImportError)):
        run(code, authorised)


def test_what_code_changes_in_a_module_nobody_else_sees() -> None:
    code = "import math, json\nmath.pi = 3\njson.dumps = None\nmath.pi"
    assert run(code) == 3
    assert run("import math\nmath.pi") == math.pi
    assert json.dumps({}) == "{}"
    assert run("import os\nos.environ['A'] = 'b'\nos.getenv('A')") == "b"
    assert run("import os\nos.getenv('A')") is None
    assert os.getenv("A") is None


async def test_patched_classes_are_those_of_one_conversation() -> None:
    patch = "import json, math\nmath.pi = 3\njson.JSONEncoder.default = lambda self, o: 'patched'"
    use = "import json, math\nmath.pi, json.dumps([object()])"
    async with local() as (one, _), local() as (other, _):
        await value_of(one, patch)
        assert await value_of(one, use) == "(3, '[\"patched\"]')"
        end = await end_of(other, use)
        assert end.error is not None
        assert end.error.name == "TypeError"


WORKSPACE = {
    "list": ("os.makedirs('a/b', exist_ok=True); open('a/x.txt', 'w').close()\n"
             "sorted(os.listdir('a'))", ["b", "x.txt"]),
    "walk": ("os.mkdir('d'); open('d/f', 'w').close()\nlist(os.walk('d'))", [("d", [], ["f"])]),
    "path": ("open('x', 'w').write('abc'); (os.path.exists('x'), os.path.getsize('x'),"
             " os.path.isdir('x'), os.path.join('a', 'b'), os.stat('x').st_size)",
             (True, 3, False, "a/b", 3)),
    "glob": ("open('1.csv', 'w').close(); open('2.csv', 'w').close()\nsorted(glob.glob('*.csv'))",
             ["1.csv", "2.csv"]),
    "rename": ("open('x', 'w').close(); os.rename('x', 'y'); os.remove('y'); os.listdir()", []),
    "own folder": ("open(os.path.join(os.getcwd(), 'x'), 'w').close()\nos.listdir(os.getcwd())",
                   ["x"]),
}  # fmt: skip
OUTSIDE = (
    "os.listdir('/')", "os.listdir('..')", "os.stat('/etc/passwd')", "os.path.exists('/etc')",
    "os.rename('x', '/tmp/x')", "os.walk('..').__next__()", "os.scandir('/')", "os.remove('/x')",
    "os.listdir(0)", "os.stat('x', dir_fd=3)", "glob.glob('/*')", "glob.glob('../*')",
    "glob.glob('*', root_dir='/')", "os.mkdir(path='/x')",
    "os.path.getsize(filename='/etc/passwd')",
    "[os.makedirs('a/b'), [dirs.append('../../..') for _, dirs, _ in os.walk('a')]]",
)  # fmt: skip


@pytest.mark.parametrize("case", WORKSPACE)
def test_os_and_glob_work_in_the_workspace(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, expected = WORKSPACE[case]
    assert run(f"import os, glob\n{code}") == expected


@pytest.mark.parametrize("code", OUTSIDE)
def test_and_nowhere_else(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((NotAllowed, TypeError)):
        run(f"import os, glob\n{code}")
    assert [one for one in os.listdir(tmp_path) if one != "a"] == []


def test_the_streams_of_sys_are_the_real_ones(capsys: pytest.CaptureFixture[str]) -> None:
    code = ("import sys, io\nkept, sys.stdout = sys.stdout, io.StringIO()\nprint('caught')\n"
            "found, sys.stdout = sys.stdout.getvalue(), kept\nprint('shown')\nfound")  # fmt: skip
    assert run(code) == "caught\n"
    assert capsys.readouterr().out == "shown\n"


JUDGED = {
    "a dataclass": ("from dataclasses import dataclass, field, replace, asdict\n"
                    "@dataclass(order=True, unsafe_hash=True)\nclass P:\n  x: int\n  _y: int = 2\n"
                    "  z: list = field(default_factory=list, compare=False)\n"
                    "asdict(replace(P(1), x=5)), P(1) < P(2), hash(P(1)) == hash(P(1)), repr(P(1))",
                    ({"x": 5, "_y": 2, "z": []}, True, True, "P(x=1, _y=2, z=[])")),
    "a frozen one": ("import dataclasses, copy\n@dataclasses.dataclass(frozen=True, slots=True)\n"
                     "class P:\n  x: int\n  y: int = dataclasses.field(init=False, default=3)\n"
                     "copy.deepcopy(P(1)) == P(1)", True),
    "a made one": ("import dataclasses\nP = dataclasses.make_dataclass('P', [('x', int), 'y'])\n"
                   "dataclasses.astuple(P(1, 2))", (1, 2)),
    "singledispatch": ("from __future__ import annotations\nimport functools\n"
                       "@functools.singledispatch\ndef f(x): return 'any'\n"
                       "@f.register\ndef _(x: int): return 'int'\n"
                       "@f.register(list)\ndef _(x): return 'list'\nf(1), f([]), f('')",
                       ("int", "list", "any")),
    "singledispatchmethod": ("import functools\nclass A:\n  @functools.singledispatchmethod\n"
                             "  def f(self, x): return 'any'\n  @f.register\n"
                             "  def _(self, x: int): return 'int'\nA().f(1), A().f('')",
                             ("int", "any")),
    "cached_property": ("import functools\nclass A:\n  n = 0\n  @functools.cached_property\n"
                        "  def x(self): A.n += 1; return A.n\na = A()\na.x, a.x, vars(a)",
                        (1, 1, {"x": 1})),
    "wraps": ("import functools\ndef d(f):\n  @functools.wraps(f)\n  def g(*a): return f(*a)\n"
              "  return g\n@d\ndef h():\n  'doc'\n  return 1\nh(), h.__name__, h.__doc__",
              (1, "h", "doc")),
    "timeit": ("import timeit\nn = []\ntimeit.timeit(lambda: n.append(1), number=5) > 0, len(n)",
               (True, 5)),
    "warnings": ("import warnings\nwith warnings.catch_warnings(record=True) as w:\n"
                 "  warnings.simplefilter('always')\n  warnings.warn('x')\nstr(w[0].message)", "x"),
    "a copy with slots": ("import copy\nclass A: __slots__ = ('x', '_y')\na = A(); a.x = a._y = 1\n"
                          "b = copy.copy(a); b.x, b._y", (1, 1)),
}  # fmt: skip


@pytest.mark.parametrize("case", JUDGED)
def test_judged_functions_do_what_the_real_ones_do(case: str) -> None:
    code, expected = JUDGED[case]
    assert run(code) == expected


def test_what_libraries_make_of_dataclasses_is_their_own_business() -> None:
    """Also while the guard is there, a class that is not the code's may have any field."""
    kind = dataclasses.make_dataclass("Kind", ["_hidden"])
    assert dataclasses.replace(kind(1), _hidden=2) == kind(2)


ODD = {
    "text as a field": "import dataclasses\nclass A: pass\n"
    "A.__annotations__ = {'x: found.append(1)': int}\nfound = []\ndataclasses.dataclass(A)",
    "a field that is renamed": "import dataclasses\n@dataclasses.dataclass\nclass A: x: int\n"
    "A.__dataclass_fields__['x'].name = 'x=print(1), y'\n@dataclasses.dataclass\nclass B(A): pass",
    "a hidden field": "import dataclasses\ndataclasses.make_dataclass('A', ['__globals__'])",
    "a copied attribute": "import copy\nclass A:\n  def __reduce__(self):\n"
    "    return (type(self), (), (None, {'__class__': int}))\ncopy.copy(A())",
    "text for timeit": "import timeit\ntimeit.timeit('1')",
    "a name that wraps copies": "import functools\ndef f(): pass\nclass A: pass\n"
    "functools.wraps(f, assigned=('__globals__',))(A())",
    "a class of a library that wraps changes": "import functools, json\ndef f(): pass\n"
    "functools.update_wrapper(json.JSONEncoder, f)",
}


@pytest.mark.parametrize("case", ODD)
def test_judged_functions_refuse_what_only_looks_like_it(case: str) -> None:
    with pytest.raises((NotAllowed, SyntaxError)):
        run(ODD[case])


async def test_scikit_learn_and_scipy_work_where_they_are_installed() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed here")
    code = (
        "from sklearn.cluster import KMeans\nfrom sklearn.datasets import load_iris\n"
        "from scipy import stats\nX, y = load_iris(return_X_y=True)\n"
        "KMeans(3, n_init=1, random_state=0).fit(X).n_iter_ > 0, float(stats.norm.cdf(0))"
    )
    async with local("sklearn", "scipy", memory_bytes=2 << 30) as (executor, _):
        assert await value_of(executor, code) == "(True, 0.5)"


def test_threadpoolctl_looks_for_libraries_where_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    control = ModuleType("threadpoolctl")
    vars(control)["_HAS_PROCFS"] = True
    monkeypatch.setitem(sys.modules, "threadpoolctl", control)
    libraries.settle_in()
    assert vars(control)["_HAS_PROCFS"] is False


@pytest.mark.parametrize("spoil", ["close()", "detach()", "buffer.close()", "buffer.lead_to(None)"])
async def test_code_that_spoils_its_streams_prints_again_in_the_next_cell(spoil: str) -> None:
    async with local() as (executor, _):
        assert (await end_of(executor, f"import sys\nx = 1\nsys.stdout.{spoil}")).outcome == "ok"
        assert printed(await events_of(executor, "print(x)\nsys.stdout.flush()")) == "1\n"
