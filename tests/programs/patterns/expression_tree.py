from __future__ import annotations
from dataclasses import dataclass


@dataclass(frozen=True)
class Num:
    value: float

@dataclass(frozen=True)
class Var:
    name: str

@dataclass(frozen=True)
class Op:
    sign: str
    left: Num | Var | Op
    right: Num | Var | Op


def simplify(e):
    match e:
        case Op("+", Num(0), x) | Op("+", x, Num(0)) | Op("*", Num(1), x) | Op("*", x, Num(1)):
            return simplify(x)
        case Op("*", Num(0), _) | Op("*", _, Num(0)):
            return Num(0)
        case Op(sign, Num(a), Num(b)):
            return Num({"+": a + b, "*": a * b}[sign])
        case Op(sign, a, b) if (new := Op(sign, simplify(a), simplify(b))) != e:
            return simplify(new)
        case _:
            return e

def derive(e, by):
    match e:
        case Num():
            return Num(0)
        case Var(name):
            return Num(int(name == by))
        case Op("+", a, b):
            return Op("+", derive(a, by), derive(b, by))
        case Op("*", a, b):
            return Op("+", Op("*", derive(a, by), b), Op("*", a, derive(b, by)))

def text(e):
    match e:
        case Num(v): return f"{v:g}"
        case Var(n): return n
        case Op(sign, a, b): return f"({text(a)} {sign} {text(b)})"

x, y = Var("x"), Var("y")
e = Op("+", Op("*", x, Op("*", x, Num(3))), Op("*", y, Num(1)))
print(text(e), "|", text(derive(e, "x")), "|", text(simplify(derive(e, "x"))), "|", text(simplify(derive(e, "y"))))
simplify(Op("-", Num(1), Num(2)))
