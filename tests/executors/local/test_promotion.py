"""A cell whose names are fast locals does what the same cell does in plain Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.executors.local.sessions import in_guard, in_python


def _sessions() -> dict[str, str]:
    """The sessions of `sessions.txt` by name, and some that are too long to be written down."""
    text = (Path(__file__).parent / "sessions.txt").read_text()
    found = dict(part.split("\n", 1) for part in text.split("\n=== ")[1:])
    blocks = {n: "".join(f"{' ' * i}for a{i} in (0,):\n" for i in range(n)) for n in (19, 21)}
    return found | {
        "a long sum": f"for i in range(2): x = {' + '.join(['i'] * 900)}\nx",
        "nineteen blocks": f"{blocks[19]}{' ' * 19}x = 1\nx",
        "too many blocks": f"{blocks[21]}{' ' * 21}x = 1\nx",
    }


SESSIONS = _sessions()


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_is_as_in_plain_python(name: str) -> None:
    if name.endswith("(3.12)") and sys.version_info < (3, 12):
        pytest.skip("this syntax came with Python 3.12")
    cells = SESSIONS[name].split("\n# %%\n")
    assert in_guard(cells) == in_python(cells)
