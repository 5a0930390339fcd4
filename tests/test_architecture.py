"""Who may import whom: one table, checked against every import in the tree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# folder or file -> the first-party modules that it may import; the longest match wins
MAY_IMPORT: dict[str, set[str]] = {
    "executors": {"executors"},
    "executors/base.py": set(),
    "executors/errors.py": set(),
    "executors/pictures.py": set(),
    "executors/values.py": {"executors.pictures"},
    "executors/wire.py": set(),
    "executors/loop_thread.py": set(),
    "executors/carry.py": {"executors.values"},
    "executors/variables.py": set(),
    "executors/recall.py": set(),
    "executors/meter.py": set(),
    "executors/factory.py": {
        "executors.base",
        "executors.local.executor",
        "executors.e2b.factory",
    },
    "executors/local": {
        "executors.base",
        "executors.errors",
        "executors.pictures",
        "executors.values",
        "executors.carry",
        "executors.variables",
        "executors.recall",
        "executors.loop_thread",
        "executors.meter",
        "executors.wire",
        "executors.workspace",
        "executors.local",
    },
    "executors/e2b": {
        "executors.base",
        "executors.errors",
        "executors.pictures",
        "executors.values",
        "executors.carry",
        "executors.variables",
        "executors.recall",
        "executors.e2b",
        "executors.meter",
        "executors.workspace",
    },
    "agent": {
        "agent",
        "executors.base",
        "executors.errors",
        "executors.values",
        "executors.carry",
        "executors.recall",
        "executors.factory",
        "executors.loop_thread",
    },
    "agent/models": {"agent.models", "agent.errors"},
    "ui": {"ui", "agent", "executors.base", "executors.values"},
    "app.py": {"agent", "executors", "ui"},
}
# The worker side runs beside untrusted code: the standard library and its own package only.
WORKER_SIDE = (
    "executors/wire.py",
    "executors/pictures.py",
    "executors/values.py",
    "executors/carry.py",
    "executors/variables.py",
    "executors/recall.py",
    "executors/local/worker.py",
    "executors/local/zygote.py",
    "executors/local/guard/",
    "executors/local/lockdown.py",
    "executors/local/landlock.py",
    "executors/local/seccomp.py",
    "executors/local/syscalls.py",
    "executors/local/cell.py",
    "executors/local/checkpoints.py",
    "executors/local/failure.py",
    "executors/local/libraries.py",
    "executors/local/link.py",
    "executors/local/output.py",
    "executors/local/stubs.py",
    "executors/local/threads.py",
    "executors/e2b/inside/",
)
ONLY_IN: dict[str, tuple[str, ...]] = {
    "gradio": ("ui/", "app.py"),
    "e2b": ("executors/e2b/",),
    "e2b_code_interpreter": ("executors/e2b/",),
    "huggingface_hub": ("agent/models/",),
    "xllamacpp": ("agent/models/",),
    "mcp": ("agent/tools/",),
    "gradio_client": ("agent/tools/",),
    "smolagents": (),
    "opentelemetry": ("agent/tracing.py",),
}
FIRST_PARTY = {"agent", "executors", "ui", "app", "tests", "bench"}
MAX_LINES = 400


def sources(root: Path) -> list[Path]:
    found = [p for top in ("agent", "executors", "ui") for p in sorted((root / top).rglob("*.py"))]
    return found + [p for p in [root / "app.py"] if p.exists()]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), level=0, names=names):
                found |= {f"{module}.{alias.name}" for alias in names}
            case ast.ImportFrom():
                pytest.fail(f"{path}: relative import")
            case _:
                pass
    return found


def within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in allowed)


def breaches(root: Path, path: Path) -> list[str]:
    """Every import of `path` that the tables forbid."""
    import sys

    where = path.relative_to(root).as_posix()
    allowed = MAY_IMPORT[
        max((key for key in MAY_IMPORT if where == key or where.startswith(key + "/")), key=len)
    ]
    worker_side = where.startswith(WORKER_SIDE)
    found: list[str] = []
    for name in sorted(imports(path)):
        top = name.split(".")[0]
        if top in FIRST_PARTY:
            if not within(name, allowed):
                found.append(f"{where} may not import {name}")
        elif top in ONLY_IN and not where.startswith(ONLY_IN[top]):
            found.append(f"{where} may not import {name}")
        elif worker_side and top not in sys.stdlib_module_names:
            found.append(f"{where} runs beside untrusted code and may not import {name}")
    return found


@pytest.mark.parametrize("path", sources(ROOT), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_follow_the_one_way_rule(path: Path) -> None:
    assert breaches(ROOT, path) == []


@pytest.mark.parametrize("path", sources(ROOT), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_hold_one_concept(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("executors/local/executor.py", "from agent.events import Event"),
        ("executors/e2b/executor.py", "import executors.local.executor"),
        ("executors/local/worker.py", "import numpy"),
        ("executors/local/seccomp.py", "import numpy"),
        ("executors/e2b/inside/setup.py", "import httpx"),
        ("agent/session.py", "import gradio as gr"),
        ("agent/code_agent.py", "from ui.page import build"),
        ("agent/code_agent.py", "from executors.local.executor import LocalExecutor"),
        ("agent/models/chat.py", "from agent.code_agent import CodeAgent"),
        ("ui/page.py", "import e2b_code_interpreter"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, where: str, line: str) -> None:
    planted = tmp_path / where
    planted.parent.mkdir(parents=True)
    planted.write_text(f"import json\n\n{line}\n")
    assert len(breaches(tmp_path, planted)) == 1
