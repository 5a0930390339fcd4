def queens(n, row=0, columns=(), up=frozenset(), down=frozenset()):
    if row == n:
        yield columns
        return
    for column in range(n):
        if column not in columns and row + column not in up and row - column not in down:
            yield from queens(n, row + 1, (*columns, column), up | {row + column}, down | {row - column})

solutions = list(queens(6))
for column in solutions[0]:
    print("." * column + "Q" + "." * (5 - column))
print(len(solutions), sum(1 for _ in queens(7)))
solutions[-1]
