from collections import deque

maze = ["S.#.....",
        "..#.###.",
        "#...#...",
        "#.###.#.",
        "......#E"]
start = next((r, c) for r, row in enumerate(maze) for c, ch in enumerate(row) if ch == "S")
queue, came = deque([start]), {start: None}
while queue:
    r, c = here = queue.popleft()
    if maze[r][c] == "E":
        break
    for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        there = r + dr, c + dc
        inside = 0 <= there[0] < len(maze) and 0 <= there[1] < len(maze[0])
        if inside and maze[there[0]][there[1]] != "#" and there not in came:
            came[there] = here
            queue.append(there)
else:
    print("no way")
path = set()
while here:
    path.add(here)
    here = came[here]
for r, row in enumerate(maze):
    print("".join("*" if (r, c) in path else ch for c, ch in enumerate(row)))
len(path)
