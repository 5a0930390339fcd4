inventory = {"apple": {"qty": 5, "price": 0.5}, "pear": {"qty": 0, "price": 0.75}}
orders = [("apple", 3), ("pear", 1), ("plum", 2), ("apple", 4)]
log = []
for name, qty in orders:
    try:
        item = inventory[name]
        if item["qty"] < qty:
            raise ValueError(f"only {item['qty']} of {name} left")
    except KeyError as missing:
        log.append(f"unknown: {missing}")
    except ValueError as problem:
        log.append(str(problem))
    else:
        item["qty"] -= qty
        log.append(f"sold {qty} {name} for {qty * item['price']:.2f}")
    finally:
        log.append("-")
print("\n".join(log))
sum(i["qty"] * i["price"] for i in inventory.values())
