import itertools

def read(lines):
    for number, line in enumerate(lines, start=1):
        print("read", number)
        yield line

def parse(lines):
    for line in lines:
        name, _, amount = line.partition(":")
        if amount.strip().isdigit():
            yield name, int(amount)

def running(pairs):
    total = 0
    for name, amount in pairs:
        total += amount
        yield name, total

data = ["a: 3", "b: x", "c: 4", "d: 5", "e: 6"]
pipe = running(parse(read(data)))
print(next(pipe))
print(list(itertools.islice(pipe, 2)))
print("left:", [*pipe], next(pipe, "nothing"))

def window(items, size):
    it = iter(items)
    held = tuple(itertools.islice(it, size))
    while len(held) == size:
        yield held
        held = (*held[1:], next(it)) if (more := list(itertools.islice(it, 0))) else held[1:]
        for item in it:
            held += (item,)
            break

list(window("abcde", 3))
