cart = [("milk", 1.29, 2), ("bread", 2.5, 1), ("eggs", 0.35, 12)]
subtotal = sum(price * n for _, price, n in cart)
discount = 0.1 if subtotal > 8 else 0
total = round(subtotal * (1 - discount), 2)
print(f"{subtotal=:.2f} {discount=:.0%} {total=}")
cheapest, *_, dearest = sorted(cart, key=lambda line: line[1])
{"cheapest": cheapest[0], "dearest": dearest[0], "total": total}
