def count():
    n = 0
    while True:
        got = yield n
        n = got if got is not None else n + step
step = 1
counter = count()
print(next(counter), next(counter))
# %%
step = 10
next(counter), counter.send(100), next(counter)
# %%
it = iter("abcdef")
print(next(it))
# %%
print([next(it) for _ in range(2)])
# %%
counter.close()
print(list(it))
next(counter)
