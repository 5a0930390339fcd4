def levenshtein(a, b):
    previous = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        current = [i]
        for j, cb in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (ca != cb)))
        previous = current
    return previous[-1]


words = ["kitten", "sitting", "mitten", "smitten", "fitting"]
print(*(f"{w:>8}" for w in ["", *words]))
for w in words:
    print(f"{w:>8}", *(f"{levenshtein(w, v):>8}" for v in words))
min((levenshtein("kittin", w), w) for w in words)
