def grade(s): return "A" if s >= 90 else "B" if s >= 80 else "C" if s >= 70 else "F"
scores = {"ann": 91, "bob": 85, "cid": 70, "dee": 12}
print(*(f"{n.title()}: {grade(s)}" for n, s in scores.items()), sep="\n")
for _, __ in zip("ab", range(2)):
    print(__, end=" ")
best = max(scores, key=scores.get)
worst = min(scores.items(), key=lambda kv: kv[1])
best, worst, sorted(scores, key=scores.__getitem__), {v: k for k, v in scores.items()}[85]
