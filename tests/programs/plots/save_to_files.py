import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(3, 2))
ax.fill_between([0, 1, 2], [0, 1, 0], alpha=0.5)
ax.set_yscale("log") if False else ax.set_ylim(0, 2)
plt.savefig("figure.png", dpi=60)
fig.savefig("figure.svg", metadata={"Date": None}) if False else None
plt.close(fig)
print(plt.get_fignums(), open("figure.png", "rb").read(4))
# %%
import numpy as np
image = plt.imread("figure.png")
print(image.shape, image.dtype, float(image.min()) >= 0)
plt.imshow(np.arange(12).reshape(3, 4), cmap="gray")
plt.axis("off")
plt.show()
# %%
plt.plot([1, 2], [1, 2, 3])
