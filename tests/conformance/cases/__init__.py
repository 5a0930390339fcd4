"""What every executor promises, as cases written against the `Executor` protocol only."""

from tests.conformance.cases import (
    endings,
    errors,
    output,
    recall,
    state,
    threads,
    tools,
    variables,
)

__all__ = ["endings", "errors", "output", "recall", "state", "threads", "tools", "variables"]
