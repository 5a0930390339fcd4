from numbers import Integral, Number, Real
print(isinstance(True, Integral), isinstance(2.5, Real), isinstance(1j, Number), isinstance("1", Number), True + True, bool([]), int(True))
print(7 / 2, 7 // 2, -7 // 2, 7 % -3, 2 ** -1, 2 ** 3 ** 2, -2 ** 2, 1 < 2 < 3, 1 == 1.0 == True, 5 & 6, 5 | 6, 5 ^ 6, ~5, not 5, 3 or 1 / 0)
print(1_000, 0b101, 0o17, 0xFF, 1e3, 3j, 1.5e-3, 10 ** 20, type(10 ** 20).__name__, 5 if 0 else 6, [] and 1, 0 or "x", None or 0)
print(int.from_bytes(b"\x01\x00", "big"), "10" * 2, [0] * 3, (1,) + (2,), {1, 1.0, True}, {1: "a", True: "b"}, hash(1) == hash(1.0))
print(sum([[1], [2]], []), min(3, 1, 2), max("abc"), abs(-3), divmod(17, 5), pow(2, 10, 1000), round(0.5), round(1.5), chr(97), ord("b"))
print(sorted([3, 1.5, True]), complex("1+2j"), float(10 ** 22) == 10 ** 22, 0.1.hex(), 1e400, -1e400, 1e308 * 10)
x = 5
x += 1; x *= 2; x -= 3; x /= 3; x **= 2; x //= 2; x %= 3
x, 10 .real, (5).numerator
