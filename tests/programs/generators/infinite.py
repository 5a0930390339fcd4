from itertools import accumulate, count, cycle, islice, repeat, takewhile

def naturals(n=1):
    while True:
        yield n
        n += 1

def primes():
    found = []
    for n in naturals(2):
        if all(n % p for p in takewhile(lambda p: p * p <= n, found)):
            found.append(n)
            yield n

def collatz(n):
    while n != 1:
        yield n
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    yield 1

print(list(islice(primes(), 10)), list(islice(cycle("ab"), 5)), list(islice(count(10, -3), 4)))
print(max(range(1, 300), key=lambda n: sum(1 for _ in collatz(n))), len(list(collatz(27))))
print(list(accumulate(repeat(2, 6), lambda a, b: a * b)), list(takewhile(lambda n: n < 20, (n * n for n in naturals()))))
it = iter(lambda c=count(): next(c) ** 2, 36)
print(list(it), next(it, None))
evens = (n for n in naturals() if n % 2 == 0)
next(evens), next(evens), next(zip(evens, naturals(100)))
