"""Makes a fresh kernel ready for the cells of a conversation."""

from __future__ import annotations

import builtins
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from executors import carry, recall
from executors.e2b.inside.bridge import Bridge, FinalAnswer, tool_function
from executors.e2b.inside.cells import (
    allow_asyncio_run,
    keep_endings,
    keep_lines,
    limit_memory,
    print_at_once,
    show_shortly,
)
from executors.e2b.inside.errors import describe
from executors.e2b.inside.names import Names


class Ready(NamedTuple):
    """What a kernel has got when it was made ready."""

    bridge: Bridge
    names: Names

    def present(self, kind: str) -> None:
        """Send a message of that kind: this kernel is still the one that was made ready."""
        self.names.missed()
        self.bridge.send(kind, None)


def install(shell: Any, config: Mapping[str, Any]) -> Ready:
    """Set up tools, output, errors, limits and the workspace folder, and greet the host."""
    bridge = Bridge(shell.display_pub.publish, config)  # the original: %%capture replaces it
    print_at_once(bridge)
    show_shortly(shell, config["value_chars"])
    keep_lines(shell)
    keep_endings(shell)
    tell_errors(shell, bridge)
    allow_asyncio_run()
    limit_memory(config["memory_bytes"])
    for spec in config["tools"]:
        shell.user_ns[spec["name"]] = tool_function(spec, bridge)
    if recall.RECALL in shell.user_ns:  # beside the variables, so that one may have its name
        setattr(builtins, recall.STEPS, recall.Steps(shell.user_ns[recall.RECALL]))

    shell.user_ns["final_answer"] = bridge.final_answer
    names = Names(shell, bridge)
    sources: list[str] = []

    def carry_out() -> dict[str, Any]:
        return carry.carry_out(names.own(), sources)

    def carry_in(path: str) -> None:
        with open(path, encoding="utf-8") as file:
            carry.carry_in(shell.user_ns, file.read())

    def before(cell: Any) -> None:
        ensure_folder(workspace)
        sources.append(shell.transform_cell(cell.raw_cell))
        # a variable may have taken its name
        shell.user_ns["final_answer"] = bridge.final_answer
        shell.user_ns[carry.OUT], shell.user_ns[carry.IN] = carry_out, carry_in
        bridge.running = True

    def after(*_: object) -> None:
        try:
            names.tell()
        finally:
            bridge.running = False

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
    workspace = os.path.abspath("workspace")
    os.makedirs(workspace, exist_ok=True)
    os.chdir(workspace)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    bridge.send("hello", {"folder": bridge.folder, "workspace": workspace, "python": version})
    return Ready(bridge, names)


def ensure_folder(workspace: str) -> None:
    """Make the workspace again if code has removed the folder that it runs in."""
    try:
        os.getcwd()
    except FileNotFoundError:
        os.makedirs(workspace, exist_ok=True)
        os.chdir(workspace)


def tell_errors(shell: Any, bridge: Bridge) -> None:
    """Tell the host of each error, before the kernel tells it in its own way."""
    os.environ["PYTHON_COLORS"] = "0"  # IPython claims a terminal, where 3.13 writes in colours
    original = shell._showtraceback

    def show(kind: type[BaseException], error: Any, lines: Any) -> None:
        if isinstance(error, BaseException) and not isinstance(error, FinalAnswer):
            bridge.send("error", describe(error, shell.user_ns))
        original(kind, error, lines)

    shell._showtraceback = show
    shell.InteractiveTB.set_mode(mode="Minimal")  # the long form takes time and is not read


def install_packages(bridge: Bridge, packages: Mapping[str, str]) -> None:
    """Install the package of each import name that is missing; tell the host how it went."""
    missing = {name: p for name, p in packages.items() if importlib.util.find_spec(name) is None}
    if missing:
        bridge.send("installing", list(missing.values()))
    failed: dict[str, str] = {}
    for package in missing.values():
        command = [sys.executable, "-m", "pip", "install", "--quiet", package]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            failed[package] = done.stderr.strip()[-500:]
    importlib.invalidate_caches()
    bridge.send("installed", failed)
