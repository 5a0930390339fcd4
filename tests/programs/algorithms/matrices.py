Matrix = list[list[float]]

def multiply(a: Matrix, b: Matrix) -> Matrix:
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]

def determinant(m: Matrix) -> float:
    if len(m) == 1:
        return m[0][0]
    return sum((-1) ** j * m[0][j] * determinant([row[:j] + row[j + 1:] for row in m[1:]])
               for j in range(len(m)))

def power(m: Matrix, n: int) -> Matrix:
    result = [[int(i == j) for j in range(len(m))] for i in range(len(m))]
    while n:
        if n & 1:
            result = multiply(result, m)
        m, n = multiply(m, m), n >> 1
    return result

print(multiply([[1, 2], [3, 4]], [[5, 6], [7, 8]]))
print(determinant([[2, -1, 0], [1, 3, 5], [4, 0, -2]]))
print(power([[1, 1], [1, 0]], 90)[0][1])
spiral, grid = [], [list(range(r * 4, r * 4 + 4)) for r in range(3)]
while grid:
    spiral += grid.pop(0)
    grid = [list(row) for row in zip(*grid)][::-1]
spiral
