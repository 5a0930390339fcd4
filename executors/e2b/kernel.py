"""One kernel in a sandbox: made ready, given cells, and brought back after a cell was cut off.

Cancelling the request is what stops a cell: the service sees the closed connection and interrupts
the kernel. A request that comes too soon after that is never answered, and code in C does not hear
an interrupt at all; `settle` deals with both.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from executors.base import ExecutorSpec
from executors.e2b.bridge import Message, message_of
from executors.e2b.faults import SandboxGone, Unanswered, sdk_faults
from executors.e2b.lease import Lease
from executors.e2b.prelude import HERE, boot_code, install_code, present_code
from executors.e2b.sdk import Context, ExecutionError, OutputMessage, Result
from executors.errors import ExecutorError, ExecutorUnavailable, ProtocolError

log = logging.getLogger(__name__)

BOOT_SECONDS = 30.0
INSTALL_SECONDS = 300.0
GAP_SECONDS = 0.3
"""A probe that follows a cancelled request sooner than this is not answered."""
PROBES = (0.5, 1.5)
"""Deadlines of the probes, in seconds; after the last the kernel is restarted."""
RESTART_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """How a kernel that is ready describes itself."""

    folder: str
    """Where replies to it are written."""
    workspace: str
    python: str


class Kernel:
    """The kernel that runs the cells of one conversation."""

    def __init__(self, lease: Lease, context: Context, spec: ExecutorSpec) -> None:
        self._lease, self._context, self._spec = lease, context, spec
        self._token = ""
        self.hello: Hello

    @classmethod
    async def start(cls, lease: Lease, spec: ExecutorSpec) -> Kernel:
        """The sandbox's Python kernel, ready for cells.

        Raises:
            ExecutorError: the sandbox is gone, cannot be reached, or is not as it should be.
        """
        try:
            with sdk_faults():
                contexts = await lease.sandbox.list_code_contexts()
        except Unanswered:
            await lease.confirm()
            raise
        context = next((one for one in contexts if one.language == "python"), None)
        if context is None:
            raise ExecutorUnavailable(
                "The E2B template has no Python kernel. Use a template that is made from E2B's "
                "code interpreter, or leave it empty for the standard one."
            )
        kernel = cls(lease, context, spec)
        await kernel.boot()
        return kernel

    @classmethod
    async def another(cls, lease: Lease, spec: ExecutorSpec) -> Kernel:
        """One more kernel in the sandbox, ready for cells.

        Raises:
            ExecutorError: as `start`.
        """
        with sdk_faults():
            context = await lease.sandbox.create_code_context(language="python")
        kernel = cls(lease, context, spec)
        try:
            await kernel.boot()
        except BaseException:
            await kernel.remove()
            raise
        return kernel

    async def remove(self) -> None:
        """End it. It goes with its sandbox where that cannot be done now."""
        try:
            with sdk_faults():
                await self._lease.sandbox.remove_code_context(self._context)
        except ExecutorError as exc:
            log.warning("a kernel that is not needed any more could not be ended: %s", exc)

    async def boot(self) -> None:
        """Make a fresh kernel ready."""
        self._token = secrets.token_hex(16)
        messages = await self._must(boot_code(self._spec, self._token), BOOT_SECONDS)
        match messages.get("hello"):
            case {"folder": str(folder), "workspace": str(workspace), "python": str(python)}:
                self.hello = Hello(folder=folder, workspace=workspace, python=python)
            case _:
                raise ExecutorUnavailable(
                    "The E2B sandbox started but could not be made ready. If you chose a template, "
                    "leave it empty for the standard one; otherwise use the local executor."
                )

    async def install(
        self, packages: Mapping[str, str], installing: Callable[[list[str]], None]
    ) -> dict[str, str]:
        """Install what is missing, by import name; returns each that failed, with the reason."""

        def take(message: Message) -> None:
            if message.kind == "installing":
                installing(message.body)

        found = await self._must(install_code(packages), INSTALL_SECONDS, take)
        failed = found.get("installed")
        if not isinstance(failed, dict):
            raise ProtocolError("The E2B sandbox did not say how the installation went.")
        return {str(k): str(v) for k, v in cast("dict[object, object]", failed).items()}

    async def run(
        self,
        code: str,
        *,
        on_print: Callable[[OutputMessage], None],
        on_result: Callable[[Result], None],
        on_message: Callable[[Message], None],
    ) -> ExecutionError | None:
        """Run one cell to its end. Cancel it to stop the code, then `settle`.

        Raises:
            SandboxGone: the sandbox ended, before the cell or during it.
            Unanswered: the connection broke; the sandbox is still there.
            ProtocolError: what came back cannot be read.
        """

        def sort(result: Result) -> None:
            if message := message_of(result, self._token):
                on_message(message)
            else:
                on_result(result)

        try:
            with sdk_faults():
                execution = await self._lease.sandbox.run_code(
                    code,
                    context=self._context,
                    timeout=0,  # the SDK's own fires after twice its time
                    on_stdout=on_print,
                    on_stderr=on_print,
                    on_result=sort,
                )
        except Unanswered:
            await self._lease.confirm()
            raise
        except (ValueError, RecursionError) as exc:
            raise ProtocolError("The E2B sandbox sent something that cannot be read.") from exc
        return execution.error

    async def settle(self) -> bool:
        """After a cell was cut off, or the kernel died: get it to answer again.

        Returns:
            Whether its variables are still there; if not, it is fresh and ready.

        Raises:
            SandboxGone: the sandbox ended, or its kernel cannot be brought back.
        """
        for deadline in PROBES:
            await asyncio.sleep(GAP_SECONDS)
            try:
                if HERE in await self._ask(present_code(), deadline):
                    return True
            except (TimeoutError, Unanswered):
                continue
        log.info("a kernel that died or did not answer after an interrupt is restarted")
        await self.restart()
        return False

    async def restart(self) -> None:
        """Begin anew without any variables.

        Raises:
            SandboxGone: as `settle`.
        """
        async with self._last_resort(), asyncio.timeout(RESTART_SECONDS):
            with sdk_faults():
                await self._lease.sandbox.restart_code_context(self._context)
            await self.boot()

    @asynccontextmanager
    async def _last_resort(self) -> AsyncGenerator[None]:
        """What fails in this block leaves a sandbox that is of no use any more."""
        try:
            yield
        except (TimeoutError, ExecutorUnavailable, ProtocolError) as exc:
            raise SandboxGone("The E2B sandbox does not react any more.") from exc

    async def _must(
        self, code: str, seconds: float, take: Callable[[Message], None] | None = None
    ) -> dict[str, Any]:
        try:
            return await self._ask(code, seconds, take)
        except TimeoutError as exc:
            raise Unanswered(
                "The E2B sandbox did not become ready in time. Try again, or switch to the local "
                "executor."
            ) from exc

    async def _ask(
        self, code: str, seconds: float, take: Callable[[Message], None] | None = None
    ) -> dict[str, Any]:
        """Run a cell of our own and return the bodies of its messages by kind."""
        bodies: dict[str, Any] = {}

        def on_message(message: Message) -> None:
            bodies[message.kind] = message.body
            if take:
                take(message)

        async with asyncio.timeout(seconds):
            error = await self.run(
                code, on_print=lambda _: None, on_result=lambda _: None, on_message=on_message
            )
        if error and error.name != "KeyboardInterrupt":  # a late echo of the stop before it
            log.warning("a cell of our own failed: %s: %s", error.name, error.value)
        return bodies
