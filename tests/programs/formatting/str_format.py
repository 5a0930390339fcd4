class P:
    def __init__(self): self.x, self.d, self._y = 1.5, {"k": [10, 20]}, "own"

p = P()
print("{0.x:.2f} {0.d[k][1]} {1!r:>5} {name}".format(p, "a", name="kw"), "{0._y}".format(p))
print("{} {} {{}}".format(1, "b"), "{1} {0} {1}".format("a", "b"), "{:>{w}}|{:{f}^{w}}".format(1, 2, w=5, f="*"))
print("{a[0]} {b}".format_map({"a": [9], "b": 3}), "{:,}".format(12345), format(3.14159, ".2f"), format(255, "#x"))
template = "{greeting}, {who:!^8}"
print(template.format(greeting="Hi", who="Bo"), "{!s:.2}".format("abcdef"), "%-8s|%8.3f|%s" % ("ab", 2.5, [1]))
fill = "{:{}}".format
print(fill("x", ">4"), list(map("{:02d}".format, range(3))), str.format("{}-{}", 1, 2))
for bad in ("{", "{0} {}", "{x}", "{0.nothing}", "{:q}", "{5}"):
    try:
        print(bad.format(1))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        print(type(error).__name__, error)
"{[2]}".format([1])
