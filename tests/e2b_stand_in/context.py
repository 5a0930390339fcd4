"""A code context: one real Jupyter kernel that runs one cell at a time."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

KEEPALIVE_SECONDS = 5.0
MESSAGES_A_SECOND = 1_000
"""As in the service: what is printed in more messages than these is dropped without a word."""
DEAF_SECONDS = 0.15
"""As in the service: a run that starts this soon after an interrupt is never answered."""

WHEELS = "E2B_STAND_IN_WHEELS"
"""Names, in this process's environment, the folder that packages are installed from."""

RESULT_FIELDS = {
    "text/plain": "text",
    "text/html": "html",
    "text/markdown": "markdown",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "application/pdf": "pdf",
    "text/latex": "latex",
    "application/json": "json",
    "application/javascript": "javascript",
    "e2b/data": "data",
    "e2b/chart": "chart",
}

Line = dict[str, Any]


class CodeContext:
    """Runs cells in a kernel whose environment holds nothing of this process's own."""

    def __init__(self, cwd: Path) -> None:
        self.id = secrets.token_hex(8)
        self.cwd = cwd
        self._turn = asyncio.Lock()
        self._messages: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._interrupted_at = 0.0
        self._interrupting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the kernel, with sockets in a folder of its own: of ports others may take one."""
        self._sockets = tempfile.TemporaryDirectory(prefix="k-")
        self._manager = AsyncKernelManager(transport="ipc", ip=f"{self._sockets.name}/s")
        await self._manager.start_kernel(
            cwd=str(self.cwd),
            env=kernel_environment(self.cwd),
            extra_arguments=["--InteractiveShell.colors=NoColor", "--log-level=ERROR"],
        )
        self._client = self._manager.client()
        self._client.start_channels()
        await self._client.wait_for_ready(timeout=250)
        self._pump = asyncio.create_task(self._dispatch())

    async def stop(self) -> None:
        self._pump.cancel()
        self._client.stop_channels()
        await self._manager.shutdown_kernel(now=True)
        self._sockets.cleanup()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def execute(
        self, code: str, environment: dict[str, str] | None
    ) -> AsyncGenerator[Line, None]:
        """Run one cell; yields the lines of the wire. Closing it interrupts the kernel."""
        if time.monotonic() - self._interrupted_at < DEAF_SECONDS:
            while True:
                await asyncio.sleep(KEEPALIVE_SECONDS)
                yield {"type": "keepalive"}
        if environment:
            code = f"import os; os.environ.update({environment!r})\n{code}"
        async with self._turn:
            request = self._client.execute(code, allow_stdin=False, stop_on_error=True)
            self._messages[request] = asyncio.Queue()
            ended = False
            try:
                async for line in self._lines(self._messages[request]):
                    yield line
                ended = True
            finally:
                del self._messages[request]
                if not ended:
                    self._interrupted_at = time.monotonic()
                    self._interrupting = asyncio.create_task(self._manager.interrupt_kernel())

    async def _lines(self, messages: asyncio.Queue[dict[str, Any]]) -> AsyncGenerator[Line, None]:
        quiet_since = second = time.monotonic()
        in_second = 0
        while True:
            try:
                message = await asyncio.wait_for(messages.get(), 0.5)
            except TimeoutError:
                if not await self._manager.is_alive():
                    await self.restart()
                    yield error("ContextRestarting", "Context was restarted", "")
                    return
                if time.monotonic() - quiet_since > KEEPALIVE_SECONDS:
                    quiet_since = time.monotonic()
                    yield {"type": "keepalive"}
                continue
            quiet_since = time.monotonic()
            if quiet_since - second > 1:
                second, in_second = quiet_since, 0
            if line := wire_line(message):
                in_second += 1
                if in_second <= MESSAGES_A_SECOND or line["type"] not in ("stdout", "stderr"):
                    yield line
            elif message["msg_type"] == "status" and (
                message["content"]["execution_state"] == "idle"
            ):
                return

    async def _dispatch(self) -> None:
        """Hand what the kernel publishes to the run that asked for it."""
        while True:
            message = await self._client.get_iopub_msg(timeout=None)
            waiting = self._messages.get(message["parent_header"].get("msg_id", ""))
            if waiting is not None:
                waiting.put_nowait(message)


def wire_line(message: dict[str, Any]) -> Line | None:
    """A kernel message as a line of the wire; None for what does not cross it."""
    content = message["content"]
    match message["msg_type"]:
        case "stream":
            moment = message["header"]["date"].isoformat()
            return {"type": content["name"], "text": content["text"], "timestamp": moment}
        case "display_data" | "execute_result" as kind:
            return result(content["data"], main=kind == "execute_result")
        case "error":
            return error(content["ename"], content["evalue"], "\n".join(content["traceback"]))
        case "execute_input":
            count = content["execution_count"]
            return {"type": "number_of_executions", "execution_count": count}
        case _:
            return None


def result(data: dict[str, Any], *, main: bool) -> Line:
    line: Line = {"type": "result", "is_main_result": main}
    line |= {RESULT_FIELDS[mime]: value for mime, value in data.items() if mime in RESULT_FIELDS}
    text = line.get("text")
    if text and len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        line["text"] = text[1:-1]  # the service strips the quotes of a string, too
    line["extra"] = {mime: v for mime, v in data.items() if mime not in RESULT_FIELDS}
    return line


def error(name: str, value: str, traceback: str) -> Line:
    return {"type": "error", "name": name, "value": value, "traceback": traceback}


def kernel_environment(home: Path) -> dict[str, str]:
    """What a kernel gets to see: enough to run, and nothing of this process's environment.

    What it installs goes into the sandbox's own folder, and comes from the folder of wheels that
    the stand-in was started with: never from the internet.
    """
    shared = Path(tempfile.gettempdir()) / "e2b-stand-in"
    shared.mkdir(exist_ok=True)
    temporary = home / ".tmp"  # it goes with the sandbox
    temporary.mkdir(exist_ok=True)
    packages = home / ".packages"
    packages.mkdir(exist_ok=True)
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": str(shared),  # or every sandbox would build its font cache anew
        "IPYTHONDIR": str(home / ".ipython"),
        "PYTHONPATH": str(packages),
        "PIP_TARGET": str(packages),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": os.environ.get(WHEELS, ""),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
