"""The cells that make a fresh kernel ready, put together from the files that run inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources

from executors.base import ExecutorSpec, ToolSpec

INSIDE = "_sandglass_inside"
VALUES = "_sandglass_values"

_BOOT = """\
def _sandglass_boot():
    import json, sys, types
    for name, source in json.loads({sources!r}).items():
        module = sys.modules[name] = types.ModuleType(name)
        exec(compile(source, "<" + name + ">", "exec"), module.__dict__)
    inside, values = sys.modules[{inside!r}], sys.modules[{values!r}]
    inside.bridge = inside.install(get_ipython(), json.loads({config!r}), values)
_sandglass_boot()
del _sandglass_boot
"""


def boot_code(spec: ExecutorSpec, token: str) -> str:
    """One cell that installs the tools of `spec`; `token` marks what it sends from then on."""
    config = {
        "token": token,
        "tools": [described(tool) for tool in spec.tools],
        "call_bytes": spec.limits.call_bytes,
        "value_chars": spec.limits.value_chars,
        "memory_bytes": spec.limits.memory_bytes,
    }
    sources = {
        VALUES: (resources.files("executors") / "values.py").read_text("utf-8"),
        INSIDE: (resources.files("executors.e2b") / "inside.py").read_text("utf-8"),
    }
    return _BOOT.format(
        sources=json.dumps(sources), config=json.dumps(config), inside=INSIDE, values=VALUES
    )


def install_code(packages: Mapping[str, str]) -> str:
    """One cell that installs packages, given by import name, where they are missing."""
    return f"__import__({INSIDE!r}).bridge.install_packages({dict(packages)!r})"


def described(tool: ToolSpec) -> dict[str, object]:
    """What `inside.Bridge.stub` needs of a tool."""
    parameters = [{"name": p.name, "required": p.required} for p in tool.parameters]
    return {"name": tool.name, "description": tool.description, "parameters": parameters}
