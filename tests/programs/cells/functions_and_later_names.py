def area(shape):
    return handlers[shape["kind"]](shape)
def circle(s): return round(PI * s["r"] ** 2, 2)
# %%
PI = 3.14
handlers = {"circle": circle, "square": lambda s: s["a"] ** 2}
# %%
[area({"kind": "circle", "r": 2}), area({"kind": "square", "a": 3})]
# %%
PI = 3
area({"kind": "circle", "r": 2})
# %%
def circle(s): return "new circle"
print(area({"kind": "circle", "r": 1}), circle({}))
handlers["circle"] = circle
print(area({"kind": "circle", "r": 1}))
# %%
for PI in range(2):
    pass
[PI for PI in "xyz"], PI
# %%
del circle, handlers
area({"kind": "circle"})
