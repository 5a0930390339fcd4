from math import comb, factorial, gcd, isqrt, lcm, perm

print(factorial(60), 2 ** 200 % 10 ** 9, pow(3, 1000, 1_000_007), pow(7, -1, 31))
print(gcd(2 ** 80 - 1, 2 ** 60 - 1), lcm(*range(1, 30)), comb(100, 50), perm(20, 5), isqrt(10 ** 61))
print(sum(map(int, str(2 ** 1000))), len(str(3 ** 5000)), (1 << 100).bit_length(), (255).bit_count())
print((-7) // 2, -7 % 3, divmod(-7, 3), int("zz", 36), int("0b1011", 0), 0x_ff, 1_000_000)
print((12345).to_bytes(4, "big"), int.from_bytes(b"\x00\x01\x02", "little"), hex(2 ** 70), oct(64), bin(-5))


def is_prime(n, bases=(2, 3, 5, 7, 11, 13, 17)):
    if n < 2 or any(n % p == 0 for p in bases):
        return n in bases
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in bases:
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


[n for n in (2 ** 61 - 1, 2 ** 67 - 1, 2 ** 89 - 1, 561) if is_prime(n)]
