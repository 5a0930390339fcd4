import pandas as pd
left = pd.DataFrame({"key": ["a", "b", "c"], "x": [1, 2, 3]})
right = pd.DataFrame({"key": ["b", "c", "d"], "y": [20.0, 30.0, 40.0]})
for how in ("inner", "left", "outer"):
    print(how, left.merge(right, on="key", how=how), sep="\n")
print(pd.concat([left, left.iloc[:1]], ignore_index=True), left.join(right.set_index("key"), on="key"))
both = pd.concat({"l": left, "r": right.rename(columns={"y": "x"})})
print(both.loc["r"], both.index.nlevels)
print(left.drop(columns="x").T, left.rename(str.upper, axis=1).columns.tolist(), left.eq(left).all().all())
left["missing"]
