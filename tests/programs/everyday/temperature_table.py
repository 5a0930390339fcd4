print(f"{'°C':>6} {'°F':>6}")
c = -10
while c <= 40:
    print(f"{c:6d} {c * 9 / 5 + 32:6.1f}")
    c += 10
else:
    print("-" * 13)
