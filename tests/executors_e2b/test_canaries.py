"""Secrets of the host: looked for in all that a sandbox gets, and in the memory of its Python."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from agent import CodeAgent, ScriptedModel, Tool
from executors.e2b.factory import E2BExecutorFactory
from tests.e2b_stand_in.server import Server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read through /proc")

HF_TOKEN = "hf_canary7f3a91c05d"
TOOL_SECRET = "tool-canary-58be20d4"
ENV_SECRET = "env-canary-c41e77a9"


class Inspect(Tool):
    """Looks from the host into the process that calls it, for secrets and for a marker."""

    name = "inspect_process"

    def __init__(self, key: str) -> None:
        self._secrets = [HF_TOKEN, TOOL_SECRET, ENV_SECRET, key]
        self.looked: list[int] = []

    def forward(self, pid: int, marker: str) -> dict[str, list[str]]:
        """Says what was found.

        Args:
            pid: of the process.
            marker: a text that the process has.
        """
        self.looked.append(pid)
        return {place: self._found(data, marker) for place, data in self._places(pid).items()}

    def _found(self, data: bytes, marker: str) -> list[str]:
        names = {marker: "marker"} | dict.fromkeys(self._secrets, "secret")
        return sorted(name for text, name in names.items() if text.encode() in data)

    def _places(self, pid: int) -> dict[str, bytes]:
        home = Path(f"/proc/{pid}/cwd").resolve()
        files = [path for path in home.rglob("*") if path.is_file()]
        return {
            "memory": memory(pid),
            "environment": Path(f"/proc/{pid}/environ").read_bytes(),
            "files": b"\n".join(path.read_bytes() for path in files),
        }


def memory(pid: int) -> bytes:
    """All that the process has written: its private memory, as it is."""
    parts: list[bytes] = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as source:
        for line in maps:
            start, end = (int(part, 16) for part in re.match(r"(\w+)-(\w+)", line).groups())
            if " rw" not in line:
                continue
            try:
                source.seek(start)
                parts.append(source.read(end - start))
            except OSError:  # a region of the kernel's own
                continue
    return b"".join(parts)


CODE = """
import os
{work}
marker = "marker-" + "{name}"
open("seen.txt", "w").write(marker)
found = inspect_process(os.getpid(), marker)
print(found)
final_answer({answer})
"""


def act(name: str, *, work: str = "", answer: str = "found") -> str:
    code = CODE.format(name=name, work=work, answer=answer)
    return f"I look.\n```python\n{code}\n```"


def test_no_secret_is_where_the_code_is(stand_in: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", HF_TOKEN)
    monkeypatch.setenv("COMPANY_SECRET", ENV_SECRET)
    monkeypatch.setenv("E2B_API_KEY", stand_in.key)
    already = len(stand_in.record.read_text())
    factory = E2BExecutorFactory(
        api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
    )
    look = Inspect(stand_in.key)
    helper = CodeAgent(
        [look], ScriptedModel(act("helper")), name="helper", description="Looks as well."
    )
    agent = CodeAgent(
        [look],
        ScriptedModel(act("manager", work="theirs = helper('Look.')", answer="[found, theirs]")),
        executor_type=factory,
        managed_agents=[helper],
    )
    with agent:
        answers = agent.run("Look for secrets.")
    # The markers are found, so the same look would have found a secret.
    expected = {"memory": ["marker"], "environment": [], "files": ["marker"]}
    assert answers == [expected, expected]
    assert len(set(look.looked)) == 2
    assert os.getpid() not in look.looked

    received = stand_in.record.read_text()[already:]
    assert "marker-" in received
    inside = [line for line in received.splitlines() if "e2b-sandbox-port" in line.lower()]
    assert inside
    for secret in (HF_TOKEN, TOOL_SECRET, ENV_SECRET):
        assert secret not in received
    assert not [line for line in inside if stand_in.key in line]


def test_the_look_finds_a_secret_that_is_there(stand_in: Server) -> None:
    factory = E2BExecutorFactory(
        api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
    )
    leak = f"leaked = {TOOL_SECRET!r}; open('leak.txt', 'w').write({HF_TOKEN!r})"
    agent = CodeAgent(
        [Inspect(stand_in.key)], ScriptedModel(act("open", work=leak)), executor_type=factory
    )
    with agent:
        found = agent.run("Look for secrets.")
    assert found["memory"].count("secret") >= 1
    assert "secret" in found["files"]
