import numpy as np
import pandas as pd
rng = np.random.default_rng(0)
df = pd.DataFrame(rng.integers(0, 100, (200, 6)), columns=list("ABCDEF"))
print(df.corr().round(2).iloc[:2], df.nlargest(2, "A"), df.quantile([.1, .9]), (df > 50).mean(), sep="\n")
df["band"] = pd.qcut(df.A, 3, labels=["low", "mid", "high"])
print(df.groupby("band", observed=True)[["B", "C"]].mean().round(1), df.band.cat.categories.tolist())
df.loc[df.A > 90, "A"] = np.nan
print(df.A.isna().sum(), df.select_dtypes("number").shape, df.sample(2, random_state=1).index.tolist(), df.stack().shape)
for row in df.head(2).itertuples(index=False):
    print(row.A, row._fields)
for label, row in df.tail(1).iterrows():
    print(label, row["B"])
multi = df.set_index(["band", "F"]).sort_index()
print(multi.loc["low"].shape, multi.xs("high", level="band").A.count(), np.log1p(df[["B"]]).max().round(3).tolist())
df
