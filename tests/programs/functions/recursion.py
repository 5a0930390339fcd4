from itertools import chain

def permutations(items):
    if not items:
        return [[]]
    return [[x, *rest] for i, x in enumerate(items) for rest in permutations(items[:i] + items[i + 1:])]

def powerset(s):
    return powerset(s[1:]) + [[s[0], *r] for r in powerset(s[1:])] if s else [[]]

def flatten(nested):
    return list(chain.from_iterable(flatten(x) if isinstance(x, (list, tuple)) else [x] for x in nested))

def partitions(n, largest=None):
    largest = largest or n
    if n == 0:
        yield ()
    for first in range(min(n, largest), 0, -1):
        for rest in partitions(n - first, first):
            yield first, *rest

def is_even(n): return n == 0 or is_odd(n - 1)
def is_odd(n): return n != 0 and is_even(n - 1)

print(permutations("abc"), powerset([1, 2, 3]), flatten([1, [2, (3, [4])], [[]]]))
print(list(partitions(5)), is_even(100), is_odd(7))
def depth(n): return depth(n + 1)
try:
    depth(0)
except RecursionError as error:
    print("too deep:", str(error).startswith("maximum recursion depth exceeded"))
(lambda f: (lambda x: x(x))(lambda y: f(lambda v: y(y)(v))))(lambda f: lambda n: 1 if n < 2 else n * f(n - 1))(10)
