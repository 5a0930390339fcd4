from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, Optional, ParamSpec, Protocol, TypeVar, Union, cast, overload, runtime_checkable

T = TypeVar("T")
K = TypeVar("K", bound="Comparable")
P = ParamSpec("P")
MAX: Final = 10
Mode = Literal["r", "w"]


@runtime_checkable
class Comparable(Protocol):
    def __lt__(self, other: Any) -> bool: ...


class Stack(Generic[T]):
    created: ClassVar[int] = 0

    def __init__(self, items: Sequence[T] = ()) -> None:
        self._items: list[T] = list(items)
        Stack.created += 1

    def push(self, item: T) -> Stack[T]:
        self._items.append(item)
        return self

    def pop(self) -> T:
        return self._items.pop()

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)


@overload
def first(items: str) -> str: ...
@overload
def first(items: list[T]) -> T: ...
def first(items): return items[0]


def timed(function: Callable[P, T]) -> Callable[P, T]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)
    return inner


@timed
def biggest(items: Sequence[K], default: Optional[K] = None) -> Union[K, None]:
    return max(items, default=default)


stack: Stack[int] = Stack[int]([1, 2]).push(3)
print(list(stack), Stack.created, first("xyz"), first([5]), biggest([3, 9, 4]), biggest([], 0))
print(isinstance(5, Comparable), isinstance(object(), Comparable), Stack[int], Optional[int], list[dict[str, int]], int | None)
def annotated(a: Annotated[int, "positive"], b: Undefined = None) -> Mode: ...
print(annotated.__annotations__, cast(int, "not checked"), stack.pop())
isinstance([], list[int])
