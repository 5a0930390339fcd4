import matplotlib.pyplot as plt
import pandas as pd

df = pd.DataFrame({"year": [2021, 2022, 2023], "cats": [3, 4, 6], "dogs": [5, 4, 2]}).set_index("year")
ax = df.plot(kind="bar", figsize=(4, 2.5), title="Pets")
ax.set_ylabel("count")
print([patch.get_height() for patch in ax.patches], [t.get_text() for t in ax.get_xticklabels()])
plt.tight_layout()
plt.show()
# %%
df.plot.line(style=["-", "--"], figsize=(3, 2)).figure.get_size_inches()
# %%
fig, ax = plt.subplots(figsize=(3, 2))
df["cats"].plot(ax=ax, marker="o")
ax.boxplot([df.cats, df.dogs])
fig.axes[0] is ax, len(ax.lines)
