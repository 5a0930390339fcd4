import heapq
from heapq import heapify, heappop, heappush

tasks = []
for priority, name in [(3, "write"), (1, "plan"), (2, "design"), (1, "ask")]:
    heappush(tasks, (priority, name))
while tasks:
    print(heappop(tasks))
numbers = [9, 4, 7, 1, 8]
heapify(numbers)
print(numbers, heapq.heapreplace(numbers, 5), heapq.nlargest(2, numbers), heapq.nsmallest(2, numbers, key=lambda n: -n))
print(list(heapq.merge([1, 4, 9], [2, 3, 10], [0])))


class Median:
    def __init__(self):
        self._low, self._high = [], []

    def add(self, x):
        heappush(self._low, -heapq.heappushpop(self._high, x))
        if len(self._low) > len(self._high):
            heappush(self._high, -heappop(self._low))
        return self._high[0] if len(self._high) > len(self._low) else (self._high[0] - self._low[0]) / 2


median = Median()
[median.add(x) for x in (5, 15, 1, 3, 8, 7)]
