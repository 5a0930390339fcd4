"""The real app as a real process on a free port, with its log kept for when a test fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.browser import gates
from tests.ports import ReservedPort

ROOT = Path(__file__).parents[2]
START_SECONDS = 250.0


class AppProcess:
    """Starts `python <arguments>`, waits until it answers, and ends it. A context manager."""

    def __init__(
        self, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None
    ) -> None:
        self.port = ReservedPort()
        self.url = f"http://127.0.0.1:{self.port.number}"
        self._gates = tempfile.TemporaryDirectory()
        self._arguments = [sys.executable, *arguments]
        self._environment = {
            **(os.environ if environment is None else environment),
            "SANDGLASS_PORT": str(self.port.number),
            gates.FOLDER: self._gates.name,
            "GRADIO_ANALYTICS_ENABLED": "False",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self._arguments,
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"The app did not start.\n{self.log_text}")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.log_text = self.log()
        self._log.close()
        self.port.close()
        self._gates.cleanup()

    def open(self, gate: str) -> None:
        """Let who waits at that gate go on, or who comes there next."""
        Path(self._gates.name, gate).touch()

    @contextmanager
    def patience(self) -> Iterator[None]:
        """Meanwhile the app keeps what a page has left, however long it takes to come back."""
        self.open(gates.PATIENT)
        yield
        Path(self._gates.name, gates.PATIENT).unlink()

    def log(self) -> str:
        """What the app wrote so far."""
        self._log.flush()
        self._log.seek(0)
        return self._log.read()

    def descendants(self) -> set[int]:
        """The ids of the processes that the app and its children started and that still live."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit():
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    if fields[0] != "Z":
                        parents[int(entry.name)] = int(fields[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
        found = {self._process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self._process.pid}

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=20) as reply:
                return reply.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False
