rows = [("Name", "Score", "Rate"), ("Ann", 93, 0.9312), ("Bartholomew", 7, 1 / 3), ("Ço", 100, 1.0)]

def cell(v):
    return f"{v:.1%}" if isinstance(v, float) else str(v)

widths = [max(len(cell(row[i])) for row in rows) for i in range(3)]
for number, row in enumerate(rows):
    print(" | ".join(cell(v).ljust(w) if i == 0 else cell(v).rjust(w) for i, (v, w) in enumerate(zip(row, widths))))
    if number == 0:
        print("-+-".join("-" * w for w in widths))
print("a", "b", sep="\t", end=";\n")
print(*rows[1], sep=" / ", end="")
print()
print("no newline at the end", end="")
