import random
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Card:
    rank: str
    suit: str

    @property
    def value(self):
        return 11 if self.rank == "A" else min(10, "A23456789TJQK".index(self.rank) + 1)

    def __str__(self):
        return self.rank + self.suit


def score(hand):
    total, aces = sum(c.value for c in hand), sum(c.rank == "A" for c in hand)
    while total > 21 and aces:
        total, aces = total - 10, aces - 1
    return total


random.seed(11)
deck = [Card(r, s) for r, s in product("A23456789TJQK", "♣♦♥♠")]
random.shuffle(deck)
results = {"win": 0, "loss": 0, "push": 0}
while len(deck) > 12:
    you, dealer = [deck.pop(), deck.pop()], [deck.pop(), deck.pop()]
    while score(you) < 16:
        you.append(deck.pop())
    while score(dealer) < 17 and score(you) <= 21:
        dealer.append(deck.pop())
    a, b = (s if (s := score(h)) <= 21 else 0 for h in (you, dealer))
    outcome = "win" if a > b else "loss" if a < b or not a else "push"
    results[outcome] += 1
    print(f"{' '.join(map(str, you)):<15} {a:>2} : {b:<2} {' '.join(map(str, dealer)):<15} {outcome}")
results
