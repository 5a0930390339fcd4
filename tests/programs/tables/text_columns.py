import io
import pandas as pd
text = """id,full_name,email,joined
1, Ann Lee ,ANN@x.org,2024-01-03
2,Bob,bob@y.com,2023-12-24
3,"Cid, von Z",cid@x.org,
"""
df = pd.read_csv(io.StringIO(text), parse_dates=["joined"], index_col="id")
df["domain"] = df.email.str.lower().str.split("@").str[1]
df["first"] = df.full_name.str.strip().str.extract(r"^(\w+)")
print(df, df.joined.dt.year, df.domain.str.contains("x").sum(), df["first"].str.len().max(), sep="\n")
print(df.to_csv(), df[["first", "domain"]].to_json(orient="records"), df.reset_index().to_dict("list")["first"], sep="\n")
print(pd.get_dummies(df.domain).astype(int), pd.Categorical(["lo", "hi", "lo"], categories=["lo", "hi"], ordered=True), pd.cut([1, 5, 9], [0, 3, 6, 10], labels=list("abc")))
df.style if False else df.map(lambda v: str(v)[:3])
