def averager():
    total = count = 0
    average = None
    try:
        while True:
            try:
                value = yield average
            except ValueError as error:
                print("reset because of", error)
                total = count = 0
                average = None
                continue
            total += value
            count += 1
            average = total / count
    finally:
        print("closed after", count)


g = averager()
print(next(g), g.send(10), g.send(20), g.throw(ValueError("bad")), g.send(7))
g.close()
try:
    g.send(1)
except StopIteration as stop:
    print("stopped", stop.value)


def inner():
    received = yield "first"
    print("inner got", received)
    return "result"


def outer():
    result = yield from inner()
    print("outer got", result)
    yield from (x * 2 for x in (1, 2))
    yield from "ab"
    return "end"


g = outer()
print(next(g), g.send("hello"), list(g))
def early():
    yield 1
    return 99
iterator = early()
next(iterator)
try:
    next(iterator)
except StopIteration as stop:
    print(stop.value)
next(iterator)
