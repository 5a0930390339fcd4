xs = list(range(10))
print(xs[2:5], xs[-3:], xs[::-2], xs[5:2], xs[100:], xs[:-8])
xs[2:4] = ["a", "b", "c"]; del xs[-2:]; xs[::4] = "XYZ"[:len(xs[::4])]
print(xs, xs.index("a"), xs.count(5), xs.pop(1))
ys = xs; zs = xs[:]; ys.append("shared")
print(len(xs), len(zs), xs is ys, xs == zs, xs[slice(1, 3)])
xs.insert(1, "ins"); xs.reverse(); xs.extend("!?"); zs.clear()
nested = [[0] * 3 for _ in range(2)]; nested[0][1] = 5
a, b = b, a = 1, 2
print(xs, zs, nested, a, b, [1, 2] < [1, 3], (1, 2) + (3,), "abc"[1:][::-1])
d = dict.fromkeys("ab", 0); d.update(c=3); d |= {"a": 9}
print(d, d.pop("b"), d.popitem(), d.setdefault("z", []), list(d), d.get("q"), {**d, "n": 1}, dict([("k", 1)], j=2), dict(zip("xy", (1, 2))))
xs[0][0][0][0][5]
