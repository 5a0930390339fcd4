puzzle = """
53..7....
6..195...
.98....6.
8...6...3
4..8.3..1
7...2...6
.6....28.
...419..5
....8..79"""
grid = [[int(c) if c != "." else 0 for c in line] for line in puzzle.split()]


def options(r, c):
    used = {*grid[r], *(row[c] for row in grid)}
    used |= {grid[i][j] for i in range(r // 3 * 3, r // 3 * 3 + 3) for j in range(c // 3 * 3, c // 3 * 3 + 3)}
    return [n for n in range(1, 10) if n not in used]


def solve():
    holes = [(len(options(r, c)), r, c) for r in range(9) for c in range(9) if not grid[r][c]]
    if not holes:
        return True
    _, r, c = min(holes)
    for n in options(r, c):
        grid[r][c] = n
        if solve():
            return True
    grid[r][c] = 0
    return False


print(solve())
for row in grid:
    print("".join(map(str, row)))
