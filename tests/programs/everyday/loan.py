principal, yearly, years = 200_000, 0.035, 30
monthly, months = yearly / 12, years * 12
payment = principal * monthly / (1 - (1 + monthly) ** -months)
balance, paid = principal, 0
for month in range(1, months + 1):
    interest = balance * monthly
    balance += interest - payment
    paid += interest
    if month % 60 == 0:
        print(f"year {month // 12:2}: {balance:12,.2f} left, {paid:12,.2f} interest")
assert abs(balance) < 0.01
round(payment, 2)
