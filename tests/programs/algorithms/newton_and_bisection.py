import math

def newton(f, df, x, tolerance=1e-12, limit=50):
    for step in range(limit):
        delta = f(x) / df(x)
        x -= delta
        if abs(delta) < tolerance:
            return x, step
    raise ArithmeticError(f"no convergence after {limit} steps, x = {x}")

def bisect(f, a, b, tolerance=1e-9):
    while b - a > tolerance:
        m = (a + b) / 2
        a, b = (m, b) if f(a) * f(m) > 0 else (a, m)
    return (a + b) / 2

root, steps = newton(lambda x: x * x - 2, lambda x: 2 * x, 1.0)
print(f"{root:.10f} in {steps} steps, error {abs(root - math.sqrt(2)):.1e}")
print(round(bisect(lambda x: math.cos(x) - x, 0, 1), 8))
h = 1e-3
print(round(sum(math.exp(-((i + .5) * h) ** 2) * h for i in range(-5000, 5000)), 6), round(math.sqrt(math.pi), 6))
newton(lambda x: x ** 3 - 2 * x + 2, lambda x: 3 * x * x - 2, 0.0)
