"""Attempts are kept as JSON lines, so that a long run can be made in pieces."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from agent.models.embedded.weights import default_cache
from bench.agents.attempt import Attempt


def default_file() -> Path:
    """Where attempts are kept: in the user's cache folder."""
    return default_cache() / "bench-agents" / "attempts.jsonl"


class Results:
    """Attempts by key. Of several with one key, the last counts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        rows = [json.loads(line) for line in lines]
        self._attempts = {row["key"]: Attempt(**row["attempt"]) for row in rows}

    def get(self, key: str) -> Attempt | None:
        """The attempt made under these conditions, if there is one."""
        return self._attempts.get(key)

    def add(self, key: str, agent: str, task: str, attempt: Attempt) -> None:
        """Keep an attempt. The names are for people who read the file."""
        row = {"key": key, "agent": agent, "task": task, "attempt": asdict(attempt)}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self._attempts[key] = attempt
