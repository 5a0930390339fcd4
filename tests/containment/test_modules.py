"""From what code may import and make, no path of readable names leads out."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from executors.local.guard.imports import Importer
from executors.local.guard.modules import MODULES
from executors.local.output import OutputPump, Streams
from tests.containment.crawler import breaches, guarded_reader
from tests.executors.local.test_guard import run

# the crawler makes things that nobody finishes, such as coroutines and half a connection
pytestmark = pytest.mark.filterwarnings("ignore")
VALUES = (Path(__file__).parent / "crawled.txt").read_text(encoding="utf-8")


@contextmanager
def as_in_a_cell(folder: Path) -> Iterator[None]:
    """The standard streams and the folder are those of a cell."""
    made = Streams()
    made._lead_to(OutputPump(lambda stream, text: None, 1000))
    with chdir(folder), redirect_stdout(made.stdout), redirect_stderr(made.stderr):
        yield
    gc.collect()


def copies() -> dict[str, ModuleType]:
    importer = Importer((), lambda name: None)
    return {name: importer.load(name) for name in MODULES}


def authorized(modules: dict[str, ModuleType]) -> list[ModuleType]:
    """The copies, and the shells of packages of which only a part may be imported."""
    return [*modules.values(), *(one for m in modules.values() for one in vars(m).values()
                                 if isinstance(one, ModuleType))]  # fmt: skip


def test_no_path_leads_from_a_module_to_what_is_not_authorised(tmp_path: Path) -> None:
    with as_in_a_cell(tmp_path):
        modules = copies()
        found = breaches(modules, guarded_reader(), authorized(modules))
    assert found == {}


def test_no_path_leads_there_from_what_code_makes(tmp_path: Path) -> None:
    with as_in_a_cell(tmp_path):
        made: Any = run(VALUES, operations=10**7)
        found = breaches(made, guarded_reader(), [made["module"], made["path"]])
    assert len(made) > 150
    assert found == {}


def test_the_crawler_finds_the_paths_from_real_modules() -> None:
    real = {name: vars(importlib.import_module(name)) for name in ("json", "random", "statistics")}
    found = breaches(real, guarded_reader())
    assert len(found) > 20
    assert found["random['_os']"] == "a module"


def test_the_crawler_finds_the_paths_that_the_guard_closes() -> None:
    some = {name: module for name, module in copies().items() if name in ("json", "random")}
    found = breaches(some, getattr, some.values())
    assert len(found) > 40
    assert found["json.loads.__code__"] == "a code"


def test_the_crawler_finds_the_paths_through_subclasses(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: Any = run("import typing\n{'reference': typing.List['x'].__args__[0]}")
    monkeypatch.setattr("executors.local.guard.ownership.library_names", lambda kind: frozenset())
    assert "ForwardRef._evaluate" in breaches(seeds, guarded_reader()).values()
