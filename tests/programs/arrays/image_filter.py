import numpy as np

image = np.zeros((7, 7))
image[2:5, 2:5] = 9
kernel = np.ones((3, 3)) / 9
padded = np.pad(image, 1)
blurred = sum(kernel[i, j] * padded[i:i + 7, j:j + 7] for i in range(3) for j in range(3))
print(blurred.astype(int))
edges = np.abs(np.diff(image, axis=1)).sum()
windows = np.lib.stride_tricks.sliding_window_view(np.arange(6), 3)
print(edges, windows, np.convolve([1, 2, 3], [0, 1, 0.5]), np.argwhere(blurred > 8), np.rot90([[1, 2], [3, 4]]))
mask = (blurred > 3) & (image == 0)
mask.sum(), np.count_nonzero(~mask), np.ix_([0, 1], [2])[0].shape
