class Record:
    def __init__(self, **data):
        object.__setattr__(self, "_data", dict(data))
        object.__setattr__(self, "_log", [])

    def __getattr__(self, name):
        if name.startswith("get_"):
            return lambda default=None: self._data.get(name[4:], default)
        try:
            return self._data[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no {name!r}") from None

    def __setattr__(self, name, value):
        self._log.append((name, value))
        self._data[name] = value

    def __delattr__(self, name):
        self._log.append(("del", name))
        del self._data[name]

    def __dir__(self):
        return sorted(self._data)


r = Record(a=1)
r.b = r.a + 1
r.a *= 10
del r.b
print(r.a, r.get_b(7), dir(r), r._log, hasattr(r, "b"), getattr(r, "c", "none"))


class Loud:
    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        print("reading", name)
        return value
    x = 5

print(Loud().x + 1)
setattr(r, "z", 3)
print([getattr(r, n) for n in ("a", "z")])
r.missing
