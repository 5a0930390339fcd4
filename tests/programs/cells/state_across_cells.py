import math
prices = {"tea": 3.5, "cake": 4}
# %%
def total(order):
    return sum(prices[item] * n for item, n in order.items()) * (1 + vat)
# %%
try:
    total({"tea": 1})
except NameError as error:
    print(error)
# %%
vat = 0.2
total({"tea": 2, "cake": 1})
# %%
prices["pie"] = 5.25
print(round(total({"pie": 1}), 2), math.floor(vat))
# %%
vat = 0
total = lambda order: ("replaced", vat)
total({})
# %%
del vat
total({})
