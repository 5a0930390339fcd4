from datetime import datetime
from decimal import Decimal

name, pi, n, width = "Ann", 3.14159265, 1234567, 12
print(f"{name!r:>8}|{name:^9}|{name:*<6}|{name!s}|{'é'!a}")
print(f"{pi:.3f} {pi:8.2e} {pi:g} {n:,} {n:_} {n:x} {n:#b} {0.1234:.1%} {-5:+d} {5:+} {7:03}")
print(f"{pi:{width}.{2}f}|{name:{'>' if n else '<'}{width}}|{n=}|{pi=:.2f}|{name.upper() = !s}|{1 + 1 = }")
print(f"{{literal}} {'nested ' + f'{n % 10}'} {[x for x in 'ab']} { {'k': 1}['k'] } {(lambda x: x * 2)(4)}")
print(f"{datetime(2024, 1, 2, 3, 4):%Y/%m/%d %H:%M} {Decimal('1.10'):.1f} {1e10:,.0f} {float('nan')} {complex(1, -2):.1f}")
print(f"""multi
{name}
line {n // 1000:>5}""" f" joined" rf"\n {name}")
print(f"{True:d} {'x':>{width // 2}} {None} {3!r:>4} {b'x'} {...}")
class Money:
    def __init__(self, v): self._v = v
    def __format__(self, spec): return f"${self._v:{spec or '.2f'}}"
    def __repr__(self): return f"Money({self._v})"
print(f"{Money(3)} {Money(3):.0f} {Money(3)!r} {[Money(4)]}")
for row in [("apple", 1.5, 10), ("kiwi", 22.25, 3)]:
    print("{:<10}|{:>8.2f}|{:^5d}|".format(*row))
f"{name:d}"
