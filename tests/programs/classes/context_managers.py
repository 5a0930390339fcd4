class Managed:
    def __init__(self, name, swallow=()):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, error, trace):
        print("exit", self.name, kind.__name__ if kind else None, error)
        return kind is not None and issubclass(kind, self.swallow)


with Managed("a") as a, Managed("b", (KeyError,)) as b:
    print(a.name, b.name)
    {}["lost"]
print("after")
with (
    Managed("c"),
    Managed("d"),
):
    pass


def early():
    with Managed("e"):
        return "returned"


print(early())
for i in range(3):
    with Managed(i):
        if i == 1:
            break
with Managed("f", (ValueError,)):
    raise LookupError("passes")
