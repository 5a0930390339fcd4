"""The cells that make a fresh kernel ready, put together from the files that run inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources

from executors.base import ExecutorSpec, ToolSpec
from executors.values import preview

SETUP = "executors.e2b.inside.setup"
MODULES = (
    "executors.pictures",
    "executors.values",
    "executors.carry",
    "executors.variables",
    "executors.recall",
    "executors.e2b.inside.errors",
    "executors.e2b.inside.bridge",
    "executors.e2b.inside.cells",
    "executors.e2b.inside.names",
    SETUP,
)
"""What is sent, each after those that it imports."""
HERE = "here"
PACKAGES = ("executors", "executors.e2b", "executors.e2b.inside")

_BOOT = """\
def _sandglass_boot():
    import json, sys, types
    for name in {packages!r}:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    for name, source in json.loads({sources!r}).items():
        module = sys.modules[name] = types.ModuleType(name)
        exec(compile(source, "<" + name + ">", "exec"), module.__dict__)
    setup = sys.modules[{setup!r}]
    setup.ready = setup.install(get_ipython(), json.loads({config!r}))
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
    return _BOOT.format(
        packages=PACKAGES,
        sources=json.dumps({name: source_of(name) for name in MODULES}),
        setup=SETUP,
        config=json.dumps(config),
    )


def present_code() -> str:
    """One cell that sends a message if the kernel is still the one that was made ready."""
    return f"__import__('sys').modules[{SETUP!r}].ready.present({HERE!r})"


def install_code(packages: Mapping[str, str]) -> str:
    """One cell that installs packages, given by import name, where they are missing."""
    setup = f"__import__('sys').modules[{SETUP!r}]"
    return f"{setup}.install_packages({setup}.ready.bridge, {dict(packages)!r})"


def source_of(module: str) -> str:
    """The text of one of our own modules."""
    package, _, name = module.rpartition(".")
    return (resources.files(package) / f"{name}.py").read_text("utf-8")


def described(tool: ToolSpec) -> dict[str, object]:
    """What `inside.bridge.tool_function` needs of a tool."""
    shown = ", ".join(
        f"{p.name}: {p.annotation}" + ("" if p.required else f" = {preview(p.default, 60)}")
        for p in tool.parameters
    )
    return {
        "name": tool.name,
        "description": tool.description,
        "shown": f"{tool.name}({shown})",
        "parameters": [
            {"name": p.name, "required": p.required, "default": p.default} for p in tool.parameters
        ],
    }
