import numpy as np
rows, columns = np.array([[1.0], [2.0], [3.0]]), np.array([10, 20])
print(rows * columns, rows.shape, np.add.outer([1, 2], [3, 4]), np.meshgrid([1, 2], [3, 4, 5])[0])
scores = np.array([[90, 80], [70, 60], [50, 100]])
normal = (scores - scores.mean(axis=0)) / scores.std(axis=0)
print(normal.round(2), np.clip(scores, 60, 90), scores.argmax(axis=0), np.cumsum(scores, axis=1))
print(np.concatenate([scores, scores[:1]]), np.vstack([[1, 2], [3, 4]]), np.stack([columns, columns], axis=-1), np.repeat(columns, 2))
rows + np.array([1, 2, 3, 4]) @ columns
