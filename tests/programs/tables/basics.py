import pandas as pd

df = pd.DataFrame({"name": ["Ann", "Bob", "Cid", "Dee"], "age": [30, 25, 35, 28], "city": ["Rome", "Oslo", "Rome", "Bern"]})
print(df.head(2), df.shape, df.dtypes, df["age"].mean(), df.describe().round(2), sep="\n")
print(df[df.age > 26].sort_values("age", ascending=False)[["name", "age"]])
df["senior"] = df["age"].apply(lambda a: a >= 30)
print(df.loc[1, "name"], df.iloc[-1].to_dict(), df.set_index("name").loc["Cid", "city"], df["city"].value_counts().to_dict())
df.info()
df
