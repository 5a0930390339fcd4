import random

class Agent:
    __count = 0

    def __init__(self, money=100):
        Agent.__count += 1
        self.__id = Agent.__count
        self._money = money

    def __give(self, other, amount):
        self._money -= amount
        other._money += amount

    def trade(self, other):
        self.__give(other, min(self._money, random.randint(0, 20)))

    def __lt__(self, other): return (self._money, self.__id) < (other._money, other.__id)
    def __repr__(self): return f"#{self.__id}:{self._money}"

random.seed(3)
agents = [Agent() for _ in range(10)]
for _ in range(400):
    a, b = random.sample(agents, 2)
    a.trade(b)
print(sorted(agents), sum(a._money for a in agents))
def gini(values):
    values = sorted(values)
    return sum((2 * i - len(values) - 1) * v for i, v in enumerate(values, 1)) / (len(values) * sum(values))
print(f"{gini([a._money for a in agents]):.4f}")
agents[0].__give(agents[1], 5)
