import random
from collections import Counter, defaultdict

random.seed(2024)
position, trail = (0, 0), Counter()
for _ in range(500):
    dx, dy = random.choice([(0, 1), (1, 0), (0, -1), (-1, 0)])
    position = position[0] + dx, position[1] + dy
    trail[position] += 1
print(position, trail.most_common(1)[0][1], len(trail))

text = "the cat sat on the mat the cat ran on the road the dog sat".split()
chain = defaultdict(list)
for here, after in zip(text, text[1:]):
    chain[here].append(after)
word, made = "the", []
for _ in range(12):
    made.append(word)
    word = random.choice(chain.get(word) or ["the"])
print(" ".join(made))
weather, days = "sun", []
odds = {"sun": {"sun": .8, "rain": .2}, "rain": {"sun": .4, "rain": .6}}
for _ in range(1000):
    weather = random.choices(*zip(*odds[weather].items()))[0]
    days.append(weather)
Counter(days)
