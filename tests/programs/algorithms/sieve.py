n = 200
is_prime = [True] * (n + 1)
is_prime[:2] = [False, False]
for i in range(2, int(n ** 0.5) + 1):
    if is_prime[i]:
        is_prime[i * i::i] = [False] * len(is_prime[i * i::i])
primes = [i for i, prime in enumerate(is_prime) if prime]
print(len(primes), primes[-5:])
twins = [(p, q) for p, q in zip(primes, primes[1:]) if q - p == 2]
twins[-3:]
