"""Starts the stand-in as a process of its own, and asks it what is left."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEST_KEY = "e2b_" + "0" * 40
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A stand-in that is running."""

    url: str
    record: Path
    """All requests, one JSON object a line."""
    key: str = TEST_KEY

    def sandboxes(self) -> list[dict[str, Any]]:
        """Those that are alive."""
        return json.loads(self._ask("GET", "/v2/sandboxes"))

    def kill(self, sandbox: str) -> None:
        self._ask("DELETE", f"/sandboxes/{sandbox}")

    def refuse_next_create(self, code: int, *, times: int = 1) -> None:
        self._ask("POST", f"/stand-in/refuse/{code}/{times}")

    def _ask(self, method: str, path: str) -> bytes:
        request = urllib.request.Request(
            self.url + path, method=method, headers={"X-API-Key": self.key}
        )
        with urllib.request.urlopen(request, timeout=100) as answer:
            return answer.read()


@contextmanager
def running(folder: Path, *, delay_ms: float = 0, wheels: Path | str = "") -> Iterator[Server]:
    """A stand-in for the time of the block; `folder` takes its record.

    Its kernels install packages from the folder `wheels`.
    """
    record = folder / "received.jsonl"
    record.touch()
    command = [sys.executable, "-m", "tests.e2b_stand_in", "--port", "0", "--record", str(record)]
    command += ["--delay-ms", str(delay_ms), "--wheels", str(wheels)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready = process.stdout.readline().split()
            assert ready[:1] == ["ready"], "the stand-in did not start"
            yield Server(url=ready[1], record=record)
        finally:
            process.terminate()
            process.wait(timeout=100)
