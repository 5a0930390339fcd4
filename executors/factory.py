"""From the name of a kind to its executors, importing only the kind that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, assert_never

if TYPE_CHECKING:
    from executors.base import ExecutorFactory

ExecutorKind = Literal["local", "e2b"]


def executor_factory(kind: ExecutorKind) -> ExecutorFactory:
    """The factory of `kind` with its defaults (for E2B: key and URLs from the environment)."""
    match kind:
        case "local":
            from executors.local.executor import LocalExecutorFactory

            return LocalExecutorFactory()
        case "e2b":
            from executors.e2b.factory import E2BExecutorFactory

            return E2BExecutorFactory()
        case _:
            assert_never(kind)
