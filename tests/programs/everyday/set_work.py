a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a | b, a & b, a - b, a ^ b, a <= b, {3} < a, a.isdisjoint({9}), frozenset(a) == a)
a |= {10}; a -= {1}; a.discard(77); a.update([20], (30,))
print(sorted(a), len(a), 3 in a, {frozenset({1}): "key"}[frozenset({1})], sorted(a.intersection(b, [4])))
langs = {"ann": {"py", "go"}, "bob": {"py"}, "cid": {"c", "py"}}
print(set.intersection(*langs.values()), sorted(set().union(*langs.values())), {n for n, s in langs.items() if "go" in s})
a.remove(1)
