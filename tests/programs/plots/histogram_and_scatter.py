import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(5)
values = rng.normal(size=300)
fig, (left, right) = plt.subplots(1, 2, figsize=(5, 2))
counts, edges, patches = left.hist(values, bins=8, edgecolor="white")
points = right.scatter(values[:50], values[50:100], c=values[:50], s=20, cmap="viridis")
fig.colorbar(points, ax=right)
right.annotate("origin", (0, 0), xytext=(1, 1), arrowprops={"arrowstyle": "->"})
right.axhline(0, color="k", lw=0.5)
left.set(xlabel="value", ylabel="count", title="é ü ∑")
print(counts.astype(int), edges.round(2), len(patches), left.get_xlim()[0] < -2)
fig
