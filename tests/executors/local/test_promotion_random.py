"""Small sessions that nobody wrote do in the guard what they do in plain Python."""

from __future__ import annotations

import re
import warnings
from random import Random
from textwrap import indent

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.executors.local.sessions import in_guard, in_python

# In all of these: `<x>` and `<y>` are names, `<e>` is an expression, `<b>` a block.
NAMES = "abcdefghij"
STATEMENTS = """
<x> = <e>
<x> += <e>
<x>, <y> = <e>, <e>
<x> = (<y> := <e>)
print(<e>)
print(<e>, <x>)
print([<e> for <x> in range(3)])
print([(<x> := <y>) for <y> in range(2)], <x>)
<x> = lambda: <e>
<x> = (<e> for <y> in range(2))
print(next(<x>))
<x> = type('<x>', (), {'k': <e>})
import math as <x>
del <x>
raise ValueError(<e>)
while <x> < 3: <x> += 1
for <x> in [5, 6]: print(<y>)
""".strip().splitlines()
BLOCKS = """
for <x> in range(3):<b>
for <x> in range(2):<b>else:<b>
for <x> in [<e>]:
  if <e>: break<b>
while True:<b>  break
if <e>:<b>else:<b>
try:<b>except NameError as <x>:
  print(<x>)<b>
try:<b>except Exception:<b>else:<b>
try:<b>finally:<b>
with suppress(NameError):<b>
match <e>:
  case 1 | [<x>]:
    pass
  case <y>:
    print(<y>)
def <x>():<b>print(<x>())
def <x>(<y>=<e>):<b>  return <e>
def <x>():
  global <y>
  <y> = <e>
class <x>:<b>
async def <x>():<b>
""".strip()
BLOCKS = re.split(r"\n(?! |except|else|finally|print)", BLOCKS)
EXPRESSIONS = (
    *("0", "1", "<x>", "<x>", "<x>", "<y>", "<x> + 1", "<x>()", "(<x> := 2)", "f'{<x>!r}'"),
    "[<x> for <x> in (1, 2)]",
)


def block(random: Random, depth: int) -> str:
    """A few statements, of which those in `depth` more levels are blocks."""
    templates = [*STATEMENTS, *(BLOCKS * 2 if depth else [])]
    return "\n".join(filled(random, random.choice(templates), depth) for _ in range(3))


def filled(random: Random, template: str, depth: int) -> str:
    x, y = random.sample(NAMES, 2)

    def part(match: re.Match[str]) -> str:
        match match[1]:
            case "b":
                return f"\n{indent(block(random, depth - 1), '  ')}\n"
            case "e":
                return filled(random, random.choice(EXPRESSIONS), depth)
            case name:
                return x if name == "x" else y

    return re.sub("<([xyeb])>", part, template)


def session(random: Random) -> list[str]:
    start = f"from contextlib import suppress\n{', '.join(NAMES[::2])} = range(5)"
    return [start, *(block(random, 2) for _ in range(random.randint(1, 4)))]


@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False))
def test_any_session_is_as_in_plain_python(random: Random) -> None:
    cells = session(random)
    with warnings.catch_warnings(action="ignore"):  # Python's own, about odd code
        assert in_guard(cells) == in_python(cells), "\n# %%\n".join(cells)
