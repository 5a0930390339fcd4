import heapq
from collections import Counter
from dataclasses import dataclass, field


@dataclass(order=True)
class Node:
    weight: int
    order: int
    symbol: str | None = field(default=None, compare=False)
    children: tuple = field(default=(), compare=False)

    def codes(self, prefix=""):
        if self.symbol is not None:
            yield self.symbol, prefix or "0"
        for bit, child in zip("01", self.children):
            yield from child.codes(prefix + bit)


text = "she sells sea shells by the sea shore"
heap = [Node(n, i, s) for i, (s, n) in enumerate(sorted(Counter(text).items()))]
heapq.heapify(heap)
while len(heap) > 1:
    a, b = heapq.heappop(heap), heapq.heappop(heap)
    heapq.heappush(heap, Node(a.weight + b.weight, len(text) + a.order, None, (a, b)))
codes = dict(heap[0].codes())
bits = "".join(codes[c] for c in text)
print(len(bits), "bits instead of", 8 * len(text))
back, word = "", ""
reverse = {v: k for k, v in codes.items()}
for bit in bits:
    word += bit
    if word in reverse:
        back += reverse[word]
        word = ""
print(back == text, sorted(codes.items(), key=lambda kv: (len(kv[1]), kv[0]))[:4])
