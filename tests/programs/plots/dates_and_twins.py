from datetime import date, timedelta
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, MaxNLocator

days = [date(2024, 1, 1) + timedelta(days=3 * n) for n in range(10)]
fig, ax = plt.subplots(figsize=(5, 2.5), layout="constrained")
ax.plot(days, [n ** 2 for n in range(10)], "o-", label="hits")
ax.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
twin = ax.twinx()
twin.bar(days, range(10), alpha=0.3, color="tab:orange")
twin.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}€"))
twin.yaxis.set_major_locator(MaxNLocator(3))
fig.autofmt_xdate()
ax.text(0.05, 0.8, r"$\sum_{i} x_i$", transform=ax.transAxes)
with plt.style.context("ggplot"):
    plt.figure(figsize=(2, 2))
    plt.stem([1, 3, 2])
print(plt.get_fignums(), plt.rcParams["figure.dpi"], len(twin.patches))
