moves = []
def hanoi(n, a="A", b="B", c="C"):
    if n:
        hanoi(n - 1, a, c, b)
        moves.append(f"{a}->{c}")
        hanoi(n - 1, b, a, c)
hanoi(4)
print(len(moves), " ".join(moves))
def ackermann(m, n):
    return n + 1 if m == 0 else ackermann(m - 1, 1 if n == 0 else ackermann(m, n - 1))
ackermann(2, 9)
