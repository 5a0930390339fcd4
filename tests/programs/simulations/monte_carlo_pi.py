import random

rng = random.Random(42)
inside = sum(rng.random() ** 2 + rng.random() ** 2 <= 1 for _ in range(20_000))
print(f"pi is about {4 * inside / 20_000:.4f}")
random.seed("seed")
print(random.choice("abc"), random.sample(range(100), 5), random.shuffle(cards := list("ABCDE")), cards)
print(random.choices(["x", "y"], weights=[9, 1], k=10), round(random.gauss(0, 1), 6), random.randrange(0, 100, 7), random.getrandbits(16))
state = random.getstate()
first = [random.uniform(1, 2) for _ in range(3)]
random.setstate(state)
first == [random.uniform(1, 2) for _ in range(3)]
