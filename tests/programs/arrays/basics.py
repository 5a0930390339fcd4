import numpy as np

a = np.arange(12).reshape(3, 4)
print(a, a.shape, a.dtype, a.T.shape, a.sum(), a.mean(axis=0), a.max(axis=1))
print(a[1, 2], a[:, 1], a[a % 2 == 0], a[[0, 2]], a[::-1, ::2], a[..., -1])
b = np.linspace(0, 1, 5)
print(b, b * 2 + 1, b @ b, np.where(b > 0.4, b, 0), np.round(np.sqrt(b), 3))
a[a > 8] = -1
a
