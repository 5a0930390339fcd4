flags = 0
for bit in (1, 3, 5):
    flags |= 1 << bit
print(bin(flags), f"{flags & ~(1 << 3):#010b}", flags ^ 0b111111, flags >> 2, ~flags)
print([n & -n for n in range(1, 9)], [n & (n - 1) == 0 for n in (1, 6, 8)])
gray = [n ^ (n >> 1) for n in range(8)]
print([f"{g:03b}" for g in gray])
subsets = [{c for i, c in enumerate("abc") if mask >> i & 1} for mask in range(8)]
print(sorted(map(sorted, subsets)))
x, y = 12, 7
x ^= y; y ^= x; x ^= y
print(x, y)
def parity(n):
    p = 0
    while n:
        p ^= n & 1
        n >>= 1
    return p
[parity(n) for n in range(10)]
