from collections.abc import Iterable, Mapping, MutableSequence, Sequence


class Deck(Sequence):
    def __init__(self, cards): self._cards = list(cards)
    def __len__(self): return len(self._cards)
    def __getitem__(self, i): return Deck(self._cards[i]) if isinstance(i, slice) else self._cards[i]
    def __repr__(self): return f"Deck({self._cards})"


class Lower(dict):
    def __setitem__(self, key, value): super().__setitem__(key.lower(), value)
    def __getitem__(self, key): return super().__getitem__(key.lower())
    def __missing__(self, key): return f"no {key}"


class Limited(MutableSequence):
    def __init__(self, limit): self.limit, self._items = limit, []
    def __len__(self): return len(self._items)
    def __getitem__(self, i): return self._items[i]
    def __setitem__(self, i, v): self._items[i] = v
    def __delitem__(self, i): del self._items[i]
    def insert(self, i, v):
        if len(self) >= self.limit:
            raise OverflowError("full")
        self._items.insert(i, v)


class Attributes(Mapping):
    def __init__(self, **kw): self.__dict__.update(kw)
    def __getitem__(self, k): return self.__dict__[k]
    def __iter__(self): return iter(self.__dict__)
    def __len__(self): return len(self.__dict__)


deck = Deck("A23456")
print(deck[1:4], deck[-1], "3" in deck, deck.index("4"), list(reversed(deck))[:2], deck.count("A"))
d = Lower()
d["Key"] = 1
print(d, d["KEY"], d["other"], isinstance(d, Mapping), isinstance(deck, Iterable))
limited = Limited(3)
limited.extend([3, 1]); limited.append(2)
limited[0] += 5
del limited[1]
print(list(limited), limited.pop(), len(limited))
a = Attributes(x=1, y=2)
print({**a}, dict(a), a.get("z", 0), a.x, a == {"x": 1, "y": 2}, list(a.items()))
limited.extend(range(5))
