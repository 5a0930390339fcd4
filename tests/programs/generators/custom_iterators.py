class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1
    def __length_hint__(self): return self.n

class Squares:
    def __getitem__(self, i):
        if i >= 4: raise IndexError
        return i * i

print(list(Countdown(3)), [*Squares()], 9 in Squares(), sum(Countdown(4)), dict(zip("ab", Countdown(5))))
c = Countdown(5)
for x in c:
    if x == 3:
        break
print(x, list(c), next(c, "done"))
it = iter([1, 2, 3])
print([(a, b) for a, b in zip(it, it)], list(it), list(reversed([1, 2])), list(enumerate("ab", 5)))
d = {"a": 1, "b": 2}
def fails():
    yield 1
    raise StopIteration("inside")
try:
    list(fails())
except RuntimeError as error:
    print(error, "|", repr(error.__cause__))
for key in d:
    d[key + "!"] = 0
