1 + 1
# %%
"text"
# %%
None
# %%
[x ** 2 for x in range(5)]
# %%
{"a": (1, 2), "b": {3}}
# %%
print("prints"); "and a value"
# %%
x = 5  # no value
# %%
x; x + 1
# %%
if x: "not the last expression of the cell"
# %%
# nothing but a comment
# %%
'''docstring of the cell'''
# %%
(yes := "walrus")
# %%
...
# %%
lambda: 1
# %%
x if x > 3 else "small"
# %%
"a\nb", b"\x00", 1e-7
