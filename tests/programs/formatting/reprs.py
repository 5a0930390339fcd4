from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from pprint import pformat, pprint

print([1, (2,), {3}, {"a": None}, frozenset({4}), b"\x00", bytearray(b"a"), range(3), 1j, ..., slice(1, 2)])
print(repr("it's \"quoted\" \t\n\\ é \x07 \u200b 😀"), ascii("é"), repr('"'), str(b"x"))
print([1.0, 1e100, 1e16, 0.1 + 0.2, -0.0, float("inf"), 1e-5, 123456789.123456789, 5e-324])
print(defaultdict(int, a=1), OrderedDict(x=1), Counter("aab"), deque([1], maxlen=2), namedtuple("N", "a b")(1, 2))
print(int, type(None), len, print.__name__, [].append.__name__, ValueError("x"), KeyError("k"), NotImplemented)
data = {"numbers": list(range(30)), "nested": {"a": {"b": {"c": [{"d": 1}]}}}, "text": "word " * 20, (1, 2): {3, 1, 2}}
pprint(data, width=60, compact=True)
pprint(data, depth=2)
print(pformat([["x" * 10] * 3] * 3, width=30, indent=2))
class A:
    pass
class B:
    def __repr__(self): return "B!"
    def __str__(self): return "b"
def function(): ...
print(A.__name__, A, [B(), B()], B(), {"b": B()}, function.__qualname__)
loop = [1]
loop.append(loop)
loop, A(), function, (x for x in "a"), lambda: 0
