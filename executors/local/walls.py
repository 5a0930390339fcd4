"""Which walls stand around a worker, and how a person is told."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from executors.base import Protection
from executors.local.lockdown import CALLS, FILES, FORKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """Both, always: the tests of a wall take the other one away, and nothing else may."""

    guard: bool = True
    kernel: bool = True


ALWAYS = (
    "The language is guarded: what its rules do not name is refused.",
    "Each conversation has a process of its own, with limits on time, memory and files.",
    "The process has no environment and no keys.",
)
_KEPT = {
    FILES: "The kernel lets it read only Python's own files and write only to its workspace.",
    CALLS: "The kernel refuses it the network, other programs and other processes.",
    FORKS: "The kernel lets it start no processes of its own.",
}
_OPEN = {
    FILES: "Not on this machine: the kernel does not keep it from your files.",
    CALLS: "Not on this machine: the kernel does not keep it from the network or from programs.",
    FORKS: "Not on this machine: the kernel does not keep it from starting processes.",
}


def protections(gaps: Set[str]) -> tuple[Protection, ...]:
    """What stands, then what does not."""
    kept = [text for gap, text in _KEPT.items() if gap not in gaps]
    return (
        *(Protection(text=text) for text in (*ALWAYS, *kept)),
        *(Protection(text=text, holds=False) for text in open_sentences(gaps)),
    )


def open_sentences(gaps: Set[str]) -> tuple[str, ...]:
    """What does not stand."""
    return tuple(text for gap, text in _OPEN.items() if gap in gaps)
