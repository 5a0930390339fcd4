import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 2 * np.pi, 50)
fig, axes = plt.subplots(2, 2, figsize=(6, 4), sharex=True)
for ax, (name, f) in zip(axes.flat, {"sin": np.sin, "cos": np.cos, "sq": np.square, "exp": np.exp}.items()):
    ax.plot(x, f(x), label=name, color="C1", linestyle="--", marker=".")
    ax.legend(loc="upper right")
    ax.grid(True, alpha=0.3)
fig.suptitle("Functions of $x^2 + \\alpha$")
fig.tight_layout()
print([len(ax.lines) for ax in axes.flat], axes[0, 1].get_legend_handles_labels()[1])
plt.show()
# %%
plt.figure(figsize=(2, 1))
plt.bar(["a", "b", "c"], [3, 1, 2], color=["red", "green", "#0000ff"])
plt.xticks(rotation=45)
plt.show()
plt.figure(figsize=(1, 1), dpi=50)
plt.pie([1, 2, 3], labels=list("xyz"), autopct="%1.0f%%")
print(plt.get_fignums())
