import itertools as it

print(list(it.chain("ab", [1], ())), list(it.chain.from_iterable(["ab", "c"])), list(it.compress("abcd", [1, 0, 1, 0])))
print(list(it.combinations("abc", 2)), list(it.permutations(range(3), 2))[:4], list(it.product("ab", repeat=2)))
print(list(it.combinations_with_replacement("ab", 2)), list(it.starmap(pow, [(2, 3), (3, 2)])))
print(list(it.dropwhile(str.isdigit, "12a3")), list(it.filterfalse(None, [0, 1, "", "x"])), list(it.pairwise("abcd")))
print({k: len(list(g)) for k, g in it.groupby("aaabbc")}, list(it.zip_longest("abc", "x", fillvalue="-")))
a, b = it.tee(iter(range(4)))
print(list(zip(a, it.islice(b, 1, None))), list(it.accumulate([3, 1, 4, 1, 5], max, initial=0)))
print([list(g) for _, g in it.groupby(sorted(["bob", "al", "eve", "jo"], key=len), key=len)])
batches = iter(range(7))
while batch := list(it.islice(batches, 3)):
    print(batch)
sum(1 for _ in it.product(range(10), repeat=4) if sum(_) == 18)
