import pandas as pd
sales = pd.DataFrame({
    "month": ["jan", "jan", "feb", "feb", "mar", "mar"], "shop": list("ABABAB"),
    "units": [10, 3, 8, 12, 5, 7], "price": [2.0, 2.5, 2.0, 2.4, 2.2, 2.4]})
sales["revenue"] = sales.units * sales.price
print(sales.groupby("shop")["revenue"].agg(["sum", "mean", "max"]))
print(sales.pivot_table(index="month", columns="shop", values="units", aggfunc="sum", margins=True))
print(sales.groupby(["month"], sort=False).apply(lambda g: g.units.sum() / len(g), include_groups=False))
print(sales.assign(share=lambda d: d.units / d.groupby("month").units.transform("sum")).round(2))
for shop, group in sales.groupby("shop"):
    print(shop, group.units.tolist())
print(pd.crosstab(sales.month, sales.units > 7), sales.melt(id_vars="shop", value_vars=["units"]).head(2))
sales.groupby("shop").agg(total=("units", "sum"), best=("price", "max"))
