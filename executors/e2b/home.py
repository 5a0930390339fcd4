"""A sandbox that is ready for the cells of a conversation: lease, kernel, files and packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from executors.base import ExecutorSpec, Notice
from executors.e2b.kernel import Kernel
from executors.e2b.lease import Lease
from executors.e2b.workspace import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the cells of a conversation run."""

    lease: Lease
    kernel: Kernel
    root: Root
    failed: Mapping[str, str]
    """The packages that could not be installed, each with the installer's last words."""

    @classmethod
    async def furnish(
        cls,
        lease: Lease,
        spec: ExecutorSpec,
        packages: Mapping[str, str],
        emit: Callable[[Notice], None],
    ) -> Self:
        """Make a new sandbox ready; kills it where that fails.

        Raises:
            ExecutorError: the sandbox did not become ready.
        """

        def installing(names: list[str]) -> None:
            emit(Notice(text=f"Installing {', '.join(map(str, names))}…"))

        try:
            with lease.in_use():
                kernel = await Kernel.start(lease, spec)
                root = Root(lease.sandbox.files, kernel.hello.workspace)
                await root.changed()
                failed = await kernel.install(packages, installing) if packages else {}
        except BaseException:  # a cancelled start, too, must not leave a sandbox behind
            await lease.close()
            raise
        return cls(lease=lease, kernel=kernel, root=root, failed=failed)
