total = 1
values = [1, 2, 0, 4]
# %%
for v in values:
    total = total + 10 / v
    last = v
# %%
print(total, last, v)
# %%
x = 5; y = undefined; z = 6
# %%
x
# %%
z
# %%
try:
    1 / 0
except ZeroDivisionError as e:
    kept = e
e
# %%
kept, total
# %%
def broken(:
    pass
# %%
x + total
