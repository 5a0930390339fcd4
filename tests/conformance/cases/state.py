"""What stays between cells, what a cell gives, and going back."""

from __future__ import annotations

from executors.base import ExecutorFactory
from executors.values import decode
from tests.cells import end_of, value_of
from tests.conformance.harness import case, opened


@case
async def state_lasts_across_cells(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert await value_of(executor, "x = 20\ndef double(n):\n    return 2 * n") is None
        assert await value_of(executor, "y = double(x) + 2\ny") == "42"
        assert await value_of(executor, "x, y") == "(20, 42)"


@case
async def the_value_is_that_of_the_last_expression(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert await value_of(executor, "1\n'two'") == "'two'"
        assert await value_of(executor, "None") is None
        assert await value_of(executor, "z = 3") is None
        assert await value_of(executor, "") is None


@case
async def a_long_value_is_cut(factory: ExecutorFactory) -> None:
    async with opened(factory, value_chars=100) as executor:
        value = await value_of(executor, "'v' * 5000")
        assert value is not None
        assert 100 <= len(value) < 250


@case
async def an_answer_ends_the_run(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "final_answer({'a': (1, 2)})\nprint('not reached')")
        assert (end.outcome, end.is_answer) == ("ok", True)
        assert decode(end.answer) == {"a": (1, 2)}
        end = await end_of(executor, "final_answer(1, 'b')")
        assert decode(end.answer) == (1, "b")


@case
async def no_handler_swallows_an_answer(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        for handler in ("except:", "except Exception:", "except BaseException:"):
            end = await end_of(executor, f"try:\n    final_answer(7)\n{handler}\n    x = 1\nx = 2")
            assert end.is_answer
            assert end.answer == 7


@case
async def a_none_answer_is_an_answer(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "final_answer(None)")
        assert end.is_answer
        assert end.answer is None


@case
async def two_executors_share_nothing(factory: ExecutorFactory) -> None:
    async with opened(factory) as one, opened(factory) as two:
        await value_of(one, "secret = 1\nopen('mine.txt', 'w').close()")
        end = await end_of(two, "secret")
        assert end.error is not None
        assert end.error.name == "NameError"
        assert await two.workspace.list() == []
        assert await value_of(one, "secret") == "1"


@case
async def a_rewind_restores_the_variables(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        for i in range(4):
            await value_of(executor, f"x = {i}")
        assert executor.cells == 4
        await executor.rewind(2)
        assert executor.cells == 2
        assert await value_of(executor, "x") == "1"
        refused = False
        try:
            await executor.rewind(50)
        except ValueError:
            refused = True
        assert refused
        assert await value_of(executor, "x") == "1"


@case
async def ordinary_python_runs(factory: ExecutorFactory) -> None:
    code = """
from dataclasses import dataclass, field
from enum import Enum
import asyncio, functools, itertools, re

class Colour(Enum):
    RED = 1

@dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)

class Base:
    def __init__(self, n): self._n = n
    def value(self): return self._n
    def __enter__(self): return self
    def __exit__(self, *exc): return False

class Derived(Base):
    def __init__(self): super().__init__(5)
    @property
    def twice(self): return 2 * self.value()

@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)

def gen():
    got = yield 1
    yield from (got, 3)

async def later(n):
    await asyncio.sleep(0)
    return n

def kind(v):
    match v:
        case Point(x=0): return 'origin'
        case [first, *rest]: return first
        case {'k': found}: return found
        case _: return None

g = gen(); first = next(g); rest = [g.send(2), next(g)]
with Derived() as d:
    total = d.twice
try:
    {}['missing']
except KeyError as e:
    missing = e.args[0]
finally:
    done = True
(fib(20), Colour.RED.name, Point(1) < Point(2), total, first, rest, missing, kind(Point(0)),
 kind([7, 8]), kind({'k': 9}), asyncio.run(later(4)), (n := 6) + n, f'{3.14159:.2f}',
 '{0.x}'.format(Point(8)), [*itertools.chain([1], [2])], re.sub('a', 'b', 'aa'))
"""
    async with opened(factory) as executor:
        value = await value_of(executor, code)
        assert value == (
            "(6765, 'RED', True, 10, 1, [2, 3], 'missing', 'origin', 7, 9, 4, 12, '3.14', '8',"
            " [1, 2], 'bb')"
        )
