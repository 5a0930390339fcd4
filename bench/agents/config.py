"""Under which conditions attempts are made, and which kept attempts were made under the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from bench.agents.task import Task

AgentName = Literal["ours", "smolagents"]
AGENTS: tuple[AgentName, ...] = ("ours", "smolagents")
IMPORTS = ("numpy", "pandas")
"""What both agents may import besides the modules that ours allows by itself."""
_ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What is the same for both agents.

    Attributes:
        model: which model answers, and how it is served.
        steps: model calls that one task, or one turn of it, may take before a last word.
        max_tokens: the longest reply.
        temperature: 0 means always the likeliest token.
        task_seconds: after so long an attempt is given up.
    """

    model: str
    steps: int = 6
    max_tokens: int = 1024
    temperature: float = 0.0
    task_seconds: float = 900.0

    def key(self, agent: AgentName, task: Task) -> str:
        """What an attempt of `agent` at `task` is kept under; a change of any part changes it."""
        parts = [asdict(self), agent, IMPORTS, _versions(agent), task.recipe()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _versions(agent: AgentName) -> str:
    if agent == "ours":
        sources = [
            path
            for folder in ("agent", "executors")
            for path in (_ROOT / folder).rglob("*")
            if path.suffix in {".py", ".md", ".toml"} and "e2b" not in path.parts
        ]
        return _hash([*sources, _HERE / "ours.py"])
    adapter = _hash(_HERE / name for name in ("theirs.py", "child.py"))
    return f"{version('smolagents')} {adapter}"


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
