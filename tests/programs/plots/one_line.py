import matplotlib.pyplot as plt
plt.plot([1, 4, 9, 16])
plt.title("Squares")
plt.xlabel("n")
axes = plt.gca()
print(axes.get_title(), axes.lines[0].get_ydata(), plt.gcf().get_size_inches())
