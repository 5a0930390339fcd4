items = [("map", 9, 150), ("compass", 13, 35), ("water", 153, 200), ("sandwich", 50, 160),
         ("glucose", 15, 60), ("tin", 68, 45), ("banana", 27, 60), ("apple", 39, 40)]
capacity = 180

best = [[0] * (capacity + 1) for _ in range(len(items) + 1)]
for i, (_, weight, value) in enumerate(items, 1):
    for c in range(capacity + 1):
        best[i][c] = best[i - 1][c]
        if weight <= c:
            best[i][c] = max(best[i][c], best[i - 1][c - weight] + value)

chosen, c = [], capacity
for i in range(len(items), 0, -1):
    if best[i][c] != best[i - 1][c]:
        name, weight, _ = items[i - 1]
        chosen.append(name)
        c -= weight
print(best[-1][-1], sorted(chosen), capacity - c)
