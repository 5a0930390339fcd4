import numpy as np
from numpy.linalg import LinAlgError, det, eigh, inv, norm, solve

A = np.array([[4.0, 1, 0], [1, 3, 1], [0, 1, 2]])
b = np.array([1.0, 2, 3])
x = solve(A, b)
print(x.round(6), np.allclose(A @ x, b), round(float(det(A)), 6), norm(b).round(4))
values, vectors = eigh(A)
print(values.round(5), np.allclose(vectors @ np.diag(values) @ vectors.T, A), np.trace(A), np.linalg.matrix_rank(A))
u, s, vt = np.linalg.svd(A)
print(s.round(5), inv(A).round(3))
slope, intercept = np.polyfit([0, 1, 2, 3], [1, 3.1, 4.9, 7.2], 1)
print(round(slope, 4), round(intercept, 4))
try:
    inv(np.zeros((2, 2)))
except LinAlgError as error:
    print(error)
np.ones((2, 3)) @ np.ones((2, 3))
