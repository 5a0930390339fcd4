import heapq
import random
from collections import deque
from statistics import mean

random.seed(7)


class Simulation:
    def __init__(self, servers):
        self.now, self._events, self._waiting, self._free, self._n = 0.0, [], deque(), servers, 0
        self.waits = []

    def at(self, delay, action, *args):
        self._n += 1
        heapq.heappush(self._events, (self.now + delay, self._n, action, args))

    def arrive(self, customer):
        self._waiting.append((customer, self.now))
        self._serve()
        if customer < 60:
            self.at(random.expovariate(1.2), self.arrive, customer + 1)

    def leave(self, customer):
        self._free += 1
        self._serve()

    def _serve(self):
        while self._free and self._waiting:
            customer, since = self._waiting.popleft()
            self.waits.append(self.now - since)
            self._free -= 1
            self.at(random.expovariate(0.7), self.leave, customer)

    def run(self):
        while self._events:
            self.now, _, action, args = heapq.heappop(self._events)
            action(*args)


for servers in (1, 2, 3):
    simulation = Simulation(servers)
    simulation.at(0, simulation.arrive, 1)
    simulation.run()
    print(servers, len(simulation.waits), round(mean(simulation.waits), 3), round(max(simulation.waits), 3))
