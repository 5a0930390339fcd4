import operator
from functools import cache, cached_property, cmp_to_key, lru_cache, partial, partialmethod, reduce, singledispatch, singledispatchmethod


@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)


@lru_cache(maxsize=2)
def load(key):
    print("loading", key)
    return key * 2


print(fib(80), [load(k) for k in "abacb"], load.cache_info())
print(reduce(operator.mul, range(1, 6)), reduce(lambda a, b: f"({a}+{b})", "xyz", "w"))
cube = partial(pow, exp=3)
print(cube(4), partial(int, base=2)("1010"), cube.keywords)


@singledispatch
def show(value): return f"something: {value}"
@show.register
def _(value: int): return f"int {value:+d}"
@show.register(list)
@show.register(tuple)
def _(value): return "[" + "; ".join(map(show, value)) + "]"
print(show([1, "a", (2, None)]), show.dispatch(bool) is show.dispatch(int))


class Data:
    def __init__(self, values): self.values = values
    @cached_property
    def mean(self):
        print("mean once")
        return sum(self.values) / len(self.values)
    @singledispatchmethod
    def add(self, other): raise NotImplementedError(type(other).__name__)
    @add.register
    def _(self, other: int): return [v + other for v in self.values]
    def power(self, n): return [v ** n for v in self.values]
    square = partialmethod(power, 2)


d = Data([1, 2, 6])
print(d.mean, d.mean, d.add(1), d.square())
versions = ["1.10", "1.9", "1.2.1"]
print(sorted(versions, key=cmp_to_key(lambda a, b: (lambda x, y: (x > y) - (x < y))(
    *([int(p) for p in v.split(".")] for v in (a, b))))))
d.add("x")
