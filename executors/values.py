"""Typed JSON: rich Python values as plain JSON, both ways, never pickle. (placeholder until written)"""

from __future__ import annotations

from typing import Any


def encode(value: Any) -> Any:
    return value


def decode(value: Any) -> Any:
    return value
