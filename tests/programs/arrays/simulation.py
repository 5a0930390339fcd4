import numpy as np

def game(steps, size=16, seed=1):
    rng = np.random.default_rng(seed)
    board = (rng.random((size, size)) < 0.3).astype(int)
    for _ in range(steps):
        near = sum(np.roll(board, (dy, dx), axis=(0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)) - board
        board = ((near == 3) | ((board == 1) & (near == 2))).astype(int)
    return board

board = game(10)
print("\n".join("".join(".#"[c] for c in row) for row in board), board.sum())

dt, g = 0.01, 9.81
state = np.array([0.0, 10.0, 5.0, 15.0])
path = [state]
while state[1] >= 0:
    state = state + dt * np.array([state[2], state[3], 0, -g])
    path.append(state)
path = np.array(path)
print(path.shape, path[:, 1].max().round(3), path[-1].round(3))
@np.vectorize
def step(x): return 1 if x > 0 else 0
step([-1, 2]), np.einsum("ij,ji->", [[1, 2], [3, 4]], [[1, 0], [0, 1]]), np.apply_along_axis(sorted, 1, [[3, 1], [2, 0]])
