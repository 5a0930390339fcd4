# needs Python 3.12
from typing import override

type Pair[T] = tuple[T, T]
type Tree = dict[str, Tree] | int


class Box[T: (int, str)]:
    def __init__(self, value: T) -> None:
        self._value = value

    def map[U](self, function) -> "Box[U]":
        return Box(function(self._value))

    def __repr__(self): return f"Box({self._value!r})"


class Loud[T](Box[T]):
    @override
    def __repr__(self): return super().__repr__().upper()


def swap[A, B](pair: tuple[A, B]) -> tuple[B, A]:
    a, b = pair
    return b, a


print(swap((1, "x")), Box(3).map(str), Loud("a"), Pair.__name__, Box[int], Box.__type_params__)
Pair[int].__args__, Tree.__value__
