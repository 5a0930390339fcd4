import pandas as pd
frame = pd.DataFrame({"n": range(3), "sq": [i * i for i in range(3)], "t": list("abc")})
frame.to_csv("data.csv", index=False)
frame.to_json("data.json", orient="split")
with open("table.html", "w") as out:
    out.write(frame.to_html(index=False))
# %%
back = pd.read_csv("data.csv")
print(back.equals(frame), pd.read_json("data.json", orient="split").sq.tolist())
chunks = [chunk.n.sum() for chunk in pd.read_csv("data.csv", chunksize=2)]
print(chunks, back.memory_usage(index=False).sum() > 0, back.to_string(index=False), back.n.to_numpy())
# %%
back
# %%
back.sq
# %%
pd.read_csv("missing.csv")
