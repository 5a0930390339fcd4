from functools import lru_cache

def lcs(x, y):
    @lru_cache(maxsize=None)
    def length(i, j):
        if i == len(x) or j == len(y):
            return ""
        if x[i] == y[j]:
            return x[i] + length(i + 1, j + 1)
        return max(length(i + 1, j), length(i, j + 1), key=len)
    answer = length(0, 0)
    return answer, length.cache_info().currsize

print(lcs("AGGTABQWERTY", "GXTXAYBWRY"))
lcs("human", "chimpanzee")[0]
