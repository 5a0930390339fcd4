VALUES = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
          (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]

def to_roman(n):
    out = []
    for value, letters in VALUES:
        count, n = divmod(n, value)
        out.append(letters * count)
    return "".join(out)

def from_roman(text):
    total = 0
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    for here, after in zip(text, text[1:] + "I"):
        total += -values[here] if values[here] < values[after] else values[here]
    return total

assert all(from_roman(to_roman(n)) == n for n in range(1, 4000))
[to_roman(n) for n in (4, 9, 14, 1994, 2026, 3999)]
