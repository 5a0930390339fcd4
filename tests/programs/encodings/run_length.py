from itertools import groupby
def encode(s): return "".join(f"{len(list(g))}{c}" for c, g in groupby(s))
def decode(s):
    out, n = [], ""
    for c in s:
        if c.isdigit(): n += c
        else: out.append(c * int(n)); n = ""
    return "".join(out)
s = "WWWWWWWWWWWWBWWWWWWWWWWWWBBBWWWW"
print(encode(s), decode(encode(s)) == s)
