import math
from functools import total_ordering


@total_ordering
class Vector:
    __slots__ = ("x", "y")
    __match_args__ = ("x", "y")

    def __init__(self, x=0.0, y=0.0):
        self.x, self.y = x, y

    def __repr__(self): return f"Vector({self.x}, {self.y})"
    def __str__(self): return f"<{self.x:g}, {self.y:g}>"
    def __format__(self, spec): return f"({format(self.x, spec)}; {format(self.y, spec)})"
    def __eq__(self, other): return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)
    def __hash__(self): return hash((self.x, self.y))
    def __lt__(self, other): return abs(self) < abs(other)
    def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    def __sub__(self, other): return self + -other
    def __neg__(self): return Vector(-self.x, -self.y)
    def __mul__(self, k): return Vector(self.x * k, self.y * k) if isinstance(k, (int, float)) else NotImplemented
    __rmul__ = __mul__
    def __matmul__(self, other): return self.x * other.x + self.y * other.y
    def __truediv__(self, k): return self * (1 / k)
    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self
    def __abs__(self): return math.hypot(self.x, self.y)
    def __bool__(self): return bool(self.x or self.y)
    def __iter__(self): yield from (self.x, self.y)
    def __len__(self): return 2
    def __getitem__(self, index): return (self.x, self.y)[index]
    def __complex__(self): return complex(self.x, self.y)
    def __round__(self, n=None): return Vector(round(self.x, n), round(self.y, n))
    def __contains__(self, value): return value in tuple(self)
    def __call__(self, name): return getattr(self, name)
    def __reversed__(self): return Vector(self.y, self.x)


a, b = Vector(3, 4), Vector(1, 2)
print(a + b, a - b, 2 * a, a * 2, a @ b, a / 2, -a, abs(a), sum([a, b], Vector()))
print(a > b, a >= b, max(a, b), a == Vector(3, 4), len({a, Vector(3, 4), b}), bool(Vector()))
print(f"{a:.2f} {a!r} {a!s}", [*a], a[0], len(a), 4 in a, complex(a), round(a / 3, 2), a("y"), reversed(a))
a += b
print(a)
a.z = 1
