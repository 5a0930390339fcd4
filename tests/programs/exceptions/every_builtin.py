def attempt(action):
    try:
        return action()
    except (ArithmeticError, LookupError) as error:
        return f"{type(error).__name__}: {error} ({type(error).__mro__[1].__name__})"
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def undefined(): return undefined_name
def unbound():
    if False: local = 1
    return local
def asserted():
    assert 1 == 2, "one is not two"

for action in [lambda: 1 / 0, lambda: [][1], lambda: {}["k"], lambda: int("x"), lambda: "a" + 1, lambda: None.x,
               lambda: undefined(), lambda: unbound(), lambda: asserted(), lambda: 2.0 ** 10000, lambda: next(iter([])),
               lambda: "é".encode("ascii"), lambda: b"\xff".decode(), lambda: (1, 2)[2], lambda: "abc".index("z"),
               lambda: [1].remove(2), lambda: set().pop(), lambda: len(5), lambda: 5(), lambda: int([]), lambda: {[]: 1},
               lambda: float("abc"), lambda: 1 << -1, lambda: "x" * -1 or chr(-1), lambda: [1, 2, 3].index(9),
               lambda: dict([1]), lambda: (lambda a: a)(), lambda: sorted([1, "a"]), lambda: sum(["a"]), lambda: range(1, 2, 0),
               lambda: "%d" % "x", lambda: "{}{}".format(1), lambda: f"{1:q}", lambda: open("missing.txt"), lambda: int("1" * 5000)]:
    print(attempt(action))
raise OSError(5, "broken pipe", "file.txt")
