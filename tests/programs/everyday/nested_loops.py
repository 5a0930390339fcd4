found = None
for a in range(1, 100):
    for b in range(a, 100):
        c = (a * a + b * b) ** 0.5
        if c == int(c) and a + b + c == 132:
            found = a, b, int(c)
            break
    else:
        continue
    break
print(found)
for row in range(1, 5):
    print(" " * (4 - row) + "*" * (2 * row - 1))
i = 0
while True:
    i += 1
    if i % 2: continue
    if i > 6: break
    print(i, end=" ")
else:
    print("never")
i
