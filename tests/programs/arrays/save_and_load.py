import numpy as np
a = np.arange(6.0).reshape(2, 3)
np.save("a.npy", a)
np.savetxt("a.csv", a, delimiter=",", fmt="%.1f", header="x,y,z")
np.savez("many.npz", a=a, b=a * 2)
# %%
with open("a.csv") as f:
    print(f.read())
loaded = np.load("a.npy")
print((loaded == a).all(), np.loadtxt("a.csv", delimiter=","), np.genfromtxt("a.csv", delimiter=",", names=True).dtype.names)
with np.load("many.npz") as many:
    print(sorted(many.files), many["b"].sum())
# %%
np.fromstring("1 2 3", sep=" "), np.frombuffer(b"\x01\x02", dtype="u1"), np.load("nothing.npy")
