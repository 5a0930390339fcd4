import numpy as np
import pandas as pd
df = pd.DataFrame({"a": [1, np.nan, 3, np.nan], "b": ["x", None, "y", "x"], "c": pd.array([1, None, 3, 4], dtype="Int64")})
print(df, df.isna().sum(), df.dropna(), df.fillna({"a": df.a.mean(), "b": "?"}), sep="\n")
print(df.a.interpolate().tolist(), df.c.sum(), df.b.duplicated().tolist(), df.a.ffill().astype(int).tolist(), df.c.dtype)
df = df.replace({"b": {"x": "ex"}}).drop_duplicates(subset="b")
df.loc[len(df) + 5] = [9, "new", pd.NA]
print(df, pd.isna(df.loc[8 if 8 in df.index else df.index[-1], "c"]))
pd.Series([3, 1, 2]).sort_values().reset_index(drop=True).rank()
