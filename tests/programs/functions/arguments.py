def f(a, b=2, /, c=3, *args, d, e=5, **kwargs):
    return a, b, c, args, d, e, kwargs

print(f(1, d=4))
print(f(1, 20, 30, 40, 50, d=4, x=9, a=10))
print(f(*[1, 2], **{"c": 3, "d": 4}, **{"z": 0}), f(*range(3), *"xy", d=None))

def remember(item, seen=[]):
    seen.append(item)
    return seen

remember(1)
print(remember(2), remember.__name__)
def outer(x, /, *, y=10): return x * y
print(list(map(lambda x, *rest, k=2: (x, rest, k), [1, 2], [3, 4])), (lambda: (yield))().__next__())
for call in (lambda: f(), lambda: f(1, d=2, c=3, **{"c": 4}), lambda: outer(x=1), lambda: outer(1, 2)):
    try:
        call()
    except TypeError as error:
        print(error)
sorted([3, -1, 2], key=lambda n: abs(n)), max("aB", "C", key=str.lower), min([], default="none")
