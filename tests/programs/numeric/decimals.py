from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, getcontext, localcontext

print(Decimal("0.1") + Decimal("0.2") == Decimal("0.3"), 0.1 + 0.2 == 0.3, Decimal(0.1))
price = Decimal("19.995")
for rounding in (ROUND_HALF_UP, ROUND_DOWN, ROUND_HALF_EVEN):
    print(rounding, price.quantize(Decimal("0.01"), rounding=rounding))
with localcontext() as context:
    context.prec = 50
    print(Decimal(2).sqrt(), Decimal(1) / 7)
print(Decimal(1) / 7, getcontext().prec, Decimal("1e3").normalize(), Decimal("123.4500").as_tuple(), f"{Decimal('1234567.891'):,.2f}")
print(sorted([Decimal("NaN").is_nan(), Decimal("3.10") == Decimal("3.1")]), str(Decimal("3.10")), max(Decimal(1), Decimal("1.5")))
for action in (lambda: Decimal("x"), lambda: Decimal(1) / 0):
    try:
        action()
    except (InvalidOperation, DivisionByZero) as error:
        print(type(error).__name__)
balance = Decimal(1000)
for year in range(3):
    balance = (balance * Decimal("1.035")).quantize(Decimal(".01"))
balance
