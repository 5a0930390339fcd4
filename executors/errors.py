"""What is wrong with an executor itself, never with the code it runs.

ExecutorError
├── ExecutorUnavailable   it cannot start (no key, service down, quota)
└── ProtocolError         the other side broke the protocol: it is never used again
"""

from __future__ import annotations


class ExecutorError(Exception):
    """Base of all executor faults."""


class ExecutorUnavailable(ExecutorError):
    """The executor cannot start or be reached. The message says calmly what to do next."""


class ProtocolError(ExecutorError):
    """The worker or service sent something that the protocol does not allow."""
