import numpy as np
rng = np.random.default_rng(12345)
heights = rng.normal(170, 10, size=(1000,))
print(heights[:3].round(4), heights.mean().round(3), np.percentile(heights, [5, 50, 95]).round(2), np.median(heights) > 165)
counts, edges = np.histogram(heights, bins=5)
for n, left, right in zip(counts, edges, edges[1:]):
    print(f"{left:6.1f} – {right:6.1f} {'█' * (n // 20)} {n}")
print(rng.integers(0, 10, 5), rng.choice(["a", "b", "c"], 4), rng.permutation(5), np.corrcoef([1, 2, 3], [2, 4, 7])[0, 1].round(4))
np.random.seed(0)
np.random.rand(2, 2)
