matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [x for row in matrix for x in row if x % 2])
print({w: len(w) for w in "the quick brown fox".split() if len(w) > 3}, sorted({x % 3 for x in range(10)}))
print(sum(x * x for x in range(10)), list(zip(*matrix)), any(x > 5 for r in matrix for x in r), all([]))
print([(x, y) for x in range(3) for y in range(x)], [a or b for a, b in [(0, 1), (2, 3)]])
primes = [p for p in range(2, 30) if all(p % d for d in range(2, int(p ** .5) + 1))]
print(primes, [y := 1, y ** 2], [last := n for n in range(4)], last)
seen = set()
print([x for x in [3, 1, 3, 2, 1] if not (x in seen or seen.add(x))])
print({k: [v for v in vs if v] for k, vs in {"a": [0, 1], "b": []}.items()}, {**{"x": 1}, "y": [*range(3)]})
x = "outer"
print([x for x in "ab"], x, (lambda: [x for x in x])())
first, *middle, (a, *b) = 1, 2, 3, [4, 5, 6]
print(first, middle, a, b, [i for i, *_ in ["ab", "cd"]])
table = {(r, c): r * c for r in range(1, 4) for c in range(1, 4)}
"\n".join(" ".join(f"{table[r, c]:2}" for c in range(1, 4)) for r in range(1, 4))
