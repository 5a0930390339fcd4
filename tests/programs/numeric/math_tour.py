import cmath
import math

print(math.floor(-2.5), math.ceil(2.1), math.trunc(-2.9), round(2.5), round(3.5), round(-2.567, 2), round(1234, -2))
print(math.hypot(3, 4), math.dist((0, 0), (1, 1)), math.degrees(math.pi), math.log(8, 2), math.log10(1000), math.exp(1) == math.e)
print(math.isclose(0.1 + 0.2, 0.3), math.fsum([0.1] * 10), sum([0.1] * 10), math.prod(range(1, 6)), math.copysign(1, -0.0))
print(math.modf(3.25), math.frexp(8.5), math.fmod(-7, 3), -7 % 3, math.remainder(7, 4), math.inf > 1e308, math.isnan(math.nan))
print(cmath.sqrt(-4), cmath.polar(1j), abs(3 + 4j), (1 + 2j).conjugate() * 1j, cmath.exp(1j * math.pi).real, 2 ** 0.5, (-8) ** (1 / 3))
print(int(3.99), int("-12"), float("1e-3"), (0.75).as_integer_ratio(), (3.0).is_integer(), float.fromhex("0x1.8p1"), (2.5).hex())
def solve(a, b, c):
    d = b * b - 4 * a * c
    root = math.sqrt(d) if d >= 0 else cmath.sqrt(d)
    return (-b + root) / (2 * a), (-b - root) / (2 * a)
print(solve(1, -3, 2), solve(1, 0, 1))
math.sqrt(-1)
