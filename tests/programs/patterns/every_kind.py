from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
import math

class Side(Enum):
    LEFT = 1
    RIGHT = 2

@dataclass
class Point:
    x: float
    y: float

class Pair(NamedTuple):
    a: object
    b: object

class Meters:
    __match_args__ = ("value",)
    def __init__(self, value): self.value, self._hidden = value, 1

def kind(value):
    match value:
        case None: return "none"
        case True | False: return f"bool {value}"
        case int(n) if n < 0: return f"negative {n}"
        case 0: return "zero"
        case int() | float() as number: return f"number {number}"
        case "": return "empty text"
        case str(text): return f"text {text}"
        case b"raw": return "raw bytes"
        case Point(x=0, y=0): return "origin"
        case Point(x, y=0): return f"on x at {x}"
        case Point(x=px, y=py): return f"point {px} {py}"
        case Meters(value): return f"{value} m"
        case Pair([first, *_], {"k": k, **rest}): return f"pair {first} {k} {rest}"
        case Pair(a, _): return f"other pair {a}"
        case Side.LEFT: return "left"
        case Side(): return f"side {value.name}"
        case {"type": "circle", "r": r}: return f"circle {math.pi * r * r:.1f}"
        case {"type": ("square" | "rect") as t, **others}: return f"{t} {sorted(others)}"
        case {}: return f"dict of {len(value)}"
        case [[a, b], [c, d]]: return f"2x2 {a + b + c + d}"
        case [x] | (x, _): return f"one or two from {x}"
        case (-1, *middle, 1.5): return f"framed {middle}"
        case [*items]: return f"{len(items)} items"
        case _: return f"unknown {type(value).__name__}"

values = [None, True, -5, 0, 7, 2.5, "", "hey", b"raw", b"x", Point(0, 0), Point(3, 0), Point(1, 2), Meters(4),
          Pair("xy", {"k": 1, "j": 2}), Pair(1, 2), Side.LEFT, Side.RIGHT, {"type": "circle", "r": 2},
          {"type": "rect", "w": 1, "h": 2}, {"z": 1}, [[1, 2], [3, 4]], [9], (8, 7), (-1, 0, 2, 1.5), [1, 2, 3, 4], {1, 2}, 3j]
for v in values:
    print(kind(v))
match [1, 2]:
    case [a, str()]: pass
match 5:
    case int(1 | 5 as hit): print("hit", hit)
