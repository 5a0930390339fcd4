from collections import ChainMap, deque
from itertools import permutations
import random
names = deque(["Ann", "Bob", "Cid", "Dee"])
names.rotate(1)
names.appendleft(names.pop()); names.extend(["Eve"]); names.remove("Bob")
random.seed(1)
couples = {("Ann", "Cid")}
fair = [p for p in permutations(names) if all(a != b and (a, b) not in couples and (b, a) not in couples for a, b in zip(names, p))]
gifts = dict(zip(names, random.choice(fair)))
prices = ChainMap({"Ann": 5}, {"Ann": 50, "Dee": 7})
print(gifts, len(fair), [prices.get(n, 0) for n in names], names.index("Eve"), dict(prices)["Ann"])
