def step(rabbits, foxes, dt=0.01, a=1.1, b=0.4, c=0.4, d=0.1):
    return (rabbits + dt * (a * rabbits - b * rabbits * foxes),
            foxes + dt * (d * rabbits * foxes - c * foxes))

state, peaks = (10.0, 5.0), []
history = [state]
for tick in range(3000):
    state = step(*state)
    history.append(state)
    if len(history) > 2 and history[-2][0] > history[-3][0] and history[-2][0] > history[-1][0]:
        peaks.append(tick)
for r, f in history[::600]:
    print(f"{r:7.3f} {f:7.3f} " + "r" * round(r) + "F" * round(f))
peaks
