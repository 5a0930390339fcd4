x = 1
def show(): return x
# %%
print(x, show())
x = 2
print(x, show())
for x in range(5): pass
print(x, show())
# %%
def change():
    global x, fresh
    x = "changed"
    fresh = "made in a function"
change()
print(x, fresh, show())
# %%
del x
try:
    show()
except NameError as error:
    print(error)
try:
    print(x)
except NameError as error:
    print(error)
# %%
x = [1, 2, 3]
alias = x
x += [4]
print(alias, x is alias)
x = x + [5]
print(alias, show())
with open("f.txt", "w") as x: pass
print(x.closed, show() is x)
import math as x
print(show().floor(2.5))
class x: y = 1
print(show().y)
# %%
a = b = c = 0
a, (b, *c) = 1, (2, 3, 4)
(a := a + 1)
# %%
print = "shadowed"
print
# %%
del print
print(a, b, c, x.__name__)
list = 5
list("a")
