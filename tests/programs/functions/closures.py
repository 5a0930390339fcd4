def counter(start=0):
    count = start
    def step(by=1):
        nonlocal count
        count += by
        return count
    def reset():
        nonlocal count
        count = start
    return step, reset

step, reset = counter(10)
print(step(), step(5), reset(), step())
adders = [lambda x: x + n for n in range(3)]
fixed = [lambda x, n=n: x + n for n in range(3)]
print([a(10) for a in adders], [a(10) for a in fixed])
total = 0
def add(n):
    global total, made_here
    total += n
    made_here = f"by add({n})"
add(3); add(4)
print(total, made_here)
def compose(*functions):
    def composed(x):
        for function in reversed(functions):
            x = function(x)
        return x
    return composed
print(compose(str, lambda x: x + 1, abs)(-5))
x = "module"
def shadow():
    try:
        print(x)
    except UnboundLocalError as e:
        print(type(e).__name__)
    x = "local"
    return x
print(shadow(), x)
class Scope:
    x = "class"
    def method(self): return x
    ys = [y for y in (1, 2)]
Scope().method(), Scope.x, Scope.ys
