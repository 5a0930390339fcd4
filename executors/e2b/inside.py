"""Runs inside the sandbox's kernel: tools as functions, errors as data, output without delay.

Standard library only: `executors.e2b.prelude` ships the text of this file. A message to the host is
a display message of its own type that carries a token, so nothing printed can pass for one; the
answer comes back as a file in a private folder. The code of a cell can read the token, which gives
it no more than calling the functions does: the host checks every message.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

MIME = "application/vnd.sandglass.v1+json"
VALUE_MIME = "application/vnd.sandglass.value"
INLINE_BYTES = 256 * 1024
"""A longer body travels as a file, of which the message only tells."""
TRACEBACK_CHARS = 20_000
RESEND_SECONDS = 2.0
CELL = "<cell>"
_GUARD = "__sandglass_let_pass__"


class ToolError(RuntimeError):
    """A tool failed on the host with an exception that has no builtin type."""


class FinalAnswer(BaseException):
    """Ends the cell once the answer is on its way."""


class Bridge:
    """The kernel's end of the line to the host."""

    def __init__(self, shell: Any, config: Mapping[str, Any], values: ModuleType) -> None:
        self.values = values
        self.publish = shell.display_pub.publish  # the original: %%capture puts another in place
        self.token: str = config["token"]
        self.call_bytes: int = config["call_bytes"]
        self.value_chars: int = config["value_chars"]
        self.folder = tempfile.mkdtemp(prefix="sandglass-")
        self.pid = os.getpid()
        self.running = False
        self.shell_showtraceback = shell._showtraceback

    def send(self, kind: str, body: Any, *, id: str = "") -> None:
        """Tell the host something; a body that is too long for a message goes by file."""
        message: dict[str, Any] = {"kind": kind, "id": id, "token": self.token}
        text = json.dumps(body)
        if len(text) > INLINE_BYTES:
            file = os.path.join(self.folder, f"{id}.req")
            if not os.path.exists(file):
                with open(file + ".part", "w", encoding="utf-8") as part:
                    part.write(text)
                os.rename(file + ".part", file)
            message["size"] = len(text)
        else:
            message["body"] = body
        self.publish({MIME: message})

    def encode(self, value: Any) -> Any:
        encoded = self.values.encode(value, max_bytes=self.call_bytes)
        if len(json.dumps(encoded)) > self.call_bytes:
            raise ValueError("the value is too large: pass a part or a summary of it")
        return encoded

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Call a tool on the host and wait for what it returns or raises."""
        self.check_reachable()
        id = uuid.uuid4().hex
        body = {"name": name, "arguments": {k: self.encode(v) for k, v in arguments.items()}}
        reply = self.wait_for(id, body)
        if "error" in reply:
            raise_as(reply["error"]["type"], reply["error"]["message"])
        return self.values.decode(reply["value"])

    def check_reachable(self) -> None:
        if os.getpid() != self.pid:
            raise ToolError("tools cannot be called from another process: call them in the cell")
        if not self.running:
            raise ToolError("tools can be called only while a cell is running")

    def wait_for(self, id: str, body: Any) -> dict[str, Any]:
        """Send a request until its reply is there; the host answers an id only once."""
        file = os.path.join(self.folder, f"{id}.rep")
        self.send("call", body, id=id)
        started = sent = time.monotonic()
        patience = RESEND_SECONDS
        try:
            while (reply := complete(file)) is None:
                self.check_reachable()
                now = time.monotonic()
                if now - sent > patience:
                    sent, patience = now, min(2 * patience, 30.0)
                    self.send("call", body, id=id)
                time.sleep(0.002 if now - started < 1 else 0.01 if now - started < 10 else 0.05)
            return json.loads(reply)
        finally:
            for used in (file, file.removesuffix(".rep") + ".req"):
                if os.path.exists(used):
                    os.unlink(used)

    def final_answer(self, *values: Any, **named: Any) -> NoReturn:
        """End the run with an answer; several values become a tuple."""
        self.check_reachable()
        given = [*values, *named.values()]
        answer = given[0] if len(given) == 1 else tuple(given) if given else None
        self.send("final", self.encode(answer), id=uuid.uuid4().hex)
        raise FinalAnswer

    def stub(self, spec: Mapping[str, Any]) -> Callable[..., Any]:
        """The function that stands for a tool."""
        name, signature = spec["name"], signature_of(spec["parameters"])

        def function(*args: Any, **kwargs: Any) -> Any:
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as exc:
                raise TypeError(f"{name}() {exc}; it is called as {name}{signature}") from None
            return self.call(name, bound.arguments)

        function.__name__ = function.__qualname__ = name
        function.__doc__ = spec["description"]
        function.__signature__ = signature  # type: ignore[attr-defined]
        return function

    def show_error(self, kind: type[BaseException], error: Any, lines: Any) -> None:
        """Tell the host what went wrong, before the kernel tells it in its own way."""
        if isinstance(error, BaseException) and not isinstance(error, FinalAnswer):
            self.send("error", describe(error), id=uuid.uuid4().hex)
        self.shell_showtraceback(kind, error, lines)

    def text_of(self, value: Any) -> str:
        """The `repr` of a value, cut to what the host takes."""
        try:
            text = repr(value)
        except Exception as exc:  # noqa: BLE001 (a broken __repr__ is the code's own, and told)
            return f"<{type(value).__name__} whose repr() raised {type(exc).__name__}>"
        extra = len(text) - self.value_chars
        return text if extra <= 0 else f"{text[: self.value_chars]}… ({extra} more characters)"

    def install_packages(self, packages: Mapping[str, str]) -> None:
        """Install the package of each import name that is missing; tell the host how it went."""
        missing = {n: p for n, p in packages.items() if importlib.util.find_spec(n) is None}
        if missing:
            self.send("installing", list(missing.values()), id=uuid.uuid4().hex)
        failed: dict[str, str] = {}
        for package in missing.values():
            command = [sys.executable, "-m", "pip", "install", "--quiet", package]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                failed[package] = done.stderr.strip()[-500:]
        importlib.invalidate_caches()
        self.send("installed", failed, id=uuid.uuid4().hex)


def install(shell: Any, config: Mapping[str, Any], values: ModuleType) -> Bridge:
    """Set up the kernel for the cells to come and greet the host."""
    bridge = Bridge(shell, config, values)
    tune_output(shell, bridge)
    shell._showtraceback = bridge.show_error
    setattr(builtins, _GUARD, let_pass)
    shell.ast_transformers.append(LetPass())
    keep_lines(shell.input_transformer_manager.cleanup_transforms)
    for tool in config["tools"]:
        shell.user_ns[tool["name"]] = bridge.stub(tool)

    def before(*_: object) -> None:
        shell.user_ns["final_answer"] = bridge.final_answer  # a variable may have taken its name
        bridge.running = True

    def after(*_: object) -> None:
        bridge.running = False

    shell.events.register("pre_run_cell", before)
    shell.events.register("post_run_cell", after)
    limit_memory(config["memory_bytes"])
    workspace = os.path.abspath("workspace")
    os.makedirs(workspace, exist_ok=True)
    os.chdir(workspace)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    body = {"folder": bridge.folder, "workspace": workspace, "python": version}
    bridge.send("hello", body, id=uuid.uuid4().hex)
    return bridge


def tune_output(shell: Any, bridge: Bridge) -> None:
    """Prints leave at once, values are short texts, and no table is sent row by row."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush_interval = 0.02  # type: ignore[attr-defined]

    def show(value: object, printer: Any, _cycle: bool) -> None:
        printer.text(bridge.text_of(value))

    formatters = shell.display_formatter.formatters
    for heavy in ("e2b/data", "e2b/chart"):
        formatters.pop(heavy, None)
    formatters[VALUE_MIME] = type(formatters["text/html"])()  # any plain formatter will do
    formatters[VALUE_MIME].for_type(object, bridge.text_of)
    for kind in (str, bytes, bytearray):
        formatters["text/plain"].for_type(kind, show)
    shell.InteractiveTB.set_mode(mode="Minimal")  # the host makes its own of `describe`


def keep_lines(cleanups: list[Any]) -> None:
    """Keep a cell's leading empty lines, so that errors count its lines as the person does."""
    cleanups[:] = [one for one in cleanups if getattr(one, "__name__", "") != "leading_empty_lines"]


def limit_memory(wanted: int) -> None:
    """Make a cell that asks for too much fail with MemoryError, before the system kills it."""
    import resource  # not on every platform that reads this file

    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min(wanted, physical * 8 // 10), hard))


def complete(file: str) -> bytes | None:
    """The reply in `file`, or None until all of it is there."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except FileNotFoundError:
        return None
    return data[8:] if len(data) >= 8 and len(data) - 8 == int.from_bytes(data[:8], "big") else None


def raise_as(name: str, message: str) -> NoReturn:
    """Raise what the tool raised: its builtin type where it has one."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            error = kind(message)
        except TypeError:  # a few, like UnicodeDecodeError, take more than a message
            raise ToolError(f"{name}: {message}") from None
        raise error
    raise ToolError(f"{name}: {message}")


def signature_of(parameters: Sequence[Mapping[str, Any]]) -> inspect.Signature:
    """Positional up to the first required parameter after an optional one, then by keyword."""
    found: list[inspect.Parameter] = []
    kind, optional = inspect.Parameter.POSITIONAL_OR_KEYWORD, False
    for one in parameters:
        if one["required"] and optional:
            kind = inspect.Parameter.KEYWORD_ONLY
        optional = optional or not one["required"]
        default = inspect.Parameter.empty if one["required"] else ...
        found.append(inspect.Parameter(one["name"], kind, default=default))
    return inspect.Signature(found)


def let_pass() -> None:
    """Raise again what no handler of a cell may swallow: the end of the run, and a stop."""
    error = sys.exc_info()[1]
    if isinstance(error, FinalAnswer | KeyboardInterrupt):
        raise error


class LetPass(ast.NodeTransformer):
    """Puts `let_pass` first in each handler that catches everything."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        if node.type is None or "'BaseException'" in ast.dump(node.type):
            call = ast.parse(f"{_GUARD}()").body[0]
            for part in ast.walk(call):
                ast.copy_location(part, node)
            node.body.insert(0, call)
        return node


def is_cell(filename: str) -> bool:
    """Whether the code of a cell was compiled under this name."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


def describe(error: BaseException) -> dict[str, Any]:
    """The error as data: only the frames of cells, with their source lines."""
    frames = traceback.extract_tb(error.__traceback__)
    cells = [frame for frame in frames if is_cell(frame.filename)]
    line = next((f.lineno for f in reversed(cells) if f.filename == cells[0].filename), None)
    message = str(error)
    if isinstance(error, SyntaxError) and is_cell(error.filename or ""):
        line, message = error.lineno, error.msg
    summary = traceback.TracebackException.from_exception(error, compact=True)
    tidy(summary)
    return {
        "name": type(error).__name__,
        "message": message[:TRACEBACK_CHARS],
        "traceback": "".join(summary.format())[-TRACEBACK_CHARS:],
        "line": line,
    }


def tidy(summary: traceback.TracebackException) -> None:
    """Drop the frames of libraries and of this file, here and in every chained error."""
    cells = [frame for frame in summary.stack if is_cell(frame.filename)]
    for frame in cells:
        _ = frame.line  # read now: it is looked up by the name that is about to change
        frame.filename = CELL
    summary.stack[:] = cells
    if is_cell(getattr(summary, "filename", None) or ""):
        summary.filename = CELL
    for other in (
        summary.__cause__,
        summary.__context__,
        *(getattr(summary, "exceptions", None) or ()),
    ):
        if other is not None:
            tidy(other)
